// The check before an approval that the action `confirm` demands (RFC 10027 §6.1.1).
import type { UserCode } from '../ids.ts'
import { parseUserCode } from '../codes.ts'

/** The check that a person sends: a scanned address proves neither part. */
export interface Check {
  /** The code as they read it off the device. */
  readonly typedCode: string | undefined
  readonly isInFront: boolean
}

/** The parts of a check that failed. */
export interface CheckProblems {
  readonly code: boolean
  readonly inFront: boolean
}

/** The failed parts of a check: the typed code must be this one, and the box ticked. */
export const checkProblems = (
  userCode: UserCode,
  { typedCode, isInFront }: Check,
): CheckProblems => ({
  code: parseUserCode(typedCode ?? '') !== userCode,
  inFront: !isInFront,
})
