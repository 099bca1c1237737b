// The news for a page about one device authorization, as a pure function of its state.
import { describe, expect, it } from 'vitest'
import type { AuthorizationState } from '../../../src/objects/device-authorization/state.ts'
import { type WatchOutcome, watch } from '../../../src/objects/device-authorization/watch.ts'
import { EXPIRY, START, request, states } from './states.ts'
import { named } from '../../support/named.ts'

const openings = ['anna', 'bert'].map((subject) => ({ subject: named(subject), country: 'FI' }))
const opened: AuthorizationState = { status: 'pending', request, openings }
const DENIED_BY = { status: 'denied', request, reason: 'denied' } as const
const { approval } = states.approved as AuthorizationState & { status: 'approved' }

describe('watch', () => {
  it.each<[string, WatchOutcome, AuthorizationState | undefined, number, string]>([
    ['an unknown code', 'not_valid', undefined, START, 'anna'],
    ['one opened on the network of the device', 'pending', states.pending, START, 'anna'],
    ['one at its expiry', 'over', states.pending, EXPIRY, 'anna'],
    ['one they opened', 'pending', opened, START, 'anna'],
    ['one they opened as well', 'pending', opened, START, 'bert'],
    ['one in its last moment', 'pending', opened, EXPIRY - 1, 'anna'],
    ['one at its expiry', 'over', opened, EXPIRY, 'anna'],
    ['one a day late', 'over', opened, EXPIRY + 86_400_000, 'anna'],
    ['one they approved', 'decided', states.approved, START, approval.subject],
    ['one they approved, late', 'decided', states.approved, EXPIRY, approval.subject],
    ['one that another person approved', 'not_valid', states.approved, START, 'bert'],
    ['a redeemed one they approved', 'decided', states.redeemed, EXPIRY, approval.subject],
    ['a redeemed one of another person', 'not_valid', states.redeemed, EXPIRY, 'bert'],
    ['one they declined', 'decided', { ...DENIED_BY, subject: named('anna') }, START, 'anna'],
    [
      'one that another person declined',
      'not_valid',
      { ...DENIED_BY, subject: named('anna') },
      START,
      'bert',
    ],
    [
      'one denied without a person',
      'not_valid',
      { ...DENIED_BY, subject: undefined },
      START,
      'anna',
    ],
  ])('of %s is told %s', (_, outcome, state, now, subject) => {
    expect(watch(state, named(subject), now)).toBe(outcome)
  })
})
