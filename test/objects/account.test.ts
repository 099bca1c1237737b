import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { subjectOfEmail } from '../../src/objects/index.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

const PASSWORD = 'correct horse battery'
const WRONG = 'incorrect horse battery'
const PHONE = { id: 'phone', secretHash: 'digest of the phone' }
const LAPTOP = { id: 'laptop', secretHash: 'digest of the laptop' }
const DEVICE = {
  clientId: 'tv',
  clientName: 'The tv',
  deviceName: 'Television',
  place: 'Turku, FI',
  scope: ['openid'],
  resource: ['https://antenna.test'],
  dpopJkt: undefined,
  refreshToken: undefined,
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

const nobody = () => {
  const email = `${crypto.randomUUID()}@example.com`
  const account = env.ACCOUNT.get(env.ACCOUNT.idFromString(subjectOfEmail(env, email)))
  return { email, account }
}
type Account = ReturnType<typeof nobody>['account']

const anna = async () => {
  const { email, account } = nobody()
  const person = { email, name: 'Anna', password: PASSWORD }
  expect(await account.register(person, PHONE)).toEqual({ outcome: 'registered' })
  return { person, account }
}

const keysIn = (account: Account) =>
  runInDurableObject(account, async (_, { storage }) => [...(await storage.list()).keys()])

/** Counts the writes of an account while it stays in memory. */
const spyOnWrites = async (account: Account) => {
  const spies = await runInDurableObject(account, (_, { storage }) =>
    (['put', 'delete', 'deleteAll', 'setAlarm'] as const).map((method) =>
      vi.spyOn(storage, method),
    ),
  )
  return () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
}

describe('register', () => {
  it('makes the account and its first session', async () => {
    const { person, account } = await anna()
    expect(await account.session(PHONE)).toEqual({
      name: 'Anna',
      email: person.email,
      authTimeMs: Date.now(),
      amr: ['pwd'],
      codeWaitMs: 0,
    })
  })

  it('happens once: whoever comes second gets neither account nor session', async () => {
    const { person, account } = await anna()
    const again = { ...person, name: 'Mallory', password: 'mallory was here too' }
    expect(await account.register(again, LAPTOP)).toEqual({ outcome: 'exists' })
    expect(await account.session(LAPTOP)).toBeUndefined()
    expect((await account.session(PHONE))?.name).toBe('Anna')
    expect(await account.signIn(again.password, LAPTOP)).toEqual({ outcome: 'refused' })
  })

  it('happens once also for two at the same time', async () => {
    const { email, account } = nobody()
    const person = { email, name: 'Anna', password: PASSWORD }
    const both = await Promise.all([
      account.register(person, PHONE),
      account.register(person, LAPTOP),
    ])
    expect(both.map(({ outcome }) => outcome).toSorted()).toEqual(['exists', 'registered'])
  })

  it('keeps no password (SS-19)', async () => {
    const { account } = await anna()
    const stored = await runInDurableObject(account, async (_, { storage }) =>
      JSON.stringify([...(await storage.list())]),
    )
    expect(stored).toContain('$scrypt$')
    expect(stored).not.toContain(PASSWORD)
  })
})

describe('sign-in', () => {
  it('begins a session beside those there are', async () => {
    const { account } = await anna()
    pass(MINUTE)
    expect(await account.signIn(PASSWORD, LAPTOP)).toEqual({ outcome: 'signed_in' })
    expect((await account.session(LAPTOP))?.authTimeMs).toBe(Date.now())
    expect((await account.session(PHONE))?.authTimeMs).toBe(Date.now() - MINUTE)
  })

  it('with a wrong password begins none', async () => {
    const { account } = await anna()
    expect(await account.signIn(WRONG, LAPTOP)).toEqual({ outcome: 'refused' })
    expect(await account.session(LAPTOP)).toBeUndefined()
  })

  it('survives an eviction', async () => {
    const { account } = await anna()
    await evictDurableObject(account)
    expect((await account.session(PHONE))?.name).toBe('Anna')
    expect(await account.signIn(PASSWORD, LAPTOP)).toEqual({ outcome: 'signed_in' })
  })
})

describe('a session', () => {
  it('is known only with its secret', async () => {
    const { account } = await anna()
    expect(await account.session({ ...PHONE, secretHash: 'other' })).toBeUndefined()
    expect(await account.session({ ...PHONE, id: 'other' })).toBeUndefined()
  })

  it('ends at sign-out, that one only (SS-4)', async () => {
    const { account } = await anna()
    await account.signIn(PASSWORD, LAPTOP)
    await account.signOut({ ...PHONE, secretHash: 'other' })
    expect(await account.session(PHONE)).toBeDefined()
    await account.signOut(PHONE)
    expect(await account.session(PHONE)).toBeUndefined()
    expect(await account.session(LAPTOP)).toBeDefined()
  })

  it('ends after thirty days (SS-4), and the next sign-in clears it away', async () => {
    const { account } = await anna()
    pass(30 * DAY - 1)
    expect(await account.session(PHONE)).toBeDefined()
    pass(1)
    expect(await account.session(PHONE)).toBeUndefined()
    await account.signIn(PASSWORD, LAPTOP)
    expect(await keysIn(account)).toEqual(['profile', 'session:laptop'])
  })
})

describe('a disabled account', () => {
  it('signs nobody in, has no sessions and serves no device; enabled again, it does', async () => {
    const { account } = await anna()
    await account.connectDevice('grant', DEVICE)
    await account.disable(true)
    expect(await account.session(PHONE)).toBeUndefined()
    expect(await account.signIn(PASSWORD, LAPTOP)).toEqual({ outcome: 'refused' })
    expect(await account.connectDevice('other grant', DEVICE)).toEqual({ outcome: 'refused' })
    expect(await account.claims('grant', 'jti')).toBeUndefined()

    await account.disable(false)
    expect(await account.session(PHONE)).toBeDefined()
    expect(await account.signIn(PASSWORD, LAPTOP)).toEqual({ outcome: 'signed_in' })
    expect(await account.claims('grant', 'jti')).toBeDefined()
  })

  it('does not come into being by being disabled', async () => {
    const { account } = nobody()
    await account.disable(true)
    expect(await keysIn(account)).toEqual([])
  })
})

const waitOf = async (account: Account) => (await account.session(PHONE))?.codeWaitMs

describe('wrong user codes (RFC 8628 §5.1)', () => {
  it('may be five in a quarter of an hour', async () => {
    const { account } = await anna()
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
    const { account } = await anna()
    const other = await anna()
    for (let count = 0; count < 5; count += 1) await account.countWrongCode()
    await evictDurableObject(account)
    expect(await waitOf(account)).toBe(15 * MINUTE)
    expect(await waitOf(other.account)).toBe(0)
  })

  it('are not forgiven for signing in again', async () => {
    const { account } = await anna()
    for (let count = 0; count < 5; count += 1) await account.countWrongCode()
    await account.signIn(WRONG, LAPTOP)
    await account.signIn(PASSWORD, LAPTOP)
    expect((await account.session(LAPTOP))?.codeWaitMs).toBe(15 * MINUTE)
  })
})

describe('a connected device', () => {
  it('may be connected again as long as no token of it was used (DC-6)', async () => {
    const { account } = await anna()
    expect(await account.connectDevice('grant', DEVICE)).toEqual({ outcome: 'connected' })
    expect(await account.connectDevice('grant', DEVICE)).toEqual({ outcome: 'connected' })
    await account.claims('grant', 'jti')
    expect(await account.connectDevice('grant', DEVICE)).toEqual({ outcome: 'refused' })
    expect(await account.connectDevice('other grant', DEVICE)).toEqual({ outcome: 'connected' })
  })

  it('gives the claims, and is marked as used by one write, once', async () => {
    const { person, account } = await anna()
    await account.connectDevice('grant', DEVICE)
    const writes = await spyOnWrites(account)
    const claims = { name: 'Anna', email: person.email }
    expect(await account.claims('grant', 'jti')).toEqual(claims)
    expect(writes()).toBe(1)
    expect(await account.claims('grant', 'jti')).toEqual(claims)
    expect(writes()).toBe(1)
  })

  it('that nobody connected has no claims, and asking writes nothing', async () => {
    const { account } = await anna()
    const writes = await spyOnWrites(account)
    expect(await account.claims('grant', 'jti')).toBeUndefined()
    expect(writes()).toBe(0)
  })

  it('is not connected to nobody', async () => {
    const { account } = nobody()
    expect(await account.connectDevice('grant', DEVICE)).toEqual({ outcome: 'refused' })
    expect(await account.claims('grant', 'jti')).toBeUndefined()
    expect(await keysIn(account)).toEqual([])
  })

  it('is not lost by an alarm that came from before there was an account', async () => {
    const { email, account } = nobody()
    await account.signIn(WRONG, PHONE)
    await account.register({ email, name: 'Anna', password: PASSWORD }, PHONE)
    await account.connectDevice('grant', DEVICE)
    expect(await runDurableObjectAlarm(account)).toBe(true)
    expect(await account.claims('grant', 'jti')).toBeDefined()
  })
})
