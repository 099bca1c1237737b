// The object that remembers what was used (CA-14, DP-4), and forgets it by alarm.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { holdClock } from '../support/clock.ts'
import { named } from '../support/named.ts'

const MINUTE = 60_000

holdClock()

const newGuard = () => env.REPLAY_GUARD.getByName(`test:${crypto.randomUUID()}`)
type Guard = ReturnType<typeof newGuard>

const storedIn = (guard: Guard) =>
  runInDurableObject(guard, async (_, { storage }) => ({
    digests: [...(await storage.list()).keys()],
    alarm: await storage.getAlarm(),
  }))

const NOTHING = { digests: [], alarm: null }

/** Lets time pass to the alarm that is set, and the alarm run. */
const runAlarm = async (guard: Guard) => {
  const { alarm } = await storedIn(guard)
  if (alarm === null) throw new Error('no alarm is set')
  vi.setSystemTime(alarm)
  expect(await runDurableObjectAlarm(guard)).toBe(true)
  return storedIn(guard)
}

describe('a one-time value', () => {
  it('cannot be used again', async () => {
    const guard = newGuard()
    const until = Date.now() + MINUTE
    expect(await guard.use(named('a'), until)).toBe(true)
    expect(await guard.use(named('a'), until)).toBe(false)
    expect(await guard.use(named('a'), until + MINUTE)).toBe(false)
  })

  it('does not use up another value, nor the same value of another sender', async () => {
    const guard = newGuard()
    const until = Date.now() + MINUTE
    expect(await guard.use(named('a'), until)).toBe(true)
    expect(await guard.use(named('b'), until)).toBe(true)
    expect(await newGuard().use(named('a'), until)).toBe(true)
  })

  it('is used by one of several simultaneous attempts', async () => {
    const guard = newGuard()
    const until = Date.now() + MINUTE
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => guard.use(named('a'), until)),
    )
    expect(answers.filter(Boolean)).toHaveLength(1)
  })

  it('is remembered through an eviction', async () => {
    const guard = newGuard()
    expect(await guard.use(named('a'), Date.now() + MINUTE)).toBe(true)
    await evictDurableObject(guard)
    expect(await guard.use(named('a'), Date.now() + MINUTE)).toBe(false)
  })

  it('keeps its first expiry, even if it is tried again with another', async () => {
    const guard = newGuard()
    const until = Date.now() + MINUTE
    await guard.use(named('a'), until)
    await guard.use(named('a'), until + 60 * MINUTE)
    expect((await storedIn(guard)).alarm).toBe(until)
    expect(await runAlarm(guard)).toStrictEqual(NOTHING)
  })
})

describe('the alarm', () => {
  it('deletes the object once all values have expired', async () => {
    const guard = newGuard()
    await guard.use(named('a'), Date.now() + MINUTE)
    await guard.use(named('b'), Date.now() + MINUTE)
    expect(await runAlarm(guard)).toStrictEqual(NOTHING)
    expect(await guard.use(named('a'), Date.now() + MINUTE), 'and it can go on').toBe(true)
    expect((await storedIn(guard)).digests).toStrictEqual(['a'])
  })

  it('keeps unexpired values, to the millisecond', async () => {
    const guard = newGuard()
    const until = Date.now() + MINUTE
    await guard.use(named('a'), until)
    await guard.use(named('b'), until + 1)
    expect(await runAlarm(guard)).toStrictEqual({ digests: ['b'], alarm: until + 1 })
    expect(await guard.use(named('b'), until + 1)).toBe(false)
    expect(await runAlarm(guard)).toStrictEqual(NOTHING)
  })

  it('is set once, for the expiry of the first value', async () => {
    const guard = newGuard()
    const setAlarm = await runInDurableObject(guard, (_, { storage }) =>
      vi.spyOn(storage, 'setAlarm'),
    )
    const until = Date.now() + MINUTE
    for (const [index, digest] of ['a', 'b', 'c', 'a'].entries())
      await guard.use(named(digest), until + index * 1000)
    expect(setAlarm).toHaveBeenCalledOnce()
    expect((await storedIn(guard)).alarm).toBe(until)
  })

  it('is set again for the last remaining expiry, and covers later values', async () => {
    const guard = newGuard()
    const from = Date.now()
    for (const [digest, minutes] of Object.entries({ a: 1, b: 10, c: 5 }))
      await guard.use(named(digest), from + minutes * MINUTE)
    expect(await runAlarm(guard)).toStrictEqual({ digests: ['b', 'c'], alarm: from + 10 * MINUTE })
    await guard.use(named('d'), from + 12 * MINUTE)
    expect(await runAlarm(guard)).toStrictEqual({ digests: ['d'], alarm: from + 12 * MINUTE })
    expect(await runAlarm(guard)).toStrictEqual(NOTHING)
  })

  // More than one call takes as its arguments, and than one alarm looks at.
  it('goes on until it has swept 130,000 of them, and keeps the others', async () => {
    const guard = newGuard()
    const from = Date.now()
    await runInDurableObject(guard, async (_, { storage }) => {
      for (let at = 0; at < 130_000; at += 125)
        void storage.put(
          Object.fromEntries(
            Array.from({ length: 125 }, (__, index) => [
              `old-${at + index}`,
              { untilMs: from + MINUTE },
            ]),
          ),
        )
      await storage.setAlarm(from + MINUTE)
    })
    for (const [digest, minutes] of Object.entries({ a: 7, z: 8 }))
      expect(await guard.use(named(digest), from + minutes * MINUTE)).toBe(true)
    vi.setSystemTime(from + MINUTE)
    while ((await storedIn(guard)).alarm === from + MINUTE)
      expect(await runDurableObjectAlarm(guard)).toBe(true)
    expect(await storedIn(guard)).toStrictEqual({ digests: ['a', 'z'], alarm: from + 8 * MINUTE })
    expect(await guard.use(named('a'), from + 7 * MINUTE)).toBe(false)
    expect(await runAlarm(guard)).toStrictEqual(NOTHING)
  })

  it('sweeps hundreds of them and keeps the others', async () => {
    const guard = newGuard()
    const from = Date.now()
    for (let index = 0; index < 300; index += 1)
      await guard.use(named(`old-${index}`), from + MINUTE)
    for (let index = 0; index < 5; index += 1)
      await guard.use(named(`new-${index}`), from + 2 * MINUTE)
    expect(await runAlarm(guard)).toStrictEqual({
      digests: Array.from({ length: 5 }, (_, index) => `new-${index}`),
      alarm: from + 2 * MINUTE,
    })
  })
})
