// The minimum interval between polls (RFC 8628 §3.5). Pure.
import { NOT_SHOWN_YET_MS } from '../../config/limits.ts'
import { SECOND } from '../../durations.ts'
import type { AuthorizationRequest } from './authorization-request.ts'

/** False so soon after the start that the device may not show its code yet. */
export const isShown = (
  { requestedAtMs }: Pick<AuthorizationRequest, 'requestedAtMs'>,
  now: number,
): boolean => now >= requestedAtMs + NOT_SHOWN_YET_MS

/** True if less than the interval has passed since the last poll that counts. */
export const isTooSoon = (
  { intervalMs }: Pick<AuthorizationRequest, 'intervalMs'>,
  now: number,
  lastPollAtMs: number | undefined,
): boolean => {
  if (lastPollAtMs === undefined) return false
  // Clocks and networks jitter, and for some clients one wrong `slow_down` ends the sign-in.
  return now - lastPollAtMs < intervalMs - Math.min(SECOND, intervalMs / 2)
}
