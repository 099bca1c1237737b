import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Guard,
  NO_FAILURES,
  afterFailedSignIn,
  signInWaitMs,
} from '../../src/objects/account-guard.ts'
import { newPerson } from '../support/device.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const PASSWORD = 'correct horse battery'
const WRONG = 'incorrect horse battery'
const SESSION = { id: 'phone', secretHash: 'digest' }

// A dozen slow hashes each.
vi.setConfig({ testTimeout: 30_000 })

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

const somebody = async () => env.ACCOUNT.get(env.ACCOUNT.idFromString((await newPerson()).subject))
const nobody = async () => env.ACCOUNT.getByName(`email:${crypto.randomUUID()}@example.com`)
type Account = Awaited<ReturnType<typeof nobody>>

const fail = async (account: Account, times: number) => {
  for (let count = 0; count < times; count += 1) {
    const tried = await account.signIn(WRONG, SESSION)
    expect(tried).toEqual({ outcome: 'refused' })
  }
}

const waitOf = async (account: Account) => {
  const tried = await account.signIn(WRONG, SESSION)
  return tried.outcome === 'wait' ? tried.retryAfterMs : tried.outcome
}

// What is told of an account must not depend on whether there is one (SS-22).
describe.each([
  ['there is', somebody],
  ['there is not', nobody],
])('guesses at an account that %s (SS-18, SS-22)', (_, find) => {
  it('are free up to the fifth failure, then wait twice as long each time', async () => {
    const account = await find()
    await fail(account, 5)
    for (const seconds of [2, 4, 8]) {
      expect(await waitOf(account)).toBe(seconds * SECOND)
      pass(seconds * SECOND - 1)
      expect(await waitOf(account)).toBe(1)
      pass(1)
      await fail(account, 1)
    }
    expect(await waitOf(account)).toBe(16 * SECOND)
  })

  it('are counted although they come at the same time', async () => {
    const account = await find()
    const tried = await Promise.all(
      Array.from({ length: 12 }, () => account.signIn(WRONG, SESSION)),
    )
    const outcomes = tried.map(({ outcome }) => outcome).toSorted()
    expect(outcomes).toEqual([...Array(5).fill('refused'), ...Array(7).fill('wait')])
  })

  it('are counted across an eviction', async () => {
    const account = await find()
    await fail(account, 5)
    await evictDurableObject(account)
    expect(await waitOf(account)).toBe(2 * SECOND)
  })

  it('are forgotten a day after the last, and not after an hour', async () => {
    const account = await find()
    await fail(account, 5)
    pass(HOUR)
    await fail(account, 1)
    expect(await waitOf(account)).toBe(4 * SECOND)
    pass(DAY)
    await runDurableObjectAlarm(account)
    await fail(account, 5)
    expect(await waitOf(account)).toBe(2 * SECOND)
  })

  it('begin no session and leave nothing but their count', async () => {
    const account = await find()
    const keys = () =>
      runInDurableObject(account, async (__, { storage }) => [...(await storage.list()).keys()])
    const before = await keys()
    await fail(account, 1)
    expect(await keys()).toEqual(['guard', ...before])
  })
})

it('guesses at nobody clear themselves away a day after the last', async () => {
  const account = await nobody()
  await fail(account, 1)
  pass(HOUR)
  await fail(account, 1)
  const left = () =>
    runInDurableObject(account, async (_, { storage }) => ({
      keys: [...(await storage.list()).keys()],
      alarm: await storage.getAlarm(),
    }))
  expect(await left()).toEqual({ keys: ['guard'], alarm: Date.now() + DAY })
  expect(await runDurableObjectAlarm(account)).toBe(true)
  expect(await left()).toEqual({ keys: [], alarm: null })
})

it('guesses at somebody set no alarm, and the account stays', async () => {
  const account = await somebody()
  await fail(account, 1)
  expect(await runDurableObjectAlarm(account)).toBe(false)
  expect(await account.signIn(PASSWORD, SESSION)).toEqual({ outcome: 'signed_in' })
})

it('the right password waits as well, and then clears the count (SS-18)', async () => {
  const account = await somebody()
  await fail(account, 5)
  expect(await account.signIn(PASSWORD, SESSION)).toEqual({
    outcome: 'wait',
    retryAfterMs: 2 * SECOND,
  })
  expect(await account.session(SESSION)).toBeUndefined()
  pass(2 * SECOND)
  expect(await account.signIn(PASSWORD, SESSION)).toEqual({ outcome: 'signed_in' })
  await fail(account, 5)
  expect(await waitOf(account)).toBe(2 * SECOND)
})

it('a try that has to wait does not lengthen the wait', async () => {
  const account = await somebody()
  await fail(account, 5)
  expect([await waitOf(account), await waitOf(account)]).toEqual([2 * SECOND, 2 * SECOND])
})

it('the wait doubles up to a quarter of an hour, and no further (SS-18)', () => {
  const now = Date.now()
  const waits: number[] = []
  let guard: Guard = NO_FAILURES
  for (let failures = 1; failures <= 50; failures += 1) {
    guard = afterFailedSignIn(guard, now)
    waits.push(signInWaitMs(guard, now) / SECOND)
  }
  expect(waits.slice(0, 14)).toEqual([0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900])
  expect(new Set(waits.slice(13))).toEqual(new Set([900]))
  expect(signInWaitMs(guard, now + 15 * MINUTE)).toBe(0)
})
