// What a page hears of one device authorization, as a pure function of its state.
import { describe, expect, it } from 'vitest'
import type { AuthorizationState } from '../../../src/objects/device-authorization/state.ts'
import { type WatchOutcome, watch } from '../../../src/objects/device-authorization/watch.ts'
import { EXPIRY, START, request, states } from '../../support/authorization-states.ts'

const openings = ['anna', 'bert'].map((subject) => ({ subject, country: 'FI' }))
const opened: AuthorizationState = { status: 'pending', request, openings }
const DENIED_BY = { status: 'denied', request, reason: 'declined' } as const
const { approval } = states.approved as AuthorizationState & { status: 'approved' }

describe('watch', () => {
  it.each<[string, WatchOutcome, AuthorizationState | undefined, number, string]>([
    ['a code that never was', 'not_valid', undefined, START, 'anna'],
    ['one opened beside the device', 'pending', states.pending, START, 'anna'],
    ['it at its expiry', 'over', states.pending, EXPIRY, 'anna'],
    ['one they opened', 'pending', opened, START, 'anna'],
    ['one they opened as well', 'pending', opened, START, 'bert'],
    ['it in the last moment', 'pending', opened, EXPIRY - 1, 'anna'],
    ['it at its expiry', 'over', opened, EXPIRY, 'anna'],
    ['it a day late', 'over', opened, EXPIRY + 86_400_000, 'anna'],
    ['what they allowed', 'decided', states.approved, START, approval.subject],
    ['what they allowed, late', 'decided', states.approved, EXPIRY, approval.subject],
    ['what somebody else allowed', 'not_valid', states.approved, START, 'bert'],
    ['what they allowed and is redeemed', 'decided', states.redeemed, EXPIRY, approval.subject],
    ['what is redeemed for another', 'not_valid', states.redeemed, EXPIRY, 'bert'],
    ['what they declined', 'decided', { ...DENIED_BY, subject: 'anna' }, START, 'anna'],
    ['what somebody else declined', 'not_valid', { ...DENIED_BY, subject: 'anna' }, START, 'bert'],
    ['what nobody declined', 'not_valid', { ...DENIED_BY, subject: undefined }, START, 'anna'],
  ])('of %s is told %s', (_, outcome, state, now, subject) => {
    expect(watch(state, subject, now)).toBe(outcome)
  })
})
