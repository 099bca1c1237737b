// The claims of an identity provider or issuer (OpenID Connect Core §5.1), as far as accounts have them.
import type { ToldClaims } from '../objects/account/profile.ts'
import { plainText } from '../text/plain-text.ts'

/** The claims we store of an issuer's claims (OpenID Connect Core §5.1). */
export const claimsOf = (claims: Readonly<Record<string, unknown>>): ToldClaims => {
  const email = addressIn(claims['email'])
  const name = firstOf(claims['name'], claims['preferred_username'])
  return {
    name: name ?? firstOf(email, claims['sub']) ?? '',
    email,
    isEmailVerified: claims['email_verified'] === true,
    ...(name === undefined && { isNameMissing: true }),
  }
}

// Unchanged or not at all: shortened or cleaned up, it would be another person's address.
const addressIn = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[^\p{C}\p{Z}]{1,254}$/u.test(value) ? value : undefined

const firstOf = (...values: readonly unknown[]): string | undefined =>
  values
    .map((value) => (typeof value === 'string' ? plainText(value) : ''))
    .find((text) => text !== '')
