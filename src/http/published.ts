// Values that others publish: metadata, documents, key sets.
import { HOST_AWAY_RETRY_MS, LAST_GOOD_MS } from '../config/limits.ts'
import { Cache } from './cache.ts'
import { NotFetched } from './public-fetch.ts'

interface Found<T> {
  readonly value: T
  /** How long it may be used without asking again. */
  readonly cacheMs: number
}

/** Gets a value from its host. Throws NotFetched, also for what it cannot use. */
type Fetch<T> = () => Promise<Found<T>>

/**
 * Per-isolate cache, no more than `maxSize` values. The last good one goes on while its host does not
 * answer, and not once it answers otherwise.
 */
export class Published<T> {
  readonly #fresh: Cache<T>
  readonly #lastGood: Cache<T>

  constructor(maxSize: number) {
    this.#fresh = new Cache(maxSize)
    this.#lastGood = new Cache(maxSize)
  }

  /** The value by this name, if it need not be asked for. */
  fresh(name: string): T | undefined {
    return this.#fresh.get(name, Date.now())
  }

  /** The value by this name, asked for if it is due. Throws NotFetched if there is none to use. */
  async get(name: string, fetch: Fetch<T>): Promise<T> {
    const now = Date.now()
    const known = this.#fresh.get(name, now)
    if (known !== undefined) return known
    try {
      return await this.renew(name, fetch)
    } catch (error) {
      const isAway = error instanceof NotFetched && error.isTransient
      const last = isAway ? this.#lastGood.get(name, now) : undefined
      if (last === undefined) throw error
      this.#fresh.set(name, last, now + HOST_AWAY_RETRY_MS)
      return last
    }
  }

  /** Asks for it, though it may not be due. Throws NotFetched; what there is stays if the host is away. */
  async renew(name: string, fetch: Fetch<T>): Promise<T> {
    const now = Date.now()
    try {
      const { value, cacheMs } = await fetch()
      this.#fresh.set(name, value, now + cacheMs)
      this.#lastGood.set(name, value, now + LAST_GOOD_MS)
      return value
    } catch (error) {
      if (error instanceof NotFetched && !error.isTransient) {
        this.#fresh.delete(name)
        this.#lastGood.delete(name)
      }
      throw error
    }
  }
}
