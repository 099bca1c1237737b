import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { mintSubject } from '../../../src/objects/index.ts'
import { holdClock, pass } from '../../support/clock.ts'
import { NOWHERE, signInNow } from '../../support/member.ts'
import { named } from '../../support/named.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

const PHONE = { id: named('phone'), secretHash: named('digest of the phone') }
const LAPTOP = { id: named('laptop'), secretHash: named('digest of the laptop') }
const CLAIMS = { name: 'Anna', email: 'anna@example.com', isEmailVerified: false }
const DEVICE = {
  clientId: 'tv',
  clientName: 'The tv',
  deviceName: 'Television',
  place: { city: 'Turku', region: undefined, country: 'FI' },
  scope: ['openid'],
  resource: ['https://antenna.test'],
  dpopJkt: undefined,
  approvedAtMs: 0,
  lastsUntilMs: Infinity,
  refreshToken: undefined,
}

holdClock()

const nobody = () => env.ACCOUNT.get(env.ACCOUNT.idFromString(mintSubject(env)))
type Account = ReturnType<typeof nobody>

const anna = async (): Promise<Account> => {
  const account = nobody()
  expect(await account.open(CLAIMS, PHONE, signInNow())).toEqual({
    outcome: 'opened',
    isNew: true,
  })
  return account
}

/** Signs in again, as a recognised person. */
const signIn = (account: Account, session = LAPTOP) => account.open(undefined, session, signInNow())

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

describe('open', () => {
  it('creates the account and its first session', async () => {
    const account = await anna()
    expect(await account.session(PHONE)).toEqual({
      ...CLAIMS,
      sessionId: 'phone',
      authTimeMs: Date.now(),
      amr: ['pwd'],
      codeWaitMs: 0,
    })
  })

  it('begins a session beside existing ones', async () => {
    const account = await anna()
    pass(MINUTE)
    expect(await signIn(account)).toEqual({ outcome: 'opened', isNew: false })
    expect((await account.session(LAPTOP))?.authTimeMs).toBe(Date.now())
    expect((await account.session(PHONE))?.authTimeMs).toBe(Date.now() - MINUTE)
  })

  it('stores the claims of the latest sign-in', async () => {
    const account = await anna()
    const claims = { name: 'Anna B.', email: undefined, isEmailVerified: false }
    await account.open(claims, LAPTOP, signInNow())
    expect(await account.session(LAPTOP)).toMatchObject(claims)
  })

  it('is refused without an account and without claims', async () => {
    const account = nobody()
    expect(await signIn(account)).toEqual({ outcome: 'refused' })
    expect(await keysIn(account)).toEqual([])
  })

  it('survives an eviction', async () => {
    const account = await anna()
    await evictDurableObject(account)
    expect((await account.session(PHONE))?.name).toBe('Anna')
  })

  it('TK-9 SS-5 stores the sign-in time of the identity provider, but expires from now', async () => {
    const account = nobody()
    const authTimeMs = Date.now() - 29 * DAY
    await account.open(CLAIMS, PHONE, { ...signInNow(), authTimeMs })
    pass(2 * DAY)
    expect((await account.session(PHONE))?.authTimeMs).toBe(authTimeMs)
  })
})

describe('a session', () => {
  it('is found only with its secret', async () => {
    const account = await anna()
    expect(await account.session({ ...PHONE, secretHash: named('other') })).toBeUndefined()
    expect(await account.session({ ...PHONE, id: named('other') })).toBeUndefined()
  })

  it('ends at sign-out, that one only (SS-4)', async () => {
    const account = await anna()
    await signIn(account)
    await account.signOut({ ...PHONE, secretHash: named('other') })
    expect(await account.session(PHONE)).toBeDefined()
    await account.signOut(PHONE)
    expect(await account.session(PHONE)).toBeUndefined()
    expect(await account.session(LAPTOP)).toBeDefined()
  })

  it('ends after thirty days (SS-4), and the next sign-in removes it', async () => {
    const account = await anna()
    pass(30 * DAY - 1)
    expect(await account.session(PHONE)).toBeDefined()
    pass(1)
    expect(await account.session(PHONE)).toBeUndefined()
    await signIn(account)
    expect(await keysIn(account)).toEqual(['events', 'profile', 'session:laptop'])
  })
})

describe('a disabled account', () => {
  it('refuses sign-ins, sessions and devices until it is enabled again', async () => {
    const account = await anna()
    await account.connectDevice(named('grant'), DEVICE)
    await account.disable(true)
    expect(await account.session(PHONE)).toBeUndefined()
    expect(await signIn(account)).toEqual({ outcome: 'refused' })
    expect(await account.connectDevice(named('other grant'), DEVICE)).toEqual({
      outcome: 'refused',
    })
    expect(await account.claims(named('grant'), 'jti')).toBeUndefined()

    await account.disable(false)
    expect(await account.session(PHONE)).toBeDefined()
    expect(await signIn(account)).toEqual({ outcome: 'opened', isNew: false })
    expect(await account.claims(named('grant'), 'jti')).toBeDefined()
  })

  it('is not created by being disabled', async () => {
    const account = nobody()
    await account.disable(true)
    expect(await keysIn(account)).toEqual([])
  })
})

