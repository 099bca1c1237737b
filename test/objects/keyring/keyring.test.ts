import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { JWK } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { type SigningKey, currentKey } from '../../../src/objects/keyring/keyring-state.ts'
import { holdClock } from '../../support/clock.ts'
import { url, worker } from '../../support/worker.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const ALGORITHMS = ['RS256', 'ES256'] as const

holdClock()

const newKeyring = () => env.KEYRING.getByName(crypto.randomUUID())
type Keyring = ReturnType<typeof newKeyring>

const storedIn = (keyring: Keyring) =>
  runInDurableObject(keyring, async (_, { storage }) => ({
    keys: (await storage.get<readonly SigningKey[]>('keys')) ?? [],
    alarm: await storage.getAlarm(),
  }))

const kidsOf = (keys: readonly { kid: string }[]) => keys.map(({ kid }) => kid)

/** Lets the alarm run that is set, `lateMs` after its time. */
const runAlarm = async (keyring: Keyring, lateMs = 0) => {
  const { alarm } = await storedIn(keyring)
  if (alarm === null) throw new Error('the rotation has stopped: no alarm is set')
  vi.setSystemTime(alarm + lateMs)
  expect(await runDurableObjectAlarm(keyring)).toBe(true)
  return storedIn(keyring)
}

