import type { GrantId, SessionId, Subject, UserCode } from '../../src/ids.ts'

/** A text of a test in the place of an id, so that tests choose names that read well. */
export const named = (text: string): GrantId & SessionId & Subject & UserCode =>
  text as GrantId & SessionId & Subject & UserCode
