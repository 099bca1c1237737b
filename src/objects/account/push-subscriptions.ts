// The browsers of one account that are asked by Web Push (RFC 8030), each for as long as its session.
import type { Place } from '../../sender/location.ts'
import { MAX_PUSH_SUBSCRIPTIONS } from './account-limits.ts'

const key = (sessionId: string) => `push:${sessionId}`

/** Where messages for one browser go, and what they are encrypted for (RFC 8291 §2.1, §2.2). */
export interface PushAddress {
  readonly endpoint: string
  /** Its public key and its authentication secret, in base64url. */
  readonly p256dh: string
  readonly auth: string
}

interface KeptSubscription extends PushAddress {
  /** Where the browser was last seen. */
  readonly place: Place
  readonly subscribedAtMs: number
}

export interface OwnSubscription extends KeptSubscription {
  readonly sessionId: string
}

/** Subscriptions by their sessions; whether those are live is not its business. */
export class PushSubscriptions {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  find(sessionId: string): Promise<KeptSubscription | undefined> {
    return this.#storage.get<KeptSubscription>(key(sessionId))
  }

  /** Keeps one, in place of an older one of the same browser; the oldest of too many goes. */
  async keep(sessionId: string, subscription: KeptSubscription): Promise<void> {
    const others = (await this.list()).filter((other) => other.sessionId !== sessionId)
    const superseded = others.filter(({ endpoint }) => endpoint === subscription.endpoint)
    const tooMany = others
      .filter((other) => !superseded.includes(other))
      .slice(MAX_PUSH_SUBSCRIPTIONS - 1)
    await Promise.all([
      this.#storage.put(key(sessionId), subscription),
      ...[...superseded, ...tooMany].map((other) => this.#storage.delete(key(other.sessionId))),
    ])
  }

  /** Somebody signed in again, in the same browser. */
  async move(fromSessionId: string, toSessionId: string): Promise<void> {
    const subscription = await this.find(fromSessionId)
    if (subscription === undefined) return
    await Promise.all([
      this.#storage.put(key(toSessionId), subscription),
      this.#storage.delete(key(fromSessionId)),
    ])
  }

  /** The browser is here now. */
  async see(sessionId: string, place: Place): Promise<void> {
    const before = await this.find(sessionId)
    if (before !== undefined && !isSamePlace(before.place, place))
      await this.#storage.put(key(sessionId), { ...before, place })
  }

  /** Ends one; only that with this endpoint, where one is given. */
  async end(sessionId: string, endpoint?: string): Promise<void> {
    const subscription = await this.find(sessionId)
    if (subscription === undefined) return
    if (endpoint === undefined || endpoint === subscription.endpoint)
      await this.#storage.delete(key(sessionId))
  }

  /** Ends all but those of the sessions that there are. */
  async endWithout(sessionIds: readonly string[]): Promise<void> {
    const orphans = (await this.list()).filter(({ sessionId }) => !sessionIds.includes(sessionId))
    await Promise.all(orphans.map(({ sessionId }) => this.#storage.delete(key(sessionId))))
  }

  /** All of them, the newest first. */
  async list(): Promise<readonly OwnSubscription[]> {
    const all = await this.#storage.list<KeptSubscription>({ prefix: key('') })
    return [...all]
      .map(([name, subscription]) => ({ ...subscription, sessionId: name.slice(key('').length) }))
      .toSorted((a, b) => b.subscribedAtMs - a.subscribedAtMs)
  }
}

const isSamePlace = (a: Place, b: Place): boolean =>
  a.city === b.city && a.region === b.region && a.country === b.country
