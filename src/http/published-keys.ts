// Key sets at an address (RFC 7517 §5). jose's remote sets lack two things: the last good keys must stay
// in use while their host is down, and each request must pay for its own fetches.
import { type JSONWebKeySet, type JWTVerifyGetKey, createLocalJWKSet, errors } from 'jose'
import { KEYS_CACHE_MS, KEYS_COOLDOWN_MS } from '../config/limits.ts'
import { NotFetched } from './public-fetch.ts'
import { Published } from './published.ts'

interface KeySet {
  readonly getKey: JWTVerifyGetKey
  /** The time of the last renewal, and the reason if it failed. */
  askedAtMs: number
  failure: NotFetched | undefined
}

/** Per-isolate cache, no more than `maxSize` sets. */
export class PublishedKeys {
  readonly #sets: Published<KeySet>

  constructor(maxSize: number) {
    this.#sets = new Published(maxSize)
  }

  /** Finds the key at `address` that a JWT names. Throws NotFetched, as `fetchText` does. */
  at(address: string, fetchText: () => Promise<string>): JWTVerifyGetKey {
    const fetch = async () => ({ value: toKeySet(await fetchText()), cacheMs: KEYS_CACHE_MS })
    return async (header, token) => {
      const set = await this.#sets.get(address, fetch)
      try {
        return await set.getKey(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
        // CA-16: an unknown `kid` renews the set, at most once per cooldown.
        const now = Date.now()
        if (now < set.askedAtMs + KEYS_COOLDOWN_MS) throw set.failure ?? error
        const askedBeforeMs = set.askedAtMs
        set.askedAtMs = now
        const renewed = await this.#sets.renew(address, fetch).catch((failure: unknown) => {
          // The limit of one sender says nothing about the host: the next sender may ask.
          if (failure instanceof NotFetched && failure.limit !== undefined)
            set.askedAtMs = askedBeforeMs
          else if (failure instanceof NotFetched) set.failure = failure
          throw failure
        })
        return renewed.getKey(header, token)
      }
    }
  }
}

const toKeySet = (text: string): KeySet => {
  try {
    const getKey = createLocalJWKSet(JSON.parse(text) as JSONWebKeySet)
    return { getKey, askedAtMs: Date.now(), failure: undefined }
  } catch {
    throw new NotFetched('the document is not a key set', { isTransient: false })
  }
}
