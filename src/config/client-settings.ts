// Client metadata: the schema of CLIENTS in wrangler.toml, and the members shared with clients that
// register (RFC 7591) or publish a metadata document. Member names follow RFC 7591 §2 and OpenID
// Connect where those define one.
import * as z from 'zod/mini'
import { SECOND } from '../durations.ts'
import { colour, logo } from './brand.ts'
import { MAX_HOLD_MS } from './limits.ts'
import { PUSH_HINTS } from './push.ts'
import { deviceOrigin } from './web-origin.ts'
import type { Proximity } from '../sender/location.ts'

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

export const REFRESH_TOKEN_GRANT = 'refresh_token'

/** Every supported grant_type. */
export const GRANT_TYPES = [DEVICE_CODE_GRANT, REFRESH_TOKEN_GRANT] as const
export type GrantType = (typeof GRANT_TYPES)[number]
// A grant that is added here is for the clients that list it.
const DEFAULT_GRANT_TYPES: GrantType[] = [DEVICE_CODE_GRANT, REFRESH_TOKEN_GRANT]

/** Signature algorithms of ID tokens, the default first. */
export const ID_TOKEN_ALGORITHMS = ['RS256', 'ES256'] as const
export type IdTokenAlgorithm = (typeof ID_TOKEN_ALGORITHMS)[number]

/** Signature algorithms of client assertions and DPoP proofs; all are asymmetric. */
export const CLIENT_ALGORITHMS = ['ES256', 'ES384', 'PS256', 'RS256', 'Ed25519'] as const

/** Client authentication methods (RFC 7591 §2, OpenID Connect Core §9). */
export const AUTHENTICATION_METHODS = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const

/** The methods of a client whose metadata anyone can read: no shared secret. */
export const PUBLIC_METADATA_METHODS = ['none', 'private_key_jwt'] as const

/**
 * The methods that send the secret itself, so that a hash of it is enough to check it. A
 * `client_secret_jwt` is signed with the secret and is none of them.
 */
export const HASHED_SECRET_METHODS: ReadonlySet<string> = new Set([
  'client_secret_basic',
  'client_secret_post',
])

/** One word of a scope (RFC 6749 §3.3). */
export const scopeToken = z
  .string()
  .check(z.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is not a scope token (RFC 6749 §3.3)'))

/** `confirm` requires the person to type the code from the device and to say that it is with them. */
export const PROXIMITY_ACTIONS = ['allow', 'confirm', 'refuse'] as const
export type ProximityAction = (typeof PROXIMITY_ACTIONS)[number]

const integer = (minimum: number, maximum: number) =>
  z.int().check(z.minimum(minimum), z.maximum(maximum))

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

const isPublic = (jwk: object): boolean => !PRIVATE_MEMBERS.some((member) => member in jwk)

// Other members of a key are scalars or lists of strings (RFC 7517 §4): nested values are refused.
const more = z.union([z.string(), z.boolean(), z.number(), z.array(z.string())])

const publicKey = z
  .discriminatedUnion('kty', [
    z.catchall(
      z.object({ kty: z.literal('EC'), crv: z.string(), x: z.string(), y: z.string() }),
      more,
    ),
    z.catchall(z.object({ kty: z.literal('OKP'), crv: z.string(), x: z.string() }), more),
    z.catchall(z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string() }), more),
  ])
  .check(z.refine(isPublic, 'must be a public key'))

/** People see this name, so it fits on one line. */
export const clientName = z.string().check(z.minLength(1), z.maxLength(64))

const MAX_URL_LENGTH = 2048

export const httpsUrl = z.string().check(
  // Checked first, so that a longer text is never parsed.
  z.maxLength(MAX_URL_LENGTH, {
    abort: true,
    error: `must have at most ${MAX_URL_LENGTH} characters`,
  }),
  z.url({ protocol: /^https$/, error: 'must be an https URL' }),
)

/** The client's signature algorithm and its keys. */
export const keyMembers = {
  jwks: z.optional(z.object({ keys: z.array(publicKey).check(z.minLength(1)) })),
  jwks_uri: z.optional(httpsUrl),
  token_endpoint_auth_signing_alg: z.optional(z.enum(CLIENT_ALGORITHMS)),
}

/** Members with the same meaning in wrangler.toml, in a registration and in a metadata document. */
export const commonMembers = {
  ...keyMembers,
  client_uri: z.optional(httpsUrl),
  id_token_signed_response_alg: z._default(z.enum(ID_TOKEN_ALGORITHMS), 'RS256'),
  dpop_bound_access_tokens: z._default(z.boolean(), false),
}

interface KeyMembers {
  readonly token_endpoint_auth_method: string
  readonly jwks?: unknown
  readonly jwks_uri?: unknown
}

