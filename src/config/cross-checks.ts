// Checks across settings that are each valid alone; each problem names its field.
import { APPROVAL_SCOPE } from './approval-issuer.ts'
import type { Client } from './clients.ts'
import { contrast } from './contrast.ts'
import { credentialProblems } from './identity-provider.ts'
import type { Settings } from './settings.ts'
import { isLoopback } from './loopback.ts'
import { pushProblems } from './push.ts'

/** The parsed settings and the values derived from them. */
interface ParsedSettings {
  readonly settings: Settings
  readonly clients: readonly Client[]
  readonly scopes: ReadonlyMap<string, unknown>
  readonly unlistedScope: readonly string[]
  /** Reads a Worker secret. */
  readonly secret: (name: string) => string | undefined
}

/** Every problem that the checks find. */
export const settingProblems = (parsed: ParsedSettings): string[] => {
  const { settings, clients, scopes, unlistedScope, secret } = parsed
  return [
    ...issuerProblems(settings.ISSUER),
    ...verificationProblems(settings),
    ...clientProblems(clients, scopes),
    ...scopeProblems('UNLISTED_CLIENT_SCOPE', unlistedScope, scopes),
    ...(unlistedScope.includes(APPROVAL_SCOPE)
      ? [`UNLISTED_CLIENT_SCOPE: ${APPROVAL_SCOPE} is reserved for listed clients`]
      : []),
    ...providerProblems(settings, secret),
    ...repeatedIn(
      'ANDROID_APPS',
      settings.ANDROID_APPS.map((app) => app.package_name),
    ),
    ...repeatedIn('APPLE_APPS', settings.APPLE_APPS),
    ...approvalProblems(settings),
    ...pushProblems(settings.PUSH, secret),
    ...colourProblems('BRAND_ACCENT', settings.BRAND_ACCENT, LIGHT_SURFACE),
    ...colourProblems('BRAND_ACCENT_DARK', settings.BRAND_ACCENT_DARK, DARK_SURFACE),
    ...clients.flatMap(({ brand: { accent, accentDark } }, index) => [
      ...colourProblems(`CLIENTS[${index}].accent`, accent, LIGHT_SURFACE),
      ...colourProblems(`CLIENTS[${index}].accent_dark`, accentDark, DARK_SURFACE),
    ]),
  ]
}

// The values of --surface in assets/pages/style.css.
const LIGHT_SURFACE = '#ffffff'
const DARK_SURFACE = '#14171e'
/** WCAG 2.2 §1.4.11. */
const MIN_CONTRAST = 3

const colourProblems = (field: string, colour: string | undefined, surface: string): string[] => {
  const ratio = colour === undefined ? MIN_CONTRAST : contrast(colour, surface)
  return ratio >= MIN_CONTRAST
    ? []
    : [
        `${field}: ${colour} has a contrast of ${ratio.toFixed(1)} on ${surface}, and buttons ` +
          `need ${MIN_CONTRAST}`,
      ]
}

/** A schema issue, with the field's name as written in wrangler.toml. */
export const describeIssue = (issue: { path: PropertyKey[]; message: string }): string => {
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
  // MD-1: issuers are compared byte by byte, so only the canonical form is valid.
  const canonical = url.origin + url.pathname.replace(/\/$/, '')
  return [
    ...(isSecureAddress(issuer) ? [] : ['ISSUER: must be an https URL']),
    ...(issuer === canonical ? [] : [`ISSUER: must be written as ${canonical}`]),
  ]
}

/** People type the address, with a remote control at times. */
const MAX_VERIFICATION_URI_LENGTH = 40

