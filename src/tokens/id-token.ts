// ID tokens (OpenID Connect Core §2), issued when `openid` was granted.
import { SignJWT } from 'jose'
import type { IdTokenAlgorithm } from '../client-metadata.ts'
import { sha256Bytes, toBase64url } from '../crypto.ts'
import type { Authentication } from '../objects/device-authorization-state.ts'
import { authenticationClaims } from './authentication.ts'
import { signingKey } from './signing-keys.ts'

export interface IdTokenClaims {
  readonly issuer: string
  readonly subject: string
  readonly clientId: string
  /** When and how the person really signed in, not when they allowed the device. */
  readonly authentication: Authentication
}

// Read once, at redemption, beside the access token.
const LIFETIME_SECONDS = 10 * 60

/** A signed ID token. It carries no nonce: a device request is no authentication request. */
export const issueIdToken = async (
  env: Cloudflare.Env,
  claims: IdTokenClaims,
  accessToken: string,
  alg: IdTokenAlgorithm,
  now: number,
): Promise<string> => {
  const { kid, key } = await signingKey(env, alg, now)
  const issuedAt = Math.floor(now / 1000)
  return new SignJWT({
    iss: claims.issuer,
    sub: claims.subject,
    aud: claims.clientId,
    ...authenticationClaims(claims.authentication),
    at_hash: accessTokenHash(accessToken),
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
  })
    .setProtectedHeader({ alg, typ: 'JWT', kid })
    .sign(key)
}

// Core §3.1.3.6: the left half of the hash that `alg` names, which is SHA-256 for all of ours.
const accessTokenHash = (accessToken: string): string =>
  toBase64url(sha256Bytes(accessToken).subarray(0, 16))
