// A client that hangs up as soon as a correct code would have been answered, and before a wrong one is
// counted. Conformance VP-5.
import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { emailLogin } from '../../src/objects/index.ts'
import { startDevice } from '../support/device.ts'
import { Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { Member } from '../support/member.ts'
import { scan, waitOn, wrongCodesOf } from '../support/waiting-page.ts'
import { freshAddress, worker } from '../support/worker.ts'

afterEach(() => void vi.restoreAllMocks())

/** A browser that hangs up when a request of it comes to the count over all accounts. */
class HastyPerson extends Person {
  readonly #cut: AbortController
  #isCut = false

  constructor(cookies: Iterable<[string, string]> = []) {
    const cut = new AbortController()
    const send = (request: Request) => worker(new Request(request, { signal: cut.signal }))
    super(send, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    for (const [name, value] of cookies) this.cookies.set(name, value)
    this.#cut = cut
  }

  /** Has the next count answer `success`, once the request is cut. */
  hangUpAtTheCount(success: boolean): void {
    vi.spyOn(env.EVERYONE_LIMIT, 'limit').mockImplementation(async () => {
      this.#cut.abort()
      while (!this.#isCut) await scheduler.wait(1)
      return { success }
    })
  }

  async expectCut(sent: Promise<unknown>): Promise<void> {
    await expect(sent).rejects.toThrow('aborted')
    this.#isCut = true
  }
}

/** Asks until the count comes, as nothing tells when a request that was cut has ended. */
const lastCountOf = async (person: { subject: string }): Promise<number> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const count = await wrongCodesOf(person)
    if (count > 0) return count
    await scheduler.wait(5)
  }
  return 0
}

const WRONG = 'BBBBBBBB'

it.each<[string, (person: Person) => Promise<() => Promise<unknown>>]>([
  [
    'opens the question',
    async (person) => {
      person.cookies.set('__Host-user_code', WRONG)
      return () => person.open('/device/confirm')
    },
  ],
  [
    'answers the question',
    async (person) => {
      const question = await scan(person, await startDevice())
      const fields = { user_code: WRONG, decision: 'deny' }
      return () => person.submit(question, '/device/confirm', fields)
    },
  ],
  [
    'waits for an answer from elsewhere',
    async (person) => {
      const question = await scan(person, await startDevice())
      return () => waitOn(person, question, { userCode: WRONG })
    },
  ],
])('VP-5 a wrong code counts even if the request that %s is cut', async (_, prepare) => {
  const ada = new Member()
  const { cookies } = await ada.browser()
  const person = new HastyPerson(cookies)
  const send = await prepare(person)
  person.hangUpAtTheCount(true)
  await person.expectCut(send())
  expect(await lastCountOf(ada)).toBe(1)
})

it('VP-5 a new account waits while everyone creates accounts, even if its request is cut', async () => {
  const person = new HastyPerson()
  const email = `${crypto.randomUUID()}@example.com`
  person.hangUpAtTheCount(false)
  await person.expectCut(person.createAccount('Ada', email))
  const subject = (await emailLogin(env, email).subject()) ?? ''
  expect(await lastCountOf({ subject })).toBe(5)
})
