// What is said of a client: the entries of CLIENTS in wrangler.toml, and the members they share with
// clients that register (RFC 7591) or publish a document of their own. Names are those of RFC 7591 §2
// and OpenID Connect where they have one.
import * as z from 'zod/mini'
import { colour, logo } from './brand.ts'
import { PUSH_HINTS } from './push.ts'
import { deviceOrigin } from './web-origin.ts'
import type { Proximity } from '../sender/location.ts'

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

export const REFRESH_TOKEN_GRANT = 'refresh_token'

/** How id_tokens are signed; the first is what clients that say nothing expect. */
export const ID_TOKEN_ALGORITHMS = ['RS256', 'ES256'] as const
export type IdTokenAlgorithm = (typeof ID_TOKEN_ALGORITHMS)[number]

/** How clients may sign what they send: assertions and DPoP proofs. None is symmetric. */
export const CLIENT_ALGORITHMS = ['ES256', 'ES384', 'PS256', 'RS256', 'Ed25519'] as const

/** How a client may prove who it is (RFC 7591 §2, OpenID Connect Core §9). */
export const AUTHENTICATION_METHODS = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const

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
  .check(z.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is no scope token'))

/** `confirm`: the person has to type the code off the device, and say that they are with it. */
export const PROXIMITY_ACTIONS = ['allow', 'confirm', 'refuse'] as const
export type ProximityAction = (typeof PROXIMITY_ACTIONS)[number]

// Longer holds gain nothing: running requests get 30 s when the platform updates itself, and HTTP
// stacks of televisions give up around then.
export const MAX_HOLD_SECONDS = 25

const integer = (minimum: number, maximum: number) =>
  z.int().check(z.minimum(minimum), z.maximum(maximum))

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

const isPublic = (jwk: object): boolean => !PRIVATE_MEMBERS.some((member) => member in jwk)

// Whatever else a key says is a word or a list of them (RFC 7517 §4): nothing deep is kept.
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

/** A member that is shown to people: not longer than a line. */
export const clientName = z.string().check(z.minLength(1), z.maxLength(64))

const MAX_URL_LENGTH = 2048

export const httpsUrl = z.string().check(
  // First and alone: a longer text is not parsed.
  z.maxLength(MAX_URL_LENGTH, {
    abort: true,
    error: `must have at most ${MAX_URL_LENGTH} characters`,
  }),
  z.url({ protocol: /^https$/, error: 'must be an https URL' }),
)

/** How a client signs, and where its keys are. */
export const keyMembers = {
  jwks: z.optional(z.object({ keys: z.array(publicKey).check(z.minLength(1)) })),
  jwks_uri: z.optional(httpsUrl),
  token_endpoint_auth_signing_alg: z.optional(z.enum(CLIENT_ALGORITHMS)),
}

/** Members that mean the same whoever says them. */
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

/** private_key_jwt goes with keys, and keys in one place only (RFC 7591 §2). */
export const hasItsKeys = ({ token_endpoint_auth_method: method, jwks, jwks_uri }: KeyMembers) =>
  method !== 'private_key_jwt' || (jwks === undefined) !== (jwks_uri === undefined)

export const KEYS_MISSING = {
  path: ['jwks'],
  error: 'or jwks_uri, one of them, is what private_key_jwt needs',
}

const reaction = (standard: ProximityAction) => z._default(z.enum(PROXIMITY_ACTIONS), standard)

// A phone in another country than the television is how consent phishing looks (RFC 10027 §6.1.1);
// it is also how a trip with a home network by VPN looks, so it is asked about and not refused.
const proximitySchema = z.strictObject({
  same_network: reaction('allow'),
  same_operator: reaction('allow'),
  same_city: reaction('allow'),
  same_country: reaction('allow'),
  far: reaction('confirm'),
  unknown: reaction('allow'),
} satisfies Record<Proximity, unknown>)

/** What is done at each distance between a device and its person. */
export type ProximityPolicy = z.output<typeof proximitySchema>

/** One entry of CLIENTS in wrangler.toml. */
export const clientSchema = z
  .strictObject({
    ...commonMembers,
    client_id: z.string().check(z.regex(/^[\x21-\x7e]{1,255}$/, 'printable ASCII, no space')),
    client_name: clientName,
    token_endpoint_auth_method: z._default(z.enum(AUTHENTICATION_METHODS), 'none'),
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
    proximity: z.prefault(proximitySchema, {}),
    // A page that starts a sign-in does so from where its visitor is, and may carry the codes away.
    web_origins: z._default(z.array(deviceOrigin), []),
    // Anybody can send a public client's login_hint, so whoever wants that says so.
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
        error: 'is missing, and token_endpoint_auth_method needs it',
      },
    ),
    z.refine(
      ({ token_endpoint_auth_method: method, client_secret_sha256: hash }) =>
        HASHED_SECRET_METHODS.has(method) || hash === undefined,
      {
        path: ['client_secret_sha256'],
        error: 'is for token_endpoint_auth_method client_secret_basic or client_secret_post',
      },
    ),
    z.refine(hasItsKeys, KEYS_MISSING),
    z.refine((client) => client.grant_types.length === 0 || client.scope !== undefined, {
      path: ['scope'],
      error: 'is missing, and grant_types needs it',
    }),
  )

export type ClientEntry = z.input<typeof clientSchema>
