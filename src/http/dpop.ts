// DPoP proofs (RFC 9449 §4.3): a request shows that its sender has a private key.
//
// Every proof has to bear a nonce of ours. So proofs made in advance are worth nothing, and a
// television whose clock is wrong, as many are, can still make good ones.
import { EmbeddedJWK, type JWTPayload, calculateJwkThumbprint, jwtVerify } from 'jose'
import { CLIENT_ALGORITHMS } from '../config/client-settings.ts'
import type { Client } from '../config/clients.ts'
import { CLOCK_SKEW_MS, DPOP_NONCE_LIFETIME_MS } from '../config/limits.ts'
import { sha256 } from '../crypto.ts'
import { ask, replayGuardOf } from '../objects/index.ts'
import { isWithinLimit } from './rate-limit.ts'
import { macSecret } from '../tokens/signing-keys.ts'
import { issueNonce, nonceIssuedAtMs } from './dpop-nonce.ts'
import { OAuthError, tooManyRequests } from './errors.ts'
import type { RequestContext } from './request-context.ts'

export const DPOP_ALGORITHMS = CLIENT_ALGORITHMS

/** Longer than any honest proof, whose key may be RSA. */
const MAX_PROOF_LENGTH = 8 * 1024
const MAX_JTI_LENGTH = 256

/**
 * The RFC 7638 thumbprint of the key that the request's proof was made with; undefined if there is
 * no proof. With an access token, the proof has to be for that one. Throws `invalid_dpop_proof`, or
 * `use_dpop_nonce` with a nonce to use. Its `jti` joins the one-time values of the request.
 */
export const verifyDpopProof = async (
  exchange: RequestContext,
  accessToken?: string,
): Promise<string | undefined> => {
  const { request, env, issuer, headers, oneTimeValues } = exchange
  const proof = request.headers.get('DPoP')
  if (proof === null) return undefined
  const now = Date.now()
  const { jkt, claims } = await verify(proof)
  if (claims['htm'] !== request.method) throw invalid('htm is not the method of this request')
  if (normalise(claims['htu']) !== publicUrl(issuer, request))
    throw invalid('htu is not the address of this request')
  if (accessToken !== undefined && claims['ath'] !== sha256(accessToken))
    throw invalid('ath is not the hash of the access token')
  const secret = await macSecret(env)
  const { nonce } = claims
  const issuedAtMs = typeof nonce === 'string' ? nonceIssuedAtMs(secret, nonce, now) : undefined
  // Before the nonce goes stale, so that a steady client never meets a refusal (RFC 9449 §8.2).
  if (issuedAtMs === undefined || now > issuedAtMs + DPOP_NONCE_LIFETIME_MS / 2)
    headers.set('DPoP-Nonce', issueNonce(secret, now))
  if (issuedAtMs === undefined)
    throw new OAuthError('use_dpop_nonce', 'The proof needs the nonce of the DPoP-Nonce header')
  if (!(await isWithinLimit(env, 'TOKEN_LIMIT', request, 'dpop'))) throw tooManyRequests()
  const digest = sha256(claims.jti ?? '')
  const untilMs = issuedAtMs + DPOP_NONCE_LIFETIME_MS + CLOCK_SKEW_MS
  oneTimeValues.add(async () => {
    if (!(await ask(() => replayGuardOf(env, 'dpop', jkt).use(digest, untilMs))))
      throw invalid('The proof was used before')
  })
  return jkt
}

/** RFC 9449 §5.2: some clients have promised never to ask without a proof. */
export const requireProof = ({ requiresDpop }: Client, dpopJkt: string | undefined): void => {
  if (requiresDpop && dpopJkt === undefined)
    throw new OAuthError('invalid_request', 'This client has to send a DPoP proof')
}

/**
 * RFC 9449 §5: the key that binds refresh tokens. Those of confidential clients are bound to the
 * client's own authentication, which lets it change keys.
 */
export const refreshTokenKey = (
  { authentication }: Client,
  dpopJkt: string | undefined,
): string | undefined => (authentication.method === 'none' ? dpopJkt : undefined)

const invalid = (description: string): OAuthError =>
  new OAuthError('invalid_dpop_proof', description)

const verify = async (proof: string): Promise<{ jkt: string; claims: JWTPayload }> => {
  if (proof.length > MAX_PROOF_LENGTH) throw invalid('The proof is too long')
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...DPOP_ALGORITHMS],
      requiredClaims: ['htm', 'htu', 'jti', 'iat'],
    })
    const { jti, iat } = payload
    if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH)
      throw invalid('jti is not a text of reasonable length')
    if (typeof iat !== 'number') throw invalid('iat is not a time')
    const jkt = await calculateJwkThumbprint(protectedHeader.jwk ?? {})
    return { jkt, claims: payload }
  } catch (error) {
    throw error instanceof OAuthError ? error : invalid('The proof cannot be verified')
  }
}

// What the world knows us by, not what the request was routed by (RFC 9449 §4.3).
const publicUrl = (issuer: string, request: Request): string =>
  new URL(issuer).origin + new URL(request.url).pathname

const normalise = (htu: unknown): string | undefined => {
  const url = typeof htu === 'string' ? URL.parse(htu) : null
  return url === null ? undefined : url.origin + url.pathname
}
