// The answers to a device as pure functions of the state of its authorization: conformance DC-4 to
// DC-13, DC-16, DA-18. The effect of keys is in keys.test.ts.
import { describe, expect, it } from 'vitest'
import type { Poller } from '../../../src/objects/device-authorization/outcomes.ts'
import {
  type AuthorizationState,
  poll,
  redeem,
} from '../../../src/objects/device-authorization/state.ts'
import {
  EXPIRY,
  GRACE,
  REDEEMED_AT,
  START,
  type Status,
  approval,
  pollAt,
  request,
  states,
} from './states.ts'
import { named } from '../../support/named.ts'

const FOREIGN: [string, Partial<Poller>][] = [
  ['another client', { clientId: 'other-tv' }],
  ['a wrong secret', { secretHash: named('other') }],
  ['neither', { clientId: 'other-tv', secretHash: named('other') }],
]

/** The outcome of a poll that is handled as soon as it arrives. */
const outcomeAt = (state: AuthorizationState, now: number, more: Partial<Poller> = {}) =>
  poll(state, pollAt(now, more), now, undefined).outcome

describe('poll', () => {
  it.each<[Status, string, number, string]>([
    ['pending', 'at once', START, 'pending'],
    ['pending', 'a moment before its expiry', EXPIRY - 1, 'pending'],
    ['pending', 'at its expiry (DC-12)', EXPIRY, 'expired'],
    ['pending', 'a day late (DC-12)', EXPIRY + 86_400_000, 'expired'],
    ['approved', 'in time', START + 10_000, 'redeemable'],
    ['approved', 'at its expiry (DC-13)', EXPIRY, 'redeemable'],
    ['approved', 'at the end of the grace (DC-13)', EXPIRY + GRACE - 1, 'redeemable'],
    ['approved', 'after the grace (DC-13)', EXPIRY + GRACE, 'expired'],
    ['denied', 'in time (DC-11)', START + 10_000, 'denied'],
    ['denied', 'past its expiry (DC-11)', EXPIRY + 1, 'denied'],
    ['redeemed', 'in the same moment (DC-16)', REDEEMED_AT, 'invalid'],
    ['redeemed', 'a moment later (DC-6)', REDEEMED_AT + 1, 'redeemable'],
    ['redeemed', 'a minute later (DC-6)', REDEEMED_AT + 60_000, 'redeemable'],
    ['redeemed', 'over a minute later (DC-6)', REDEEMED_AT + 60_001, 'invalid'],
    ['redeemed', 'past its expiry (0.2 row 13)', EXPIRY + 1, 'invalid'],
  ])('of a %s authorization, %s, is %s', (status, _, now, outcome) => {
    expect(outcomeAt(states[status], now)).toBe(outcome)
  })

  it.each([
    ['25 s before the redemption', -25_000, 5, 'invalid'],
    ['at the same time', 0, 1, 'invalid'],
    ['at the same time', 0, 30_000, 'invalid'],
    ['a moment after it', 1, 1, 'redeemable'],
    ['a moment after it', 1, 60_000, 'redeemable'],
    ['a moment after it', 1, 60_001, 'invalid'],
  ])('that arrived %s (%i ms), answered %i ms after it, is %s (DC-6, DC-16)', (...row) => {
    const [, arrivedMs, answeredMs, outcome] = row
    const now = REDEEMED_AT + answeredMs
    const polled = poll(states.redeemed, pollAt(REDEEMED_AT + arrivedMs), now, undefined)
    expect(polled.outcome).toBe(outcome)
  })

  it.each<[Status, string]>([
    ['pending', 'pending'],
    ['approved', 'redeemable'],
    ['denied', 'denied'],
  ])('of a %s one is %s, even if it arrived long ago', (status, outcome) => {
    const poller = pollAt(START - 30_000)
    expect(poll(states[status], poller, START + 1000, undefined).outcome).toBe(outcome)
  })

  describe.each(Object.keys(states) as Status[])('of a %s authorization', (status) => {
    it.each(FOREIGN)('tells %s nothing, in time or late (DC-4, DC-5)', (_, more) => {
      for (const now of [
        START,
        REDEEMED_AT + 1,
        REDEEMED_AT + 2000,
        EXPIRY + 1,
        EXPIRY + GRACE + 1,
      ])
        expect(outcomeAt(states[status], now, more)).toBe('invalid')
    })

    it.each([
      ['no verifier', undefined],
      ['a wrong verifier', 'wrong'],
    ])('refuses %s where a challenge was kept (DA-18)', (_, codeChallenge) => {
      const state = { ...states[status], request: { ...request, codeChallenge: 'challenge' } }
      const at = REDEEMED_AT + 2000
      expect(outcomeAt(state, at, { codeChallenge })).toBe('invalid')
      const right = outcomeAt(state, at, { codeChallenge: 'challenge' })
      expect(right).toBe(outcomeAt(states[status], at))
    })
  })

  it('refuses a verifier without a challenge, and says so (DA-18)', () => {
    const poller = pollAt(START, { codeChallenge: 'unasked' })
    const polled = poll(states.approved, poller, START, undefined)
    expect(polled).toEqual({ outcome: 'invalid', missing: 'code_challenge' })
  })

  it.each([
    [5, 3999, 'slow_down'],
    [5, 4000, 'pending'],
    [5, 4200, 'pending'],
    [1, 499, 'slow_down'],
    [1, 500, 'pending'],
    [60, 58_999, 'slow_down'],
    [60, 59_000, 'pending'],
  ])('with interval %i s, %i ms after the last: %s (DC-8, DC-10)', (interval, gap, outcome) => {
    const state = { ...states.pending, request: { ...request, intervalMs: interval * 1000 } }
    expect(poll(state, pollAt(START + gap), START + gap, START).outcome).toBe(outcome)
  })

  it('returns the next interval (DC-10)', () => {
    expect(poll(states.pending, pollAt(START + 1), START + 1, START)).toEqual({
      outcome: 'slow_down',
      intervalMs: 10_000,
    })
  })

  it.each<[Status, number, string]>([
    ['approved', START + 10_000, 'redeemable'],
    ['denied', START + 10_000, 'denied'],
    ['pending', EXPIRY, 'expired'],
    ['redeemed', REDEEMED_AT + 1000, 'redeemable'],
  ])('gives an early poll of a %s one its real outcome (DC-9)', (status, now, outcome) => {
    expect(poll(states[status], pollAt(now), now, now - 1).outcome).toBe(outcome)
  })

  it('measures the grace by the interval if that is longer (DC-13)', () => {
    const state = { ...states.approved, request: { ...request, intervalMs: 60_000 } }
    expect(outcomeAt(state, EXPIRY + 119_999)).toBe('redeemable')
    expect(outcomeAt(state, EXPIRY + 120_000)).toBe('expired')
  })
})

