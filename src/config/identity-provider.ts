// Identity providers whose people may sign in here: OpenID providers, one entry of
// IDENTITY_PROVIDERS in wrangler.toml each.
import * as z from 'zod/mini'

const isCanonical = (issuer: string): boolean => {
  const url = URL.parse(issuer)
  return url !== null && [url.origin + url.pathname, url.origin].includes(issuer)
}

/** Accounts are named by it, so there is only one way to write it. */
export const issuerIdentifier = z
  .url()
  .check(z.refine(isCanonical, 'must be written as the provider writes it'))

export const identityProviderSchema = z.strictObject({
  // Part of the redirect URI that the provider has to know.
  id: z.string().check(z.regex(/^[a-z0-9-]{1,32}$/, 'must be lower-case letters, digits, dashes')),
  /** The button's whole text, such as `Continue with Example`. */
  button: z.string().check(z.minLength(1), z.maxLength(64)),
  issuer: issuerIdentifier,
  client_id: z.string().check(z.minLength(1)),
  // The name of a Worker secret: what it holds is not for wrangler.toml.
  client_secret: z.optional(
    z.string().check(z.regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a Worker secret')),
  ),
  scope: z._default(
    z.string().check(z.regex(/(^| )openid( |$)/, 'must have openid')),
    'openid profile email',
  ),
})

export type IdentityProviderEntry = z.input<typeof identityProviderSchema>

export interface IdentityProvider {
  readonly id: string
  readonly button: string
  readonly issuer: string
  readonly clientId: string
  /** Undefined for a public client there. */
  readonly clientSecret: string | undefined
  readonly scope: string
}

type Entry = z.output<typeof identityProviderSchema>

/** The provider that an entry describes; `secret` reads a Worker secret. */
export const toIdentityProvider = (
  entry: Entry,
  secret: (name: string) => string | undefined,
): IdentityProvider => ({
  id: entry.id,
  button: entry.button,
  issuer: entry.issuer,
  clientId: entry.client_id,
  clientSecret: entry.client_secret === undefined ? undefined : secret(entry.client_secret),
  scope: entry.scope,
})
