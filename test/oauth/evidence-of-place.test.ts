// Each party is judged by its own place (RFC 10027 §6.1.1): the place of the polls counts as well
// as that of the start, and a redemption is compared with the place that the person was shown.
import type { Subject } from '../../src/ids.ts'
import { env } from 'cloudflare:workers'
import { evictDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SECOND } from '../../src/durations.ts'
import { parseConfig } from '../../src/config/config.ts'
import { upstreamAccount } from '../../src/identity/upstream.ts'
import { accountOf } from '../../src/objects/index.ts'
import { withdraw } from '../../src/review/review.ts'
import { ApprovalApp } from '../support/approval-app.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { type Answer, type Device, authorizationBehind, startDevice } from '../support/device.ts'
import { AT_ONCE, hold, summary } from '../support/held-poll.ts'
import { connectInternet } from '../support/internet.ts'
import { type Placed, sentFrom, workerWith } from '../support/worker.ts'
import { RECIFE, TURKU } from '../support/places.ts'
import { TEST_VARS } from '../support/settings.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { named } from '../support/named.ts'

const acme = new TrustedIssuer()
const ONLY_AT_HOME = {
  same_operator: 'refuse',
  same_city: 'refuse',
  same_country: 'refuse',
  far: 'refuse',
  unknown: 'refuse',
}
const client = (id: string, proximity: object) => ({
  ...TEST_VARS.CLIENTS[0],
  client_id: id,
  client_name: `The ${id}`,
  proximity,
})
const worker = workerWith({
  APPROVAL_ISSUERS: [acme.entry()],
  CLIENTS: [client('tv', {}), client('strict', ONLY_AT_HOME), client('trusting', { far: 'allow' })],
})

let addresses = 0
const somewhere = (network: Placed['network'], address?: string): Placed => {
  addresses += 1
  return { network, address: address ?? `198.51.${addresses >> 8}.${addresses & 255}` }
}
/** Another one of the same operator, or of the same place. */
const moved = ({ network }: Placed, more: object = {}): Placed => somewhere({ ...network, ...more })

const operator = (asn: number, asOrganization: string) => ({ asn, asOrganization })
const MOBILE = operator(64_501, 'Ruissalo Mobile')
const WARP = operator(13_335, 'Cloudflare WARP')

const HOME = somewhere(TURKU, '203.0.113.7')
const HOME_BY_IPV6 = somewhere(TURKU, '2001:db8:1:2::7')
const HOME_WITH_NEW_PREFIX = somewhere(TURKU, '2001:db8:9:9::7')
const NEIGHBOUR = somewhere({ ...TURKU, ...operator(64_502, 'Piispanristi Cable') })
const PHONE_NETWORK = somewhere({ ...TURKU, ...MOBILE })
const ROAMING = somewhere({ ...RECIFE, asn: TURKU.asn })
const HOTEL = somewhere({ ...RECIFE, ...operator(64_512, 'Boa Viagem Hotel') })
const RELAY = somewhere({ ...TURKU, city: 'Helsinki', ...operator(36_183, 'Private Relay') })
const VPN_ABROAD = somewhere({ ...RECIFE, ...operator(64_513, 'A VPN') })
const TOR = somewhere({ country: 'T1', ...operator(64_514, 'An exit') })
const OTHER_EXIT = moved(TOR, operator(64_515, 'Another exit'))
const UNPLACED = somewhere({})
const OUTSIDE = somewhere(undefined)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const startAt = (place: Placed, clientId = 'tv'): Promise<Device> =>
  startDevice(clientId, {
    fetch: sentFrom(place, worker),
    fields: { device_name: 'Den TV', scope: 'openid' },
  })

/** The same device, polling from elsewhere. */
const pollFrom = async (place: Placed, device: Device): Promise<Answer> => {
  vi.setSystemTime(Date.now() + 2 * SECOND)
  return device.poll({}, AT_ONCE, sentFrom(place, worker))
}

const newPerson = async (place: Placed) => {
  const sub = crypto.randomUUID()
  const app = new ApprovalApp(sentFrom(place, worker), `Bearer ${await acme.token(sub)}`)
  return { sub, app }
}

const approveAs = async ({ app }: { app: ApprovalApp }, { userCode }: Device): Promise<Answer> => {
  const { body } = await app.review(userCode)
  const check = { typed_code: userCode, in_front: true }
  return app.decide(userCode, { decision: 'approve', ...(body.policy === 'confirm' && check) })
}

