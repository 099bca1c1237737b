// The browser sessions of one account.
import type { Digest, SessionId } from '../../ids.ts'
import { SESSION_LIFETIME_MS } from '../../config/limits.ts'
import type { Place } from '../../sender/location.ts'
import { MAX_SESSIONS } from './account-limits.ts'

const PREFIX = 'session:'
const key = (id: SessionId) => PREFIX + id

/** A session cookie's id, and the digest of its secret. */
export interface SessionDigest {
  readonly id: SessionId
  readonly secretHash: Digest
}

/** The method, time and place of a sign-in. */
export interface SignIn {
  readonly amr: readonly string[]
  /** The time of the authentication itself, which may be earlier at an identity provider. */
  readonly authTimeMs: number
  /** The identity provider that authenticated the person; undefined for a built-in account. */
  readonly provider?: string | undefined
  /** The browser's name, from its User-Agent. */
  readonly browser: string
  readonly place: Place
}

export interface Session extends SignIn {
  readonly secretHash: Digest
  readonly startedAtMs: number
}

/** Sessions by their ids; a live one is younger than SESSION_LIFETIME_MS. */
export class Sessions {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  begin({ id, secretHash }: SessionDigest, signIn: SignIn, now: number): Promise<void> {
    const session: Session = { ...signIn, secretHash, startedAtMs: now }
    return this.#storage.put(key(id), session)
  }

  /** The live session with this id and secret, or undefined. */
  async find({ id, secretHash }: SessionDigest, now: number): Promise<Session | undefined> {
    const session = await this.#storage.get<Session>(key(id))
    return session?.secretHash === secretHash && isLive(session, now) ? session : undefined
  }

  /** All live sessions, the newest first. */
  async list(now: number): Promise<(Session & { readonly id: SessionId })[]> {
    const sessions = await this.#all()
    return sessions
      .filter((session) => isLive(session, now))
      .toSorted((a, b) => b.startedAtMs - a.startedAtMs)
  }

  async end(id: SessionId): Promise<void> {
    await this.#storage.delete(key(id))
  }

  async endAll(): Promise<void> {
    await this.#remove(await this.#all())
  }

  /** Removes expired sessions and, beyond the limit, the oldest. */
  async tidyUp(now: number): Promise<void> {
    const [all, live] = [await this.#all(), await this.list(now)]
    const kept = new Set(live.slice(0, MAX_SESSIONS).map(({ id }) => id))
    await this.#remove(all.filter(({ id }) => !kept.has(id)))
  }

  async #all(): Promise<(Session & { readonly id: SessionId })[]> {
    const sessions = await this.#storage.list<Session>({ prefix: PREFIX })
    return [...sessions].map(([name, session]) => ({
      ...session,
      id: name.slice(PREFIX.length) as SessionId,
    }))
  }

  async #remove(sessions: readonly { readonly id: SessionId }[]): Promise<void> {
    await Promise.all(sessions.map(({ id }) => this.#storage.delete(key(id))))
  }
}

const isLive = ({ startedAtMs }: Session, now: number): boolean =>
  now < startedAtMs + SESSION_LIFETIME_MS
