// Every list in an account has an end: each is filled beyond it, and what goes is what is said in
// src/objects/account/account-limits.ts.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  MAX_GRANTS,
  MAX_KNOWN_WRONG_CODES,
  MAX_PASSKEYS,
  MAX_PUSH_SUBSCRIPTIONS,
  MAX_REMEMBERED_PROMPTS,
  MAX_REVOKED_TOKENS,
  MAX_SECURITY_EVENTS,
  MAX_SESSIONS,
  MAX_SILENCED_SOURCES,
  MAX_VOIDED_HINTS,
} from '../../../src/objects/account/account-limits.ts'
import { MAX_CATCH_UP_TOKENS } from '../../../src/config/limits.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/durations.ts'
import { mintSubject } from '../../../src/objects/index.ts'
import { holdClock, pass } from '../../support/clock.ts'
import { NOWHERE, signInNow } from '../../support/member.ts'
import { named } from '../../support/named.ts'

holdClock()

const CLAIMS = { name: 'Anna', email: 'anna@example.com', isEmailVerified: false }
const HOME = { city: 'Turku', region: undefined, country: 'FI' }
const ALLOW_ALL = {
  same_network: 'allow',
  same_operator: 'allow',
  same_city: 'allow',
  same_country: 'allow',
  far: 'allow',
  unknown: 'allow',
} as const

const sessionOf = (id: string | number) => ({
  id: named(`${id}`),
  secretHash: named(`digest of ${id}`),
})
const deviceOf = (clientId: string, more: object = {}) => ({
  clientId,
  clientName: 'The tv',
  deviceName: 'Television',
  place: HOME,
  scope: ['openid'],
  resource: ['https://antenna.test'],
  dpopJkt: undefined,
  approvedAtMs: Date.now(),
  lastsUntilMs: Date.now() + 90 * DAY,
  refreshToken: undefined,
  ...more,
})
const tokenOf = (generation: number) => ({
  generation,
  familyHash: named('family'),
  secretHash: named(`secret ${generation}`),
})
const refreshOf = (generation: number) => ({
  clientId: 'tv',
  presented: tokenOf(generation),
  nextSecretHash: tokenOf(generation + 1).secretHash,
  dpopJkt: undefined,
  scope: undefined,
  resource: undefined,
  limits: { idleMs: 90 * DAY, lifetimeMs: 400 * DAY },
})
const passkeyOf = (id: number) => ({
  id: `${id}`,
  publicKey: new Uint8Array(77),
  counter: 0,
  transports: [],
  isBackupEligible: true,
  isBackedUp: true,
  name: 'Phone',
  addedAtMs: Date.now() + id,
  usedAtMs: undefined,
})
const promptOf = (codeHash: string, more: object = {}) => ({
  codeHash: named(codeHash),
  clientId: 'tv',
  source: named('a source'),
  location: { ...HOME, operator: undefined, asn: undefined, networkPrefix: undefined },
  proximityPolicy: ALLOW_ALL,
  hintIssuedAtMs: undefined,
  ...more,
})
const addressOf = (id: number) => ({
  endpoint: `https://push.example/${id}`,
  p256dh: 'key',
  auth: 'secret',
})

const anna = async () => {
  const account = env.ACCOUNT.get(env.ACCOUNT.idFromString(mintSubject(env)))
  await account.open(CLAIMS, sessionOf('first'), signInNow())
  pass(1)
  return account
}
type Account = Awaited<ReturnType<typeof anna>>

/** The values stored under keys with this prefix. */
const stored = (account: Account, prefix: string) =>
  runInDurableObject(account, async (_, { storage }) => [
    ...(await storage.list<Record<string, unknown>>({ prefix })),
  ])
const lengthOf =
  (...path: readonly string[]) =>
  async (account: Account): Promise<number> => {
    const [name = '', ...members] = path
    const [[, record] = []] = await stored(account, name)
    const list = members.reduce<unknown>(
      (value, member) => (value as Record<string, unknown>)[member],
      record,
    )
    return (list as readonly unknown[]).length
  }
const countOf = (prefix: string) => async (account: Account) =>
  (await stored(account, prefix)).length

interface List {
  readonly name: string
  readonly most: number
  /** Adds one more. */
  readonly add: (account: Account, index: number) => Promise<unknown>
  readonly count: (account: Account) => Promise<number>
  readonly before?: (account: Account) => Promise<unknown>
}

const connectTv = (account: Account) =>
  account.connectDevice(named('grant'), deviceOf('tv', { refreshToken: tokenOf(0) }))
const subscribe = (account: Account) => account.subscribe(sessionOf('first'), addressOf(0), HOME)

