// Access tokens: JWTs as RFC 9068 profiles them, signed with ES256.
import type { GrantId, Subject } from '../ids.ts'
import { createHmac } from 'node:crypto'
import { SignJWT, errors, jwtVerify } from 'jose'
import { randomBytes, toBase64url } from '../crypto.ts'
import { SECOND } from '../durations.ts'
import type { Authentication } from '../objects/device-authorization/approval.ts'
import { authenticationClaims, authenticationIn } from './authentication.ts'
import { keyNameIn, signingKey, verificationKey } from './signing-keys.ts'

export const ACCESS_TOKEN_ALGORITHM = 'ES256'
const TYPE = 'at+jwt'

export interface AccessTokenClaims {
  readonly issuer: string
  readonly subject: Subject
  readonly clientId: string
  readonly audience: readonly string[]
  readonly scope: readonly string[]
  /** The grant it belongs to, which revokes it. */
  readonly grantId: GrantId
  /** The thumbprint of the key it is bound to (RFC 9449 §6.1). */
  readonly dpopJkt: string | undefined
  /** The person's sign-in, if the token may approve devices. */
  readonly authentication?: Authentication | undefined
}

export interface NewAccessToken extends AccessTokenClaims {
  readonly jti: string
  readonly issuedAtMs: number
}

export interface VerifiedAccessToken extends NewAccessToken {
  readonly authentication: Authentication
  readonly expiresAtMs: number
}

const TOKEN_ID_BYTES = 16

/** A random `jti`, for a token that is issued once. */
export const mintTokenId = (): string => toBase64url(randomBytes(TOKEN_ID_BYTES))

/** The `jti` of a redemption's access token, the same for each repeat of the redemption. */
export const tokenIdOf = (
  secret: Uint8Array,
  redemption: Pick<AccessTokenClaims, 'grantId' | 'audience' | 'scope'> & { redeemedAtMs: number },
): string => {
  const { grantId, redeemedAtMs, audience, scope } = redemption
  const text = JSON.stringify(['access token', grantId, redeemedAtMs, audience, scope])
  const digest = createHmac('sha256', secret).update(text).digest()
  return toBase64url(digest.subarray(0, TOKEN_ID_BYTES))
}

/** A signed access token that expires after `lifetimeMs`. */
export const issueAccessToken = async (
  env: Cloudflare.Env,
  claims: NewAccessToken,
  lifetimeMs: number,
  now: number,
): Promise<string> => {
  const { kid, key } = await signingKey(env, ACCESS_TOKEN_ALGORITHM, now)
  const issuedAt = Math.floor(claims.issuedAtMs / SECOND)
  return new SignJWT({
    iss: claims.issuer,
    sub: claims.subject,
    aud: claims.audience.length === 1 ? claims.audience[0] : [...claims.audience],
    client_id: claims.clientId,
    scope: claims.scope.join(' '),
    grant_id: claims.grantId,
    ...(claims.authentication !== undefined && authenticationClaims(claims.authentication)),
    ...(claims.dpopJkt !== undefined && { cnf: { jkt: claims.dpopJkt } }),
    jti: claims.jti,
    iat: issuedAt,
    exp: issuedAt + lifetimeMs / SECOND,
  })
    .setProtectedHeader({ alg: ACCESS_TOKEN_ALGORITHM, typ: TYPE, kid })
    .sign(key)
}

/** The claims of a valid access token of `issuer`, and of `audience` if given; else undefined. */
export const verifyAccessToken = async (
  env: Cloudflare.Env,
  token: string,
  { issuer, audience }: { issuer: string; audience?: string },
  now: number,
): Promise<VerifiedAccessToken | undefined> => {
  const key = await verificationKey(env, keyNameIn(token), now)
  if (key === undefined) return undefined
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ACCESS_TOKEN_ALGORITHM],
      typ: TYPE,
      issuer,
      ...(audience !== undefined && { audience }),
      currentDate: new Date(now),
      requiredClaims: ['aud', 'sub', 'exp', 'iat', 'jti', 'client_id', 'grant_id', 'scope'],
    })
    return {
      issuer,
      subject: String(payload.sub) as Subject,
      clientId: String(payload['client_id']),
      audience: [payload.aud ?? []].flat(),
      scope: String(payload['scope']).split(' '),
      grantId: String(payload['grant_id']) as GrantId,
      dpopJkt: (payload['cnf'] as { jkt?: string } | undefined)?.jkt,
      authentication: authenticationIn(payload, now),
      jti: String(payload.jti),
      issuedAtMs: (payload.iat ?? 0) * SECOND,
      expiresAtMs: (payload.exp ?? 0) * SECOND,
    }
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}