describe('keys', () => {
  it('are made on first use, one per algorithm, and sign at once', async () => {
    const keys = await newKeyring().keys()
    expect(keys.map(({ alg }) => alg).toSorted()).toEqual(['ES256', 'RS256'])
    for (const alg of ALGORITHMS) {
      const key = currentKey(keys, alg, Date.now())
      expect(key).toMatchObject({ alg, activeFromMs: Date.now() })
      expect(key?.publicJwk).toMatchObject({ alg, use: 'sig', kid: key?.kid })
      expect(key?.privateJwk.kid).toBe(key?.kid)
    }
    const modulus = keys.find(({ alg }) => alg === 'RS256')?.publicJwk.n ?? ''
    expect(Buffer.from(modulus, 'base64url')).toHaveLength(2048 / 8)
  })

  it('are made once for simultaneous first calls', async () => {
    const keyring = newKeyring()
    // Inside, so that all of them ask before the first key is made.
    const answers = await runInDurableObject(keyring, (instance) =>
      Promise.all(Array.from({ length: 6 }, () => instance.keys())),
    )
    expect(answers[0]).toHaveLength(2)
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  it('survive an eviction', async () => {
    const keyring = newKeyring()
    const before = await keyring.keys()
    await evictDurableObject(keyring)
    expect(await keyring.keys()).toEqual(before)
  })

  it('are written when they change, and not when they are read', async () => {
    const keyring = newKeyring()
    await keyring.keys()
    const put = await runInDurableObject(keyring, (_, { storage }) => vi.spyOn(storage, 'put'))
    await keyring.keys()
    expect(put).not.toHaveBeenCalled()
    vi.setSystemTime(Date.now() + 29 * DAY)
    await keyring.keys()
    expect(put).toHaveBeenCalledOnce()
  })
})

describe('a rotation by alarm (MD-13)', () => {
  it('announces, uses, retires and forgets, and never stops', async () => {
    const keyring = newKeyring()
    const start = Date.now()
    const first = kidsOf(await keyring.keys())

    const idle = await runAlarm(keyring)
    expect(kidsOf(idle.keys), 'nothing to do yet').toEqual(first)

    const announced = await runAlarm(keyring)
    expect(Date.now()).toBe(start + 29 * DAY)
    expect(kidsOf(announced.keys)).toHaveLength(4)
    expect(kidsOf(announced.keys)).toEqual(expect.arrayContaining(first))
    const second = kidsOf(announced.keys).filter((kid) => !first.includes(kid))
    for (const alg of ALGORITHMS) {
      const signer = (at: number) => currentKey(announced.keys, alg, at)?.kid
      expect(first).toContain(signer(Date.now()))
      expect(first).toContain(signer(start + 30 * DAY - 1))
      expect(second).toContain(signer(start + 30 * DAY))
    }

    const retired = await runAlarm(keyring)
    expect(Date.now(), 'longer than the last token lives').toBe(start + 30 * DAY + 3 * HOUR)
    expect(kidsOf(retired.keys)).toEqual(second)

    const next = await runAlarm(keyring)
    expect(Date.now()).toBe(start + 59 * DAY)
    expect(next.keys).toHaveLength(4)
    expect(next.alarm).toBe(start + 60 * DAY + 3 * HOUR)
  })

  it('announces a day ahead also when its alarm is weeks late', async () => {
    const keyring = newKeyring()
    const first = kidsOf(await keyring.keys())
    const { keys, alarm } = await runAlarm(keyring, 45 * DAY)
    expect(keys).toHaveLength(4)
    expect(alarm).toBe(Date.now() + DAY + 3 * HOUR)
    for (const alg of ALGORITHMS) {
      expect(first).toContain(currentKey(keys, alg, Date.now() + DAY - 1)?.kid)
      expect(first).not.toContain(currentKey(keys, alg, Date.now() + DAY)?.kid)
    }
  })

  it('goes on by requests alone if the alarm never runs', async () => {
    const keyring = newKeyring()
    const first = kidsOf(await keyring.keys())
    vi.setSystemTime(Date.now() + 29 * DAY)
    const announced = await keyring.keys()
    expect(announced).toHaveLength(4)
    expect((await storedIn(keyring)).alarm).toBe(Date.now() + DAY + 3 * HOUR)
    vi.setSystemTime(Date.now() + DAY + 3 * HOUR)
    const second = kidsOf(announced).filter((kid) => !first.includes(kid))
    expect(kidsOf(await keyring.keys())).toEqual(second)
    expect((await storedIn(keyring)).alarm).toBe(Date.now() - 3 * HOUR + 29 * DAY)
  })

  it('sets the next alarm even if this one has nothing to do', async () => {
    const keyring = newKeyring()
    const before = await keyring.keys()
    const { alarm } = await storedIn(keyring)
    await runDurableObjectAlarm(keyring)
    expect(await storedIn(keyring)).toEqual({ keys: before, alarm })
  })
})

describe('a key that is no longer published', () => {
  it('is remembered for the hints it signed, for 400 days, by its public half alone', async () => {
    const keyring = newKeyring()
    const first = await keyring.keys()
    expect(await keyring.rememberedKeys()).toEqual([])
    await runAlarm(keyring)
    await runAlarm(keyring)
    expect(await keyring.rememberedKeys(), 'still published').toEqual([])
    await runAlarm(keyring)
    const forgottenAtMs = Date.now()
    const remembered = await keyring.rememberedKeys()
    expect(remembered).toEqual(
      first.map(({ kid, publicJwk }) => ({
        kid,
        publicJwk,
        untilMs: forgottenAtMs + 400 * DAY,
      })),
    )
    expect(remembered.some(({ publicJwk }) => PRIVATE.some((member) => member in publicJwk))).toBe(
      false,
    )
    // … until the first rotation after that.
    while (Date.now() < forgottenAtMs + 400 * DAY) await runAlarm(keyring)
    await runAlarm(keyring)
    await runAlarm(keyring)
    const kids = kidsOf(await keyring.rememberedKeys())
    for (const { kid } of first) expect(kids).not.toContain(kid)
    // A new pair each month, and those of the last thirteen.
    expect(kids.length).toBeLessThanOrEqual(2 * 15)
  })
})

const published = async (): Promise<JWK[]> => {
  const response = await worker(new Request(url('/jwks.json')))
  expect(response.status).toBe(200)
  return (await response.json<{ keys: JWK[] }>()).keys
}
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

it('the key set holds every key, also future ones, and no private part', async () => {
  // Later than this isolate's cache of the keys, and a day before they change.
  await env.KEYRING.getByName('keyring').keys()
  vi.setSystemTime(Date.now() + 29 * DAY)
  const keys = await published()
  const { keys: stored } = await storedIn(env.KEYRING.getByName('keyring'))
  expect(keys).toHaveLength(4)
  expect(keys.map(({ kid }) => kid)).toEqual(kidsOf(stored))
  expect(stored.every(({ privateJwk }) => 'd' in privateJwk)).toBe(true)
  for (const key of keys) {
    expect(Object.keys(key).filter((member) => PRIVATE.includes(member))).toEqual([])
    expect(key).toMatchObject({ use: 'sig', alg: expect.stringMatching(/^(RS|ES)256$/) })
  }
})

describe('the secret that seals DPoP nonces and passkey challenges', () => {
  it('DP-5 has 256 bits, and differs between Keyrings', async () => {
    const secrets = await Promise.all([newKeyring().macSecret(), newKeyring().macSecret()])
    for (const secret of secrets) expect(secret).toHaveLength(32)
    expect(secrets[0]).not.toEqual(secrets[1])
  })

  it('DP-5 is made once for simultaneous first calls, and survives an eviction', async () => {
    const keyring = newKeyring()
    const secrets = await Promise.all(Array.from({ length: 6 }, () => keyring.macSecret()))
    await evictDurableObject(keyring)
    for (const secret of secrets) expect(secret).toEqual(await keyring.macSecret())
  })

  it('DP-5 does not change when keys do', async () => {
    const keyring = newKeyring()
    const secret = await keyring.macSecret()
    await keyring.keys()
    await runAlarm(keyring)
    expect(await keyring.macSecret()).toEqual(secret)
  })
})
