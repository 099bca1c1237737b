// A signed-in person with a device, and the cookies of their browser.
import type { Subject } from '../../src/ids.ts'
import { seal } from '../../src/crypto.ts'
import { MINUTE } from '../../src/durations.ts'
import { Member } from './member.ts'
import type { Person } from './person.ts'
import { connectDevice } from './tokens.ts'
import type { Fetch } from './worker.ts'

export type Cookies = Readonly<Record<string, string>>

/** A signed-in person, with session and device. */
export interface Visitor {
  readonly subject: Subject
  readonly email: string
  readonly cookies: Cookies
  readonly grantId: string
}

export const signedIn = async (name: string, email: string): Promise<Visitor> => {
  const member = new Member({ name, email })
  const { subject } = member
  const session = await member.session()
  const { grantId } = await connectDevice('tv', { approval: { subject } })
  return { subject, email, cookies: { session, visit: 'A'.repeat(43) }, grantId }
}

/** The browser of a new person with this name. */
export const visitorAt = async (
  fetch: Fetch,
  name = 'Ada',
  headers: Readonly<Record<string, string>> = {},
): Promise<Person> => {
  const member = new Member({ name })
  const browser = await member.browser(fetch, headers)
  await connectDevice('tv', { approval: { subject: member.subject } })
  return browser
}

const RESULT = {
  outcome: 'approved',
  clientId: 'tv',
  clientName: 'The tv',
  deviceName: 'Living-room TV',
  userCode: 'BCDFBCDF',
}

/** The sealed cookie of a pending sign-in at a provider, which is named by its `state`. */
export const attemptCookie = (
  secret: Uint8Array,
  state: string,
  more: Readonly<Record<string, unknown>> = {},
): string => {
  const attempt = { provider: 'acme', nonce: 'n', codeVerifier: 'v', errand: {}, ...more }
  const json = JSON.stringify({ untilMs: Date.now() + MINUTE, ...attempt })
  return seal(secret, `upstream ${state}`, Buffer.from(json))
}

/** The sealed cookie of the last page; `secret` replaces our own. */
export const resultCookie = (secret: Uint8Array, more: Readonly<Record<string, string>>): string =>
  seal(secret, 'result', Buffer.from(JSON.stringify({ ...RESULT, ...more })))
