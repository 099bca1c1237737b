// People with accounts, and the browsers that they are signed in with. Without the pages and
// without a password, which is slow to hash.
import type { Subject } from '../../src/ids.ts'
import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { mintSession } from '../../src/identity/session.ts'
import { emailLogin, mintSubject } from '../../src/objects/index.ts'
import { Person } from './person.ts'
import { ISSUER } from './settings.ts'
import { type Fetch, freshAddress, serverSecret, worker } from './worker.ts'

export const NOWHERE = { city: undefined, region: undefined, country: undefined }

/** A sign-in with a password, just now. */
export const signInNow = () => ({
  amr: ['pwd'],
  authTimeMs: Date.now(),
  browser: 'A browser',
  place: NOWHERE,
})

const accountOf = (subject: string) => env.ACCOUNT.get(env.ACCOUNT.idFromString(subject))

/** Clears the memory of an account. */
export const evictAccount = ({ subject }: { readonly subject: string }): Promise<void> =>
  evictDurableObject(accountOf(subject))

/** A person in any number of browsers. */
export class Member {
  readonly subject: Subject
  readonly name: string
  readonly email: string

  constructor({
    subject = mintSubject(env),
    name = 'Ada',
    email = `${crypto.randomUUID()}@example.com`,
  } = {}) {
    this.subject = subject
    this.name = name
    this.email = email
  }

  /** Has their address lead to this account. */
  async claimEmail(): Promise<this> {
    await emailLogin(env, this.email).claim(this.subject, this.name)
    return this
  }

  /** Signs in: the value of the session's cookie. */
  async session(): Promise<string> {
    const { value, digest } = mintSession(await serverSecret(), this.subject)
    const { name, email } = this
    const claims = { name, email, isEmailVerified: false }
    const { outcome } = await accountOf(this.subject).open(claims, digest, signInNow())
    if (outcome !== 'opened') throw new Error(`the account is ${outcome}`)
    return value
  }

  /** A signed-in browser, with a session of its own. */
  async browser(
    send: Fetch = worker,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Person> {
    const person = new Person(send, ISSUER, { 'CF-Connecting-IP': freshAddress(), ...headers })
    person.cookies.set('__Host-session', await this.session())
    return person
  }

  /** Clears the memory of their account. */
  evict(): Promise<void> {
    return evictAccount(this)
  }

  /** Signs out of every browser. */
  signOut(): Promise<void> {
    return accountOf(this.subject).signOutEverywhere({ withDevices: false })
  }
}

let members = 0

/** A new account, with a session and an address. */
export const newPerson = async (): Promise<Member> => {
  members += 1
  const member = await new Member({ name: `Person ${members}` }).claimEmail()
  await member.session()
  return member
}

const known = new Map<string, Promise<Member>>()

/** One person for all tests of a file that need any person. */
export const somebody = (): Promise<Member> => {
  const { testPath = '' } = expect.getState()
  const member = known.get(testPath) ?? newPerson()
  known.set(testPath, member)
  return member
}
