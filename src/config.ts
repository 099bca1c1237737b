// Environment → one validated Config, and every lifetime and limit with its reason. A mistake in
// wrangler.toml is an error that names the field, at start.
import * as z from 'zod/mini'
import en from 'zod/v4/locales/en.js'
import { type ClientEntry, clientSchema } from './client-metadata.ts'
import { type Client, toClient } from './clients.ts'
import type { UserCodeCharset } from './codes.ts'
import { DAY, HOUR, MINUTE, SECOND } from './durations.ts'

/** RFC 8628 §5.4: the longest that a code may live, whatever a client is configured with. */
export const MAX_CODE_LIFETIME_MS = 15 * MINUTE
/** A decision made in time can be collected a little after the code has run out. */
export const COLLECTION_GRACE_MS = 30 * SECOND
/** How long an object keeps its record after that: devices hear the true outcome, codes rest. */
export const AUTHORIZATION_RETENTION_MS = 5 * MINUTE
/** A redemption whose answer was lost is repeated no sooner: parallel polls are not that. */
export const RECOVERY_FROM_MS = 1 * SECOND
/** … and no later: time for a television to notice and ask again. */
export const RECOVERY_UNTIL_MS = 60 * SECOND
/** … and this often: a connection that loses more will not be helped by another answer. */
export const MAX_RECOVERIES = 3
/** How long an ended grant is remembered: longer than anybody can redeem its code again. */
export const ENDED_GRANT_KEPT_MS = 1 * HOUR
/** Clients answer `slow_down` with this much more (RFC 8628 §3.5). */
export const SLOW_DOWN_SECONDS = 5

/** A stolen session cookie ends by itself. */
export const SESSION_LIFETIME_MS = 30 * DAY
/** Allowing a device asks for a sign-in no older than this: phones are handed around. */
export const FRESH_SIGN_IN_MS = 12 * HOUR
/**
 * How long failed sign-ins count after the last one, whether or not there is an account: a
 * difference would tell. Who waits for it gets fewer guesses in than who sits out the waits.
 */
export const FAILURES_FORGOTTEN_MS = 1 * DAY
/** How long a typed or scanned code waits for its person to sign in: no code lives longer. */
export const KEPT_CODE_SECONDS = MAX_CODE_LIFETIME_MS / SECOND
/** Long enough to read the last page and to reload it. */
export const KEPT_RESULT_SECONDS = 5 * 60

/** Wrong user codes an account may enter … (RFC 8628 §5.1) */
export const MAX_WRONG_CODES = 5
/** … within this time. */
export const WRONG_CODES_WINDOW_MS = 15 * MINUTE
/** No more different ones are looked up within this: guesses sent together outrun any count. */
export const CODES_AT_ONCE_WINDOW_MS = 1 * SECOND
/** Failed sign-ins in a row after which each further one has to wait, twice as long every time. */
export const FREE_SIGN_IN_FAILURES = 5
/** The longest such wait: 100 guesses a day at most, while a stranger's keep the owner out. */
export const MAX_SIGN_IN_WAIT_MS = 15 * MINUTE

/** How far apart the clock of a client and ours may be. */
export const CLOCK_SKEW_MS = 1 * MINUTE
/** A client assertion is made for one request: nobody needs one that is good for longer. */
export const ASSERTION_LIFETIME_MS = 10 * MINUTE
/** How long an isolate knows a client that registered, also if that has changed elsewhere. */
export const CLIENT_CACHE_MS = 1 * MINUTE
/** How long at least, and at most, a client's metadata document is believed (RFC 9111 in between). */
export const MIN_DOCUMENT_CACHE_MS = 1 * MINUTE
export const MAX_DOCUMENT_CACHE_MS = 1 * HOUR
/** A DPoP proof is made for one request, so its nonce need not be good for long. */
export const DPOP_NONCE_LIFETIME_MS = 5 * MINUTE
/** How long an isolate uses the keys of a client's jwks_uri before it fetches them again. */
export const KEYS_CACHE_MS = 10 * MINUTE
/** … and how often at most for the sake of a key that is not among them. */
export const KEYS_COOLDOWN_MS = 1 * MINUTE

