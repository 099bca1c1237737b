// The user codes that the person of one account has had looked up (RFC 8628 §5.1).
import {
  CODES_AT_ONCE_WINDOW_MS,
  FREE_WRONG_CODES,
  MAX_CODE_LIFETIME_MS,
} from '../../config/limits.ts'
import { sha256 } from '../../crypto.ts'
import { MAX_SHOWN_CODES } from './account-limits.ts'
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

/** Counts the wrong ones, and those that come together. */
export class CodeTries {
  readonly #storage: DurableObjectStorage
  // When which code was first looked up that has not been wrong. In memory is enough: attackers who
  // make an account wait keep it there, and the page proves by itself what it has shown.
  readonly #triedAtMs = new Map<string, number>()

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** How long until the next one may be looked up, in ms. */
  async waitMs(now: number): Promise<number> {
    return codeWaitMs(await this.#wrongCodes(), now)
  }

  /**
   * Whether this one may be looked up, which then counts as done. A request that was shown is no guess,
   * and stays within reach while the account waits; `wasShown`: the page has proven that.
   */
  async try(userCode: string, wasShown: boolean, now: number): Promise<CodeTry> {
    const wrongCodes = await this.#wrongCodes()
    if (wasShown) return { codeWaitMs: 0 }
    if (isKnownWrong(wrongCodes, sha256(userCode), now))
      return { codeWaitMs: 0, isKnownWrong: true }
    this.#forget(now)
    if (this.#triedAtMs.has(userCode)) return { codeWaitMs: 0 }
    const waitMs = codeWaitMs(wrongCodes, now)
    if (waitMs > 0) return { codeWaitMs: waitMs }
    // Guesses that are sent together outrun the count: no more of them than are free, or one.
    const atOnce = [...this.#triedAtMs.values()].filter(
      (triedAtMs) => now < triedAtMs + CODES_AT_ONCE_WINDOW_MS,
    )
    if (atOnce.length >= Math.max(1, FREE_WRONG_CODES - countAt(wrongCodes, now)))
      return { codeWaitMs: CODES_AT_ONCE_WINDOW_MS }
    this.#triedAtMs.set(userCode, now)
    return { codeWaitMs: 0 }
  }

  /** One led nowhere. The same one counts once, however often it was sent at the same time. */
  async countWrong(userCode: string, isCrowded: boolean, now: number): Promise<void> {
    this.#triedAtMs.delete(userCode)
    const before = await this.#wrongCodes()
    const codeHash = sha256(userCode)
    if (!isKnownWrong(before, codeHash, now))
      await this.#keep(afterWrongCode(before, { codeHash, isCrowded }, now))
  }

  /** Has an account wait that was made just now. */
  async waitFirst(now: number): Promise<void> {
    await this.#keep(beforeAnyCode(now))
  }

  #forget(now: number): void {
    for (const [userCode, triedAtMs] of this.#triedAtMs) {
      const isTooMuch = this.#triedAtMs.size > MAX_SHOWN_CODES
      if (isTooMuch || now >= triedAtMs + MAX_CODE_LIFETIME_MS) this.#triedAtMs.delete(userCode)
    }
  }

  async #wrongCodes(): Promise<WrongCodes> {
    return (await this.#storage.get<WrongCodes>(WRONG_CODES)) ?? NO_WRONG_CODES
  }

  #keep(wrongCodes: WrongCodes): Promise<void> {
    return this.#storage.put(WRONG_CODES, wrongCodes)
  }
}
