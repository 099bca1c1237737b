// A client: who may ask, for what, and how it proves itself.
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
import { DAY, SECOND } from '../durations.ts'
import type { PushHints } from './push.ts'

/** How long refresh tokens last: unused, and whatever their use. */
export interface RefreshLimits {
  readonly idleMs: number
  readonly lifetimeMs: number
}

/** Where the public keys of a client are. */
export type ClientKeys = { readonly jwks: JSONWebKeySet } | { readonly jwksUri: string }

/** What a client has to show (RFC 6749 §2.3). */
export type ClientAuthentication =
  | { readonly method: 'none' }
  /** SHA-256 of the secret, in base64url; by Basic or in the form. */
  | { readonly method: 'client_secret'; readonly secretHash: string }
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
  /** RFC 9449 §5.2: it gets no token without a proof. */
  readonly requiresDpop: boolean
  readonly accessTokenSeconds: number
  /** The resource indicator whose access tokens it may introspect (RFC 7662 §2.2). */
  readonly resource: string | undefined
  readonly refreshLimits: RefreshLimits
  readonly intervalSeconds: number
  readonly holdMs: number
  readonly codeLifetimeMs: number
  readonly hasVerificationUriComplete: boolean
  readonly userCodeCharset: UserCodeCharset
  readonly proximityPolicy: ProximityPolicy
  /** The web pages that are this client, or may be (`null`). */
  readonly webOrigins: readonly string[]
  /** What it may name an account by, to have that asked by push. */
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
  accessTokenSeconds: entry.access_token_seconds,
  resource: entry.resource,
  refreshLimits: {
    idleMs: entry.refresh_idle_days * DAY,
    lifetimeMs: entry.refresh_lifetime_days * DAY,
  },
  intervalSeconds: entry.interval_seconds,
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
  if (secretHash !== undefined)
    return {
      method: 'client_secret',
      secretHash: Buffer.from(secretHash, 'hex').toString('base64url'),
    }
  if (method === 'none') return { method }
  // Never open by mistake.
  if (method !== 'private_key_jwt') throw new TypeError(`${method} without a secret`)
  return {
    method,
    keys: jwks === undefined ? { jwksUri: jwksUri ?? '' } : { jwks },
    algorithms: algorithm === undefined ? CLIENT_ALGORITHMS : [algorithm],
  }
}