const verificationProblems = ({
  VERIFICATION_URI: address,
  ISSUER: issuer,
}: Settings): string[] => {
  if (address === undefined) return []
  const url = URL.parse(address)
  if (url === null) return ['VERIFICATION_URI: must be a URL']
  const plain = url.origin + url.pathname.replace(/\/$/, '')
  const isOfIssuer = issuer !== undefined && url.origin === URL.parse(issuer)?.origin
  return [
    ...(isSecureAddress(address) ? [] : ['VERIFICATION_URI: must be an https URL']),
    ...(address === plain ? [] : [`VERIFICATION_URI: must be written as ${plain}`]),
    ...(address.length <= MAX_VERIFICATION_URI_LENGTH
      ? []
      : [`VERIFICATION_URI: must have at most ${MAX_VERIFICATION_URI_LENGTH} characters`]),
    ...(isOfIssuer && isServed(address, issuer)
      ? ['VERIFICATION_URI: must not be an address of this server below ISSUER']
      : []),
  ]
}

const isServed = (address: string, issuer: string): boolean =>
  address.startsWith(`${issuer}/`) || new URL(address).pathname.startsWith('/.well-known')

const isSecureAddress = (address: string): boolean => {
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

const approvalProblems = ({
  ISSUER: own,
  APPROVAL_ISSUERS: issuers,
  APPROVAL_ORIGINS: origins,
}: Settings): string[] => [
  ...issuers.flatMap(({ issuer }, index) => {
    const field = `APPROVAL_ISSUERS[${index}].issuer`
    return [
      ...(isSecureAddress(issuer) ? [] : [`${field}: must be an https URL`]),
      ...(issuer === own ? [`${field}: is this server, whose own tokens are always accepted`] : []),
      ...(issuers.findIndex((other) => other.issuer === issuer) === index
        ? []
        : [`${field}: repeats ${issuer}`]),
    ]
  }),
  ...originProblems('APPROVAL_ORIGINS', origins),
]

// An attacker on the network can replace a page that is loaded over plain http.
const originProblems = (field: string, origins: readonly string[]): string[] =>
  origins.flatMap((origin, index) =>
    origin.startsWith('http:') && !isSecureAddress(origin)
      ? [`${field}[${index}]: must be an https origin`]
      : [],
  )

const providerProblems = (
  { BUILT_IN_ACCOUNTS: builtIn, IDENTITY_PROVIDERS: providers }: Settings,
  secret: ParsedSettings['secret'],
): string[] => [
  ...(builtIn === 'off' && providers.length === 0
    ? ['BUILT_IN_ACCOUNTS: is off and IDENTITY_PROVIDERS is empty, so no one could sign in']
    : []),
  ...providers.flatMap((entry, index) => {
    const { id, issuer } = entry
    const field = `IDENTITY_PROVIDERS[${index}]`
    return [
      ...(isSecureAddress(issuer) ? [] : [`${field}.issuer: must be an https URL`]),
      ...credentialProblems(entry, secret).map((problem) => `${field}.${problem}`),
      ...(providers.findIndex((other) => other.id === id) === index
        ? []
        : [`${field}.id: repeats ${id}`]),
    ]
  }),
]

const repeatedIn = (field: string, names: readonly string[]): string[] =>
  names.flatMap((name, index) =>
    names.indexOf(name) === index ? [] : [`${field}[${index}]: repeats ${name}`],
  )

const scopeProblems = (
  field: string,
  scope: readonly string[],
  scopes: ReadonlyMap<string, unknown>,
): string[] =>
  scope
    .filter((word) => !scopes.has(word))
    .map((word) => `${field}: ${word} is not in SCOPES (separate scopes with spaces)`)

const clientProblems = (
  clients: readonly Client[],
  scopes: ReadonlyMap<string, unknown>,
): string[] =>
  clients.flatMap((client, index) => [
    ...scopeProblems(`CLIENTS[${index}].scope`, client.scope, scopes),
    ...originProblems(`CLIENTS[${index}].web_origins`, client.webOrigins),
    // A leaked bearer token with this scope could approve sign-ins of every other client.
    ...(client.scope.includes(APPROVAL_SCOPE) && !client.requiresDpop
      ? [`CLIENTS[${index}].dpop_bound_access_tokens: must be true if scope has ${APPROVAL_SCOPE}`]
      : []),
    ...(clients.findIndex(({ id }) => id === client.id) === index
      ? []
      : [`CLIENTS[${index}].client_id: repeats ${client.id}, listed before or the demo's client`]),
  ])
