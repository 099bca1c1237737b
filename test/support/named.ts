import type { Digest, GrantId, SessionId, Subject, UserCode } from '../../src/ids.ts'

/** A text of a test in the place of an id or digest, so that tests choose names that read well. */
export const named = (text: string): Digest & GrantId & SessionId & Subject & UserCode =>
  text as Digest & GrantId & SessionId & Subject & UserCode
