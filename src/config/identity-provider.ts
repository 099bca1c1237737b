// OpenID providers that people may sign in with: the entries of IDENTITY_PROVIDERS in wrangler.toml.
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
  client_secret: z.optional(
    z.string().check(z.regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a Worker secret')),
  ),
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

export interface IdentityProvider {
  readonly id: string
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  /** Undefined if this server is a public client of the provider. */
  readonly clientSecret: string | undefined
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
  scope: entry.scope,
  maxSignInMs: entry.max_sign_in_hours === 0 ? undefined : entry.max_sign_in_hours * HOUR,
})
