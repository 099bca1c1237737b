// Number of user codes that one account can guess, by any strategy: conformance VP-5.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, MINUTE, SECOND } from '../../../src/durations.ts'
import {
  NO_WRONG_CODES,
  type WrongCodes,
  afterWrongCode,
  beforeAnyCode,
  codeWaitMs,
  isKnownWrong,
} from '../../../src/objects/account/code-guard.ts'
import { named } from '../../support/named.ts'

const NOON = 1_000_000_000_000

/** The most guesses in any 24 hours: 5 at once, 5 in the next 520 s, one every 900 s of the rest. */
const GUESSES_A_DAY = 105

const wrong = (
  before: WrongCodes,
  now: number,
  more: { code?: string; isCrowded?: boolean } = {},
) =>
  afterWrongCode(
    before,
    { codeHash: named(more.code ?? String(now)), isCrowded: more.isCrowded ?? false },
    now,
  )

/** The times of guesses by a person who takes every wait, and then these `pauses` in turn. */
const guessesAtMs = (pauses: readonly number[], untilMs: number): readonly number[] => {
  const times: number[] = []
  let now = NOON
  for (let state = NO_WRONG_CODES; now < NOON + untilMs;) {
    times.push(now)
    state = wrong(state, now)
    now += codeWaitMs(state, now) + (pauses[times.length % pauses.length] ?? 0)
  }
  return times
}

const mostInADay = (times: readonly number[]): number => {
  let [first, most] = [0, 0]
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? 0) >= DAY) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

describe('the wait after wrong codes (RFC 8628 §5.1)', () => {
  it('VP-5 begins with the fifth, grows, and stays at a quarter of an hour', () => {
    let state = NO_WRONG_CODES
    const waits = Array.from({ length: 13 }, () => {
      state = wrong(state, NOON)
      return codeWaitMs(state, NOON) / SECOND
    })
    expect(waits).toStrictEqual([0, 0, 0, 0, 10, 30, 60, 120, 300, 900, 900, 900, 900])
  })

  it('VP-5 limits an account to 105 guesses a day, and to ten in the lifetime of a code', () => {
    const times = guessesAtMs([0], 3 * DAY)
    expect(mostInADay(times)).toBe(GUESSES_A_DAY)
    expect(times.filter((time) => time < NOON + 10 * MINUTE)).toHaveLength(10)
    expect(times.filter((time) => time >= NOON + 2 * DAY)).toHaveLength(96)
  })

  it('VP-5 is forgotten after a day without a wrong code, and not before', () => {
    let state = NO_WRONG_CODES
    for (let count = 0; count < 5; count += 1) state = wrong(state, NOON)
    expect(codeWaitMs(wrong(state, NOON + DAY - 1), NOON + DAY - 1)).toBe(30 * SECOND)
    expect(codeWaitMs(wrong(state, NOON + DAY), NOON + DAY)).toBe(0)
  })

  it('VP-5 is never worth sitting out: waiting for the reset allows fewer guesses', () => {
    const patient = guessesAtMs([0], 30 * DAY).length
    for (let burst = 1; burst <= 120; burst += 1) {
      const pauses = Array.from({ length: burst }, (_, index) => (index === 0 ? DAY : 0))
      const times = guessesAtMs(pauses, 30 * DAY)
      expect(times.length, `${burst} guesses, then a day`).toBeLessThan(patient)
      expect(mostInADay(times)).toBeLessThanOrEqual(GUESSES_A_DAY)
    }
  })

  it('VP-5 allows no more guesses in any day, for any pattern of pauses', () => {
    const pause = fc.oneof(fc.constant(0), fc.nat(20 * MINUTE), fc.nat(2 * DAY))
    fc.assert(
      fc.property(fc.array(pause, { minLength: 1, maxLength: 12 }), (pauses) => {
        expect(mostInADay(guessesAtMs(pauses, 4 * DAY))).toBeLessThanOrEqual(GUESSES_A_DAY)
      }),
    )
  })
})

describe('while everyone enters wrong codes', () => {
  it('VP-5 an account waits after its first wrong code', () => {
    let state = NO_WRONG_CODES
    const waits = [1, 2, 3].map(() => {
      state = wrong(state, NOON, { isCrowded: true })
      return codeWaitMs(state, NOON) / SECOND
    })
    expect(waits).toStrictEqual([10, 30, 60])
  })

  it('VP-5 an account that already waits keeps at least its wait', () => {
    let state = NO_WRONG_CODES
    for (let count = 0; count < 8; count += 1) state = wrong(state, NOON)
    expect(codeWaitMs(wrong(state, NOON, { isCrowded: true }), NOON)).toBe(5 * MINUTE)
  })

  it('VP-5 a new account waits ten seconds before its first code', () => {
    const state = beforeAnyCode(NOON)
    expect(codeWaitMs(state, NOON)).toBe(10 * SECOND)
    expect(codeWaitMs(state, NOON + 10 * SECOND)).toBe(0)
    expect(codeWaitMs(wrong(state, NOON), NOON)).toBe(30 * SECOND)
  })
})

describe('a code that was wrong', () => {
  it('is recognised for the lifetime of a code, after which another device may have it', () => {
    const state = wrong(NO_WRONG_CODES, NOON, { code: 'a' })
    expect(isKnownWrong(state, named('a'), NOON + 15 * MINUTE - 1)).toBe(true)
    expect(isKnownWrong(state, named('a'), NOON + 15 * MINUTE)).toBe(false)
    expect(isKnownWrong(state, named('b'), NOON)).toBe(false)
  })

  it('is recognised among the last five', () => {
    let state = NO_WRONG_CODES
    for (const code of 'abcdef') state = wrong(state, NOON, { code })
    expect([...'abcdef'].map((code) => isKnownWrong(state, named(code), NOON))).toStrictEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ])
  })
})
