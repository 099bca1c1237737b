// Settings → Config: a mistake in wrangler.toml is an error at start that names the field.
import type { Digest } from '../ids.ts'
import * as z from 'zod/mini'
import en from 'zod/v4/locales/en.js'
import type { AndroidApp } from './mobile-apps.ts'
import { APPROVAL_SCOPE, type ApprovalIssuer, toApprovalIssuer } from './approval-issuer.ts'
import type { Brand } from './brand.ts'
import { DEVICE_CODE_GRANT, clientSchema } from './client-settings.ts'
import { type Client, toClient } from './clients.ts'
import type { ShownCharset } from '../codes.ts'
import { digestFromHex } from '../crypto.ts'
import { type DemoSettings, withDemo } from './demo.ts'
import { type IdentityProvider, toIdentityProvider } from './identity-provider.ts'
import { type PushSettings, toPushSettings } from './push.ts'
import { describeIssue, settingProblems } from './cross-checks.ts'
import { FRESH_SIGN_IN_MS } from './limits.ts'
import { misspeltNames } from './misspelt.ts'
import { type ScopeWords, type Settings, settingsSchema } from './settings.ts'

/** The scopes of OpenID Connect; the message catalogues describe them in every language. */
const OPENID_SCOPES = ['openid', 'profile', 'email', 'offline_access']

export interface Config {
  /** Undefined: the origin of each request is the issuer. */
  readonly issuer: string | undefined
  /** The issuer's path without a trailing slash; every route is below it. */
  readonly basePath: string
  /** The address that devices show, where it is not that of the page itself (RFC 8628 §3.2). */
  readonly verificationUri: string | undefined
  /** The default resource indicator of access tokens (RFC 9068 §3); undefined: the issuer. */
  readonly resource: string | undefined
  readonly isDemo: boolean
  /** The issuer that signs people in to the demo's app; undefined without that app. */
  readonly demoProvider: string | undefined
  readonly brand: Brand
  /** Scope token → its description; undefined if the message catalogues have it. */
  readonly scopes: ReadonlyMap<string, ScopeWords | undefined>
  readonly clients: ReadonlyMap<string, Client>
  /** Accounts with a password or a passkey, stored on this server. */
  readonly hasBuiltInAccounts: boolean
  readonly identityProviders: readonly IdentityProvider[]
  /** Further issuers of access tokens that may approve and deny device authorizations. */
  readonly approvalIssuers: readonly ApprovalIssuer[]
  /** The origins of web apps that may call the approval API. */
  readonly approvalOrigins: readonly string[]
  /** SHA-256, in base64url, of the initial access token (RFC 7591 §3); undefined: registration is off. */
  readonly registrationTokenHash: Digest | undefined
  /** A client_id may be the URL of the client's metadata document. */
  readonly hasClientMetadataDocuments: boolean
  /** The widest scope for clients that are not listed. */
  readonly unlistedScope: readonly string[]
  /** The service's own apps, which may open the address in a device's QR code. */
  readonly androidApps: readonly AndroidApp[]
  readonly appleApps: readonly string[]
  /** Undefined: push prompts are off. */
  readonly push: PushSettings | undefined
  /** The charset of all devices' codes. */
  readonly userCodeCharset: ShownCharset
}

