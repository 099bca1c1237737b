// The user codes that were looked up for one account (RFC 8628 §5.1).
import type { UserCode } from '../../ids.ts'
import { CODES_AT_ONCE_WINDOW_MS, FREE_WRONG_CODES } from '../../config/limits.ts'
import { sha256 } from '../../crypto.ts'
import {
  NO_WRONG_CODES,
  type WrongCodes,
  afterWrongCode,
  beforeAnyCode,
  codeWaitMs,
  countAt,
  isKnownWrong,
} from './code-guard.ts'
import type { CodeTry } from './views.ts'

const WRONG_CODES = 'wrong_user_codes'

/** A code to be looked up. */
export interface CodeLookUp {
  readonly userCode: UserCode
  /** This account has been shown its request before, as a proof of ours says. */
  readonly wasShown: boolean
}

/** Counts wrong codes, and limits codes that are sent at the same time. */
export class CodeTries {
  readonly #storage: DurableObjectStorage
  // The codes of the last second. None of them passes a wait: a code that was looked up may still be
  // a guess without an answer. Only a proof that the question carried tells that it was shown.
  readonly #triedAtMs = new Map<string, number>()

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** Time until the next code may be looked up, in ms. */
  async waitMs(now: number): Promise<number> {
    return codeWaitMs(await this.#wrongCodes(), now)
  }

  /**
   * Checks that this code may be looked up, and counts the look-up if so. A request that was shown is no
   * guess, and stays available while the account waits.
   */
  async try({ userCode, wasShown }: CodeLookUp, now: number): Promise<CodeTry> {
    const wrongCodes = await this.#wrongCodes()
    if (wasShown) return { codeWaitMs: 0 }
    if (isKnownWrong(wrongCodes, sha256(userCode), now))
      return { codeWaitMs: 0, isKnownWrong: true }
    const waitMs = codeWaitMs(wrongCodes, now)
    if (waitMs > 0) return { codeWaitMs: waitMs }
    this.#forget(now)
    if (this.#triedAtMs.has(userCode)) return { codeWaitMs: 0 }
    // Guesses sent together outrun the count: allow as many as are still free, at least one.
    if (this.#triedAtMs.size >= Math.max(1, FREE_WRONG_CODES - countAt(wrongCodes, now)))
      return { codeWaitMs: CODES_AT_ONCE_WINDOW_MS }
    this.#triedAtMs.set(userCode, now)
    return { codeWaitMs: 0 }
  }

  /** Counts a wrong code; the same code counts once, even if it is sent several times at once. */
  async countWrong(userCode: UserCode, isCrowded: boolean, now: number): Promise<void> {
    this.#triedAtMs.delete(userCode)
    const before = await this.#wrongCodes()
    const codeHash = sha256(userCode)
    if (!isKnownWrong(before, codeHash, now))
      await this.#save(afterWrongCode(before, { codeHash, isCrowded }, now))
  }

  /** Makes a new account wait before its first code. */
  async waitBeforeFirst(now: number): Promise<void> {
    await this.#save(beforeAnyCode(now))
  }

  #forget(now: number): void {
    for (const [userCode, triedAtMs] of this.#triedAtMs)
      if (now >= triedAtMs + CODES_AT_ONCE_WINDOW_MS) this.#triedAtMs.delete(userCode)
  }

  async #wrongCodes(): Promise<WrongCodes> {
    return (await this.#storage.get<WrongCodes>(WRONG_CODES)) ?? NO_WRONG_CODES
  }

  #save(wrongCodes: WrongCodes): Promise<void> {
    return this.#storage.put(WRONG_CODES, wrongCodes)
  }
}
