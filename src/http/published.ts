// Values that other hosts publish: metadata, documents, key sets.
import { HOST_AWAY_RETRY_MS, LAST_GOOD_MS } from '../config/limits.ts'
import { Cache } from './cache.ts'
import { NotFetched } from './public-fetch.ts'

interface Found<T> {
  readonly value: T
  /** The time until it must be fetched again. */
  readonly cacheMs: number
}

/** Gets a value from its host. Throws NotFetched, also for an unusable answer. */
type Fetch<T> = () => Promise<Found<T>>

/**
 * Per-isolate cache of at most `maxSize` values. The last good value stays in use while its host is
 * down, and ends when the host answers that it is gone.
 */
export class Published<T> {
  readonly #fresh: Cache<T>
  readonly #lastGood: Cache<T>

  constructor(maxSize: number) {
    this.#fresh = new Cache(maxSize)
    this.#lastGood = new Cache(maxSize)
  }

  /** The cached value, if it is fresh. */
  fresh(name: string): T | undefined {
    return this.#fresh.get(name, Date.now())
  }

  /** The value, fetched if it is due. Throws NotFetched if neither host nor cache has one. */
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

  /** Fetches the value even if it is not due. Throws NotFetched; a cached value stays if the host is down. */
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
