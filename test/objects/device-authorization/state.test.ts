// People's actions on one device authorization, as pure functions of its state: open, approve,
// deny, withdraw. Conformance VP-7, XD-6, XD-8. The answers to the device are in polls.test.ts.
import { describe, expect, it } from 'vitest'
import {
  type AuthorizationState,
  approve,
  deny,
  open,
  poll,
  redeem,
  retainedUntilMs,
  withdraw,
} from '../../../src/objects/device-authorization/state.ts'
import type { Opening } from '../../../src/objects/device-authorization/openings.ts'
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

const NOT_VALID = { outcome: 'not_valid' }
const OPENED_BY_MANY = { outcome: 'opened_by_many', clientId: request.clientId }
const DECIDED = { outcome: 'decided', request }
const REVIEWABLE = { outcome: 'reviewable', request }

const deniedFor = (reason: 'reported' | 'withdrawn') => ({ ...states.denied, reason })
const PASSED_AROUND: AuthorizationState = {
  status: 'denied',
  request,
  reason: 'opened_by_many',
  subject: undefined,
}

const DECISIONS = [
  [
    'approve',
    (state: AuthorizationState, now: number, subject = 'anna') =>
      approve(state, { ...approval, subject: named(subject) }, now),
    states.approved,
  ],
  [
    'decline',
    (state: AuthorizationState, now: number, subject = 'anna') =>
      deny(state, named(subject), 'denied', now),
    states.denied,
  ],
  [
    'report',
    (state: AuthorizationState, now: number, subject = 'anna') =>
      deny(state, named(subject), 'reported', now),
    deniedFor('reported'),
  ],
] as const

describe.each(DECISIONS)('%s', (name, decide, after) => {
  it('decides a pending request in time, and returns it', () => {
    const { state, outcome } = decide(states.pending, EXPIRY - 1)
    expect(state).toEqual(after)
    expect(outcome).toEqual(DECIDED)
  })

  it('decides also for a person who did not open it', () => {
    const opened = { ...states.pending, openings: [{ subject: named('bert'), country: 'FI' }] }
    expect(decide(opened, START)).toEqual({ state: after, outcome: DECIDED })
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
  ])('does not change a %s one at %i: the first decision wins (VP-7)', (status, now) => {
    const { state, outcome } = decide(states[status], now, 'bert')
    expect(state).toBe(states[status])
    expect(outcome).toEqual(NOT_VALID)
  })

  it('answers a second tap of the same person like the first', () => {
    const allowed = [states.approved, states.redeemed]
    const denied = [states.denied, deniedFor('reported'), deniedFor('withdrawn')]
    const [same, other] = name === 'approve' ? [allowed, denied] : [denied, allowed]
    for (const state of same) {
      const again = decide(state, EXPIRY + 1)
      expect(again.state, 'with the reason that was given first').toBe(state)
      expect(again.outcome).toEqual(DECIDED)
    }
    for (const state of other) {
      const again = decide(state, START + 10_000)
      expect(again.state).toBe(state)
      expect(again.outcome).toEqual(NOT_VALID)
    }
  })

  it('XD-6 does not change a request that was passed around', () => {
    expect(decide(PASSED_AROUND, START)).toEqual({ state: PASSED_AROUND, outcome: NOT_VALID })
  })
})

describe('withdraw', () => {
  it('XD-8 turns an approval into a denial, and returns the grant that must not begin', () => {
    expect(withdraw(states.approved, named('anna'))).toEqual({
      state: deniedFor('withdrawn'),
      outcome: { outcome: 'withdrawn', grantId: 'grant', request: states.approved.request },
    })
  })

  it('XD-8 of a redeemed one returns its grant and changes nothing, each time', () => {
    for (const _ of [1, 2]) {
      const { state, outcome } = withdraw(states.redeemed, named('anna'))
      expect(state).toBe(states.redeemed)
      expect(outcome).toEqual({
        outcome: 'withdrawn',
        grantId: 'grant',
        request: states.redeemed.request,
      })
    }
  })

  it.each<[string, AuthorizationState, string]>([
    ['an undecided one', states.pending, 'anna'],
    ['what they declined', states.denied, 'anna'],
    ['what they reported', deniedFor('reported'), 'anna'],
    ['what they withdrew', deniedFor('withdrawn'), 'anna'],
    ['what was passed around', PASSED_AROUND, 'anna'],
    ['one approved by another person', states.approved, 'bert'],
    ['one redeemed after another person’s approval', states.redeemed, 'bert'],
    ['one denied by another person', states.denied, 'bert'],
  ])('XD-8 of %s is not valid', (_, state, subject) => {
    const withdrawn = withdraw(state, named(subject))
    expect(withdrawn.state).toBe(state)
    expect(withdrawn.outcome).toEqual(NOT_VALID)
  })

  it('XD-8 leaves nothing for the device to collect', () => {
    const { state } = withdraw(states.approved, named('anna'))
    expect(poll(state, pollAt(START), START, undefined)).toEqual({ outcome: 'denied' })
    expect(redeem(state, pollAt(START), [], START).outcome).toEqual({ outcome: 'denied' })
  })
})