describe('a connected device', () => {
  it('may be connected again as long as no token of it was used (DC-6)', async () => {
    const account = await anna()
    expect(await account.connectDevice(named('grant'), DEVICE)).toEqual({ outcome: 'connected' })
    expect(await account.connectDevice(named('grant'), DEVICE)).toEqual({ outcome: 'connected' })
    await account.claims(named('grant'), 'jti')
    expect(await account.connectDevice(named('grant'), DEVICE)).toEqual({ outcome: 'refused' })
    expect(await account.connectDevice(named('other grant'), DEVICE)).toEqual({
      outcome: 'connected',
    })
  })

  it('gives the claims, and is marked as used by one write, once', async () => {
    const account = await anna()
    await account.connectDevice(named('grant'), DEVICE)
    const writes = await spyOnWrites(account)
    const claims = CLAIMS
    expect(await account.claims(named('grant'), 'jti')).toEqual(claims)
    expect(writes()).toBe(1)
    expect(await account.claims(named('grant'), 'jti')).toEqual(claims)
    expect(writes()).toBe(1)
  })

  it('that was never connected has no claims, and reading writes nothing', async () => {
    const account = await anna()
    const writes = await spyOnWrites(account)
    expect(await account.claims(named('grant'), 'jti')).toBeUndefined()
    expect(writes()).toBe(0)
  })

  it('is not connected to a missing account', async () => {
    const account = nobody()
    expect(await account.connectDevice(named('grant'), DEVICE)).toEqual({ outcome: 'refused' })
    expect(await account.claims(named('grant'), 'jti')).toBeUndefined()
    expect(await keysIn(account)).toEqual([])
  })
})

const TOKEN = { generation: 0, familyHash: named('family'), secretHash: named('r1') }
const refreshing = {
  clientId: 'tv',
  presented: TOKEN,
  nextSecretHash: named('r2'),
  dpopJkt: undefined,
  scope: undefined,
  resource: undefined,
  limits: { idleMs: 90 * DAY, lifetimeMs: 400 * DAY },
}

const connected = async () => {
  const account = await anna()
  await account.connectDevice(named('grant'), { ...DEVICE, refreshToken: TOKEN })
  return account
}

describe('what a person does about their devices (XD-8)', () => {
  it('each device is listed, and can be renamed', async () => {
    const account = await connected()
    await account.renameDevice(named('grant'), 'Kitchen')
    expect((await account.overview(PHONE))?.devices).toMatchObject([
      { grantId: 'grant', deviceName: 'Kitchen', clientName: 'The tv', place: DEVICE.place },
    ])
  })

  it('a removed device is gone at once, with all its tokens', async () => {
    const account = await connected()
    await account.removeDevice(named('grant'), 'device_removed')
    expect((await account.overview(PHONE))?.devices).toEqual([])
    expect(await account.claims(named('grant'), 'jti')).toBeUndefined()
    expect(await account.isLive(named('grant'), 'jti')).toBe(false)
    expect((await account.refresh(named('grant'), refreshing)).outcome).toBe('invalid')
  })

  it('a device reported before it collected its tokens never gets any', async () => {
    const account = await anna()
    await account.removeDevice(named('grant'), 'device_reported')
    expect(await account.connectDevice(named('grant'), DEVICE)).toEqual({ outcome: 'refused' })
  })

  it('removing an unknown device stores nothing', async () => {
    const account = await anna()
    const before = await keysIn(account)
    await account.removeDevice(named('nosuch'), 'device_removed')
    await account.renameDevice(named('nosuch'), 'Kitchen')
    expect(await keysIn(account)).toEqual(before)
  })

  it('a removal is forgotten once no ID token can be that old', async () => {
    const account = await connected()
    const kept = async () =>
      (await keysIn(account)).filter((name) => name.startsWith('hints_void:'))
    await account.removeDevice(named('grant'), 'device_removed')
    pass(400 * DAY - 1)
    await account.removeDevice(named('another'), 'device_reported')
    expect(await kept()).toHaveLength(1)
    pass(1)
    await account.removeDevice(named('another'), 'device_reported')
    expect(await kept()).toEqual([])
  })

  it('RF-12 signing out everywhere ends all sessions, and devices on request', async () => {
    const account = await connected()
    await signIn(account)
    await account.signOutEverywhere({ withDevices: false })
    expect(await account.session(PHONE)).toBeUndefined()
    expect(await account.session(LAPTOP)).toBeUndefined()
    expect(await account.isLive(named('grant'), 'jti')).toBe(true)
    await account.signOutEverywhere({ withDevices: true })
    const uncollected = { ...DEVICE, approvedAtMs: Date.now() }
    expect((await account.connectDevice(named('later'), uncollected)).outcome).toBe('refused')
    pass(1)
    const next = { ...DEVICE, approvedAtMs: Date.now() }
    expect((await account.connectDevice(named('next'), next)).outcome).toBe('connected')
    expect((await account.refresh(named('grant'), refreshing)).outcome).toBe('invalid')
  })

  it('nothing is shown without a live session', async () => {
    const account = await connected()
    expect(await account.overview({ ...PHONE, secretHash: named('other') })).toBeUndefined()
    await account.endSession(named('phone'))
    expect(await account.overview(PHONE)).toBeUndefined()
  })

  it('the fifty most recent events are listed', async () => {
    const account = await connected()
    await account.reportRequest({ deviceName: 'Somebody’s TV', place: NOWHERE })
    const kinds = async () => (await account.overview(PHONE))?.events.map(({ kind }) => kind)
    expect(await kinds()).toEqual(['request_reported', 'signed_in'])
    for (let count = 0; count < 60; count += 1)
      await account.reportRequest({ deviceName: 'TV', place: NOWHERE })
    expect(await kinds()).toHaveLength(50)
  })
})

it('an account shows its methods to RPC, and none of its parts', async () => {
  const account = await anna()
  await expect(Promise.resolve(Reflect.get(account, 'parts'))).rejects.toThrow('does not implement')
})
