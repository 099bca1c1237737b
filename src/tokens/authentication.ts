// The sign-in claims of tokens: `auth_time` and `amr` (OpenID Connect Core §2, RFC 9068 §2.2.1).
import type { JWTPayload } from 'jose'
import { SECOND } from '../durations.ts'
import type { Authentication } from '../objects/device-authorization/approval.ts'

/** A sign-in as claims. */
export const authenticationClaims = ({ authTimeMs, amr }: Authentication) => ({
  ...(authTimeMs !== undefined && { auth_time: Math.floor(authTimeMs / SECOND) }),
  ...(amr.length > 0 && { amr: [...amr] }),
})

/** The sign-in in a token's claims, at `now`. */
export const authenticationIn = (
  { auth_time: authTime, amr }: JWTPayload,
  now: number,
): Authentication => ({
  // A clock that is ahead, or that counts milliseconds, must not yield a sign-in that never ages.
  authTimeMs: typeof authTime === 'number' ? Math.min(authTime * SECOND, now) : undefined,
  amr: Array.isArray(amr) ? amr.filter(isRegistered) : [],
})

// RFC 8176 §2: unregistered values have no meaning here.
const REGISTERED =
  'face fpt geo hwk iris kba mca mfa otp pin pop pwd rba retina sc sms swk tel user vbm wia'.split(
    ' ',
  )
const isRegistered = (method: unknown): method is string =>
  typeof method === 'string' && REGISTERED.includes(method)
