import { evictDurableObject } from 'cloudflare:test'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { parseDeviceCode } from '../../src/codes.ts'
import { holdClock, pass } from '../support/clock.ts'
import {
  type Answer,
  type Device,
  authorizationBehind,
  deny,
  startDevice,
} from '../support/device.ts'
import {
  AT_ONCE,
  LONG,
  PENDING,
  TOKENS,
  allow,
  heldPolls,
  hold,
  summary,
} from '../support/held-poll.ts'
import { serverSecret, workerWith } from '../support/worker.ts'

const SECOND = 1000

/** In the test's own context, where timers can be moved. */
const local = workerWith({})

holdClock()

describe('a held poll', () => {
  it('is answered with tokens at the moment of the approval (LP-1)', async () => {
    const device = await startDevice('held-tv')
    const { answer } = await hold(device)
    await allow(device)
    expect(summary(await answer)).toBe(TOKENS)
  })

  it('ends with access_denied at the moment of the denial (LP-1)', async () => {
    const device = await startDevice('held-tv')
    const { answer } = await hold(device)
    await deny(device.userCode)
    expect(summary(await answer)).toBe('400 access_denied')
  })

  it('is answered across a hibernation of its object', async () => {
    const device = await startDevice('held-tv')
    const { answer } = await hold(device)
    await evictDurableObject(authorizationBehind(device.userCode), { webSockets: 'hibernate' })
    expect(await heldPolls(device)).toBe(1)
    await allow(device)
    expect(summary(await answer)).toBe(TOKENS)
  })

  it('ends at the expiry with expired_token (LP-5)', async () => {
    const device = await startDevice('short-tv')
    const expiresAtMs = parseDeviceCode(await serverSecret(), device.deviceCode)?.expiresAtMs ?? 0
    // A real hold of a third of a second, while the clock is moved over the expiry.
    vi.setSystemTime(expiresAtMs - 300)
    const { answer } = await hold(device)
    vi.setSystemTime(expiresAtMs)
    expect(summary(await answer)).toBe('400 expired_token')
  })

  it('is answered in time by an approval at the last moment (DC-13)', async () => {
    const device = await startDevice('short-tv')
    pass(59 * SECOND)
    const { answer } = await hold(device)
    await allow(device)
    pass(5 * SECOND)
    expect(summary(await answer)).toBe(TOKENS)
  })

  it.each([
    ['approved', allow, TOKENS],
    ['denied', (device: Device) => deny(device.userCode), '400 access_denied'],
    ['expired', async () => pass(601 * SECOND), '400 expired_token'],
  ])('is not held if the request is already %s', async (_, decide, expected) => {
    const device = await startDevice('held-tv')
    await decide(device)
    const answer = await device.poll({}, LONG)
    expect(summary(answer)).toBe(expected)
    expect(answer.headers.has('Preference-Applied')).toBe(false)
    expect(await heldPolls(device)).toBe(0)
  })
})

describe('the hold (LP-1, LP-2)', () => {
  // Here the timers move as well, which works because the Worker runs in the test's context.
  beforeEach(() => {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  })

  it.each([
    ['the default of a client that says nothing', 'default-tv', undefined, 2, undefined],
    ['what the client is configured with', 'held-tv', undefined, 1, undefined],
    ['what a request prefers', 'held-tv', 'wait=10', 10, 'wait=10'],
    ['what it prefers where nothing is configured', 'tv', 'wait=3', 3, 'wait=3'],
    ['as long as 55 s', 'tv', 'wait=55', 55, 'wait=55'],
    ['no more than 55 s', 'held-tv', 'wait=56', 55, 'wait=55'],
    ['the default for a wait of no length', 'held-tv', 'wait', 1, undefined],
    ['the default for a malformed preference', 'held-tv', 'wait=abc', 1, undefined],
    ['the default for an unknown preference', 'held-tv', 'respond-async', 1, undefined],
    ['the first of two preferences', 'held-tv', 'wait=5, wait=60', 5, 'wait=5'],
    ['what is preferred, in capitals', 'held-tv', 'WAIT=5', 5, 'wait=5'],
  ])('is %s (LP-3)', async (_, client, prefer, seconds, applied) => {
    const device = await startDevice(client, { fetch: local })
    pass(500)
    let answered: Answer | undefined
    const { answer } = await hold(device, prefer === undefined ? {} : { Prefer: prefer })
    void answer.then((value) => (answered = value))
    await vi.advanceTimersByTimeAsync(seconds * SECOND - 1)
    await heldPolls(device)
    expect(answered).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(summary(await answer)).toBe(PENDING)
    expect((await answer).headers.get('Preference-Applied') ?? undefined).toBe(applied)
  })

  it.each([
    ['is configured with none', 'tv', 500, {}],
    ['prefers none', 'held-tv', 500, AT_ONCE],
    ['may not show its code yet', 'held-tv', 499, {}],
  ])('is zero for a client that %s', async (_, client, afterMs, headers) => {
    const device = await startDevice(client, { fetch: local })
    pass(afterMs)
    const answer = await device.poll({}, headers)
    expect(summary(answer)).toBe(PENDING)
    expect(answer.headers.has('Preference-Applied')).toBe(false)
    expect(await heldPolls(device)).toBe(0)
  })

  it('is confirmed at the approval too, if it was requested (LP-3)', async () => {
    const device = await startDevice('held-tv', { fetch: local })
    const { answer } = await hold(device, { Prefer: 'wait=10' })
    await allow(device)
    expect(summary(await answer)).toBe(TOKENS)
    expect((await answer).headers.get('Preference-Applied')).toBe('wait=10')
  })

  it('counts as the interval, so the next poll may come at once (LP-4, DC-10)', async () => {
    const device = await startDevice('default-tv', { fetch: local })
    pass(500)
    const { answer } = await hold(device, {})
    await vi.advanceTimersByTimeAsync(2 * SECOND)
    expect(summary(await answer)).toBe(PENDING)
    expect(summary(await device.poll({}, AT_ONCE))).toBe(PENDING)
  })

  it('that is shorter than the interval does not, so the next poll is early (DC-8)', async () => {
    const device = await startDevice('patient-tv', { fetch: local })
    const { answer } = await hold(device, { Prefer: 'wait=2' })
    await vi.advanceTimersByTimeAsync(2 * SECOND)
    expect(summary(await answer)).toBe(PENDING)
    expect(summary(await device.poll({}, AT_ONCE))).toBe('400 slow_down')
    await vi.advanceTimersByTimeAsync(2 * SECOND)
    expect(summary(await device.poll({}, AT_ONCE))).toBe(PENDING)
  })
})
