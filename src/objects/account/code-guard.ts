// The wait of an account after wrong user codes (RFC 8628 §5.1). Pure.
//
// The bound. A user code is one of 20^8 (34.6 bits) or, in digits, one of 10^9 (29.9 bits). An account
// has 5 free guesses and one after each wait, so the 10th comes after 520 s, the 11th after 1,420 s, and
// then one every 900 s: at most 105 guesses in any 24 hours, and 96 in each further day.
// - One code that lives 10 minutes faces 10 guesses of an account: 10/20^8, which is 2^-31 (RFC 8628
//   §5.1 finds 2^-32 enough, with 5 guesses).
// - With 1,000 codes alive at any time, 105 guesses find one with 105 * 1000/20^8 = 4 in a million: a
//   thousand accounts that guess all day need two thirds of a year, and in digits ten days.
// Nothing passes a wait but a code that was wrong, which is not looked up again, and a request that this
// account proves to have been shown. A code that was only looked up before is a guess, in every session.
// A hit is another person's device, which the guesser may let into their own account.
import type { Digest } from '../../ids.ts'
import {
  FREE_WRONG_CODES,
  MAX_CODE_LIFETIME_MS,
  WRONG_CODES_RESET_MS,
} from '../../config/limits.ts'
import { MINUTE, SECOND } from '../../durations.ts'
import { MAX_KNOWN_WRONG_CODES } from './account-limits.ts'

/** Waits after the last free guess and each later one; the last wait repeats. */
const WAITS_MS = [
  10 * SECOND,
  30 * SECOND,
  1 * MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  15 * MINUTE,
] as const

interface WrongCode {
  readonly codeHash: Digest
  readonly atMs: number
}

/** The wrong user codes of one account. */
export interface WrongCodes {
  readonly count: number
  readonly lastAtMs: number
  /** The most recent ones. */
  readonly known: readonly WrongCode[]
}

export const NO_WRONG_CODES: WrongCodes = { count: 0, lastAtMs: 0, known: [] }

/** The number that counts at `now`. A correct code resets nothing: attackers own devices, too. */
export const countAt = ({ count, lastAtMs }: WrongCodes, now: number): number =>
  now < lastAtMs + WRONG_CODES_RESET_MS ? count : 0

/**
 * Adds one wrong code. `isCrowded`: the whole service sees so many that an attacker may be guessing with
 * many accounts, so the first wait follows the first wrong code.
 */
export const afterWrongCode = (
  before: WrongCodes,
  { codeHash, isCrowded }: { codeHash: Digest; isCrowded: boolean },
  now: number,
): WrongCodes => ({
  count: Math.max(countAt(before, now), isCrowded ? FREE_WRONG_CODES - 1 : 0) + 1,
  lastAtMs: now,
  known: [...before.known, { codeHash, atMs: now }].slice(-MAX_KNOWN_WRONG_CODES),
})

/** The start of an account that is created while many others are: with one wait. */
export const beforeAnyCode = (now: number): WrongCodes => ({
  count: FREE_WRONG_CODES,
  lastAtMs: now,
  known: [],
})

/** Time until the next user code may be tried, in ms. */
export const codeWaitMs = (wrongCodes: WrongCodes, now: number): number => {
  const count = countAt(wrongCodes, now)
  if (count < FREE_WRONG_CODES) return 0
  const wait = WAITS_MS[Math.min(count - FREE_WRONG_CODES, WAITS_MS.length - 1)] ?? 0
  return Math.max(0, wrongCodes.lastAtMs + wait - now)
}

/** True if a code was wrong within the lifetime of a code; after that another device may have it. */
export const isKnownWrong = ({ known }: WrongCodes, codeHash: Digest, now: number): boolean =>
  known.some((one) => one.codeHash === codeHash && now < one.atMs + MAX_CODE_LIFETIME_MS)
