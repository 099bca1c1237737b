// Issuers whose access tokens may decide about devices: where the people of the service's own app sign
// in. One entry of APPROVAL_ISSUERS in wrangler.toml each.
import * as z from 'zod/mini'
import { scopeToken } from './client-settings.ts'
import { HOUR } from '../durations.ts'
import { issuerIdentifier } from './identity-provider.ts'

/** Lets a client decide about devices for its person; only one that the operator lists. */
export const APPROVAL_SCOPE = 'device:approve'

const text = z.string().check(z.minLength(1))

export const approvalIssuerSchema = z.strictObject({
  issuer: issuerIdentifier,
  // What the issuer calls this server (RFC 9068 §2.2).
  audience: text,
  scope: z.optional(scopeToken),
  // For issuers that say in other words than scope what a token is good for.
  claim: z.optional(z.strictObject({ name: text, value: text })),
  // RFC 9068 §2.2.1. Nought: it is not looked at.
  max_sign_in_hours: z.optional(z.number().check(z.minimum(0), z.maximum(24 * 365))),
})

export type ApprovalIssuerEntry = z.input<typeof approvalIssuerSchema>

export interface ApprovalIssuer {
  readonly issuer: string
  readonly audience: string
  /** Undefined where a claim says it. */
  readonly scope: string | undefined
  readonly claim: { readonly name: string; readonly value: string } | undefined
  /** How long ago the person may have signed in; undefined: that is not looked at. */
  readonly maxSignInMs: number | undefined
}

/** The issuer that an entry describes; `standardMs` is how fresh a sign-in is where it says nothing. */
export const toApprovalIssuer = (
  {
    issuer,
    audience,
    scope,
    claim,
    max_sign_in_hours: hours,
  }: z.output<typeof approvalIssuerSchema>,
  standardMs: number,
): ApprovalIssuer => ({
  issuer,
  audience,
  scope: scope ?? (claim === undefined ? APPROVAL_SCOPE : undefined),
  claim,
  maxSignInMs: hours === undefined ? standardMs : hours === 0 ? undefined : hours * HOUR,
})
