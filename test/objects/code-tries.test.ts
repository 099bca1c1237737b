// How many wrong user codes an account may enter, and how long it then waits.
import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../src/durations.ts'
import { holdClock, pass } from '../support/clock.ts'
import { newPerson, signInNow } from '../support/device.ts'

// That of newPerson, and a later one.
const SESSION = { id: 'test', secretHash: 'test' }
const LAPTOP = { id: 'laptop', secretHash: 'digest of the laptop' }

holdClock()

const anybody = async () => {
  const { subject } = await newPerson()
  return env.ACCOUNT.get(env.ACCOUNT.idFromString(subject))
}
type Account = Awaited<ReturnType<typeof anybody>>

const waitOf = async (account: Account) => (await account.session(SESSION))?.codeWaitMs

describe('wrong user codes (RFC 8628 §5.1)', () => {
  it('may be five in a quarter of an hour', async () => {
    const account = await anybody()
    for (const expected of [0, 0, 0, 0, 11 * MINUTE]) {
      await account.countWrongCode()
      expect(await waitOf(account)).toBe(expected)
      pass(MINUTE)
    }
    expect(await waitOf(account)).toBe(10 * MINUTE)
    pass(10 * MINUTE - 1)
    expect(await waitOf(account)).toBe(1)
    pass(1)
    expect(await waitOf(account), 'the first is forgotten').toBe(0)
    await account.countWrongCode()
    expect(await waitOf(account), 'the second is not').toBe(MINUTE)
  })

  it('are counted across an eviction, and for this person only', async () => {
    const account = await anybody()
    const other = await anybody()
    for (let count = 0; count < 5; count += 1) await account.countWrongCode()
    await evictDurableObject(account)
    expect(await waitOf(account)).toBe(15 * MINUTE)
    expect(await waitOf(other)).toBe(0)
  })

  it('are not forgiven for signing in again', async () => {
    const account = await anybody()
    for (let count = 0; count < 5; count += 1) await account.countWrongCode()
    await account.open(undefined, LAPTOP, signInNow())
    expect((await account.session(LAPTOP))?.codeWaitMs).toBe(15 * MINUTE)
  })
})
