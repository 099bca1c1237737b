// The Web Push subscriptions of one account (RFC 8030), each for as long as its browser's session.
import type { SessionId } from '../../ids.ts'
import type { Place } from '../../sender/location.ts'
import { MAX_PUSH_SUBSCRIPTIONS } from './account-limits.ts'

const PREFIX = 'push:'
const key = (sessionId: SessionId) => PREFIX + sessionId

/** A browser's push endpoint and its encryption keys (RFC 8291 §2.1, §2.2). */
export interface PushAddress {
  readonly endpoint: string
  /** The browser's public key and its authentication secret, in base64url. */
  readonly p256dh: string
  readonly auth: string
}

interface StoredSubscription extends PushAddress {
  /** The last known place of the browser. */
  readonly place: Place
  readonly subscribedAtMs: number
}

export interface OwnSubscription extends StoredSubscription {
  readonly sessionId: SessionId
}

/** Subscriptions by session id. Its caller checks that the session is live. */
export class PushSubscriptions {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  find(sessionId: SessionId): Promise<StoredSubscription | undefined> {
    return this.#storage.get<StoredSubscription>(key(sessionId))
  }

  /** Stores a subscription in place of the browser's older one; beyond the limit the oldest goes. */
  async save(sessionId: SessionId, subscription: StoredSubscription): Promise<void> {
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

  /** Moves a subscription to the browser's new session. */
  async move(fromSessionId: SessionId, toSessionId: SessionId): Promise<void> {
    const subscription = await this.find(fromSessionId)
    if (subscription === undefined) return
    await Promise.all([
      this.#storage.put(key(toSessionId), subscription),
      this.#storage.delete(key(fromSessionId)),
    ])
  }

  /** Notes the current place of the browser. */
  async notePlace(sessionId: SessionId, place: Place): Promise<void> {
    const before = await this.find(sessionId)
    if (before !== undefined && !isSamePlace(before.place, place))
      await this.#storage.put(key(sessionId), { ...before, place })
  }

  /** Ends a subscription; with `endpoint`, only if it has that endpoint. */
  async end(sessionId: SessionId, endpoint?: string): Promise<void> {
    const subscription = await this.find(sessionId)
    if (subscription === undefined) return
    if (endpoint === undefined || endpoint === subscription.endpoint)
      await this.#storage.delete(key(sessionId))
  }

  /** Ends the subscriptions of all other sessions. */
  async endWithout(sessionIds: readonly SessionId[]): Promise<void> {
    const orphans = (await this.list()).filter(({ sessionId }) => !sessionIds.includes(sessionId))
    await Promise.all(orphans.map(({ sessionId }) => this.#storage.delete(key(sessionId))))
  }

  /** All subscriptions, the newest first. */
  async list(): Promise<readonly OwnSubscription[]> {
    const all = await this.#storage.list<StoredSubscription>({ prefix: PREFIX })
    return [...all]
      .map(([name, subscription]) => ({
        ...subscription,
        sessionId: name.slice(PREFIX.length) as SessionId,
      }))
      .toSorted((a, b) => b.subscribedAtMs - a.subscribedAtMs)
  }
}

const isSamePlace = (a: Place, b: Place): boolean =>
  a.city === b.city && a.region === b.region && a.country === b.country
