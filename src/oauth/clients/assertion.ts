// Client assertions: private_key_jwt (OpenID Connect Core §9, RFC 7523 §3, RFC 10070 §4).
import { decodeJwt, jwtVerify } from 'jose'
import type { Client } from '../../config/clients.ts'
import { ASSERTION_LIFETIME_MS, CLOCK_SKEW_MS } from '../../config/limits.ts'
import { sha256 } from '../../crypto.ts'
import { SECOND } from '../../durations.ts'
import { replayGuardOf } from '../../objects/index.ts'
import { clientKeys } from './keys.ts'
import { temporarilyUnavailable } from '../../http/errors.ts'
import type { RequestContext } from '../../http/request-context.ts'
import { NotFetched } from '../../http/public-fetch.ts'

export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const MAX_JTI_LENGTH = 256

// RFC 8725 §3.11: a JWT made for another purpose has another type. Many have none, or `JWT`.
const TYPES: readonly unknown[] = [undefined, 'jwt', 'client-authentication+jwt']

/** The client_id that an assertion claims; undefined if it is unreadable. */
export const claimedClientId = (assertion: string): string | undefined => {
  try {
    const { sub } = decodeJwt(assertion)
    // Not verified yet: it may have any type.
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined
  }
}

/** The one use of a verified assertion: false if it was used before. */
type FirstUse = () => Promise<boolean>

/**
 * Verifies an assertion of `client`, and returns its check for first use; undefined if it is invalid.
 * Throws `temporarily_unavailable` if the client's keys cannot be fetched.
 */
export const verifyAssertion = async (
  context: RequestContext,
  client: Client,
  assertion: string,
): Promise<FirstUse | undefined> => {
  const { env, issuer } = context
  const { authentication } = client
  if (authentication.method !== 'private_key_jwt') return undefined
  const now = Date.now()
  try {
    const keys = clientKeys(context, client, authentication.keys)
    const { payload, protectedHeader } = await jwtVerify(assertion, keys, {
      algorithms: [...authentication.algorithms],
      issuer: client.id,
      subject: client.id,
      clockTolerance: CLOCK_SKEW_MS / SECOND,
      currentDate: new Date(now),
      requiredClaims: ['aud', 'exp', 'jti'],
    })
    const { aud, exp = 0, jti } = payload
    const isForUs = [aud].flat().length === 1 && [aud].flat()[0] === issuer
    const isShort = exp * SECOND <= now + ASSERTION_LIFETIME_MS + CLOCK_SKEW_MS
    const isTyped = TYPES.includes(mediaType(protectedHeader.typ))
    const isNamed = typeof jti === 'string' && jti !== '' && jti.length <= MAX_JTI_LENGTH
    if (!isForUs || !isShort || !isTyped || !isNamed) return undefined
    return () => isFirstUse(env, client, jti, exp * SECOND + CLOCK_SKEW_MS)
  } catch (error) {
    if (error instanceof NotFetched && error.isTransient)
      throw temporarilyUnavailable('The keys at jwks_uri')
    // The JWT, its keys (a point off its curve is a TypeError) or the address of the keys is invalid.
    return undefined
  }
}

const mediaType = (typ: string | undefined): string | undefined =>
  typ?.toLowerCase().replace(/^application\//, '')

// One client may serve a million televisions, so its assertions spread over several objects.
const isFirstUse = (env: Cloudflare.Env, client: Client, jti: string, untilMs: number) => {
  const digest = sha256(jti)
  return replayGuardOf(env, 'assertion', `${client.id} ${digest[0]}`).use(digest, untilMs)
}
