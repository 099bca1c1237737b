// ID tokens (OpenID Connect Core §2), issued when `openid` was granted; they may come back as hints.
import type { Subject } from '../ids.ts'
import { SignJWT, errors, jwtVerify } from 'jose'
import { ID_TOKEN_ALGORITHMS, type IdTokenAlgorithm } from '../config/client-settings.ts'
import { ID_TOKEN_HINT_LIFETIME_MS } from '../config/limits.ts'
import { sha256Bytes, toBase64url } from '../crypto.ts'
import { MINUTE, SECOND } from '../durations.ts'
import type { Authentication } from '../objects/device-authorization/approval.ts'
import { authenticationClaims } from './authentication.ts'
import { hintVerificationKey, keyNameIn, signingKey } from './signing-keys.ts'

export interface IdTokenClaims {
  readonly issuer: string
  readonly subject: Subject
  readonly clientId: string
  /** The person's own sign-in, not their approval of the device. */
  readonly authentication: Authentication
  readonly issuedAtMs: number
}

// Clients read it once, when they receive it.
const LIFETIME_MS = 10 * MINUTE
const TYPE = 'JWT'

/** A signed ID token. It has no nonce: a device authorization request cannot send one. */
export const issueIdToken = async (
  env: Cloudflare.Env,
  claims: IdTokenClaims,
  accessToken: string,
  alg: IdTokenAlgorithm,
  now: number,
): Promise<string> => {
  const { kid, key } = await signingKey(env, alg, now)
  const issuedAt = Math.floor(claims.issuedAtMs / SECOND)
  return new SignJWT({
    iss: claims.issuer,
    sub: claims.subject,
    aud: claims.clientId,
    ...authenticationClaims(claims.authentication),
    at_hash: accessTokenHash(accessToken),
    iat: issuedAt,
    exp: issuedAt + LIFETIME_MS / SECOND,
  })
    .setProtectedHeader({ alg, typ: TYPE, kid })
    .sign(key)
}

/**
 * The subject of an ID token that we issued to this client, even a long expired one (Core §3.1.2.1);
 * undefined for anything else. It proves that the client knew the person, and grants no access.
 */
export const verifyIdTokenHint = async (
  env: Cloudflare.Env,
  hint: string,
  { issuer, clientId }: Pick<IdTokenClaims, 'issuer' | 'clientId'>,
  now: number,
): Promise<{ subject: Subject; issuedAtMs: number } | undefined> => {
  const key = await hintVerificationKey(env, keyNameIn(hint), now)
  if (key === undefined) return undefined
  try {
    const { payload } = await jwtVerify(hint, key, {
      algorithms: [...ID_TOKEN_ALGORITHMS],
      typ: TYPE,
      issuer,
      audience: clientId,
      currentDate: new Date(now),
      clockTolerance: ID_TOKEN_HINT_LIFETIME_MS / SECOND,
      requiredClaims: ['sub', 'exp', 'iat'],
    })
    return { subject: String(payload.sub) as Subject, issuedAtMs: (payload.iat ?? 0) * SECOND }
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

// Core §3.1.3.6: the left half of the hash of `alg`, which is SHA-256 for all our algorithms.
const accessTokenHash = (accessToken: string): string =>
  toBase64url(sha256Bytes(accessToken).subarray(0, 16))
