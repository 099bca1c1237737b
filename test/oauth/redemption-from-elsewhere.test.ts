// A redemption is compared with the place that the person was shown (RFC 10027 §6.1.1).
import type { Subject } from '../../src/ids.ts'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { upstreamAccount } from '../../src/identity/upstream.ts'
import { withdraw } from '../../src/review/review.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { summary } from '../support/held-poll.ts'
import { connectInternet } from '../support/internet.ts'
import { type Placed } from '../support/worker.ts'
import { TURKU } from '../support/places.ts'
import { TEST_VARS } from '../support/settings.ts'
import { named } from '../support/named.ts'
import {
  acme,
  operator,
  somewhere,
  moved,
  WARP,
  HOME,
  HOME_BY_IPV6,
  HOME_WITH_NEW_PREFIX,
  NEIGHBOUR,
  PHONE_NETWORK,
  HOTEL,
  RELAY,
  VPN_ABROAD,
  TOR,
  OTHER_EXIT,
  UNPLACED,
  OUTSIDE,
  startAt,
  pollFrom,
  newPerson,
  approveAs,
  activityOf,
} from '../support/places-apart.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

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
