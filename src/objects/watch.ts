// What a page hears that shows a person the question and waits for the answer to be given, here or
// elsewhere. Pure, like the state machine, and no part of it: who watches changes nothing.
import type { AuthorizationState } from './device-authorization-state.ts'

/**
 * `decided`: by this person. `over`: the code they were shown has run out. `not_valid`: all else
 * there is, the same for codes that never were, that they were not shown, and that others answered.
 */
export type WatchOutcome = 'pending' | 'decided' | 'over' | 'not_valid'

/** What `subject` hears, were they to ask now. */
export const watch = (
  state: AuthorizationState | undefined,
  subject: string,
  now: number,
): WatchOutcome => {
  switch (state?.status) {
    case undefined:
      return 'not_valid'
    case 'pending':
      if (!state.openings.some((opening) => opening.subject === subject)) return 'not_valid'
      return now < state.request.expiresAtMs ? 'pending' : 'over'
    case 'denied':
      return state.subject === subject ? 'decided' : 'not_valid'
    case 'approved':
    case 'redeemed':
      return state.approval.subject === subject ? 'decided' : 'not_valid'
  }
}
