// Key sets at an address (RFC 7517 §5). jose's remote sets would do, but for two things: the last good
// keys are to go on while their host is away, and each request pays for what it has fetched.
import { type JSONWebKeySet, type JWTVerifyGetKey, createLocalJWKSet, errors } from 'jose'
import { KEYS_CACHE_MS, KEYS_COOLDOWN_MS } from '../config/limits.ts'
import { NotFetched } from './public-fetch.ts'
import { Published } from './published.ts'

interface KeySet {
  readonly getKey: JWTVerifyGetKey
  /** When it was last asked for, and why it was not had then. */
  askedAtMs: number
  failure: NotFetched | undefined
}

/** Per-isolate cache, no more than `maxSize` sets. */
export class PublishedKeys {
  readonly #sets: Published<KeySet>

  constructor(maxSize: number) {
    this.#sets = new Published(maxSize)
  }

  /** What finds the key at `address` that a JWT names. It throws NotFetched, as `fetchText` does. */
  at(address: string, fetchText: () => Promise<string>): JWTVerifyGetKey {
    const fetch = async () => ({ value: toKeySet(await fetchText()), cacheMs: KEYS_CACHE_MS })
    return async (header, token) => {
      const set = await this.#sets.get(address, fetch)
      try {
        return await set.getKey(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
        // CA-16: an unknown `kid` makes us ask again, but not at everybody's word.
        const now = Date.now()
        if (now < set.askedAtMs + KEYS_COOLDOWN_MS) throw set.failure ?? error
        set.askedAtMs = now
        const renewed = await this.#sets.renew(address, fetch).catch((failure: unknown) => {
          if (failure instanceof NotFetched) set.failure = failure
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
    throw new NotFetched('there is no key set', { isTransient: false })
  }
}
