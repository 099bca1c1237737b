// The wait after failed passwords (SS-18). Pure.
import {
  FAILURES_RESET_MS,
  FREE_SIGN_IN_FAILURES,
  MAX_SIGN_IN_WAIT_MS,
} from '../../config/limits.ts'
import { SECOND } from '../../durations.ts'

export interface Failures {
  readonly count: number
  readonly lastAtMs: number
  /** The call that failed last. */
  readonly callId?: string | undefined
}

export const NO_FAILURES: Failures = { count: 0, lastAtMs: 0 }

export const afterFailure = ({ count, lastAtMs }: Failures, now: number): Failures => ({
  count: (now < lastAtMs + FAILURES_RESET_MS ? count : 0) + 1,
  lastAtMs: now,
})

/** Time until the next password may be tried, in ms. */
export const signInWaitMs = ({ count, lastAtMs }: Failures, now: number): number => {
  if (count < FREE_SIGN_IN_FAILURES) return 0
  const wait = Math.min(SECOND * 2 ** (count - FREE_SIGN_IN_FAILURES + 1), MAX_SIGN_IN_WAIT_MS)
  return Math.max(0, lastAtMs + wait - now)
}
