// The rate of polls (RFC 8628 §3.5): conformance DC-7 to DC-10 and DC-19.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DeviceAuthorization } from '../../src/objects/index.ts'
import { pass, passSeconds } from '../support/clock.ts'
import { type Device, approve, deny, startDevice } from '../support/device.ts'
import { SECRET } from '../support/settings.ts'
import { somebody } from '../support/member.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A device that has had time to show its code. */
const startShown = async (clientId: string): Promise<Device> => {
  const device = await startDevice(clientId)
  pass(500)
  return device
}

/** The answers to polls after each of these waits, in seconds. */
const pollsAfter = async (device: Device, waits: readonly number[]): Promise<string[]> => {
  const heard: string[] = []
  for (const wait of waits) {
    passSeconds(wait)
    const { status, body } = await device.poll()
    heard.push(`${status} ${body.error ?? 'tokens'}`)
  }
  return heard
}

const PENDING = '400 authorization_pending'
const SLOW_DOWN = '400 slow_down'

describe('a poll before the decision', () => {
  it.each<[string, string, number[], string[]]>([
    ['the first poll is never early', 'patient-tv', [0], [PENDING]],
    ['a poll at the interval is in time', 'patient-tv', [0, 5, 5, 5], Array(4).fill(PENDING)],
    ['a jittered client is in time', 'patient-tv', [0.1, 4.2, 4.2, 4.2], Array(4).fill(PENDING)],
    ['polls at 0, 1 and 7 s', 'patient-tv', [0, 1, 6], [PENDING, SLOW_DOWN, PENDING]],
    ['a poll just within the tolerance', 'patient-tv', [0, 4], [PENDING, PENDING]],
    ['a poll just outside the tolerance', 'patient-tv', [0, 3.999], [PENDING, SLOW_DOWN]],
    [
      'a refused poll does not move the interval',
      'patient-tv',
      [0, 2, 2],
      [PENDING, SLOW_DOWN, PENDING],
    ],
    [
      'an interval of 1 s has half of it as tolerance',
      'tv',
      [0, 0.5, 0.49],
      [PENDING, PENDING, SLOW_DOWN],
    ],
    [
      'a client that polls twice by design is never trapped',
      'patient-tv',
      [0, 0.1, 4.9, 0.1, 4.9, 0.1],
      [PENDING, SLOW_DOWN, PENDING, SLOW_DOWN, PENDING, SLOW_DOWN],
    ],
  ])('DC-8 DC-10 %s', async (_name, clientId, waits, heard) => {
    expect(await pollsAfter(await startShown(clientId), waits)).toStrictEqual(heard)
  })

  it.each([
    ['at once', 0, PENDING],
    ['almost half a second later', 0.499, PENDING],
    ['half a second later', 0.5, SLOW_DOWN],
  ])('DC-10 a poll before the code is shown does not count: %s', async (_, wait, next) => {
    const device = await startDevice('patient-tv')
    expect(await pollsAfter(device, [wait, 0.5])).toStrictEqual([PENDING, next])
  })

  it('DC-10 gets the next interval with slow_down', async () => {
    const device = await startShown('patient-tv')
    await device.poll()
    const { body } = await device.poll()
    expect(body).toMatchObject({ error: 'slow_down', interval: 10 })
  })

  it('DC-8 in a flood gets slow_down, and the object is hardly called', async () => {
    const device = await startShown('patient-tv')
    const asked = vi.spyOn(DeviceAuthorization.prototype, 'poll')
    const answers = await Promise.all(Array.from({ length: 140 }, () => device.poll()))
    const slowed = answers.filter(({ body }) => body.error === 'slow_down')
    expect(slowed).toHaveLength(139)
    expect(slowed.every(({ status, body }) => status === 400 && body.interval === 10)).toBe(true)
    // 60 a minute, and the minute may turn in between.
    expect(asked.mock.calls.length).toBeLessThanOrEqual(120)
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(60)
  })

  it('DC-5 of another client does not slow the owner down', async () => {
    const device = await startDevice('patient-tv')
    expect((await device.poll({ client_id: 'tv' })).body.error).toBe('invalid_grant')
    expect((await device.poll()).body.error).toBe('authorization_pending')
  })

  it('DC-19 without client authentication does not count', async () => {
    const credentials = { client_id: 'post', client_secret: SECRET }
    const device = await startDevice('post', { fields: credentials })
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const { status, body } = await device.poll({ client_secret: `wrong ${attempt}` })
      expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
    }
    expect((await device.poll(credentials)).body.error).toBe('authorization_pending')
    await approve(device.userCode, { subject: (await somebody()).subject })
    expect((await device.poll()).status).toBe(401)
    expect((await device.poll(credentials)).status).toBe(200)
  })
})

describe('an early poll after the decision', () => {
  it('DC-9 gets its tokens', async () => {
    const device = await startDevice('patient-tv')
    await device.poll()
    await approve(device.userCode, { subject: (await somebody()).subject })
    expect(await pollsAfter(device, [0.1])).toStrictEqual(['200 tokens'])
  })

  it('DC-9 gets access_denied', async () => {
    const device = await startDevice('patient-tv')
    await device.poll()
    await deny(device.userCode)
    expect(await pollsAfter(device, [0.1, 0.1])).toStrictEqual(Array(2).fill('400 access_denied'))
  })

  it('DC-9 gets expired_token', async () => {
    const device = await startDevice('patient-tv')
    expect(await pollsAfter(device, [599, 2, 0.1])).toStrictEqual([
      PENDING,
      ...Array<string>(2).fill('400 expired_token'),
    ])
  })
})
