// A client: its id, scope, authentication and limits.
import type { Digest } from '../ids.ts'
import type { JSONWebKeySet } from 'jose'
import type * as z from 'zod/mini'
import type { ClientBrand } from './brand.ts'
import {
  CLIENT_ALGORITHMS,
  type IdTokenAlgorithm,
  type ProximityPolicy,
  type clientSchema,
} from './client-settings.ts'
import type { UserCodeCharset } from '../codes.ts'
import { digestFromHex } from '../crypto.ts'
import { DAY, SECOND } from '../durations.ts'
import type { PushHints } from './push.ts'

/** The lifetimes of a refresh token: since its last use, and since the sign-in. */
export interface RefreshLimits {
  readonly idleMs: number
  readonly lifetimeMs: number
}

/** The public keys of a client, inline or by URL. */
export type ClientKeys = { readonly jwks: JSONWebKeySet } | { readonly jwksUri: string }

/** The client's authentication method and its credentials (RFC 6749 §2.3). */
export type ClientAuthentication =
  | { readonly method: 'none' }
  /** SHA-256 of the secret, in base64url; by Basic or in the form. */
  | { readonly method: 'client_secret'; readonly secretHash: Digest }
  | {
      readonly method: 'private_key_jwt'
      readonly keys: ClientKeys
      readonly algorithms: readonly string[]
    }

export interface Client {
  readonly id: string
  readonly name: string
  readonly uri: string | undefined
  readonly authentication: ClientAuthentication
  readonly grantTypes: ReadonlySet<string>
  readonly scope: readonly string[]
  readonly idTokenAlgorithm: IdTokenAlgorithm
  /** No token is issued without a DPoP proof (RFC 9449 §5.2). */
  readonly requiresDpop: boolean
  readonly accessTokenLifetimeMs: number
  /** The resource indicator of the access tokens that it may introspect (RFC 7662 §2.2). */
  readonly resource: string | undefined
  readonly refreshLimits: RefreshLimits
  readonly intervalMs: number
  readonly holdMs: number
  readonly codeLifetimeMs: number
  readonly hasVerificationUriComplete: boolean
  readonly userCodeCharset: UserCodeCharset
  readonly proximityPolicy: ProximityPolicy
  /** The origins of web pages that may act as this client; `null` matches packaged apps. */
  readonly webOrigins: readonly string[]
  /** The hints by which this client may name an account for a push prompt. */
  readonly pushHints: PushHints
  readonly brand: ClientBrand
}

type Entry = z.output<typeof clientSchema>

/** The client that an entry describes. */
export const toClient = (entry: Entry): Client => ({
  id: entry.client_id,
  name: entry.client_name,
  uri: entry.client_uri,
  authentication: toAuthentication(entry),
  grantTypes: new Set(entry.grant_types),
  scope: (entry.scope ?? '').split(' ').filter((word) => word !== ''),
  idTokenAlgorithm: entry.id_token_signed_response_alg,
  requiresDpop: entry.dpop_bound_access_tokens,
  accessTokenLifetimeMs: entry.access_token_seconds * SECOND,
  resource: entry.resource,
  refreshLimits: {
    idleMs: entry.refresh_idle_days * DAY,
    lifetimeMs: entry.refresh_lifetime_days * DAY,
  },
  intervalMs: entry.interval_seconds * SECOND,
  holdMs: entry.hold_seconds * SECOND,
  codeLifetimeMs: entry.code_lifetime_seconds * SECOND,
  hasVerificationUriComplete: entry.verification_uri_complete,
  userCodeCharset: entry.user_code,
  proximityPolicy: entry.proximity,
  webOrigins: entry.web_origins,
  pushHints: entry.push,
  brand: {
    logo: entry.logo,
    accent: entry.accent,
    accentDark: entry.accent_dark,
    supportUri: entry.support_uri,
    termsUri: entry.tos_uri,
    privacyUri: entry.policy_uri,
  },
})

const toAuthentication = ({
  client_secret_sha256: secretHash,
  jwks,
  jwks_uri: jwksUri,
  token_endpoint_auth_method: method,
  token_endpoint_auth_signing_alg: algorithm,
}: Entry): ClientAuthentication => {
  switch (method) {
    case 'none':
      return { method }
    case 'client_secret_basic':
    case 'client_secret_post':
      // Fails closed.
      if (secretHash === undefined) throw new TypeError(`${method} without a secret`)
      return {
        method: 'client_secret',
        secretHash: digestFromHex(secretHash),
      }
    case 'private_key_jwt':
      return {
        method,
        keys: jwks === undefined ? { jwksUri: jwksUri ?? '' } : { jwks },
        algorithms: algorithm === undefined ? CLIENT_ALGORITHMS : [algorithm],
      }
  }
}
