// DPoP proofs (RFC 9449 §4.3): a request shows that its sender has a private key.
//
// Every proof must hold a nonce of this server: proofs made in advance are worthless, and a television
// with a wrong clock, which is common, can still make valid ones.
import { EmbeddedJWK, type JWTPayload, calculateJwkThumbprint, jwtVerify } from 'jose'
import { CLIENT_ALGORITHMS } from '../config/client-settings.ts'
import type { Client } from '../config/clients.ts'
import { CLOCK_SKEW_MS, DPOP_NONCE_LIFETIME_MS } from '../config/limits.ts'
import { sha256 } from '../crypto.ts'
import { replayGuardOf } from '../objects/index.ts'
import { isWithinLimit } from './rate-limit.ts'
import { macSecret } from '../tokens/signing-keys.ts'
import { issueNonce, nonceIssuedAtMs } from './dpop-nonce.ts'
import { OAuthError, tooManyRequests } from './errors.ts'
import type { RequestContext } from './request-context.ts'

export const DPOP_ALGORITHMS = CLIENT_ALGORITHMS

/** Above the length of any honest proof, RSA keys included. */
const MAX_PROOF_LENGTH = 8 * 1024
const MAX_JTI_LENGTH = 256

/**
 * The RFC 7638 thumbprint of the key that signed the request's proof; undefined without a proof. With
 * an access token, the proof must be for that token. Throws `invalid_dpop_proof`, or `use_dpop_nonce`
 * with a nonce to use. The `jti` joins the one-time values of the request.
 */
export const verifyDpopProof = async (
  context: RequestContext,
  accessToken?: string,
): Promise<string | undefined> => {
  const { request, env, issuer, headers, oneTimeValues } = context
  const proof = request.headers.get('DPoP')
  if (proof === null) return undefined
  const now = Date.now()
  const { jkt, claims } = await verify(proof)
  if (claims['htm'] !== request.method) throw invalid('htm is not the HTTP method of this request')
  if (normalise(claims['htu']) !== publicUrl(issuer, request))
    throw invalid('htu is not the URL of this request')
  if (accessToken !== undefined && claims['ath'] !== sha256(accessToken))
    throw invalid('ath is not the hash of the access token')
  const secret = await macSecret(env)
  const { nonce } = claims
  const issuedAtMs = typeof nonce === 'string' ? nonceIssuedAtMs(secret, nonce, now) : undefined
  // A new nonce before the old one expires: a steady client never meets a refusal (RFC 9449 §8.2).
  if (issuedAtMs === undefined || now > issuedAtMs + DPOP_NONCE_LIFETIME_MS / 2)
    headers.set('DPoP-Nonce', issueNonce(secret, now))
  if (issuedAtMs === undefined)
    throw new OAuthError(
      'use_dpop_nonce',
      'The DPoP proof must hold the nonce of the DPoP-Nonce header',
    )
  if (!(await isWithinLimit(env, 'TOKEN_LIMIT', request, 'dpop'))) throw tooManyRequests()
  const digest = sha256(claims.jti ?? '')
  const untilMs = issuedAtMs + DPOP_NONCE_LIFETIME_MS + CLOCK_SKEW_MS
  oneTimeValues.add(async () => {
    if (!(await replayGuardOf(env, 'dpop', jkt).use(digest, untilMs)))
      throw invalid('The DPoP proof was used before')
  })
  return jkt
}

/** RFC 9449 §5.2: `dpop_bound_access_tokens` clients must always send a proof. */
export const requireProof = ({ requiresDpop }: Client, dpopJkt: string | undefined): void => {
  if (requiresDpop && dpopJkt === undefined)
    throw new OAuthError('invalid_request', 'This client must send a DPoP proof')
}

/**
 * RFC 9449 §5: the key that binds refresh tokens. Client authentication binds those of confidential
 * clients already, so that such a client may change keys.
 */
export const refreshTokenKey = (
  { authentication }: Client,
  dpopJkt: string | undefined,
): string | undefined => (authentication.method === 'none' ? dpopJkt : undefined)

const invalid = (description: string): OAuthError =>
  new OAuthError('invalid_dpop_proof', description)

const verify = async (proof: string): Promise<{ jkt: string; claims: JWTPayload }> => {
  if (proof.length > MAX_PROOF_LENGTH) throw invalid('The DPoP proof is too long')
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...DPOP_ALGORITHMS],
      requiredClaims: ['htm', 'htu', 'jti', 'iat'],
    })
    const { jti, iat } = payload
    if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH)
      throw invalid(`jti must be a string of 1 to ${MAX_JTI_LENGTH} characters`)
    if (typeof iat !== 'number') throw invalid('iat is not a number')
    const jkt = await calculateJwkThumbprint(protectedHeader.jwk ?? {})
    return { jkt, claims: payload }
  } catch (error) {
    throw error instanceof OAuthError
      ? error
      : invalid('The DPoP proof cannot be verified: check its typ, alg, jwk, claims and signature')
  }
}

// The public URL, not the one that the request was routed by (RFC 9449 §4.3).
const publicUrl = (issuer: string, request: Request): string =>
  new URL(issuer).origin + new URL(request.url).pathname

const normalise = (htu: unknown): string | undefined => {
  const url = typeof htu === 'string' ? URL.parse(htu) : null
  return url === null ? undefined : url.origin + url.pathname
}
