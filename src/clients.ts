// The client registry: who may ask, for what, and how it proves itself. Member names are those of
// RFC 7591 §2 where it has one.
import * as z from 'zod/mini'
import type { UserCodeCharset } from './codes.ts'
import { DAY, SECOND } from './durations.ts'

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

export const REFRESH_TOKEN_GRANT = 'refresh_token'

/** How id_tokens are signed; the first is what clients that say nothing expect. */
export const ID_TOKEN_ALGORITHMS = ['RS256', 'ES256'] as const
export type IdTokenAlgorithm = (typeof ID_TOKEN_ALGORITHMS)[number]

// Longer holds gain nothing: running requests get 30 s when the platform updates itself, and HTTP
// stacks of televisions give up around then.
export const MAX_HOLD_SECONDS = 25

const integer = (minimum: number, maximum: number) =>
  z.int().check(z.minimum(minimum), z.maximum(maximum))

/** One entry of CLIENTS in wrangler.toml. */
export const clientSchema = z
  .strictObject({
    client_id: z.string().check(z.regex(/^[\x21-\x7e]{1,255}$/, 'printable ASCII, no space')),
    client_name: z.string().check(z.minLength(1), z.maxLength(64)),
    client_uri: z.optional(z.url({ protocol: /^https$/, error: 'must be an https URL' })),
    token_endpoint_auth_method: z._default(
      z.enum(['none', 'client_secret_basic', 'client_secret_post']),
      'none',
    ),
    // The secret itself, at least 128 random bits, is not ours to keep (RFC 6749 §10.10).
    client_secret_sha256: z.optional(
      z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')),
    ),
    grant_types: z._default(z.array(z.enum([DEVICE_CODE_GRANT, REFRESH_TOKEN_GRANT])), [
      DEVICE_CODE_GRANT,
      REFRESH_TOKEN_GRANT,
    ]),
    // What the client may ask for, and what it gets when it asks for nothing in particular.
    scope: z.optional(z.string().check(z.regex(/[^ ]/, 'must name a scope'))),
    // Of an API that introspects: the resource indicator whose tokens it may see.
    resource: z.optional(z.url()),
    id_token_signed_response_alg: z._default(z.enum(ID_TOKEN_ALGORITHMS), 'RS256'),
    // RFC 9700 §2.3: a leaked access token is worth little if it is short-lived.
    access_token_seconds: z._default(integer(60, 3600), 600),
    // RFC 9700 §4.14.2: a device that nobody turns on any more is forgotten, and every sign-in ends.
    refresh_idle_days: z._default(integer(1, 400), 90),
    refresh_lifetime_days: z._default(integer(1, 1100), 400),
    // One second and four of hold make no more requests than plain polling every five, and answer
    // about 0.1 s after the decision.
    interval_seconds: z._default(integer(1, 60), 1),
    hold_seconds: z._default(integer(0, MAX_HOLD_SECONDS), 4),
    // RFC 8628 §5.4: long enough to fetch a phone and sign in, short enough to blunt phishing.
    code_lifetime_seconds: z._default(integer(60, 900), 600),
    // Off where nothing on the device can show a picture.
    verification_uri_complete: z._default(z.boolean(), true),
    user_code: z._default(z.enum(['letters', 'digits']), 'letters'),
  })
  .check(
    z.refine(
      (client) =>
        client.token_endpoint_auth_method === 'none' || client.client_secret_sha256 !== undefined,
      {
        path: ['client_secret_sha256'],
        error: 'is missing, and token_endpoint_auth_method needs it',
      },
    ),
    z.refine(
      (client) =>
        client.token_endpoint_auth_method !== 'none' || client.client_secret_sha256 === undefined,
      {
        path: ['client_secret_sha256'],
        error: 'is for token_endpoint_auth_method client_secret_basic or client_secret_post',
      },
    ),
    z.refine((client) => client.grant_types.length === 0 || client.scope !== undefined, {
      path: ['scope'],
      error: 'is missing, and grant_types needs it',
    }),
  )

export type ClientEntry = z.input<typeof clientSchema>

/** How long refresh tokens last: unused, and whatever their use. */
export interface RefreshLimits {
  readonly idleMs: number
  readonly lifetimeMs: number
}

export interface Client {
  readonly id: string
  readonly name: string
  readonly uri: string | undefined
  /** SHA-256 in base64url; undefined for a public client (`none`). */
  readonly secretHash: string | undefined
  readonly grantTypes: ReadonlySet<string>
  readonly scope: readonly string[]
  readonly idTokenAlgorithm: IdTokenAlgorithm
  readonly accessTokenSeconds: number
  /** The resource indicator whose access tokens it may introspect (RFC 7662 §2.2). */
  readonly resource: string | undefined
  readonly refreshLimits: RefreshLimits
  readonly intervalSeconds: number
  readonly holdMs: number
  readonly codeLifetimeMs: number
  readonly hasVerificationUriComplete: boolean
  readonly userCodeCharset: UserCodeCharset
}

/** The client that an entry describes. */
export const toClient = (entry: z.output<typeof clientSchema>): Client => ({
  id: entry.client_id,
  name: entry.client_name,
  uri: entry.client_uri,
  secretHash:
    entry.client_secret_sha256 === undefined
      ? undefined
      : Buffer.from(entry.client_secret_sha256, 'hex').toString('base64url'),
  grantTypes: new Set(entry.grant_types),
  scope: (entry.scope ?? '').split(' ').filter((word) => word !== ''),
  idTokenAlgorithm: entry.id_token_signed_response_alg,
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
})
