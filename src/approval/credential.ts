// What an access token says that is good here, whoever issued it.
import type { ApprovingGrant } from '../review/review.ts'
import type { CodeTry } from '../objects/account/views.ts'
import type { Authentication } from '../objects/device-authorization/approval.ts'

interface TriedCode extends CodeTry {
  readonly subject: string
  /** The grant of the token, where it is one of ours. */
  readonly grant?: ApprovingGrant
}

export interface Credential {
  readonly authentication: Authentication
  readonly dpopJkt: string | undefined
  /** Whether it is one to decide with; `scope` is what it would need. */
  readonly mayApprove: boolean
  readonly scope: string | undefined
  /** How long ago its person may have signed in; undefined: that is not looked at. */
  readonly maxSignInMs: number | undefined
  /** The account of the person, who is about to have a code looked up; undefined if there is none. */
  readonly tryCode: (userCode: string) => Promise<TriedCode | undefined>
}
