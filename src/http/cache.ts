// Per-isolate LRU cache with expiry.

interface Entry<T> {
  readonly value: T
  readonly untilMs: number
}

/** Holds at most `maxSize` values; the least recently used one goes first. */
export class Cache<T> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #maxSize: number

  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  get(name: string, now: number): T | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    this.#entries.delete(name)
    if (now >= entry.untilMs) return undefined
    this.#entries.set(name, entry)
    return entry.value
  }

  set(name: string, value: T, untilMs: number): void {
    this.#entries.delete(name)
    this.#entries.set(name, { value, untilMs })
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#maxSize && oldest !== undefined) this.#entries.delete(oldest)
  }

  delete(name: string): void {
    this.#entries.delete(name)
  }
}
