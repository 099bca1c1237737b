// How long a person has to wait who was wrong about user codes (RFC 8628 §5.1). Pure.
import { MAX_WRONG_CODES, WRONG_CODES_WINDOW_MS } from '../config.ts'

/** When the last few wrong codes were entered. */
export type WrongCodes = readonly number[]

export const afterWrongCode = (wrongCodesAtMs: WrongCodes, now: number): WrongCodes =>
  [...wrongCodesAtMs, now].slice(-MAX_WRONG_CODES)

/** How long until the next user code may be tried, in ms. */
export const codeWaitMs = (wrongCodesAtMs: WrongCodes, now: number): number => {
  const first = wrongCodesAtMs.length < MAX_WRONG_CODES ? undefined : wrongCodesAtMs[0]
  return first === undefined ? 0 : Math.max(0, first + WRONG_CODES_WINDOW_MS - now)
}
