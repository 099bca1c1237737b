// The cache of one isolate: expiry and size.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cache } from '../../src/http/cache.ts'

const NOW = 1_000_000

describe('a cached value', () => {
  it('is kept until it expires, to the millisecond', () => {
    const kept = new Cache<string>(3)
    kept.set('a', 'A', NOW + 10)
    expect(kept.get('a', NOW + 9)).toBe('A')
    expect(kept.get('a', NOW + 10)).toBeUndefined()
    expect(kept.get('a', NOW), 'it is gone for good').toBeUndefined()
  })

  it('may be kept without expiry', () => {
    const kept = new Cache<string>(3)
    kept.set('a', 'A', Infinity)
    expect(kept.get('a', Number.MAX_SAFE_INTEGER)).toBe('A')
  })

  it('is replaced together with its expiry', () => {
    const kept = new Cache<string>(3)
    kept.set('a', 'A', NOW + 10)
    kept.set('a', 'B', NOW + 20)
    expect(kept.get('a', NOW + 19)).toBe('B')
    kept.set('a', 'C', NOW + 5)
    expect(kept.get('a', NOW + 5)).toBeUndefined()
  })

  it('is deleted alone', () => {
    const kept = new Cache<string>(3)
    kept.set('a', 'A', NOW + 10)
    kept.set('b', 'B', NOW + 10)
    kept.delete('a')
    kept.delete('nosuch')
    expect([kept.get('a', NOW), kept.get('b', NOW)]).toStrictEqual([undefined, 'B'])
  })

  it('is not found under the name of an object’s own property', () => {
    const kept = new Cache<string>(3)
    for (const name of ['__proto__', 'constructor', '']) expect(kept.get(name, NOW)).toBeUndefined()
  })
})

const full = () => {
  const kept = new Cache<string>(3)
  for (const name of ['a', 'b', 'c']) kept.set(name, name, NOW + 10)
  return kept
}
const namesIn = (kept: Cache<string>) =>
  ['a', 'b', 'c', 'd'].filter((name) => kept.get(name, NOW) !== undefined)

describe('the limit of a cache', () => {
  it('drops the oldest value', () => {
    const kept = full()
    kept.set('d', 'd', NOW + 10)
    expect(namesIn(kept)).toStrictEqual(['b', 'c', 'd'])
  })

  it('keeps values that were read or replaced since', () => {
    const kept = full()
    kept.get('a', NOW)
    kept.set('b', 'b', NOW + 10)
    kept.set('d', 'd', NOW + 10)
    expect(namesIn(kept)).toStrictEqual(['a', 'b', 'd'])
  })

  it('drops nothing for a replacement, or after a deletion', () => {
    const kept = full()
    kept.set('c', 'C', NOW + 10)
    expect(namesIn(kept)).toStrictEqual(['a', 'b', 'c'])
    kept.delete('b')
    kept.set('d', 'd', NOW + 10)
    expect(namesIn(kept)).toStrictEqual(['a', 'c', 'd'])
  })

  it('keeps the values used last, after any operations', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const step = fc.record({ isRead: fc.boolean(), name: fc.constantFrom(...names) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step), (maxSize, steps) => {
        const kept = new Cache<string>(maxSize)
        let expected: string[] = []
        for (const { isRead, name } of steps) {
          const others = expected.filter((one) => one !== name)
          const isThere = others.length < expected.length
          if (isRead) expect(kept.get(name, NOW)).toBe(isThere ? name : undefined)
          else kept.set(name, name, Infinity)
          if (isThere || !isRead) expected = [...others, name].slice(-maxSize)
        }
        expect(names.filter((name) => kept.get(name, NOW) !== undefined)).toStrictEqual(
          expected.toSorted(),
        )
      }),
    )
  })
})
