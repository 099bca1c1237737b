// The state machine of one device authorization: conformance DC-4 to DC-13, DA-18, VP-7. What keys have
// to do with it is in device-authorization-keys.test.ts.
import { describe, expect, it } from 'vitest'
import {
  type AuthorizationState,
  type Poller,
  approve,
  deny,
  poll,
  redeem,
  retainedUntilMs,
  review,
} from '../../src/objects/device-authorization-state.ts'
import {
  EXPIRY,
  GRACE,
  REDEEMED_AT,
  START,
  type Status,
  approval,
  owner,
  request,
  states,
} from '../support/authorization-states.ts'

const foreign: [string, Poller][] = [
  ['another client', { ...owner, clientId: 'other-tv' }],
  ['a wrong secret', { ...owner, secretHash: 'other' }],
  ['neither', { ...owner, clientId: 'other-tv', secretHash: 'other', codeChallenge: undefined }],
]

const outcomeOf = (status: Status, now: number, poller = owner) =>
  poll(states[status], poller, now, undefined).outcome

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
    ['redeemed', 'under a second later (DC-16)', REDEEMED_AT + 999, 'invalid'],
    ['redeemed', 'a second later (DC-6)', REDEEMED_AT + 1000, 'redeemable'],
    ['redeemed', 'a minute later (DC-6)', REDEEMED_AT + 60_000, 'redeemable'],
    ['redeemed', 'over a minute later (DC-6)', REDEEMED_AT + 60_001, 'invalid'],
    ['redeemed', 'past its expiry (0.2 row 13)', EXPIRY + 1, 'invalid'],
  ])('of a %s authorization, %s, is %s', (status, _, now, outcome) => {
    expect(outcomeOf(status, now)).toBe(outcome)
  })

  describe.each(Object.keys(states) as Status[])('of a %s authorization', (status) => {
    it.each(foreign)('tells %s nothing, in time or late (DC-4, DC-5)', (_, poller) => {
      for (const now of [START, REDEEMED_AT + 2000, EXPIRY + 1, EXPIRY + GRACE + 1])
        expect(outcomeOf(status, now, poller)).toBe('invalid')
    })

    it.each([
      ['no verifier', undefined],
      ['a wrong verifier', 'wrong'],
    ])('refuses %s where a challenge was kept (DA-18)', (_, codeChallenge) => {
      const state = { ...states[status], request: { ...request, codeChallenge: 'challenge' } }
      const at = REDEEMED_AT + 2000
      expect(poll(state, { ...owner, codeChallenge }, at, undefined).outcome).toBe('invalid')
      const right = poll(state, { ...owner, codeChallenge: 'challenge' }, at, undefined)
      expect(right.outcome).toBe(outcomeOf(status, at))
    })
  })

  it('ignores a verifier that nobody asked for', () => {
    expect(outcomeOf('approved', START, { ...owner, codeChallenge: 'unasked' })).toBe('redeemable')
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
    const state: AuthorizationState = {
      status: 'pending',
      request: { ...request, intervalSeconds: interval },
    }
    expect(poll(state, owner, START + gap, START).outcome).toBe(outcome)
  })

  it('names the interval to go on with (DC-10)', () => {
    expect(poll(states.pending, owner, START + 1, START)).toEqual({
      outcome: 'slow_down',
      intervalSeconds: 10,
    })
  })

  it.each<[Status, number, string]>([
    ['approved', START + 10_000, 'redeemable'],
    ['denied', START + 10_000, 'denied'],
    ['pending', EXPIRY, 'expired'],
    ['redeemed', REDEEMED_AT + 1000, 'redeemable'],
  ])('gives an early poll of a %s one its real outcome (DC-9)', (status, now, outcome) => {
    expect(poll(states[status], owner, now, now - 1).outcome).toBe(outcome)
  })

  it('measures the grace by the interval if that is longer (DC-13)', () => {
    const slow = { ...request, intervalSeconds: 60 }
    const state = { ...states.approved, request: slow }
    expect(poll(state, owner, EXPIRY + 119_999, undefined).outcome).toBe('redeemable')
    expect(poll(state, owner, EXPIRY + 120_000, undefined).outcome).toBe('expired')
  })
})

const decisions = [
  [
    'approve',
    (state: AuthorizationState, now: number, subject = 'anna') =>
      approve(state, { ...approval, subject }, now),
  ],
  ['deny', (state: AuthorizationState, now: number, subject = 'anna') => deny(state, subject, now)],
] as const