describe('open', () => {
  const shown = {
    ...states,
    withdrawn: deniedFor('withdrawn'),
    'passed around': PASSED_AROUND,
  } satisfies Record<string, AuthorizationState>

  it.each<[keyof typeof shown, string, number, string]>([
    ['pending', 'anna', EXPIRY - 1, 'reviewable'],
    ['pending', 'bert', EXPIRY - 1, 'reviewable'],
    ['pending', 'anna', EXPIRY, 'not_valid'],
    ['approved', 'anna', START, 'approved'],
    ['approved', 'bert', START, 'not_valid'],
    ['redeemed', 'anna', REDEEMED_AT, 'approved'],
    ['redeemed', 'bert', REDEEMED_AT, 'not_valid'],
    ['denied', 'anna', START, 'denied: denied'],
    ['denied', 'bert', START, 'not_valid'],
    ['withdrawn', 'anna', START, 'denied: withdrawn'],
    ['withdrawn', 'bert', START, 'not_valid'],
    ['passed around', 'anna', START, 'not_valid'],
  ])('of one that is %s, by %s at %i: %s', (status, subject, now, expected) => {
    const { outcome, state } = open(shown[status], { subject: named(subject), country: 'FI' }, now)
    const [told, reason] = expected.split(': ')
    expect(outcome).toEqual(
      told === 'not_valid' ? NOT_VALID : { outcome: told, request, ...(reason && { reason }) },
    )
    if (told !== 'reviewable') expect(state, 'and nothing changes').toBe(shown[status])
  })

  type Person = [subject: string, country?: string]
  const openingOf = ([subject, country]: Person): Opening => ({ subject: named(subject), country })
  const openedBy = (people: Person[]): AuthorizationState => ({
    ...states.pending,
    openings: people.map(openingOf),
  })
  const ANNA: Person = ['anna', 'FI']
  const BERT: Person = ['bert', 'FI']

  it.each<[string, Person[], Person]>([
    ['the first person', [], ['anna', 'FI']],
    ['the first person, from an unknown country', [], ['anna']],
    ['a second one in the same country', [['anna', 'FI']], ['bert', 'FI']],
    ['a second person from an unknown country', [['anna', 'FI']], ['bert']],
    ['a second one where the first was nowhere', [['anna']], ['bert', 'FI']],
    ['a second one, both nowhere', [['anna']], ['bert']],
  ])('XD-6 shows it to %s, and remembers them', (_, before, person) => {
    expect(open(openedBy(before), openingOf(person), START)).toEqual({
      state: openedBy([...before, person]),
      outcome: REVIEWABLE,
    })
  })

  it.each<[string, Person[], Person]>([
    ['a second person in another country', [['anna', 'FI']], ['bert', 'BR']],
    ['a third one in the same country', [ANNA, BERT], ['carl', 'FI']],
    ['a third one in another country', [ANNA, BERT], ['carl', 'BR']],
    ['a third person from an unknown country', [ANNA, BERT], ['carl']],
    ['a third one, all nowhere', [['anna'], ['bert']], ['carl']],
    ['a third one, two of them nowhere', [['anna'], ['bert', 'FI']], ['carl']],
  ])('XD-6 ends it for %s', (_, before, person) => {
    expect(open(openedBy(before), openingOf(person), START)).toEqual({
      state: PASSED_AROUND,
      outcome: OPENED_BY_MANY,
    })
  })

  it.each<[string, Person]>([
    ['from where they were', ['anna', 'FI']],
    ['from another country', ['anna', 'BR']],
    ['from nowhere', ['anna']],
    ['after another person', ['bert', 'FI']],
  ])('XD-6 by the same person again, %s, changes nothing', (_, person) => {
    const before = openedBy([ANNA, BERT])
    const { state, outcome } = open(before, openingOf(person), START)
    expect(state).toBe(before)
    expect(outcome).toEqual(REVIEWABLE)
  })

  it('XD-6 does not count a person on the network of the device', () => {
    const networkPrefix = '192.0.2.1'
    const before: AuthorizationState = {
      ...openedBy([ANNA, BERT]),
      request: { ...request, location: { ...request.location, networkPrefix } },
    }
    const besideIt = { ...openingOf(['carl', 'FI']), networkPrefix }
    expect(open(before, besideIt, START).state).toBe(before)
    const elsewhere = { ...besideIt, networkPrefix: '192.0.2.2' }
    expect(open(before, elsewhere, START).outcome).toEqual(OPENED_BY_MANY)
    // Two unknown networks are not the same.
    const unknown = {
      ...before,
      request: { ...request, location: { ...request.location, networkPrefix: undefined } },
    }
    expect(open(unknown, openingOf(['carl', 'FI']), START).outcome).toEqual(OPENED_BY_MANY)
  })

  it('XD-6 does not count a person after the expiry or after a decision', () => {
    const expired = openedBy([ANNA])
    expect(open(expired, openingOf(['bert', 'BR']), EXPIRY).state).toBe(expired)
    for (const state of [states.approved, states.denied, states.redeemed])
      expect(open(state, openingOf(['bert', 'BR']), START).state).toBe(state)
  })

  it('XD-6 by many denies the device from then on', () => {
    const { state } = open(openedBy([ANNA]), openingOf(['bert', 'BR']), START)
    for (const now of [START, EXPIRY])
      expect(poll(state, pollAt(now), now, undefined)).toEqual({ outcome: 'denied' })
  })
})

it('a request is kept until five minutes after it could last be collected', () => {
  expect(retainedUntilMs(request)).toBe(EXPIRY + GRACE + 300_000)
  expect(retainedUntilMs({ ...request, intervalMs: 60_000 })).toBe(EXPIRY + 120_000 + 300_000)
})
