// A signed-in person with a device. They are created without the pages and without a password,
// which is slow to hash.
import { env } from 'cloudflare:workers'
import { seal } from '../../src/crypto.ts'
import { MINUTE } from '../../src/durations.ts'
import { mintSession } from '../../src/identity/session.ts'
import { mintSubject } from '../../src/objects/index.ts'
import { signInNow } from './device.ts'
import { Person } from './person.ts'
import { type Fetch, freshAddress, serverSecret } from './worker.ts'
import { ISSUER } from './settings.ts'
import { connectDevice } from './tokens.ts'

export type Cookies = Readonly<Record<string, string>>

/** A signed-in person, with session and device. */
export interface Visitor {
  readonly subject: string
  readonly email: string
  readonly cookies: Cookies
  readonly grantId: string
}

export const signedIn = async (name: string, email: string): Promise<Visitor> => {
  const subject = mintSubject(env)
  const { value, digest: claim } = mintSession(await serverSecret(), subject)
  const account = env.ACCOUNT.get(env.ACCOUNT.idFromString(subject))
  await account.open({ name, email, isEmailVerified: false }, claim, signInNow())
  const { grantId } = await connectDevice('tv', { approval: { subject } })
  const cookies = { session: value, visit: 'A'.repeat(43) }
  return { subject, email, cookies, grantId }
}

/** The browser of a new person with this name. */
export const visitorAt = async (
  fetch: Fetch,
  name = 'Ada',
  headers: Readonly<Record<string, string>> = {},
): Promise<Person> => {
  const { cookies } = await signedIn(name, `${crypto.randomUUID()}@example.com`)
  const person = new Person(fetch, ISSUER, { 'CF-Connecting-IP': freshAddress(), ...headers })
  person.cookies.set('__Host-session', cookies['session'] ?? '')
  return person
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
