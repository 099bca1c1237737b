// The issuers that the service's own app signs in with, as APPROVAL_ISSUERS in wrangler.toml lists them.
// Access tokens of these issuers may approve and deny device authorizations.
import * as z from 'zod/mini'
import { scopeToken } from './client-settings.ts'
import { HOUR } from '../durations.ts'
import { issuerIdentifier } from './identity-provider.ts'

/** Lets a listed client approve and deny device authorizations for its user. */
export const APPROVAL_SCOPE = 'device:approve'

const text = z.string().check(z.minLength(1))

export const approvalIssuerSchema = z.strictObject({
  issuer: issuerIdentifier,
  // The issuer's name for this server, the `aud` of its tokens (RFC 9068 §2.2).
  audience: text,
  scope: z.optional(scopeToken),
  // For issuers that express a token's permissions in a claim other than scope.
  claim: z.optional(z.strictObject({ name: text, value: text })),
  // The longest age of auth_time (RFC 9068 §2.2.1). 0 disables the check.
  max_sign_in_hours: z.optional(z.number().check(z.minimum(0), z.maximum(24 * 365))),
})

export type ApprovalIssuerEntry = z.input<typeof approvalIssuerSchema>

export interface ApprovalIssuer {
  readonly issuer: string
  readonly audience: string
  /** Undefined if a claim carries the permission instead. */
  readonly scope: string | undefined
  readonly claim: { readonly name: string; readonly value: string } | undefined
  /** The longest time since the person signed in; undefined disables the check. */
  readonly maxSignInMs: number | undefined
}

/** The issuer that an entry describes; `defaultMs` applies if the entry has no max_sign_in_hours. */
export const toApprovalIssuer = (
  {
    issuer,
    audience,
    scope,
    claim,
    max_sign_in_hours: hours,
  }: z.output<typeof approvalIssuerSchema>,
  defaultMs: number,
): ApprovalIssuer => ({
  issuer,
  audience,
  scope: scope ?? (claim === undefined ? APPROVAL_SCOPE : undefined),
  claim,
  maxSignInMs: hours === undefined ? defaultMs : hours === 0 ? undefined : hours * HOUR,
})
