// What tokens say of the sign-in behind them (OpenID Connect Core §2, RFC 9068 §2.2.1).
import type { JWTPayload } from 'jose'
import { SECOND } from '../durations.ts'
import type { Authentication } from '../objects/device-authorization-state.ts'

/** What is known of a sign-in, as claims. */
export const authenticationClaims = ({ authTimeMs, amr }: Authentication) => ({
  ...(authTimeMs !== undefined && { auth_time: Math.floor(authTimeMs / SECOND) }),
  ...(amr.length > 0 && { amr: [...amr] }),
})

/** What the claims of a token say of it. */
export const authenticationIn = ({ auth_time: authTime, amr }: JWTPayload): Authentication => ({
  authTimeMs: typeof authTime === 'number' ? authTime * SECOND : undefined,
  amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
})