const LISTS: readonly List[] = [
  {
    name: 'sessions',
    most: MAX_SESSIONS,
    add: (account, index) => account.open(undefined, sessionOf(index), signInNow()),
    count: countOf('session:'),
  },
  {
    name: 'grants',
    most: MAX_GRANTS,
    add: (account, index) => account.connectDevice(named(`grant ${index}`), deviceOf('tv')),
    count: countOf('grant:'),
  },
  {
    name: 'grants that ended before they began',
    most: MAX_GRANTS,
    add: (account, index) => account.removeDevice(named(`grant ${index}`), 'device_reported'),
    count: countOf('grant:'),
  },
  {
    name: 'revoked access tokens of a grant',
    most: MAX_REVOKED_TOKENS,
    before: connectTv,
    add: (account, index) =>
      account.revokeAccessToken(named('grant'), `token ${index}`, Date.now() + HOUR),
    count: lengthOf('grant:', 'revoked'),
  },
  {
    name: 'spent refresh tokens of a grant',
    most: MAX_CATCH_UP_TOKENS,
    before: connectTv,
    add: (account, index) => account.refresh(named('grant'), refreshOf(index)),
    count: lengthOf('grant:', 'refresh', 'spent'),
  },
  {
    name: 'passkeys',
    most: MAX_PASSKEYS,
    add: (account, index) => account.addPasskey(passkeyOf(index)),
    count: countOf('passkey:'),
  },
  {
    name: 'clients whose hints are void',
    most: MAX_VOIDED_HINTS,
    add: async (account, index) => {
      await account.connectDevice(named(`grant ${index}`), deviceOf(`client ${index}`))
      await account.removeDevice(named(`grant ${index}`), 'device_removed')
    },
    count: countOf('hints_void:'),
  },
  {
    name: 'security events',
    most: MAX_SECURITY_EVENTS,
    add: (account) => account.reportRequest({ deviceName: 'TV', place: NOWHERE }),
    count: lengthOf('events'),
  },
  {
    name: 'prompts',
    most: MAX_REMEMBERED_PROMPTS,
    before: subscribe,
    add: (account, index) => {
      pass(HOUR)
      return account.prompt(promptOf(`code ${index}`))
    },
    count: lengthOf('prompts', 'prompts'),
  },
  {
    name: 'silenced sources',
    most: MAX_SILENCED_SOURCES,
    add: (account, index) =>
      account.reportRequest({ deviceName: 'TV', place: NOWHERE, source: named(`source ${index}`) }),
    count: lengthOf('prompts', 'silenced'),
  },
  {
    name: 'browsers that are asked by push',
    most: MAX_PUSH_SUBSCRIPTIONS,
    add: async (account, index) => {
      await account.open(undefined, sessionOf(index), signInNow())
      await account.subscribe(sessionOf(index), addressOf(index), HOME)
    },
    count: countOf('push:'),
  },
  {
    name: 'wrong user codes',
    most: MAX_KNOWN_WRONG_CODES,
    add: (account, index) => account.countWrongCode(named(`code ${index}`)),
    count: lengthOf('wrong_user_codes', 'known'),
  },
]

describe('an account with too many records', () => {
  it.each(LISTS)(
    'keeps no more than so many $name: $most',
    async ({ most, before, add, count }) => {
      const account = await anna()
      await before?.(account)
      let highest = 0
      for (let index = 0; index < most + 10; index += 1) {
        await add(account, index)
        pass(1)
        highest = Math.max(highest, await count(account))
      }
      expect(highest).toBe(most)
    },
  )
})

