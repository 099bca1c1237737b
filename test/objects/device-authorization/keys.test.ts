// The key of a DPoP proof in the state machine of one device authorization: conformance DA-17,
// DP-8, DC-6.
import { describe, expect, it } from 'vitest'
import {
  type AuthorizationState,
  poll,
  redeem,
} from '../../../src/objects/device-authorization/state.ts'
import { EXPIRY, GRACE, REDEEMED_AT, type Status, pollAt, request, states } from './states.ts'

const KEYS = ['a', 'b', undefined]

/** The states of an authorization that was started and redeemed with this key. */
const boundTo = (dpopJkt: string | undefined) => {
  const bound = { ...request, dpopJkt }
  return {
    pending: { ...states.pending, request: bound },
    approved: { ...states.approved, request: bound },
    denied: { ...states.denied, request: bound },
    redeemed: { ...states.redeemed, request: bound, dpopJkt },
  } satisfies Record<Status, AuthorizationState>
}

const hears = (state: AuthorizationState, dpopJkt: string | undefined, now: number): string =>
  poll(state, pollAt(now, { dpopJkt }), now, undefined).outcome

const AT_ONCE = REDEEMED_AT + 1
const LATER = REDEEMED_AT + 2000
const OUTCOMES: [Status, number, string][] = [
  ['pending', LATER, 'pending'],
  ['pending', EXPIRY, 'expired'],
  ['approved', LATER, 'redeemable'],
  ['approved', EXPIRY + GRACE, 'expired'],
  ['denied', LATER, 'denied'],
  ['denied', EXPIRY, 'denied'],
  ['redeemed', AT_ONCE, 'redeemable'],
  ['redeemed', LATER, 'redeemable'],
  ['redeemed', EXPIRY, 'invalid'],
]

describe('poll', () => {
  it.each(OUTCOMES)('of a %s one at %i is %s with its bound key', (...row) => {
    const [status, now, outcome] = row
    expect(hears(boundTo('a')[status], 'a', now)).toBe(outcome)
  })

  it.each(OUTCOMES)(
    'DA-17 DP-8 of a %s one at %i is not %s with another key or none',
    (status, now) => {
      for (const dpopJkt of ['b', undefined])
        expect(hears(boundTo('a')[status], dpopJkt, now)).toBe('invalid')
    },
  )

  it.each<[Status, string]>([
    ['pending', 'pending'],
    ['approved', 'redeemable'],
    ['denied', 'denied'],
  ])('DP-8 of an unbound %s one is %s with any key', (status, outcome) => {
    for (const dpopJkt of KEYS) expect(hears(states[status], dpopJkt, LATER)).toBe(outcome)
  })

  it.each(KEYS)('DC-6 repeats a redemption with the key %s for that key only', (key) => {
    const state = { ...states.redeemed, dpopJkt: key }
    for (const now of [AT_ONCE, LATER])
      for (const dpopJkt of KEYS)
        expect(hears(state, dpopJkt, now)).toBe(dpopJkt === key ? 'redeemable' : 'invalid')
  })
})

describe('redeem', () => {
  it.each(KEYS)('DC-6 stores the key %s of the redemption', (dpopJkt) => {
    const { state } = redeem(states.approved, pollAt(REDEEMED_AT, { dpopJkt }), [], REDEEMED_AT)
    expect(state).toEqual({ ...states.redeemed, dpopJkt })
  })

  it.each(['b', undefined])(
    'DP-8 gives the key %s no grant that is bound to another key',
    (dpopJkt) => {
      for (const state of Object.values(boundTo('a'))) {
        const redeemed = redeem(state, pollAt(LATER, { dpopJkt }), [], LATER)
        expect(redeemed.outcome).toEqual({
          outcome: 'invalid',
          ...(dpopJkt === undefined && { missing: 'dpop_proof' }),
        })
        expect(redeemed.state).toBe(state)
      }
    },
  )
})