/** Invalid settings; the message names each field. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(problems: readonly string[]) {
    super(`wrangler.toml: ${problems.join('; ')}`)
  }
}

/** Parses the Worker's variables. Throws a ConfigError that names every invalid field. */
export const parseConfig = (environment: object, demo: DemoSettings): Config => {
  const parsed = z.safeParse(settingsSchema, environment, { error: en().localeError })
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describeIssue))
  const settings = withDemo(parsed.data, demo)
  const secret = (name: string): string | undefined => {
    const value: unknown = Reflect.get(environment, name)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const isDemo = settings.DEMO === 'on'
  const entries = isDemo
    ? [...settings.CLIENTS, z.parse(clientSchema, demo.client)]
    : settings.CLIENTS
  const clients = entries.map(toClient)
  const mayApprove = clients.some(({ scope }) => scope.includes(APPROVAL_SCOPE))
  const scopes = new Map<string, ScopeWords | undefined>([
    ...[...OPENID_SCOPES, ...(mayApprove ? [APPROVAL_SCOPE] : [])].map(
      (word) => [word, undefined] as const,
    ),
    ...Object.entries({ ...(isDemo ? demo.scopes : {}), ...settings.SCOPES }),
  ])
  const unlistedScope = settings.UNLISTED_CLIENT_SCOPE.split(' ').filter((word) => word !== '')
  const problems = [
    ...misspeltNames(environment, Object.keys(settingsSchema.shape), secretNames(settings, demo)),
    ...settingProblems({ settings, clients, scopes, unlistedScope, secret }),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  return {
    issuer: settings.ISSUER,
    basePath:
      settings.ISSUER === undefined ? '' : new URL(settings.ISSUER).pathname.replace(/\/$/, ''),
    verificationUri: settings.VERIFICATION_URI,
    resource: settings.RESOURCE,
    isDemo,
    demoProvider: isDemo ? settings.DEMO_PROVIDER : undefined,
    brand: {
      name: settings.BRAND_NAME,
      logo: settings.BRAND_LOGO,
      accent: settings.BRAND_ACCENT,
      accentDark: settings.BRAND_ACCENT_DARK,
      supportUri: settings.SUPPORT_URI,
      termsUri: settings.TERMS_URI,
      privacyUri: settings.PRIVACY_URI,
    },
    scopes,
    clients: new Map(clients.map((client) => [client.id, client])),
    hasBuiltInAccounts: settings.BUILT_IN_ACCOUNTS === 'on',
    identityProviders: settings.IDENTITY_PROVIDERS.map((entry) =>
      toIdentityProvider(entry, secret),
    ),
    approvalIssuers: settings.APPROVAL_ISSUERS.map((entry) =>
      toApprovalIssuer(entry, FRESH_SIGN_IN_MS),
    ),
    approvalOrigins: settings.APPROVAL_ORIGINS,
    registrationTokenHash:
      settings.REGISTRATION_TOKEN_SHA256 === undefined
        ? undefined
        : digestFromHex(settings.REGISTRATION_TOKEN_SHA256),
    hasClientMetadataDocuments: settings.CLIENT_ID_METADATA_DOCUMENTS === 'on',
    unlistedScope,
    androidApps: settings.ANDROID_APPS,
    appleApps: settings.APPLE_APPS,
    push: settings.PUSH && toPushSettings(settings.PUSH, secret),
    userCodeCharset: shownCharset(clients, settings),
  }
}

// Clients that are not listed show letters, and those without the grant show nothing.
const shownCharset = (
  clients: readonly Client[],
  { REGISTRATION_TOKEN_SHA256: token, CLIENT_ID_METADATA_DOCUMENTS: documents }: Settings,
): ShownCharset => {
  const charsets = new Set(
    clients
      .filter(({ grantTypes }) => grantTypes.has(DEVICE_CODE_GRANT))
      .map((client) => client.userCodeCharset),
  )
  if (token !== undefined || documents === 'on') charsets.add('letters')
  const [only = 'letters'] = charsets
  return charsets.size > 1 ? 'either' : only
}

// The demo's names count while it is off too: they may remain in `.dev.vars`.
const secretNames = (settings: Settings, demo: DemoSettings): string[] => [
  ...settings.IDENTITY_PROVIDERS.flatMap(
    ({ client_secret: name, client_secret_jwt: jwt }) => name ?? jwt?.private_key ?? [],
  ),
  ...(settings.PUSH === undefined ? [] : [settings.PUSH.private_key]),
  demo.push.private_key,
]

/** Settings that are valid and probably a mistake. */
export const configWarnings = ({ issuer, isDemo }: Config): readonly string[] =>
  issuer === undefined && !isDemo
    ? ['ISSUER is not set: every host that this Worker serves is an issuer of its own']
    : []

/** The issuer identifier (RFC 8414 §2) for a request to `url`. */
export const issuerFor = (config: Config, url: string): string =>
  config.issuer ?? new URL(url).origin
