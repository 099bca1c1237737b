// Faults of an identity provider, applied to the answers of oidc-provider.
import { type JWK, SignJWT, UnsecuredJWT, decodeJwt, importJWK } from 'jose'
import type { KoaContextWithOIDC } from 'oidc-provider'

/** Claims that are otherwise; undefined ones are left out. */
type Changes = Readonly<Record<string, unknown>>

export interface Misbehaviour {
  /** Closes every connection without an answer. */
  readonly isDown?: boolean
  /** Answers every sign-in with this error. */
  readonly error?: string
  /** Age of the sign-in in its claims. */
  readonly signedInSecondsAgo?: number
  /** Says other things in ID tokens, or does not sign them. */
  readonly idToken?: Changes
  readonly isUnsigned?: boolean
  readonly hasNoIdToken?: boolean
  /** Says other things at UserInfo. */
  readonly userinfo?: Changes
  /** Says other things of itself. */
  readonly metadata?: Changes
  /** The paths that answer with an error. */
  readonly broken?: readonly string[]
}

const METADATA = '/.well-known/openid-configuration'

/** Spoils an answer that is ready to be sent. */
export const spoil = async (
  context: Pick<KoaContextWithOIDC, 'body' | 'path' | 'status'>,
  misbehaviour: Misbehaviour,
  key: JWK,
): Promise<void> => {
  if (misbehaviour.broken?.includes(context.path) === true) {
    context.body = { error: 'server_error' }
    context.status = 500
  } else if (context.path === METADATA && isObject(context.body)) {
    context.body = { ...context.body, ...misbehaviour.metadata }
  } else if (context.path === '/token' && isObject(context.body)) {
    context.body = {
      ...context.body,
      id_token: await spoiltIdToken(context.body, misbehaviour, key),
    }
  } else if (context.path === '/me' && isObject(context.body)) {
    context.body = { ...context.body, ...misbehaviour.userinfo }
  }
}

const spoiltIdToken = async (
  { id_token: idToken }: Readonly<Record<string, unknown>>,
  { idToken: changes, isUnsigned, hasNoIdToken }: Misbehaviour,
  key: JWK,
): Promise<unknown> => {
  if (hasNoIdToken === true) return undefined
  if (typeof idToken !== 'string' || (changes ?? isUnsigned) === undefined) return idToken
  const claims = { ...decodeJwt(idToken), ...changes }
  if (isUnsigned === true) return new UnsecuredJWT(claims).encode()
  const header = { alg: 'RS256', kid: key.kid }
  return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(key, 'RS256'))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
