import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { mintSubject } from '../../../src/objects/index.ts'
import {
  type Failures,
  NO_FAILURES,
  afterFailure,
  signInWaitMs,
} from '../../../src/objects/login/login-guard.ts'
import { holdClock, pass } from '../../support/clock.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const PASSWORD = 'correct horse battery'
const WRONG = 'incorrect horse battery'
const PERSON = { name: 'Anna', password: PASSWORD }

holdClock()

const nobody = () => env.LOGIN.getByName(`email:${crypto.randomUUID()}@example.com`)
type Login = ReturnType<typeof nobody>

const somebody = async (): Promise<Login> => {
  const login = nobody()
  const registered = await login.register(mintSubject(env), PERSON)
  expect(registered).toEqual({ outcome: 'registered' })
  return login
}

const storedIn = (login: Login) =>
  runInDurableObject(login, async (_, { storage }) => ({
    keys: [...(await storage.list()).keys()],
    alarm: await storage.getAlarm(),
  }))

const fail = async (login: Login, times: number) => {
  for (let count = 0; count < times; count += 1) {
    const tried = await login.tryPassword(WRONG)
    expect(tried).toEqual({ outcome: 'refused' })
  }
}

const waitOf = async (login: Login) => {
  const tried = await login.tryPassword(WRONG)
  return tried.outcome === 'wait' ? tried.retryAfterMs : tried.outcome
}

// Answers about an address must not depend on the existence of an account (SS-22).
describe.each([
  ['there is', somebody],
  ['there is not', nobody],
])('guesses at an account that %s (SS-18, SS-22)', (_, find) => {
  it('are free up to the fifth failure, then wait twice as long each time', async () => {
    const login = await find()
    await fail(login, 5)
    for (const seconds of [2, 4, 8]) {
      expect(await waitOf(login)).toBe(seconds * SECOND)
      pass(seconds * SECOND - 1)
      expect(await waitOf(login)).toBe(1)
      pass(1)
      await fail(login, 1)
    }
    expect(await waitOf(login)).toBe(16 * SECOND)
  })

  it('are counted even if they are simultaneous', async () => {
    const login = await find()
    const tried = await Promise.all(Array.from({ length: 12 }, () => login.tryPassword(WRONG)))
    const outcomes = tried.map(({ outcome }) => outcome).toSorted()
    expect(outcomes).toEqual([...Array(5).fill('refused'), ...Array(7).fill('wait')])
  })

  it('are counted across an eviction', async () => {
    const login = await find()
    await fail(login, 5)
    await evictDurableObject(login)
    expect(await waitOf(login)).toBe(2 * SECOND)
  })

  it('are forgotten a day after the last, and not after an hour', async () => {
    const login = await find()
    await fail(login, 5)
    pass(HOUR)
    await fail(login, 1)
    expect(await waitOf(login)).toBe(4 * SECOND)
    pass(DAY)
    await runDurableObjectAlarm(login)
    await fail(login, 5)
    expect(await waitOf(login)).toBe(2 * SECOND)
  })

  it('leave nothing but their count', async () => {
    const login = await find()
    const { keys: before } = await storedIn(login)
    await fail(login, 1)
    expect((await storedIn(login)).keys).toEqual(['failures', ...before])
  })
})

it('guesses at an unknown address are deleted a day after the last', async () => {
  const login = nobody()
  await fail(login, 1)
  pass(HOUR)
  await fail(login, 1)
  expect(await storedIn(login)).toEqual({ keys: ['failures'], alarm: Date.now() + DAY })
  expect(await runDurableObjectAlarm(login)).toBe(true)
  expect(await storedIn(login)).toEqual({ keys: [], alarm: null })
})

it('guesses at an existing account set no alarm, and the account stays', async () => {
  const login = await somebody()
  await fail(login, 1)
  expect(await runDurableObjectAlarm(login)).toBe(false)
  expect(await login.tryPassword(PASSWORD)).toMatchObject({ outcome: 'right', name: 'Anna' })
})

