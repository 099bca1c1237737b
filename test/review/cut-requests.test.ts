// A client that hangs up as soon as a correct code would have been answered, and before a wrong one is
// counted. Conformance VP-5.
import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { emailLogin } from '../../src/objects/index.ts'
import { startDevice } from '../support/device.ts'
import { HastyPerson } from '../support/hasty-person.ts'
import { Member } from '../support/member.ts'
import type { Person } from '../support/person.ts'
import { scan, waitOn, wrongCodesOf } from '../support/waiting-page.ts'

afterEach(() => void vi.restoreAllMocks())

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
  person.hangUpAtTheCount()
  expect(await person.isCut(send())).toBe(true)
  expect(await lastCountOf(ada)).toBe(1)
})

it('VP-5 a new account waits while everyone creates accounts, even if its request is cut', async () => {
  const person = new HastyPerson()
  const email = `${crypto.randomUUID()}@example.com`
  person.hangUpAtTheCount(false)
  expect(await person.isCut(person.createAccount('Ada', email))).toBe(true)
  const subject = (await emailLogin(env, email).subject()) ?? ''
  expect(await lastCountOf({ subject })).toBe(5)
})