describe.each(decisions)('%s', (name, decide) => {
  it('decides what is pending and in time, and says what was decided', () => {
    const { state, outcome } = decide(states.pending, EXPIRY - 1)
    expect(state).toEqual(name === 'approve' ? states.approved : states.denied)
    expect(outcome).toEqual({ outcome: 'decided', request })
  })

  it.each<[Status, number]>([
    ['pending', EXPIRY],
    ['pending', EXPIRY + GRACE],
    ['approved', START + 10_000],
    ['approved', EXPIRY],
    ['denied', START + 10_000],
    ['denied', EXPIRY],
    ['redeemed', START + 30_000],
    ['redeemed', EXPIRY],
  ])('changes nothing of a %s one at %i: the first decision wins (VP-7)', (status, now) => {
    expect(decide(states[status], now, 'bert')).toEqual({
      state: states[status],
      outcome: { outcome: 'not_valid' },
    })
  })

  it('says to a second tap of the same person what the first one did', () => {
    const same = name === 'approve' ? [states.approved, states.redeemed] : [states.denied]
    const other = name === 'approve' ? [states.denied] : [states.approved, states.redeemed]
    for (const state of same) {
      const again = decide(state, EXPIRY + 1)
      expect(again.state).toBe(state)
      expect(again.outcome).toEqual({ outcome: 'decided', request })
    }
    for (const state of other)
      expect(decide(state, START + 10_000).outcome).toEqual({ outcome: 'not_valid' })
  })
})

describe('redeem', () => {
  it('hands an approved grant over and remembers when', () => {
    expect(redeem(states.approved, owner, [], REDEEMED_AT)).toEqual({
      state: states.redeemed,
      outcome: { outcome: 'redeemed', request, approval, audience: request.resource },
    })
  })

  it('hands it over again for a lost answer, and stores nothing (DC-6)', () => {
    const { state, outcome } = redeem(states.redeemed, owner, [], REDEEMED_AT + 30_000)
    expect(state).toBe(states.redeemed)
    expect(outcome).toMatchObject({ outcome: 'redeemed', approval })
  })

  it.each<[Status, number, string]>([
    ['pending', START, 'pending'],
    ['pending', EXPIRY, 'expired'],
    ['approved', EXPIRY + GRACE, 'expired'],
    ['denied', START, 'denied'],
    ['denied', EXPIRY, 'denied'],
    ['redeemed', REDEEMED_AT + 999, 'invalid'],
    ['redeemed', REDEEMED_AT + 60_001, 'invalid'],
  ])('gives nothing for a %s one at %i: %s', (status, now, outcome) => {
    const redeemed = redeem(states[status], owner, [], now)
    expect(redeemed.outcome).toEqual({ outcome })
    expect(redeemed.state).toBe(states[status])
  })

  it.each(foreign)('gives %s nothing, whatever the state (DC-4, DC-5)', (_, poller) => {
    for (const state of Object.values(states)) {
      const redeemed = redeem(state, poller, [], REDEEMED_AT + 2000)
      expect(redeemed.outcome).toEqual({ outcome: 'invalid' })
      expect(redeemed.state).toBe(state)
    }
  })

  it.each([
    [[], request.resource],
    [['https://api.test'], ['https://api.test']],
    [['https://api.test', 'https://api.test'], ['https://api.test']],
  ])('for %j makes the audience %j (RFC 8707 §2.2)', (resource, audience) => {
    expect(redeem(states.approved, owner, resource, REDEEMED_AT).outcome).toMatchObject({
      audience,
    })
  })

  it('consumes nothing for a target that was not allowed (RFC 8707 §2.2)', () => {
    for (const state of [states.approved, states.redeemed]) {
      const now = REDEEMED_AT + 2000
      const refused = redeem(state, owner, ['https://api.test', 'https://evil.test'], now)
      expect(refused.outcome).toEqual({ outcome: 'invalid_target' })
      expect(refused.state).toBe(state)
    }
  })
})

describe('review', () => {
  it.each<[Status, string, number, string]>([
    ['pending', 'anna', EXPIRY - 1, 'reviewable'],
    ['pending', 'bert', EXPIRY - 1, 'reviewable'],
    ['pending', 'anna', EXPIRY, 'not_valid'],
    ['approved', 'anna', START, 'approved'],
    ['approved', 'bert', START, 'not_valid'],
    ['redeemed', 'anna', REDEEMED_AT, 'approved'],
    ['redeemed', 'bert', REDEEMED_AT, 'not_valid'],
    ['denied', 'anna', START, 'denied'],
    ['denied', 'bert', START, 'not_valid'],
  ])('of a %s one by %s at %i: %s', (status, subject, now, outcome) => {
    expect(review(states[status], subject, now).outcome).toBe(outcome)
  })
})

it('is kept until five minutes after the last moment it could be collected', () => {
  expect(retainedUntilMs(request)).toBe(EXPIRY + GRACE + 300_000)
  expect(retainedUntilMs({ ...request, intervalSeconds: 60 })).toBe(EXPIRY + 120_000 + 300_000)
})
