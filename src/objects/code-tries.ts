// The user codes that the person of one account has had looked up (RFC 8628 §5.1).
import { CODES_AT_ONCE_WINDOW_MS, MAX_WRONG_CODES } from '../config.ts'
import { type WrongCodes, afterWrongCode, codeWaitMs } from './code-guard.ts'

const WRONG_CODES = 'wrong_codes'

/** Counts the wrong ones, and those that come together. */
export class CodeTries {
  readonly #storage: DurableObjectStorage
  // When which code was last looked up. In memory is enough: what is asked so often stays there.
  readonly #triedAtMs = new Map<string, number>()

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** How long until the next one may be looked up, in ms. */
  async waitMs(now: number): Promise<number> {
    return codeWaitMs(await this.#wrongCodes(), now)
  }

  /** How long until this one may be, in ms; if that is 0 it counts as looked up. */
  async try(userCode: string, now: number): Promise<number> {
    const waitMs = await this.waitMs(now)
    if (waitMs > 0) return waitMs
    for (const [code, triedAtMs] of this.#triedAtMs)
      if (now >= triedAtMs + CODES_AT_ONCE_WINDOW_MS) this.#triedAtMs.delete(code)
    if (!this.#triedAtMs.has(userCode) && this.#triedAtMs.size >= MAX_WRONG_CODES)
      return CODES_AT_ONCE_WINDOW_MS
    this.#triedAtMs.set(userCode, now)
    return 0
  }

  /** One led nowhere. */
  async countWrong(now: number): Promise<void> {
    await this.#storage.put(WRONG_CODES, afterWrongCode(await this.#wrongCodes(), now))
  }

  async #wrongCodes(): Promise<WrongCodes> {
    return (await this.#storage.get<WrongCodes>(WRONG_CODES)) ?? []
  }
}
