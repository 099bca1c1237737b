// OpenID providers that people may sign in with: the entries of IDENTITY_PROVIDERS in wrangler.toml.
import { createPrivateKey } from 'node:crypto'
import * as z from 'zod/mini'
import { HOUR } from '../durations.ts'
import { FRESH_SIGN_IN_MS } from './limits.ts'

const isCanonical = (issuer: string): boolean => {
  const url = URL.parse(issuer)
  return url !== null && [url.origin + url.pathname, url.origin].includes(issuer)
}

/** Part of an account's name, so only the provider's own spelling is valid. */
export const issuerIdentifier = z
  .url()
  .check(z.refine(isCanonical, 'must be spelled exactly as the provider spells it'))

const secretName = z
  .string()
  .check(z.regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a Worker secret'))

export const identityProviderSchema = z.strictObject({
  // Part of the redirect URI that is registered at the provider.
  id: z
    .string()
    .check(z.regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lower-case letters, digits or dashes')),
  // As people know it: buttons say `Continue with {name}` in every language.
  name: z.string().check(z.minLength(1), z.maxLength(40)),
  issuer: issuerIdentifier,
  client_id: z.string().check(z.minLength(1)),
  // The name of a Worker secret; its value must not be in wrangler.toml.
  client_secret: z.optional(secretName),
  // In its place, a key that signs client secrets, as Sign in with Apple has it.
  client_secret_jwt: z.optional(
    z.strictObject({
      private_key: secretName,
      key_id: z.string().check(z.minLength(1)),
      team_id: z.string().check(z.minLength(1)),
    }),
  ),
  // OAuth 2.0 Form Post Response Mode.
  response_mode: z._default(z.enum(['query', 'form_post']), 'query'),
  scope: z._default(
    z.string().check(z.regex(/(^| )openid( |$)/, 'must include openid')),
    'openid profile email',
  ),
  // The longest age of auth_time (OpenID Connect Core §2). 0 disables the check. No more than twelve: an
  // older sign-in approves no device (FRESH_SIGN_IN_MS), so the person would be sent back and forth.
  max_sign_in_hours: z._default(
    z.number().check(z.minimum(0), z.maximum(FRESH_SIGN_IN_MS / HOUR)),
    FRESH_SIGN_IN_MS / HOUR,
  ),
})

export type IdentityProviderEntry = z.input<typeof identityProviderSchema>

export interface ClientSecretKey {
  /** PKCS #8, as PEM. */
  readonly privateKey: string
  readonly keyId: string
  readonly teamId: string
}

export interface IdentityProvider {
  readonly id: string
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  /** Undefined if this server is a public client of the provider. */
  readonly clientSecret: string | undefined
  /** Signs the client secrets in place of a fixed one. */
  readonly clientSecretKey: ClientSecretKey | undefined
  readonly responseMode: 'query' | 'form_post'
  readonly scope: string
  /** The longest time since the person signed in there; undefined disables the check. */
  readonly maxSignInMs: number | undefined
}

type Entry = z.output<typeof identityProviderSchema>

/** The provider that an entry describes; `secret` reads a Worker secret. */
export const toIdentityProvider = (
  entry: Entry,
  secret: (name: string) => string | undefined,
): IdentityProvider => ({
  id: entry.id,
  name: entry.name,
  issuer: entry.issuer,
  clientId: entry.client_id,
  clientSecret: entry.client_secret === undefined ? undefined : secret(entry.client_secret),
  clientSecretKey: entry.client_secret_jwt && {
    privateKey: pemIn(secret(entry.client_secret_jwt.private_key)),
    keyId: entry.client_secret_jwt.key_id,
    teamId: entry.client_secret_jwt.team_id,
  },
  responseMode: entry.response_mode,
  scope: entry.scope,
  maxSignInMs: entry.max_sign_in_hours === 0 ? undefined : entry.max_sign_in_hours * HOUR,
})

/** Problems of the credentials of an entry; each begins with the member's name. */
export const credentialProblems = (
  { client_secret: name, client_secret_jwt: jwt }: Entry,
  secret: (name: string) => string | undefined,
): string[] => {
  if (name !== undefined && jwt !== undefined)
    return ['client_secret_jwt: cannot be set together with client_secret']
  const named = name ?? jwt?.private_key
  if (named === undefined) return []
  const field = jwt === undefined ? 'client_secret' : 'client_secret_jwt.private_key'
  const value = secret(named)
  if (value === undefined) return [`${field}: the Worker secret ${named} is not set`]
  return jwt === undefined || isP256Key(pemIn(value))
    ? []
    : [`${field}: ${named} does not hold a P-256 key in PKCS #8 (-----BEGIN PRIVATE KEY-----)`]
}

// A file of variables has the line breaks escaped.
const pemIn = (value = ''): string => value.replaceAll('\\n', '\n').trim()

const isP256Key = (pem: string): boolean => {
  if (!pem.startsWith('-----BEGIN PRIVATE KEY-----')) return false
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    return false
  }
}
