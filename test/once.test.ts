import { describe, expect, it } from 'vitest'
import { once, oncePer } from '../src/once.ts'

/** A maker that lists the keys it was called for. */
const listing = () => {
  const made: string[] = []
  const make = (key = 'only') => ({ number: made.push(key) })
  return { made, make }
}

describe('a value that is made once', () => {
  it('is made at its first use and then kept', () => {
    const { made, make } = listing()
    const value = once(() => make())
    expect(made).toStrictEqual([])
    expect(value()).toBe(value())
    expect(made).toStrictEqual(['only'])
  })

  it('may be undefined', () => {
    let calls = 0
    const value = once(() => void (calls += 1))
    expect([value(), value(), calls]).toStrictEqual([undefined, undefined, 1])
  })
})

describe('values that are made once for each key', () => {
  it('are kept apart', () => {
    const { made, make } = listing()
    const value = oncePer(2, make)
    expect([value('a'), value('b'), value('a')].map(({ number }) => number)).toStrictEqual([
      1, 2, 1,
    ])
    expect(made).toStrictEqual(['a', 'b'])
  })

  it('are dropped above the limit, the least recently used one first', () => {
    const { made, make } = listing()
    const value = oncePer(2, make)
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) value(key)
    expect(made).toStrictEqual(['a', 'b', 'c', 'b'])
  })

  it('are made anew after a failure', () => {
    let calls = 0
    const value = oncePer(2, () => {
      calls += 1
      if (calls === 1) throw new Error('not yet')
      return calls
    })
    expect(() => value('a')).toThrow('not yet')
    expect(value('a')).toBe(2)
  })
})
