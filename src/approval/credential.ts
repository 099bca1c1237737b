// The contents of a valid access token, from a trusted issuer or from this server.
import type { Subject, UserCode } from '../ids.ts'
import type { ApprovingGrant } from '../review/review.ts'
import type { CodeTry } from '../objects/account/views.ts'
import type { Authentication } from '../objects/device-authorization/approval.ts'

interface TriedCode extends CodeTry {
  /** The grant of a token that this server issued. */
  readonly grant?: ApprovingGrant
}

/** A look-up of a code; `wasShown`: this account has been shown its request before. */
interface LookUp {
  readonly subject: Subject
  readonly userCode: UserCode
  readonly wasShown: boolean
}

export interface Credential {
  readonly authentication: Authentication
  readonly dpopJkt: string | undefined
  /** True if the token allows approving devices; `scope` is the scope that this takes. */
  readonly mayApprove: boolean
  readonly scope: string | undefined
  /** The greatest age of the sign-in; undefined disables the check. */
  readonly maxSignInMs: number | undefined
  /** The subject of the person's account. */
  readonly findSubject: () => Promise<Subject>
  /** Counts a look-up of a code on that account; undefined without an account. */
  readonly tryCode: (look: LookUp) => Promise<TriedCode | undefined>
}
