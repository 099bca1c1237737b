// Values that other hosts publish: metadata, documents, key sets.
import { HOST_AWAY_RETRY_MS, LAST_GOOD_MS, LAST_GOOD_UNASKED_MS } from '../config/limits.ts'
import { Cache } from './cache.ts'
import { NotFetched } from './public-fetch.ts'

interface Found<T> {
  readonly value: T
  /** The time until it must be fetched again. */
  readonly cacheMs: number
}

/** Gets a value from its host. Throws NotFetched, also for an unusable answer. */
type Fetch<T> = () => Promise<Found<T>>

/** A fetch that is under way. */
interface Flight {
  isOver: boolean
  failure: unknown
}

interface LastGood<T> {
  readonly value: T
  readonly fetchedAtMs: number
}

const FLIGHT_CHECK_MS = 20
/** Longer than any fetch: a request that was cut off ends its flight without a word. */
const MAX_FLIGHT_CHECKS = 500

/**
 * Per-isolate cache of at most `maxSize` values. The last good value stays in use while its host is
 * down, and ends when the host answers that it is gone.
 */
export class Published<T> {
  readonly #fresh: Cache<T>
  readonly #lastGood: Cache<LastGood<T>>
  readonly #flights = new Map<string, Flight>()

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
    const known = this.fresh(name)
    if (known !== undefined) return known
    try {
      return (await this.#awaitFlight(name)) ?? (await this.renew(name, fetch))
    } catch (error) {
      const last = error instanceof NotFetched ? this.#lastGoodAfter(name, error) : undefined
      if (last === undefined) throw error
      return last
    }
  }

  /** Fetches the value even if it is not due. Throws NotFetched; a cached value stays if the host is down. */
  async renew(name: string, fetch: Fetch<T>): Promise<T> {
    const flight: Flight = { isOver: false, failure: undefined }
    this.#flights.set(name, flight)
    const now = Date.now()
    try {
      const { value, cacheMs } = await fetch()
      this.#fresh.set(name, value, now + cacheMs)
      this.#lastGood.set(name, { value, fetchedAtMs: now }, now + LAST_GOOD_MS)
      return value
    } catch (error) {
      flight.failure = error
      if (error instanceof NotFetched && !error.isTransient) {
        this.#fresh.delete(name)
        this.#lastGood.delete(name)
      }
      throw error
    } finally {
      flight.isOver = true
      if (this.#flights.get(name) === flight) this.#flights.delete(name)
    }
  }

  // A burst of requests for one value fetches it once, so it cannot use up the quota of its host. Each
  // request looks by itself: a Worker must not await what another request does.
  async #awaitFlight(name: string): Promise<T | undefined> {
    const flight = this.#flights.get(name)
    if (flight === undefined) return undefined
    for (let checks = 0; !flight.isOver && checks < MAX_FLIGHT_CHECKS; checks += 1)
      await scheduler.wait(FLIGHT_CHECK_MS)
    const { failure } = flight
    // The limit of one sender is not that of the next.
    if (failure instanceof NotFetched && failure.limit === undefined) throw failure
    return this.fresh(name)
  }

  #lastGoodAfter(name: string, { isTransient, limit }: NotFetched): T | undefined {
    const now = Date.now()
    const last = isTransient ? this.#lastGood.get(name, now) : undefined
    // A sender beyond its own limit must not choose what this server believes.
    if (last === undefined || limit === 'asker') return undefined
    if (limit === 'host')
      return now < last.fetchedAtMs + LAST_GOOD_UNASKED_MS ? last.value : undefined
    this.#fresh.set(name, last.value, now + HOST_AWAY_RETRY_MS)
    return last.value
  }
}
