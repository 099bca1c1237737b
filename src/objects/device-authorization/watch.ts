// The answer to a page that shows the pending request and waits for a decision, made there or elsewhere.
// Pure, like the state machine, but not part of it: watching changes nothing.
import type { Subject } from '../../ids.ts'
import type { AuthorizationState } from './state.ts'

/**
 * `decided`: by this person. `over`: the code has expired. `not_valid`: anything else, the same for codes
 * that never existed and codes that others decided. The record does not show who opened the request: a
 * person on the device's network is not stored.
 */
export type WatchOutcome = 'pending' | 'decided' | 'over' | 'not_valid'

/** The answer to `subject` at `now`. */
export const watch = (
  state: AuthorizationState | undefined,
  subject: Subject,
  now: number,
): WatchOutcome => {
  switch (state?.status) {
    case undefined:
      return 'not_valid'
    case 'pending':
      return now < state.request.expiresAtMs ? 'pending' : 'over'
    case 'denied':
      return state.subject === subject ? 'decided' : 'not_valid'
    case 'approved':
    case 'redeemed':
      return state.approval.subject === subject ? 'decided' : 'not_valid'
  }
}