describe('the record that is deleted when an account is full', () => {
  it('SS-4 is the oldest session', async () => {
    const account = await anna()
    for (let index = 0; index < MAX_SESSIONS; index += 1) {
      await account.open(undefined, sessionOf(index), signInNow())
      pass(1)
    }
    expect(await account.session(sessionOf('first'))).toBeUndefined()
    for (const index of [0, MAX_SESSIONS - 1])
      expect(await account.session(sessionOf(index))).toBeDefined()
  })

  it('is the grant that was unused for longest, and its tokens end', async () => {
    const account = await anna()
    await account.connectDevice(named('used'), deviceOf('tv', { refreshToken: tokenOf(0) }))
    pass(1)
    await account.connectDevice(named('unused'), deviceOf('tv', { refreshToken: tokenOf(0) }))
    for (let index = 2; index < MAX_GRANTS; index += 1) {
      pass(1)
      await account.connectDevice(named(`grant ${index}`), deviceOf('tv'))
    }
    expect((await account.refresh(named('used'), refreshOf(0))).outcome).toBe('rotated')
    const isLive = async () =>
      Promise.all(['used', 'unused', 'new'].map((id) => account.isLive(named(id), 'jti')))
    expect(await isLive()).toEqual([true, true, false])
    await account.connectDevice(named('new'), deviceOf('tv'))
    expect(await isLive()).toEqual([true, false, true])
    expect((await account.refresh(named('unused'), refreshOf(0))).outcome).toBe('invalid')
  })

  it('AP-20 takes along the grants that its tokens approved', async () => {
    const account = await anna()
    await account.connectDevice(named('app'), deviceOf('app'))
    for (let index = 1; index < MAX_GRANTS; index += 1) {
      pass(1)
      const approvedBy = index === 1 ? ['app'] : []
      await account.connectDevice(named(`grant ${index}`), deviceOf('tv', { approvedBy }))
    }
    const isLive = async () =>
      Promise.all(['app', 'grant 1', 'grant 2'].map((id) => account.isLive(named(id), 'jti')))
    expect(await isLive()).toEqual([true, true, true])
    await account.connectDevice(named('new'), deviceOf('tv'))
    expect(await isLive()).toEqual([false, false, true])
  })

  it('DC-6 is an ended grant before a live one, and it does not come back', async () => {
    const account = await anna()
    const ended = deviceOf('tv')
    await account.connectDevice(named('ended'), ended)
    await account.removeDevice(named('ended'), 'device_removed')
    for (let index = 1; index <= MAX_GRANTS; index += 1) {
      pass(1)
      await account.connectDevice(named(`grant ${index}`), deviceOf('tv'))
    }
    expect(await stored(account, 'grant:ended')).toEqual([])
    expect(await account.isLive(named('grant 1'), 'jti')).toBe(true)
    expect((await account.connectDevice(named('ended'), ended)).outcome).toBe('refused')
  })

  it('RV-7 is the whole grant before a revoked access token comes back', async () => {
    const account = await anna()
    await connectTv(account)
    const revoke = (index: number) =>
      account.revokeAccessToken(named('grant'), `token ${index}`, Date.now() + HOUR)
    for (let index = 0; index < MAX_REVOKED_TOKENS; index += 1) await revoke(index)
    const isLive = async (jti: string) => account.isLive(named('grant'), jti)
    expect([await isLive('token 0'), await isLive('other')]).toEqual([false, true])
    await account.connectDevice(named('allowed'), deviceOf('tv', { approvedBy: ['grant'] }))
    await revoke(MAX_REVOKED_TOKENS)
    expect([await isLive('token 0'), await isLive('other')]).toEqual([false, false])
    expect(await account.isLive(named('allowed'), 'other'), 'AP-20 and what it allowed').toBe(false)
    expect((await account.refresh(named('grant'), refreshOf(0))).outcome).toBe('invalid')
  })

  it('is never a passkey: no other can be added until one is removed', async () => {
    const account = await anna()
    for (let index = 0; index < MAX_PASSKEYS; index += 1)
      expect(await account.addPasskey(passkeyOf(index))).toEqual({ outcome: 'added' })
    expect(await account.hasRoomForPasskey()).toBe(false)
    expect(await account.addPasskey(passkeyOf(99))).toEqual({ outcome: 'full' })
    expect(await account.passkey('0')).toBeDefined()
    await account.removePasskey('0')
    expect(await account.addPasskey(passkeyOf(99))).toEqual({ outcome: 'added' })
  })

  it('never makes a void hint valid: older hints of every client are void instead', async () => {
    const account = await anna()
    await subscribe(account)
    const removeOneOf = async (clientId: string) => {
      await account.connectDevice(named(clientId), deviceOf(clientId))
      await account.removeDevice(named(clientId), 'device_removed')
    }
    const isAsked = async (clientId: string, hintIssuedAtMs: number) => {
      pass(HOUR)
      const request = promptOf(crypto.randomUUID(), { clientId, hintIssuedAtMs })
      return (await account.prompt(request)).length > 0
    }
    const startedAtMs = Date.now()
    await removeOneOf('the first')
    expect(await isAsked('another', startedAtMs)).toBe(true)
    for (let index = 0; index < MAX_VOIDED_HINTS; index += 1) {
      pass(SECOND)
      await removeOneOf(`client ${index}`)
    }
    expect(await isAsked('the first', startedAtMs)).toBe(false)
    expect(await isAsked('another', startedAtMs), 'void for all').toBe(false)
    expect(await isAsked('another', startedAtMs + MINUTE), 'but not what is newer').toBe(true)
  })
})

describe('an access token that is revoked', () => {
  it('RV-3 a second time adds nothing, and writes nothing', async () => {
    const account = await anna()
    await connectTv(account)
    const revoke = () => account.revokeAccessToken(named('grant'), 'jti', Date.now() + HOUR)
    await revoke()
    const before = await stored(account, 'grant:')
    for (let times = 0; times < MAX_REVOKED_TOKENS; times += 1) await revoke()
    expect(await stored(account, 'grant:')).toEqual(before)
    expect(await lengthOf('grant:', 'revoked')(account)).toBe(1)
  })

  it('RV-3 of a grant that has ended leaves nothing behind', async () => {
    const account = await anna()
    await connectTv(account)
    await account.removeDevice(named('grant'), 'device_removed')
    const before = await stored(account, 'grant:')
    await account.revokeAccessToken(named('grant'), 'jti', Date.now() + HOUR)
    expect(await stored(account, 'grant:')).toEqual(before)
  })
})

describe('an account that only ever decides in an app', () => {
  it('removes expired records when it connects a device', async () => {
    const account = await anna()
    await subscribe(account)
    await account.connectDevice(named('old'), deviceOf('tv', { lastsUntilMs: Date.now() + HOUR }))
    pass(31 * DAY)
    await account.connectDevice(named('new'), deviceOf('tv'))
    const keys = async (prefix: string) => (await stored(account, prefix)).map(([name]) => name)
    expect(await keys('session:')).toEqual([])
    expect(await keys('push:')).toEqual([])
    expect(await keys('grant:')).toEqual(['grant:new'])
  })
})
