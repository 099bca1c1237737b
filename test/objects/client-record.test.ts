// The ClientRecord object: one client that registered itself. What it means is in test/oauth.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { named } from '../support/named.ts'

const REGISTRATION = {
  metadata: '{"client_name":"Radio"}',
  secretHash: named('digest of the secret'),
  accessTokenHash: named('digest of the token'),
  issuedAtMs: 1_000_000,
}

const newRecord = () => env.CLIENT_RECORD.getByName(`test-${crypto.randomUUID()}`)

const storedIn = (record: ReturnType<typeof newRecord>) =>
  runInDurableObject(record, async (_, { storage }) => ({
    entries: (await storage.list()).size,
    alarm: await storage.getAlarm(),
  }))

describe('a registration', () => {
  it('is missing before it is stored, and reading stores nothing', async () => {
    const record = newRecord()
    expect(await record.read()).toBeUndefined()
    expect(await storedIn(record)).toStrictEqual({ entries: 0, alarm: null })
  })

  it('is read as it was stored, under its own name only', async () => {
    const record = newRecord()
    await record.register(REGISTRATION)
    expect(await record.read()).toStrictEqual(REGISTRATION)
    expect(await newRecord().read()).toBeUndefined()
  })

  it('survives an eviction', async () => {
    const record = newRecord()
    await record.register(REGISTRATION)
    await evictDurableObject(record)
    expect(await record.read()).toStrictEqual(REGISTRATION)
  })

  it('is replaced as a whole: nothing of the previous one stays', async () => {
    const record = newRecord()
    await record.register(REGISTRATION)
    const next = { ...REGISTRATION, metadata: '{}', secretHash: undefined }
    expect(await record.replace(next)).toBe(true)
    expect(await record.read()).toStrictEqual(next)
    expect((await storedIn(record)).entries).toBe(1)
  })

  it('is removed without a trace, any number of times, and does not come back', async () => {
    const record = newRecord()
    await record.register(REGISTRATION)
    await record.remove()
    await record.remove()
    expect(await record.read()).toBeUndefined()
    expect(await storedIn(record)).toStrictEqual({ entries: 0, alarm: null })
    expect(await record.replace(REGISTRATION)).toBe(false)
    expect(await storedIn(record)).toStrictEqual({ entries: 0, alarm: null })
  })
})