const activityOf = async (sub: string) => {
  const subject = await upstreamAccount(env, acme.issuer, sub, 'somebody')
  const claim = { id: named('session'), secretHash: named('hash') }
  const signIn = {
    authTimeMs: Date.now(),
    amr: ['pwd'],
    browser: 'A browser',
    place: { city: undefined, region: undefined, country: undefined },
  }
  const account = accountOf(env, subject)
  await account?.open(undefined, claim, signIn)
  const events = (await account?.overview(claim))?.events ?? []
  return events.filter(({ kind }) => kind !== 'signed_in')
}

describe('the proximity of a request', () => {
  it.each<[string, string, Placed, Placed, Placed, string, string, string | undefined]>([
    // client, starter, poller, person; level, policy, place
    ['a poll from abroad', 'tv', HOME, HOTEL, HOME, 'far', 'confirm', 'Recife'],
    ['a start from abroad', 'tv', HOTEL, HOME, HOME, 'far', 'confirm', 'Recife'],
    ['a poll from abroad', 'strict', HOME, HOTEL, HOME, 'far', 'refuse', 'Recife'],
    ['a poll from abroad', 'trusting', HOME, HOTEL, HOME, 'far', 'allow', 'Recife'],
    ['a start from abroad', 'trusting', HOTEL, HOME, HOME, 'far', 'allow', 'Recife'],
    ['a poll by a neighbour', 'strict', HOME, NEIGHBOUR, HOME, 'same_city', 'refuse', 'Turku'],
    ['a poll through Tor', 'tv', HOME, TOR, HOME, 'far', 'confirm', undefined],
    ['a poll from an unknown location', 'tv', HOME, UNPLACED, HOME, 'far', 'confirm', undefined],
    ['the person’s own network', 'strict', HOME, HOME, HOME, 'same_network', 'allow', 'Turku'],
    ['dual stack', 'strict', HOME, HOME_BY_IPV6, HOME, 'same_network', 'allow', 'Turku'],
    ['dual stack', 'strict', HOME_BY_IPV6, HOME, HOME, 'same_operator', 'refuse', 'Turku'],
    ['the same operator abroad', 'tv', HOME, ROAMING, HOME, 'far', 'confirm', 'Recife'],
    [
      'the same unknown location',
      'tv',
      OUTSIDE,
      OUTSIDE,
      OUTSIDE,
      'same_network',
      'allow',
      undefined,
    ],
    [
      'another unknown location',
      'tv',
      OUTSIDE,
      somewhere(undefined),
      OUTSIDE,
      'unknown',
      'allow',
      undefined,
    ],
  ])(
    'XD-12 is judged by %s, for the client %s',
    async (_row, clientId, starter, poller, person, level, policy, city) => {
      const device = await startAt(starter, clientId)
      expect(summary(await pollFrom(poller, device))).toBe('400 authorization_pending')
      const { app } = await newPerson(person)
      const { body } = await app.review(device.userCode)
      expect([body.device.proximity.level, body.policy]).toStrictEqual([level, policy])
      expect(body.device.place?.city).toBe(city)
    },
  )

  it('XD-12 is judged by the last poll, an early one too', async () => {
    const device = await startAt(HOME)
    const { app } = await newPerson(HOME)
    const policy = async () => (await app.review(device.userCode)).body.policy
    await pollFrom(HOTEL, device)
    expect(await policy()).toBe('confirm')
    await pollFrom(HOME, device)
    expect(await policy()).toBe('allow')
    const early = await device.poll({}, AT_ONCE, sentFrom(HOTEL, worker))
    expect(summary(early)).toBe('400 slow_down')
    expect(await policy()).toBe('confirm')
  })

  it('XD-12 is judged by a held poll, after an eviction of its object too', async () => {
    const device = await startAt(HOME)
    const held = await hold({
      ...device,
      poll: (fields, headers) => device.poll(fields, headers, sentFrom(HOTEL, worker)),
    })
    await evictDurableObject(authorizationBehind(device.userCode), { webSockets: 'hibernate' })
    const person = await newPerson(HOME)
    const { body } = await person.app.review(device.userCode)
    expect([body.policy, body.device.place.city]).toStrictEqual(['confirm', 'Recife'])
    await person.app.decide(device.userCode, { decision: 'deny' })
    expect(summary(await held.answer)).toBe('400 access_denied')
  })

  it.each<[string, object]>([
    ['without the device_code', { device_code: undefined }],
    ['in the name of another client', { client_id: 'strict' }],
  ])('XD-12 is not judged by a poll %s', async (_row, fields) => {
    const device = await startAt(HOME)
    const other = await startAt(HOME)
    const own = { device_code: device.deviceCode, client_id: 'tv', ...fields }
    const forged = Object.fromEntries(
      Object.entries(own).map(([name, value]) => [name, value ?? forgedCode(device, other)]),
    )
    expect(summary(await device.poll(forged, AT_ONCE, sentFrom(HOTEL, worker)))).toBe(
      '400 invalid_grant',
    )
    const { app } = await newPerson(HOME)
    expect((await app.review(device.userCode)).body.device.place.city).toBe('Turku')
  })

  it('XD-12 is judged again at the decision', async () => {
    const device = await startAt(HOME)
    const { app } = await newPerson(HOME)
    expect((await app.review(device.userCode)).body.policy).toBe('allow')
    await pollFrom(HOTEL, device)
    const answer = await app.decide(device.userCode, { decision: 'approve' })
    expect(summary(answer)).toBe('422 check_not_passed')
  })

  it('XD-12 does not treat a person at home as beside a device that polls elsewhere', async () => {
    const device = await startAt(HOME)
    await pollFrom(HOTEL, device)
    const statuses = []
    for (let people = 0; people < 3; people += 1)
      statuses.push((await (await newPerson(HOME)).app.review(device.userCode)).status)
    expect(statuses).toStrictEqual([200, 200, 404])
  })
})

