// Several polls of one device: one after the other, at the same time, and again.
import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { holdClock, pass } from '../support/clock.ts'
import { type Answer, type Device, authorizationBehind, startDevice } from '../support/device.ts'
import {
  AT_ONCE,
  LONG,
  PENDING,
  TOKENS,
  allow,
  heldPolls,
  hold,
  summary,
  untilHeld,
} from '../support/held-poll.ts'

const SECOND = 1000

holdClock()

const count = (answers: readonly Answer[]) => {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[summary(answer)] = (counts[summary(answer)] ?? 0) + 1
  return counts
}

describe('a newer poll (LP-4)', () => {
  it('replaces the held one, which ends as pending', async () => {
    const device = await startDevice('held-tv')
    const older = await hold(device)
    pass(SECOND)
    const newer = device.poll({}, LONG)
    expect(summary(await older.answer)).toBe(PENDING)
    await untilHeld(device)
    expect(await heldPolls(device)).toBe(1)
    await allow(device)
    expect(summary(await newer)).toBe(TOKENS)
  })

  it('without a wait ends the held one as well', async () => {
    const device = await startDevice('held-tv')
    const older = await hold(device)
    pass(SECOND)
    expect(summary(await device.poll({}, AT_ONCE))).toBe(PENDING)
    expect(summary(await older.answer)).toBe(PENDING)
  })

  it.each([
    ['comes too soon', {}, '400 slow_down'],
    ['is of another client', { client_id: 'other-tv' }, '400 invalid_grant'],
  ])('that %s leaves the held one alone', async (_, fields, expected) => {
    const device = await startDevice('held-tv')
    const older = await hold(device)
    expect(summary(await device.poll(fields, LONG))).toBe(expected)
    expect(await heldPolls(device)).toBe(1)
    await allow(device)
    expect(summary(await older.answer)).toBe(TOKENS)
  })

  it('counts from the arrival of a held one across a hibernation (DC-8)', async () => {
    const device = await startDevice('held-tv')
    const older = await hold(device)
    await evictDurableObject(authorizationBehind(device.userCode), { webSockets: 'hibernate' })
    expect(summary(await device.poll({}, LONG))).toBe('400 slow_down')
    await allow(device)
    expect(summary(await older.answer)).toBe(TOKENS)
  })
})

const crowd = (device: Device) => Array.from({ length: 20 }, () => device.poll({}, LONG))

describe('twenty polls at the same time', () => {
  it('with one held: only that one gets the tokens at the approval (DC-16)', async () => {
    const device = await startDevice('held-tv')
    const polls = crowd(device)
    await untilHeld(device)
    await allow(device)
    const answers = count(await Promise.all(polls))
    expect(answers[TOKENS]).toBe(1)
    // A poll that arrives after the approval is late rather than early.
    expect((answers['400 slow_down'] ?? 0) + (answers['400 invalid_grant'] ?? 0)).toBe(19)
  })

  it('right after the approval: only one gets the tokens (DC-16)', async () => {
    const device = await startDevice('held-tv')
    await allow(device)
    expect(count(await Promise.all(crowd(device)))).toEqual({
      [TOKENS]: 1,
      '400 invalid_grant': 19,
    })
  })

  it('around the approval of a held one: only one gets the tokens (DC-16)', async () => {
    const device = await startDevice('held-tv')
    const { answer } = await hold(device)
    const [, ...rest] = await Promise.all([allow(device), ...crowd(device)])
    const answers = count([...rest, await answer])
    expect(answers[TOKENS]).toBe(1)
    expect(answers['400 invalid_grant'] ?? 0).toBe(20 - (answers['400 slow_down'] ?? 0))
  })
})

describe('the lost answer to a held poll (DC-6)', () => {
  it('is repeated until one minute after the redemption, with fresh tokens', async () => {
    const device = await startDevice('held-tv')
    const { answer } = await hold(device)
    await allow(device)
    const lost = await answer
    expect(summary(lost)).toBe(TOKENS)
    expect(summary(await device.poll({}, LONG)), 'beside it').toBe('400 invalid_grant')
    pass(1)
    const repeated = await device.poll({}, LONG)
    expect(summary(repeated)).toBe(TOKENS)
    expect(repeated.body.access_token).not.toBe(lost.body.access_token)
    pass(60 * SECOND - 1)
    expect(summary(await device.poll({}, LONG))).toBe(TOKENS)
    pass(1)
    expect(summary(await device.poll({}, LONG))).toBe('400 invalid_grant')
  })
})
