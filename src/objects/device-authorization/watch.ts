// What a page hears that shows a person the question and waits for the answer to be given, here or
// elsewhere. Pure, like the state machine, and no part of it: who watches changes nothing.
import type { AuthorizationState } from './state.ts'

/**
 * `decided`: by this person. `over`: the code has run out. `not_valid`: all else there is, the same
 * for codes that never were and codes that others answered. Who was shown the question is not known
 * here: whoever is beside the device leaves no trace of it.
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
      return now < state.request.expiresAtMs ? 'pending' : 'over'
    case 'denied':
      return state.subject === subject ? 'decided' : 'not_valid'
    case 'approved':
    case 'redeemed':
      return state.approval.subject === subject ? 'decided' : 'not_valid'
  }
}
