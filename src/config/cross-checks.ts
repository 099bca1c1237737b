// What can be wrong with settings that look right one by one: each problem names its field.
import { APPROVAL_SCOPE } from './approval-issuer.ts'
import type { Client } from './clients.ts'
import { contrast } from './contrast.ts'
import type { Settings } from './settings.ts'
import { isLoopback } from '../loopback.ts'
import { pushProblems } from './push.ts'

/** The settings as they were read, and what was made of them. */
interface Reading {
  readonly settings: Settings
  readonly clients: readonly Client[]
  readonly scopes: ReadonlyMap<string, unknown>
  readonly unlistedScope: readonly string[]
  /** Reads a Worker secret. */
  readonly secret: (name: string) => string | undefined
}

/** All that is wrong with them. */
export const settingProblems = (reading: Reading): string[] => {
  const { settings, clients, scopes, unlistedScope, secret } = reading
  return [
    ...issuerProblems(settings.ISSUER),
    ...clientProblems(clients, scopes),
    ...scopeProblems('UNLISTED_CLIENT_SCOPE', unlistedScope, scopes),
    ...(unlistedScope.includes(APPROVAL_SCOPE)
      ? [`UNLISTED_CLIENT_SCOPE: ${APPROVAL_SCOPE} is only for clients that are listed`]
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

// What assets/pages/style.css has as --surface on the light and on the dark theme.
const LIGHT_SURFACE = '#ffffff'
const DARK_SURFACE = '#14171e'
/** WCAG 2.2 §1.4.11. */
const MIN_CONTRAST = 3

const colourProblems = (field: string, colour: string | undefined, surface: string): string[] => {
  const ratio = colour === undefined ? MIN_CONTRAST : contrast(colour, surface)
  return ratio >= MIN_CONTRAST
    ? []
    : [
        `${field}: a button in ${colour} would hardly be seen on ${surface} (contrast ` +
          `${ratio.toFixed(1)}, ${MIN_CONTRAST} is needed)`,
      ]
}

/** An issue that the schema found, with the field's name as it is written. */
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
  // MD-1: byte for byte the same everywhere, so there is only one way to write it.
  const canonical = url.origin + url.pathname.replace(/\/$/, '')
  return [
    ...(isSecureAddress(issuer) ? [] : ['ISSUER: must be an https URL']),
    ...(issuer === canonical ? [] : [`ISSUER: must be written as ${canonical}`]),
  ]
}

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
      ...(issuer === own ? [`${field}: is this server, whose tokens are good anyway`] : []),
      ...(issuers.findIndex((other) => other.issuer === issuer) === index
        ? []
        : [`${field}: ${issuer} is there twice`]),
    ]
  }),
  ...originProblems('APPROVAL_ORIGINS', origins),
]

// Whoever is on the way of a page over plain http can put a page of their own in its place.
const originProblems = (field: string, origins: readonly string[]): string[] =>
  origins.flatMap((origin, index) =>
    origin.startsWith('http:') && !isSecureAddress(origin)
      ? [`${field}[${index}]: must be an https origin`]
      : [],
  )

const providerProblems = (
  { BUILT_IN_ACCOUNTS: builtIn, IDENTITY_PROVIDERS: providers }: Settings,
  secret: Reading['secret'],
): string[] => [
  ...(builtIn === 'off' && providers.length === 0
    ? ['BUILT_IN_ACCOUNTS: off, and IDENTITY_PROVIDERS is empty: nobody could sign in']
    : []),
  ...providers.flatMap(({ id, issuer, client_secret: name }, index) => {
    const field = `IDENTITY_PROVIDERS[${index}]`
    return [
      ...(isSecureAddress(issuer) ? [] : [`${field}.issuer: must be an https URL`]),
      ...(name === undefined || secret(name) !== undefined
        ? []
        : [`${field}.client_secret: there is no Worker secret ${name}`]),
      ...(providers.findIndex((other) => other.id === id) === index
        ? []
        : [`${field}.id: ${id} is there twice`]),
    ]
  }),
]

const repeatedIn = (field: string, names: readonly string[]): string[] =>
  names.flatMap((name, index) =>
    names.indexOf(name) === index ? [] : [`${field}[${index}]: ${name} is there twice`],
  )

const scopeProblems = (
  field: string,
  scope: readonly string[],
  scopes: ReadonlyMap<string, unknown>,
): string[] =>
  scope
    .filter((word) => !scopes.has(word))
    .map((word) => `${field}: ${word} is not described in SCOPES (words are separated by spaces)`)

const clientProblems = (
  clients: readonly Client[],
  scopes: ReadonlyMap<string, unknown>,
): string[] =>
  clients.flatMap((client, index) => [
    ...scopeProblems(`CLIENTS[${index}].scope`, client.scope, scopes),
    ...originProblems(`CLIENTS[${index}].web_origins`, client.webOrigins),
    // A bearer token that leaks would open every other client as well.
    ...(client.scope.includes(APPROVAL_SCOPE) && !client.requiresDpop
      ? [
          `CLIENTS[${index}].dpop_bound_access_tokens: must be true where scope has ${APPROVAL_SCOPE}`,
        ]
      : []),
    ...(clients.findIndex(({ id }) => id === client.id) === index
      ? []
      : [`CLIENTS[${index}].client_id: ${client.id} is there twice, here or as the demo's`]),
  ])
