import type { GrantId, UserCode } from '../../src/ids.ts'

/** A text of a test in the place of an id, so that tests choose names that read well. */
export const named = (text: string): GrantId & UserCode => text as GrantId & UserCode
