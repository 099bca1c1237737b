// The minimum interval between polls (RFC 8628 §3.5). Pure.
import { SECOND } from '../../durations.ts'
import type { AuthorizationRequest } from './authorization-request.ts'

/** True if less than the interval has passed since the last poll; the first one is never too soon. */
export const isTooSoon = (
  { intervalMs }: Pick<AuthorizationRequest, 'intervalMs'>,
  now: number,
  lastPollAtMs: number | undefined,
): boolean => {
  if (lastPollAtMs === undefined) return false
  // Clocks and networks jitter, and for some clients one wrong `slow_down` ends the sign-in.
  return now - lastPollAtMs < intervalMs - Math.min(SECOND, intervalMs / 2)
}
