// Pages that wait for the answer beside the polls of the device: what they do is no poll.
import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { holdClock, pass } from '../support/clock.ts'
import { approve, authorizationBehind, deny, startDevice } from '../support/device.ts'
import {
  AT_ONCE,
  LONG,
  PENDING,
  TOKENS,
  heldPolls,
  hold as holdPoll,
  summary,
} from '../support/held-poll.ts'
import { Member } from '../support/member.ts'
import { hold, waiting, waitingPages } from '../support/waiting-page.ts'

const SECOND = 1000

holdClock()

describe('a page that waits', () => {
  it('does not end a held poll, nor does the poll end the wait (LP-4)', async () => {
    const { ada, phone, device, answer } = await waiting('held-tv')
    const poll = await holdPoll(device)
    const { answer: another } = await hold(phone, device)
    expect([await heldPolls(device), await waitingPages(device)]).toEqual([1, 2])
    await approve(device.userCode, { subject: ada.subject })
    expect(summary(await poll.answer)).toBe(TOKENS)
    expect([(await answer).status, (await another).status]).toEqual([200, 200])
  })

  it('outlives a poll that a newer one replaces (LP-4)', async () => {
    const { device } = await waiting('held-tv')
    const older = await holdPoll(device)
    pass(SECOND)
    expect(summary(await device.poll({}, AT_ONCE))).toBe(PENDING)
    expect(summary(await older.answer)).toBe(PENDING)
    expect([await heldPolls(device), await waitingPages(device)]).toEqual([0, 1])
  })

  it.each([
    ['in memory', async () => undefined],
    [
      'across a hibernation',
      (userCode: string) =>
        evictDurableObject(authorizationBehind(userCode), { webSockets: 'hibernate' }),
    ],
  ])('does not make the next poll too early, %s (DC-8)', async (_, sleep) => {
    const { device } = await waiting('patient-tv')
    await sleep(device.userCode)
    pass(SECOND)
    expect(summary(await device.poll({}, AT_ONCE))).toBe(PENDING)
    expect(summary(await device.poll({}, AT_ONCE)), 'but a poll does').toBe('400 slow_down')
  })

  it('does not hide an earlier held poll (DC-8)', async () => {
    const device = await startDevice('patient-tv')
    const poll = await holdPoll(device, LONG)
    pass(2 * SECOND)
    const laptop = await new Member().browser()
    await hold(laptop, device)
    expect(summary(await device.poll({}, AT_ONCE))).toBe('400 slow_down')
    await deny(device.userCode)
    expect(summary(await poll.answer)).toBe('400 access_denied')
  })
})