/** private_key_jwt requires exactly one of jwks and jwks_uri (RFC 7591 §2). */
export const hasItsKeys = ({ token_endpoint_auth_method: method, jwks, jwks_uri }: KeyMembers) =>
  method !== 'private_key_jwt' || (jwks === undefined) !== (jwks_uri === undefined)

export const KEYS_MISSING = {
  path: ['jwks'],
  error: 'private_key_jwt requires either jwks or jwks_uri',
}

const action = (defaultAction: ProximityAction) =>
  z._default(z.enum(PROXIMITY_ACTIONS), defaultAction)

// Consent phishing shows as a phone in a different country from the television (RFC 10027 §6.1.1). So
// does a home network reached by VPN while travelling, so the default is to ask and not to refuse.
const proximitySchema = z.strictObject({
  same_network: action('allow'),
  same_operator: action('allow'),
  same_city: action('allow'),
  same_country: action('allow'),
  far: action('confirm'),
  unknown: action('allow'),
} satisfies Record<Proximity, unknown>)

/** The action for each proximity of a device to its person. */
export type ProximityPolicy = z.output<typeof proximitySchema>

/** One entry of CLIENTS in wrangler.toml. */
export const clientSchema = z
  .strictObject({
    ...commonMembers,
    client_id: z
      .string()
      .check(
        z.regex(
          /^[\x21-\x7e]{1,255}$/,
          'must be 1 to 255 printable ASCII characters without spaces',
        ),
      ),
    client_name: clientName,
    token_endpoint_auth_method: z._default(z.enum(AUTHENTICATION_METHODS), 'none'),
    // Only the hash is stored: the secret itself has at least 128 random bits (RFC 6749 §10.10).
    client_secret_sha256: z.optional(
      z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')),
    ),
    grant_types: z._default(z.array(z.enum(GRANT_TYPES)), DEFAULT_GRANT_TYPES),
    // The scope that the client may request, and its default if a request names none.
    scope: z.optional(z.string().check(z.regex(/[^ ]/, 'must name a scope'))),
    // For a resource server: the resource indicator of the tokens it may introspect.
    resource: z.optional(z.url()),
    // RFC 9700 §2.3: a leaked access token is worth little if it is short-lived.
    access_token_seconds: z._default(integer(60, 3600), 600),
    // RFC 9700 §4.14.2: refresh tokens of an unused device expire, and every sign-in ends at last.
    refresh_idle_days: z._default(integer(1, 400), 90),
    refresh_lifetime_days: z._default(integer(1, 1100), 400),
    // No more requests than plain polling every 5 s. Some libraries give each poll 2.5 s, others one
    // interval, and take a time-out for the end: a hold must be over before both.
    interval_seconds: z._default(integer(1, 60), 3),
    hold_seconds: z._default(integer(0, MAX_HOLD_MS / SECOND), 2),
    // RFC 8628 §5.4: long enough to fetch a phone and sign in, short enough to blunt phishing.
    code_lifetime_seconds: z._default(integer(60, 900), 600),
    // Off for devices that cannot show a picture.
    verification_uri_complete: z._default(z.boolean(), true),
    user_code: z._default(z.enum(['letters', 'digits']), 'letters'),
    proximity: z.prefault(proximitySchema, {}),
    // A web page starts a sign-in from its visitor's location and can send the codes elsewhere, so
    // each origin must be listed.
    web_origins: z._default(z.array(deviceOrigin), []),
    // Anyone can send a public client's login_hint, so it is off by default.
    push: z._default(z.enum(PUSH_HINTS), 'id_token_hint'),
    logo: z.optional(logo),
    accent: z.optional(colour),
    accent_dark: z.optional(colour),
    support_uri: z.optional(httpsUrl),
    tos_uri: z.optional(httpsUrl),
    policy_uri: z.optional(httpsUrl),
  })
  .check(
    z.refine(
      ({ token_endpoint_auth_method: method, client_secret_sha256: hash }) =>
        !HASHED_SECRET_METHODS.has(method) || hash !== undefined,
      {
        path: ['client_secret_sha256'],
        error: 'is required by token_endpoint_auth_method',
      },
    ),
    z.refine(
      ({ token_endpoint_auth_method: method, client_secret_sha256: hash }) =>
        HASHED_SECRET_METHODS.has(method) || hash === undefined,
      {
        path: ['client_secret_sha256'],
        error: 'requires token_endpoint_auth_method client_secret_basic or client_secret_post',
      },
    ),
    z.refine(hasItsKeys, KEYS_MISSING),
    z.refine((client) => client.grant_types.length === 0 || client.scope !== undefined, {
      path: ['scope'],
      error: 'is required by grant_types',
    }),
  )

export type ClientEntry = z.input<typeof clientSchema>