/** The head of one device_code and the secret of another. */
const forgedCode = (device: Device, other: Device): string => {
  const [own, foreign] = [device, other].map(({ deviceCode }) =>
    Buffer.from(deviceCode, 'base64url'),
  )
  const secretLength = 32
  return Buffer.concat([
    own?.subarray(0, -secretLength) ?? '',
    foreign?.subarray(-secretLength) ?? '',
  ] as Uint8Array[]).toString('base64url')
}

describe('a redemption', () => {
  it.each<[string, string, Placed, Placed, Placed]>([
    // client, device, person, redeemer
    ['where it was allowed', 'strict', HOME, HOME, HOME],
    ['dual stack: asked by IPv4, collects by IPv6', 'strict', HOME, HOME, HOME_BY_IPV6],
    ['a changed IPv6 prefix', 'strict', HOME_BY_IPV6, HOME_BY_IPV6, HOME_WITH_NEW_PREFIX],
    [
      'another address of a carrier’s NAT',
      'strict',
      PHONE_NETWORK,
      PHONE_NETWORK,
      moved(PHONE_NETWORK),
    ],
    ['a hotel’s television, the phone roams', 'tv', HOTEL, moved(PHONE_NETWORK), HOTEL],
    ['the phone is behind a private relay', 'tv', HOME, RELAY, HOME],
    ['the phone is behind a VPN abroad', 'tv', HOME, VPN_ABROAD, HOME],
    ['the device switches to WARP', 'tv', HOME, HOME, moved(HOME, WARP)],
    ['the device falls back to a mobile network', 'tv', HOME, HOME, PHONE_NETWORK],
    ['Tor, and another exit of it', 'tv', TOR, HOME, OTHER_EXIT],
    ['a client that allows every distance', 'trusting', HOME, HOME, HOTEL],
    ['unknown locations', 'tv', OUTSIDE, OUTSIDE, somewhere(undefined)],
    ['unknown locations, own network only', 'strict', OUTSIDE, OUTSIDE, somewhere(undefined)],
  ])('XD-13 is granted: %s (%s)', async (_row, clientId, place, personPlace, redeemer) => {
    const device = await startAt(place, clientId)
    const person = await newPerson(personPlace)
    expect(summary(await approveAs(person, device))).toBe('200 status')
    expect(summary(await pollFrom(redeemer, device))).toBe('200 access_token')
    expect(await activityOf(person.sub)).toStrictEqual([])
  })

  it.each<[string, string, Placed, Placed, Placed, string]>([
    ['from abroad', 'tv', HOME, HOME, HOTEL, 'far'],
    ['from abroad by the same operator', 'tv', HOME, HOME, moved(HOTEL, { asn: TURKU.asn }), 'far'],
    ['by a VPN abroad', 'tv', HOME, HOME, VPN_ABROAD, 'far'],
    ['behind Tor', 'tv', HOME, HOME, TOR, 'far'],
    ['from an unknown location', 'tv', HOME, HOME, UNPLACED, 'far'],
    ['from abroad, the device checked by hand', 'strict', HOME, HOME, HOTEL, 'far'],
    ['by a neighbour', 'strict', HOME, HOME, NEIGHBOUR, 'same_city'],
    ['by WARP', 'strict', HOME, HOME, moved(HOME, { ...WARP, city: 'Salo' }), 'same_country'],
    [
      'at another hotel',
      'strict',
      HOTEL,
      HOTEL,
      moved(HOTEL, operator(64_520, 'Other')),
      'same_city',
    ],
  ])(
    'XD-13 is refused %s (%s)',
    async (_row, clientId, place, personPlace, redeemer, proximity) => {
      const logged = vi.spyOn(console, 'info').mockReturnValue()
      const device = await startAt(place, clientId)
      const person = await newPerson(personPlace)
      expect(summary(await approveAs(person, device))).toBe('200 status')
      logged.mockClear()
      const refused = await pollFrom(redeemer, device)
      expect(summary(refused)).toBe('400 access_denied')
      // Permanently, from any place, with the same answer.
      expect((await pollFrom(place, device)).body).toStrictEqual(refused.body)
      expect(logged.mock.calls).toStrictEqual([
        [
          {
            event: 'device_authorization.collected_elsewhere',
            clientId,
            proximity,
            proximityAction: clientId === 'tv' ? 'confirm' : 'refuse',
          },
        ],
      ])
      const { city, region, country } = { ...redeemer.network }
      expect(await activityOf(person.sub)).toMatchObject([
        { kind: 'collected_elsewhere', about: 'Den TV', place: { city, region, country } },
      ])
    },
  )

  it('XD-13 from abroad is granted if the person passed the check for that distance', async () => {
    const device = await startAt(HOTEL)
    const person = await newPerson(HOME)
    expect(summary(await approveAs(person, device))).toBe('200 status')
    expect(summary(await pollFrom(VPN_ABROAD, device))).toBe('200 access_token')
  })

  it('XD-13 is not repeated from elsewhere, and the device keeps its tokens', async () => {
    const device = await startAt(HOME)
    await approveAs(await newPerson(HOME), device)
    expect(summary(await pollFrom(HOME, device))).toBe('200 access_token')
    expect(summary(await pollFrom(HOTEL, device))).toBe('400 invalid_grant')
    expect(summary(await pollFrom(HOME, device))).toBe('200 access_token')
  })

  it('XD-13 once refused is over for its person, and not a wrong code', async () => {
    vi.spyOn(console, 'info').mockReturnValue()
    const device = await startAt(HOME)
    const person = await newPerson(HOME)
    await approveAs(person, device)
    await pollFrom(HOTEL, device)
    for (let times = 0; times < 6; times += 1) {
      const { status, body } = await person.app.review(device.userCode)
      expect([status, body.status]).toStrictEqual([200, 'reported'])
    }
    const stranger = await newPerson(HOME)
    expect(summary(await stranger.app.review(device.userCode))).toBe('404 unknown_code')
  })

  it('XD-13 once refused can still be reported by its person, once', async () => {
    vi.spyOn(console, 'info').mockReturnValue()
    const device = await startAt(HOME)
    const person = await newPerson(HOME)
    await approveAs(person, device)
    await pollFrom(HOTEL, device)
    const subject = await upstreamAccount(env, acme.issuer, person.sub, 'somebody')
    const takeBack = (by: Subject) =>
      withdraw(env, parseConfig(TEST_VARS, DEMO), by, named(device.userCode.replace('-', '')))
    expect(await takeBack(named('someone else'))).toStrictEqual({ outcome: 'not_valid' })
    expect(await takeBack(subject)).toStrictEqual({ outcome: 'withdrawn' })
    expect(await takeBack(subject)).toStrictEqual({ outcome: 'not_valid' })
    const kinds = (await activityOf(person.sub)).map(({ kind }) => kind)
    expect(kinds).toContain('device_reported')
    expect(kinds).toContain('collected_elsewhere')
  })
})