/** How long caches may keep the key set and the metadata. */
export const KEY_SET_MAX_AGE_SECONDS = 60 * 60
/** How long an isolate signs with the keys it knows before it asks the Keyring again. */
export const KEYRING_CACHE_MS = 5 * MINUTE
/** How long a signing key is used. */
export const KEY_LIFETIME_MS = 30 * DAY
/** How long a key is published before it is used: far longer than any cache keeps a key set. */
export const KEY_ANNOUNCED_MS = 1 * DAY
/** How long it stays published afterwards: the longest token life, and every cache's slack. */
export const KEY_RETIRED_MS = 3 * HOUR

/** Once seen over TLS, a browser asks for nothing else for a year. */
export const STRICT_TRANSPORT_SECURITY = 'max-age=31536000'

/** What a person allows with the scopes that OpenID Connect defines, in plain words. */
const OPENID_SCOPES = {
  openid: 'Know that it is you',
  profile: 'See your name',
  email: 'See your email address',
  offline_access: 'Stay signed in on this device',
}

const scopeToken = z.string().check(z.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is no scope token'))

const colour = z.string().check(z.regex(/^#[0-9a-f]{6}$/i, 'must be a colour like #1f4ed8'))

const environmentSchema = z.object({
  ISSUER: z.optional(z.string()),
  // RFC 8707 §2.
  RESOURCE: z.optional(z.url().check(z.regex(/^[^#]*$/, 'must have no fragment'))),
  DEMO: z._default(z.enum(['on', 'off']), 'off'),
  BRAND_NAME: z._default(z.string().check(z.minLength(1), z.maxLength(40)), 'Antenna'),
  BRAND_LOGO: z.optional(
    z.string().check(z.regex(/^[\w.-]+\.(svg|png|webp)$/, 'must name a picture in src/assets')),
  ),
  BRAND_ACCENT: z._default(colour, '#1f4ed8'),
  BRAND_ACCENT_DARK: z._default(colour, '#9db7ff'),
  SCOPES: z._default(z.record(scopeToken, z.string().check(z.minLength(1))), {}),
  CLIENTS: z._default(z.array(clientSchema), []),
  REGISTRATION_TOKEN_SHA256: z.optional(
    z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')),
  ),
  CLIENT_ID_METADATA_DOCUMENTS: z._default(z.enum(['on', 'off']), 'off'),
  UNLISTED_CLIENT_SCOPE: z._default(z.string(), 'openid profile offline_access'),
})

export interface Brand {
  readonly name: string
  /** A file in src/assets. */
  readonly logo: string | undefined
  readonly accent: string
  readonly accentDark: string
}

export interface Config {
  /** Undefined: the origin of each request is the issuer. */
  readonly issuer: string | undefined
  /** The issuer's path, without the last slash: every route stands below it. */
  readonly basePath: string
  /** The default resource indicator of access tokens (RFC 9068 §3); undefined: the issuer. */
  readonly resource: string | undefined
  readonly isDemo: boolean
  readonly brand: Brand
  /** Scope token → what it allows, in plain words. */
  readonly scopes: ReadonlyMap<string, string>
  readonly clients: ReadonlyMap<string, Client>
  /** SHA-256, in base64url, of the initial access token (RFC 7591 §3); undefined: nobody registers. */
  readonly registrationTokenHash: string | undefined
  /** Whether a client_id may be the address of the client's metadata. */
  readonly hasClientMetadataDocuments: boolean
  /** The most that clients that are not listed may ask for. */
  readonly unlistedScope: readonly string[]
  /** `digits` only where all clients have such codes. */
  readonly userCodeCharset: UserCodeCharset
}

/** What the demo adds to the settings. */
export interface DemoSettings {
  readonly client: ClientEntry
  readonly scopes: Readonly<Record<string, string>>
}

/** A setting that cannot be used; the message names each field. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(problems: readonly string[]) {
    super(`wrangler.toml: ${problems.join('; ')}`)
  }
}

/** Reads the Worker's variables. Throws a ConfigError that names every field at fault. */
export const parseConfig = (environment: object, demo: DemoSettings): Config => {
  const parsed = z.safeParse(environmentSchema, environment, { error: en().localeError })
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describeIssue))
  const settings = parsed.data
  const isDemo = settings.DEMO === 'on'
  const scopes = new Map(
    Object.entries({ ...OPENID_SCOPES, ...(isDemo ? demo.scopes : {}), ...settings.SCOPES }),
  )
  const entries = isDemo
    ? [...settings.CLIENTS, z.parse(clientSchema, demo.client)]
    : settings.CLIENTS
  const clients = entries.map(toClient)
  const unlistedScope = settings.UNLISTED_CLIENT_SCOPE.split(' ').filter((word) => word !== '')
  const problems = [
    ...issuerProblems(settings.ISSUER),
    ...clientProblems(clients, scopes),
    ...scopeProblems('UNLISTED_CLIENT_SCOPE', unlistedScope, scopes),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  return {
    issuer: settings.ISSUER,
    basePath:
      settings.ISSUER === undefined ? '' : new URL(settings.ISSUER).pathname.replace(/\/$/, ''),
    resource: settings.RESOURCE,
    isDemo,
    brand: {
      name: settings.BRAND_NAME,
      logo: settings.BRAND_LOGO,
      accent: settings.BRAND_ACCENT,
      accentDark: settings.BRAND_ACCENT_DARK,
    },
    scopes,
    clients: new Map(clients.map((client) => [client.id, client])),
    registrationTokenHash:
      settings.REGISTRATION_TOKEN_SHA256 === undefined
        ? undefined
        : Buffer.from(settings.REGISTRATION_TOKEN_SHA256, 'hex').toString('base64url'),
    hasClientMetadataDocuments: settings.CLIENT_ID_METADATA_DOCUMENTS === 'on',
    unlistedScope,
    userCodeCharset:
      clients.length > 0 && clients.every((client) => client.userCodeCharset === 'digits')
        ? 'digits'
        : 'letters',
  }
}

/** The issuer identifier (RFC 8414 §2) that answers to the request for `url`. */
export const issuerFor = (config: Config, url: string): string =>
  config.issuer ?? new URL(url).origin

/** Whether a host is this machine: the one place where plain http is as good as https. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '127.0.0.1' ||
  hostname === '[::1]'

const describeIssue = (issue: { path: PropertyKey[]; message: string }): string => {
  const field = issue.path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`,
    )
    .join('')
  return `${field}: ${issue.message}`
}

const issuerProblems = (issuer: string | undefined): string[] => {
  if (issuer === undefined) return []
  const url = URL.parse(issuer)
  if (url === null) return ['ISSUER: must be a URL']
  // MD-1: byte for byte the same everywhere, so there is only one way to write it.
  const canonical = url.origin + url.pathname.replace(/\/$/, '')
  const isSecure =
    url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  return [
    ...(isSecure ? [] : ['ISSUER: must be an https URL']),
    ...(issuer === canonical ? [] : [`ISSUER: must be written as ${canonical}`]),
  ]
}

const scopeProblems = (
  field: string,
  scope: readonly string[],
  scopes: ReadonlyMap<string, string>,
): string[] =>
  scope
    .filter((word) => !scopes.has(word))
    .map((word) => `${field}: ${word} is not described in SCOPES (words are separated by spaces)`)

const clientProblems = (
  clients: readonly Client[],
  scopes: ReadonlyMap<string, string>,
): string[] =>
  clients.flatMap((client, index) => [
    ...scopeProblems(`CLIENTS[${index}].scope`, client.scope, scopes),
    ...(clients.findIndex(({ id }) => id === client.id) === index
      ? []
      : [`CLIENTS[${index}].client_id: ${client.id} is there twice, here or as the demo's`]),
  ])
