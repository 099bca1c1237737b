// Wrong user codes of an account: how many, how long a wait, and what is possible meanwhile.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { FRESH_SIGN_IN_MS } from '../../../src/config/limits.ts'
import { MINUTE, SECOND } from '../../../src/durations.ts'
import { mintSubject } from '../../../src/objects/index.ts'
import { holdClock, pass } from '../../support/clock.ts'
import { signInNow } from '../../support/member.ts'
import { named } from '../../support/named.ts'

const SESSION = { id: named('phone'), secretHash: named('digest of the phone') }
const LAPTOP = { id: named('laptop'), secretHash: named('digest of the laptop') }
const CLAIMS = { name: 'Ada', email: undefined, isEmailVerified: false }

holdClock()

const anybody = async () => {
  const account = env.ACCOUNT.get(env.ACCOUNT.idFromString(mintSubject(env)))
  await account.open(CLAIMS, SESSION, signInNow())
  return account
}
type Account = Awaited<ReturnType<typeof anybody>>

const codes = (count: number) =>
  [...'BCDFGHJKLMNPQRSTVWXZ'].slice(0, count).map((letter) => letter.repeat(8))

const waitOf = async (account: Account) => (await account.session(SESSION))?.codeWaitMs
const tryCode = (account: Account, code: string, wasShown = false) =>
  account.tryCode(SESSION, { userCode: named(code), wasShown })
const waitFor = async (account: Account, code: string, wasShown = false) =>
  (await tryCode(account, code, wasShown))?.codeWaitMs
const enterWrong = async (account: Account, count: number) => {
  for (const code of codes(count)) await account.countWrongCode(named(code))
}

describe('wrong user codes (RFC 8628 §5.1)', () => {
  it('lead to a wait after the fifth, and the wait grows', async () => {
    const account = await anybody()
    await enterWrong(account, 4)
    expect(await waitOf(account)).toBe(0)
    await account.countWrongCode(named('ZZZZZZZZ'))
    expect(await waitOf(account)).toBe(10 * SECOND)
    pass(10 * SECOND - 1)
    expect(await waitOf(account)).toBe(1)
    pass(1)
    expect(await waitOf(account)).toBe(0)
    await account.countWrongCode(named('XXXXXXXX'))
    expect(await waitOf(account)).toBe(30 * SECOND)
  })

  it('are counted across an eviction, and for this person only', async () => {
    const account = await anybody()
    const other = await anybody()
    await enterWrong(account, 5)
    await evictDurableObject(account)
    expect(await waitOf(account)).toBe(10 * SECOND)
    expect(await waitOf(other)).toBe(0)
  })

  it('are not reset by a new sign-in or by a correct code', async () => {
    const account = await anybody()
    await enterWrong(account, 5)
    await account.open(undefined, LAPTOP, signInNow())
    pass(10 * SECOND)
    expect(await waitFor(account, 'RIGHTXXX')).toBe(0)
    await account.countWrongCode(named('ZZZZZZZZ'))
    expect((await account.session(LAPTOP))?.codeWaitMs).toBe(30 * SECOND)
  })

  it('sent together are limited to the free ones, and to one after a wait', async () => {
    const account = await anybody()
    await enterWrong(account, 3)
    const allowed = async (letters: string) => {
      const waits = await Promise.all(
        [...letters].map((letter) => waitFor(account, `${letter}BBBBBBB`)),
      )
      return waits.filter((wait) => wait === 0).length
    }
    expect(await allowed('NPQRSTV')).toBe(2)
    for (const letter of 'NP') await account.countWrongCode(named(`${letter}BBBBBBB`))
    pass(10 * SECOND)
    expect(await allowed('WXZ')).toBe(1)
  })

  it('count once, however often the same one is sent at the same time', async () => {
    const account = await anybody()
    await enterWrong(account, 3)
    for (let times = 0; times < 3; times += 1) await account.countWrongCode(named('ZZZZZZZZ'))
    expect(await waitOf(account)).toBe(0)
    await account.countWrongCode(named('XXXXXXXX'))
    expect(await waitOf(account)).toBe(10 * SECOND)
  })
})

describe('while an account waits', () => {
  it('the same wrong code is recognised without a look-up, and counts no further', async () => {
    const account = await anybody()
    await enterWrong(account, 5)
    expect(await tryCode(account, 'GGGGGGGG')).toMatchObject({ codeWaitMs: 0, isKnownWrong: true })
    expect(await waitFor(account, 'ZZZZZZZZ')).toBe(10 * SECOND)
    pass(15 * MINUTE)
    expect((await tryCode(account, 'GGGGGGGG'))?.isKnownWrong, 'much later').toBeUndefined()
  })

  it('a code that was looked up before waits as any other: that it was shown is not known', async () => {
    const account = await anybody()
    expect(await waitFor(account, 'RIGHTXXX')).toBe(0)
    await enterWrong(account, 5)
    expect(await waitFor(account, 'RIGHTXXX')).toBe(10 * SECOND)
  })

  it('a code that is proven to have been shown leads to its request', async () => {
    const account = await anybody()
    await enterWrong(account, 5)
    expect(await waitFor(account, 'RIGHTXXX', true)).toBe(0)
    expect(await waitFor(account, 'RIGHTXXX')).toBe(10 * SECOND)
  })
})

it('a look-up without an answer, as of a request that was cut, passes no wait and is no free guess', async () => {
  const account = await anybody()
  for (const code of codes(20)) {
    expect(await waitFor(account, code)).toBe(0)
    pass(SECOND)
  }
  await enterWrong(account, 5)
  for (const code of codes(20).slice(5)) expect(await waitFor(account, code)).toBe(10 * SECOND)
})

it('a sign-in that is too old has no code looked up, and takes no turn from one that is not', async () => {
  const account = await anybody()
  pass(FRESH_SIGN_IN_MS - 1)
  expect(await waitFor(account, 'BBBBBBBB')).toBe(0)
  pass(1)
  await account.open(undefined, LAPTOP, signInNow())
  pass(SECOND)
  for (const code of codes(20)) expect(await tryCode(account, code)).toBeUndefined()
  expect(
    (await account.tryCode(LAPTOP, { userCode: named('ZZZZZZZZ'), wasShown: false }))?.codeWaitMs,
  ).toBe(0)
})

it('the record of wrong codes holds their number, the time, and digests of the last five', async () => {
  const account = await anybody()
  await enterWrong(account, 7)
  const stored = await runInDurableObject(account, (_, { storage }) =>
    storage.get('wrong_user_codes'),
  )
  expect(stored).toStrictEqual({
    count: 7,
    lastAtMs: Date.now(),
    known: Array.from({ length: 5 }, () => ({
      codeHash: expect.stringMatching(/^[\w-]{43}$/),
      atMs: Date.now(),
    })),
  })
})
