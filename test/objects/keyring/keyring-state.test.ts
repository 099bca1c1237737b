import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type SigningAlgorithm,
  type SigningKey,
  currentKey,
  dueKey,
  nextChangeMs,
  retainedKeys,
} from '../../../src/objects/keyring/keyring-state.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

// Guarantees to others: the longest caching of the key set, the longest life of a token.
const CACHED = HOUR
const LONGEST_TOKEN = HOUR

const ALGORITHMS: readonly SigningAlgorithm[] = ['RS256', 'ES256']

const key = (activeFromMs: number, alg: SigningAlgorithm = 'ES256'): SigningKey => ({
  kid: `${alg} from ${activeFromMs}`,
  alg,
  activeFromMs,
  privateJwk: {},
  publicJwk: {},
})

describe('the current key', () => {
  const first = key(0)
  const second = key(30 * DAY)

  it.each([
    ['the first one, before its successor', 29 * DAY, first],
    ['the first one to the last moment', 30 * DAY - 1, first],
    ['the second one from its time on', 30 * DAY, second],
    ['the second one afterwards', 90 * DAY, second],
    ['the first one for a clock that is behind', -1000, first],
  ])('is %s', (_, now, expected) => {
    expect(currentKey([first, second], 'ES256', now)).toBe(expected)
    expect(currentKey([second, first], 'ES256', now), 'in whatever order').toBe(expected)
  })

  it('is of the algorithm asked for', () => {
    const keys = [key(0, 'ES256'), key(0, 'RS256'), key(30 * DAY, 'ES256')]
    expect(currentKey(keys, 'RS256', 40 * DAY)?.alg).toBe('RS256')
    expect(currentKey([key(0, 'ES256')], 'RS256', 0)).toBeUndefined()
  })
})

describe('the next key', () => {
  it.each([
    ['is due at once if there is none', [], 5 * DAY, 5 * DAY],
    ['is not due while the newest is fresh', [key(0)], 29 * DAY - 1, undefined],
    ['is due a day before its time', [key(0)], 29 * DAY, 30 * DAY],
    ['is not made twice', [key(0), key(30 * DAY)], 30 * DAY, undefined],
    ['is announced a day ahead also when it is late', [key(0)], 45 * DAY, 46 * DAY],
    ['of one algorithm does not stand in for another', [key(0, 'RS256')], 3 * DAY, 3 * DAY],
  ])('%s', (_, keys, now, expected) => {
    expect(dueKey(keys, 'ES256', now)).toBe(expected)
  })
})

describe('an old key', () => {
  const keys = [key(0), key(30 * DAY), key(0, 'RS256')]

  it.each([
    ['stays while it signs', 30 * DAY - 1, keys],
    ['stays until what it signed last has expired', 30 * DAY + LONGEST_TOKEN + CACHED, keys],
    ['stays three hours', 30 * DAY + 3 * HOUR - 1, keys],
    ['goes then', 30 * DAY + 3 * HOUR, keys.slice(1)],
  ])('%s', (_, now, expected) => {
    expect(retainedKeys(keys, now)).toEqual(expected)
  })

  it('stays while it has no successor', () => {
    expect(retainedKeys([key(0)], 999 * DAY)).toEqual([key(0)])
  })
})

it('the set next changes when a key is announced or retires', () => {
  expect(nextChangeMs([key(0)], DAY)).toBe(29 * DAY)
  const both = [key(0), key(30 * DAY)]
  expect(nextChangeMs(both, 29 * DAY)).toBe(30 * DAY + 3 * HOUR)
  expect(nextChangeMs(both.slice(1), 30 * DAY + 3 * HOUR)).toBe(59 * DAY)
})

/** The history of one key, as seen in the published set only. */
interface Life {
  readonly activeFromMs: number
  readonly publishedAtMs: number
  signedUntilMs: number
  goneAtMs: number
}

/** Lets the alarms run, each as late as given, and watches the set at every moment of interest. */
const walk = (latenesses: readonly number[]) => {
  const lives = new Map<string, Life>()
  let keys: readonly SigningKey[] = []
  let now = 0
  for (const late of latenesses) {
    const made = ALGORITHMS.flatMap((alg) => {
      const activeFromMs = dueKey(keys, alg, now)
      return activeFromMs === undefined ? [] : [key(activeFromMs, alg)]
    })
    keys = retainedKeys([...keys, ...made], now)
    const next = nextChangeMs(keys, now)
    expect(next, 'the alarm is set again, for later').toBeGreaterThan(now)
    expect(next).toBeLessThan(now + 31 * DAY)
    const until = next + late
    for (const { kid, activeFromMs } of keys) {
      const life = lives.get(kid) ?? { activeFromMs, publishedAtMs: now, signedUntilMs: -1 }
      lives.set(kid, { ...life, goneAtMs: until })
    }
    const changes = keys.map(({ activeFromMs }) => activeFromMs)
    const moments = [now, ...changes, ...changes.map((at) => at - 1), until - 1]
    for (const at of moments.filter((moment) => moment >= now && moment < until)) {
      for (const alg of ALGORITHMS) {
        const current = currentKey(keys, alg, at)
        const life = lives.get(current?.kid ?? '')
        expect(life, 'there is always one that signs').toBeDefined()
        if (life !== undefined) life.signedUntilMs = Math.max(life.signedUntilMs, at)
      }
    }
    now = until
  }
  return [...lives.values()]
}

const judge = (lives: readonly Life[]) => {
  const end = Math.max(...lives.map(({ goneAtMs }) => goneAtMs))
  for (const { activeFromMs, publishedAtMs, signedUntilMs, goneAtMs } of lives) {
    if (publishedAtMs > 0) {
      expect(activeFromMs - publishedAtMs, 'seen a day before it signs').toBeGreaterThanOrEqual(DAY)
      if (signedUntilMs >= 0) expect(signedUntilMs).toBeGreaterThanOrEqual(activeFromMs)
    }
    if (goneAtMs < end)
      expect(goneAtMs - signedUntilMs, 'kept while its last token lives').toBeGreaterThan(
        LONGEST_TOKEN + CACHED,
      )
  }
}

describe('a rotation (MD-13)', () => {
  it('over two years has one new key per algorithm every thirty days', () => {
    const lives = walk(Array(49).fill(0))
    judge(lives)
    expect(lives).toHaveLength(2 * 25)
    expect(Math.max(...lives.map(({ activeFromMs }) => activeFromMs))).toBe(24 * 30 * DAY)
  })

  it('never signs with an unannounced key, nor drops one in use, however late its alarms', () => {
    const lateness = fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 2 * HOUR }),
      fc.integer({ min: 0, max: 90 * DAY }),
    )
    fc.assert(
      fc.property(fc.array(lateness, { minLength: 1, maxLength: 40 }), (latenesses) =>
        judge(walk(latenesses)),
      ),
      { numRuns: 500 },
    )
  })
})