it('the right password waits as well, and then clears the count (SS-18)', async () => {
  const login = await somebody()
  await fail(login, 5)
  expect(await login.tryPassword(PASSWORD)).toEqual({
    outcome: 'wait',
    retryAfterMs: 2 * SECOND,
  })
  pass(2 * SECOND)
  expect(await login.tryPassword(PASSWORD)).toMatchObject({ outcome: 'right', name: 'Anna' })
  await fail(login, 5)
  expect(await waitOf(login)).toBe(2 * SECOND)
})

it('a try that must wait does not lengthen the wait', async () => {
  const login = await somebody()
  await fail(login, 5)
  expect([await waitOf(login), await waitOf(login)]).toEqual([2 * SECOND, 2 * SECOND])
})

it('the wait doubles up to a quarter of an hour, and no further (SS-18)', () => {
  const now = Date.now()
  const waits: number[] = []
  let failures: Failures = NO_FAILURES
  for (let count = 1; count <= 50; count += 1) {
    failures = afterFailure(failures, now)
    waits.push(signInWaitMs(failures, now) / SECOND)
  }
  expect(waits.slice(0, 14)).toEqual([0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900])
  expect(new Set(waits.slice(13))).toEqual(new Set([900]))
  expect(signInWaitMs(failures, now + 15 * MINUTE)).toBe(0)
})

describe('register', () => {
  it('happens once: a second registration changes nothing', async () => {
    const login = await somebody()
    const mallory = { name: 'Mallory', password: 'mallory was here too' }
    expect(await login.register(mintSubject(env), mallory)).toEqual({ outcome: 'exists' })
    expect(await login.tryPassword(mallory.password)).toEqual({ outcome: 'refused' })
    expect(await login.tryPassword(PASSWORD)).toMatchObject({ outcome: 'right', name: 'Anna' })
  })

  it('happens once also for two at the same time', async () => {
    const login = nobody()
    const both = await Promise.all([
      login.register(mintSubject(env), PERSON),
      login.register(mintSubject(env), PERSON),
    ])
    expect(both.map(({ outcome }) => outcome).toSorted()).toEqual(['exists', 'registered'])
  })

  it('keeps no password (SS-19)', async () => {
    const login = await somebody()
    const stored = await runInDurableObject(login, async (_, { storage }) =>
      JSON.stringify([...(await storage.list())]),
    )
    expect(stored).toContain('$scrypt$')
    expect(stored).not.toContain(PASSWORD)
  })

  it('survives an eviction', async () => {
    const login = await somebody()
    await evictDurableObject(login)
    expect(await login.tryPassword(PASSWORD)).toMatchObject({ outcome: 'right' })
  })

  it('is not lost by an alarm that came from before there was an account', async () => {
    const login = nobody()
    await login.tryPassword(WRONG)
    await login.register(mintSubject(env), PERSON)
    expect(await runDurableObjectAlarm(login)).toBe(true)
    expect(await login.tryPassword(PASSWORD)).toMatchObject({ outcome: 'right' })
  })
})

describe('claim', () => {
  it('opens the account of the first claim, from then on', async () => {
    const login = nobody()
    const [first, second] = [mintSubject(env), mintSubject(env)]
    expect(await login.claim(first, 'Anna')).toBe(first)
    expect(await login.claim(second, 'Berta')).toBe(first)
  })

  it('opens nothing by a password', async () => {
    const login = nobody()
    await login.claim(mintSubject(env), 'Anna')
    for (const password of ['', WRONG])
      expect(await login.tryPassword(password)).toEqual({ outcome: 'refused' })
  })
})

it('TK-8 a subject is never used again', () => {
  const subjects = Array.from({ length: 1000 }, () => mintSubject(env))
  expect(new Set(subjects).size).toBe(subjects.length)
  for (const subject of subjects) expect(subject).toMatch(/^[0-9a-f]{64}$/)
})