/** A redemption as soon as the poll arrives. */
const redeemAt = (
  state: AuthorizationState,
  now: number,
  { more = {}, resource = [] }: { more?: Partial<Poller>; resource?: string[] } = {},
) => redeem(state, pollAt(now, more), resource, now)

const HANDED_OVER = {
  outcome: 'redeemed',
  request,
  approval,
  audience: request.resource,
  redeemedAtMs: REDEEMED_AT,
}

describe('redeem', () => {
  it('hands over an approved grant and stores the time', () => {
    expect(redeemAt(states.approved, REDEEMED_AT)).toEqual({
      state: states.redeemed,
      outcome: HANDED_OVER,
    })
  })

  it('counts from the redemption, not from when its poll arrived (DC-6)', () => {
    const held = pollAt(REDEEMED_AT - 25_000)
    expect(redeem(states.approved, held, [], REDEEMED_AT).state).toEqual(states.redeemed)
  })

  it.each([1, 999, 1000, 30_000, 60_000])(
    'hands it over again %i ms later for a lost answer, says since when, and stores nothing (DC-6)',
    (laterMs) => {
      const { state, outcome } = redeemAt(states.redeemed, REDEEMED_AT + laterMs)
      expect(state).toBe(states.redeemed)
      expect(outcome).toEqual(HANDED_OVER)
    },
  )

  it.each<[Status, number, string]>([
    ['pending', START, 'pending'],
    ['pending', EXPIRY, 'expired'],
    ['approved', EXPIRY + GRACE, 'expired'],
    ['denied', START, 'denied'],
    ['denied', EXPIRY, 'denied'],
    ['redeemed', REDEEMED_AT, 'invalid'],
    ['redeemed', REDEEMED_AT + 60_001, 'invalid'],
  ])('gives nothing for a %s one at %i: %s', (status, now, outcome) => {
    const redeemed = redeemAt(states[status], now)
    expect(redeemed.outcome).toEqual({ outcome })
    expect(redeemed.state).toBe(states[status])
  })

  it('gives nothing to a parallel poll, however late it is handled (DC-16)', () => {
    for (const laterMs of [0, 1, 999, 1000, 60_000]) {
      const beside = redeem(states.redeemed, pollAt(REDEEMED_AT), [], REDEEMED_AT + laterMs)
      expect(beside.outcome).toEqual({ outcome: 'invalid' })
      expect(beside.state).toBe(states.redeemed)
    }
  })

  it.each(FOREIGN)('gives %s nothing in any state (DC-4, DC-5)', (_, more) => {
    for (const state of Object.values(states)) {
      for (const now of [REDEEMED_AT + 1, REDEEMED_AT + 2000]) {
        const redeemed = redeemAt(state, now, { more })
        expect(redeemed.outcome).toEqual({ outcome: 'invalid' })
        expect(redeemed.state).toBe(state)
      }
    }
  })

  it.each([
    [[], request.resource],
    [['https://api.test'], ['https://api.test']],
    [['https://api.test', 'https://api.test'], ['https://api.test']],
  ])('for %j makes the audience %j (RFC 8707 §2.2)', (resource, audience) => {
    expect(redeemAt(states.approved, REDEEMED_AT, { resource }).outcome).toMatchObject({ audience })
  })

  it('consumes nothing for a target that was not approved (RFC 8707 §2.2)', () => {
    for (const state of [states.approved, states.redeemed]) {
      const resource = ['https://api.test', 'https://evil.test']
      const refused = redeemAt(state, REDEEMED_AT + 2000, { resource })
      expect(refused.outcome).toEqual({ outcome: 'invalid_target' })
      expect(refused.state).toBe(state)
    }
  })
})
