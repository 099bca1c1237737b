// What tokens say of the sign-in behind them (OpenID Connect Core §2, RFC 9068 §2.2.1).
import type { JWTPayload } from 'jose'
import { SECOND } from '../durations.ts'
import type { Authentication } from '../objects/device-authorization/approval.ts'

/** What is known of a sign-in, as claims. */
export const authenticationClaims = ({ authTimeMs, amr }: Authentication) => ({
  ...(authTimeMs !== undefined && { auth_time: Math.floor(authTimeMs / SECOND) }),
  ...(amr.length > 0 && { amr: [...amr] }),
})

/** What the claims of a token say of it, at `now`. */
export const authenticationIn = (
  { auth_time: authTime, amr }: JWTPayload,
  now: number,
): Authentication => ({
  // A clock that is ahead, or counts in milliseconds, must not make a sign-in that never ages.
  authTimeMs: typeof authTime === 'number' ? Math.min(authTime * SECOND, now) : undefined,
  amr: Array.isArray(amr) ? amr.filter(isRegistered) : [],
})

// RFC 8176 §2: what others call things has no meaning here.
const REGISTERED =
  'face fpt geo hwk iris kba mca mfa otp pin pop pwd rba retina sc sms swk tel user vbm wia'.split(
    ' ',
  )
const isRegistered = (method: unknown): method is string =>
  typeof method === 'string' && REGISTERED.includes(method)
