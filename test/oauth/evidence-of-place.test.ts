// Each party is judged by its own place (RFC 10027 §6.1.1): the place of the polls counts as well
// as that of the start.
import { evictDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Device, authorizationBehind } from '../support/device.ts'
import { AT_ONCE, hold, summary } from '../support/held-poll.ts'
import { connectInternet } from '../support/internet.ts'
import { type Placed, sentFrom } from '../support/worker.ts'
import {
  worker,
  somewhere,
  HOME,
  HOME_BY_IPV6,
  NEIGHBOUR,
  ROAMING,
  HOTEL,
  TOR,
  UNPLACED,
  OUTSIDE,
  startAt,
  pollFrom,
  newPerson,
} from '../support/places-apart.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
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
