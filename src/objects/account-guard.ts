// How often a person may be wrong: about a password (SS-18) and about a user code (RFC 8628 §5.1).
// Pure.
import {
  FAILURES_FORGOTTEN_MS,
  FREE_SIGN_IN_FAILURES,
  MAX_SIGN_IN_WAIT_MS,
  MAX_WRONG_CODES,
  WRONG_CODES_WINDOW_MS,
} from '../config.ts'
import { SECOND } from '../durations.ts'

export interface Guard {
  readonly failures: number
  readonly failedAtMs: number
  /** When the last few wrong codes were entered. */
  readonly wrongCodesAtMs: readonly number[]
}

export const NO_FAILURES: Guard = { failures: 0, failedAtMs: 0, wrongCodesAtMs: [] }

export const afterFailedSignIn = (guard: Guard, now: number): Guard => ({
  ...guard,
  failures: (now < guard.failedAtMs + FAILURES_FORGOTTEN_MS ? guard.failures : 0) + 1,
  failedAtMs: now,
})

export const afterWrongCode = (guard: Guard, now: number): Guard => ({
  ...guard,
  wrongCodesAtMs: [...guard.wrongCodesAtMs, now].slice(-MAX_WRONG_CODES),
})

/** How long until the next password may be tried, in ms. */
export const signInWaitMs = ({ failures, failedAtMs }: Guard, now: number): number => {
  if (failures < FREE_SIGN_IN_FAILURES) return 0
  const wait = Math.min(SECOND * 2 ** (failures - FREE_SIGN_IN_FAILURES + 1), MAX_SIGN_IN_WAIT_MS)
  return Math.max(0, failedAtMs + wait - now)
}

/** How long until the next user code may be tried, in ms. */
export const codeWaitMs = ({ wrongCodesAtMs }: Guard, now: number): number => {
  const first = wrongCodesAtMs.length < MAX_WRONG_CODES ? undefined : wrongCodesAtMs[0]
  return first === undefined ? 0 : Math.max(0, first + WRONG_CODES_WINDOW_MS - now)
}
