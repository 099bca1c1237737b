// The contents of a valid access token, from a trusted issuer or from this server.
import type { ApprovingGrant } from '../review/review.ts'
import type { CodeTry } from '../objects/account/views.ts'
import type { Authentication } from '../objects/device-authorization/approval.ts'

interface TriedCode extends CodeTry {
  readonly subject: string
  /** The grant of a token that this server issued. */
  readonly grant?: ApprovingGrant
}

export interface Credential {
  readonly authentication: Authentication
  readonly dpopJkt: string | undefined
  /** True if the token allows approving devices; `scope` is the scope that this takes. */
  readonly mayApprove: boolean
  readonly scope: string | undefined
  /** The greatest age of the sign-in; undefined disables the check. */
  readonly maxSignInMs: number | undefined
  /** Counts a look-up of a code on the person's account; undefined without an account. */
  readonly tryCode: (userCode: string) => Promise<TriedCode | undefined>
}
