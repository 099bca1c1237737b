// The push prompts of an account, and the browsers that get them. Loads, asks prompt-guard.ts, saves.
import type { Digest, SessionId } from '../../ids.ts'
import { ID_TOKEN_HINT_LIFETIME_MS } from '../../config/limits.ts'
import { sha256 } from '../../crypto.ts'
import type { Place } from '../../sender/location.ts'
import { MAX_VOIDED_HINTS } from './account-limits.ts'
import {
  NO_PROMPTS,
  type PromptGuard,
  type PromptRequest,
  afterPrompt,
  afterSilence,
  isAnswerable,
  isNear,
  mayPrompt,
} from './prompt-guard.ts'
import { type OwnSubscription, type PushAddress, PushSubscriptions } from './push-subscriptions.ts'
import type { SessionDigest, Sessions } from './sessions.ts'

const GUARD = 'prompts'
/** ID tokens from before this time are void as hints; those of a single client have a key of their own. */
const HINTS_VOID = 'hints_void'
const HINTS_VOID_OF = `${HINTS_VOID}:`
// Hashed: a client_id may be an address that is longer than a key may be.
const hintsVoidOf = (clientId: string) => HINTS_VOID_OF + sha256(clientId)

/** A subscribed browser, as the person knows it. */
export interface SubscribedBrowser extends OwnSubscription {
  readonly browser: string
}

/** A prompt that a browser got at its endpoint, and its person refuses. */
export interface RefusedPrompt {
  readonly endpoint: string
  readonly codeHash: Digest
}

/** The outcome of "Not me". Without a prompt for the code, or long after it, no request ends. */
export type Refusal = { readonly outcome: 'not_asked' | 'too_late' | 'refused' }

/** Its caller checks that the account is active and the session is live. */
export class Prompts {
  readonly #storage: DurableObjectStorage
  readonly #sessions: Sessions
  readonly #subscriptions: PushSubscriptions

  constructor(storage: DurableObjectStorage, sessions: Sessions) {
    this.#storage = storage
    this.#sessions = sessions
    this.#subscriptions = new PushSubscriptions(storage)
  }

  subscribe(sessionId: SessionId, address: PushAddress, place: Place, now: number): Promise<void> {
    return this.#subscriptions.save(sessionId, { ...address, place, subscribedAtMs: now })
  }

  /** Ends a subscription; with `endpoint`, only if it has that endpoint. */
  unsubscribe(sessionId: SessionId, endpoint?: string): Promise<void> {
    return this.#subscriptions.end(sessionId, endpoint)
  }

  /** Ends the subscriptions of sessions that have ended. */
  async tidyUp(now: number): Promise<void> {
    const sessions = await this.#sessions.list(now)
    await this.#subscriptions.endWithout(sessions.map(({ id }) => id))
  }

  /** Moves the subscription of a browser to its new session. */
  async move(
    previous: SessionDigest,
    sessionId: SessionId,
    place: Place,
    now: number,
  ): Promise<void> {
    if ((await this.#sessions.find(previous, now)) === undefined) return
    await this.#subscriptions.move(previous.id, sessionId)
    await this.#subscriptions.notePlace(sessionId, place)
  }

  /** Notes the current place of a session's browser. */
  notePlace(sessionId: SessionId, place: Place): Promise<void> {
    return this.#subscriptions.notePlace(sessionId, place)
  }

  /** The subscribed browsers with a live session, the newest first. */
  async browsers(now: number): Promise<readonly SubscribedBrowser[]> {
    const [subscriptions, sessions] = await Promise.all([
      this.#subscriptions.list(),
      this.#sessions.list(now),
    ])
    return subscriptions.flatMap((subscription) => {
      const session = sessions.find(({ id }) => id === subscription.sessionId)
      return session === undefined ? [] : [{ ...subscription, browser: session.browser }]
    })
  }

  /** The subscriptions to send a prompt to, which is counted. */
  async prompt(
    request: PromptRequest,
    now: number,
    callId?: string,
  ): Promise<readonly OwnSubscription[]> {
    const [guard, areHintsVoid] = await Promise.all([this.#guard(), this.#isVoid(request)])
    const isAgain = callId !== undefined && guard.prompts.some((one) => one.callId === callId)
    if (!isAgain && (areHintsVoid || !mayPrompt(guard, request, now))) return []
    const near = (await this.browsers(now)).filter(({ place }) => isNear(request, place))
    if (near.length > 0 && !isAgain)
      await this.#storage.put(GUARD, afterPrompt(guard, { ...request, callId }, now))
    return near
  }

  /** Voids the ID tokens issued until now as hints: those of one client, or of all. */
  async voidHints(now: number, clientId?: string): Promise<void> {
    await this.#storage.put(clientId === undefined ? HINTS_VOID : hintsVoidOf(clientId), now)
    const voided = await this.#storage.list<number>({ prefix: HINTS_VOID_OF })
    const latest = [...voided].toSorted(([, a], [, b]) => b - a)
    const old = latest.filter(([, atMs]) => atMs + ID_TOKEN_HINT_LIFETIME_MS <= now)
    const [tooMany, ...more] = latest.slice(MAX_VOIDED_HINTS)
    await Promise.all([...old, ...more].map(([name]) => this.#storage.delete(name)))
    if (tooMany !== undefined) await this.#voidAllUntil(tooMany)
  }

  // Drops the record of one client; to be safe, ID tokens of all clients from before its time are void.
  async #voidAllUntil([name, atMs]: readonly [string, number]): Promise<void> {
    const before = (await this.#storage.get<number>(HINTS_VOID)) ?? -Infinity
    await Promise.all([
      this.#storage.delete(name),
      this.#storage.put(HINTS_VOID, Math.max(before, atMs)),
    ])
  }

  /** Silences the source of a prompt, if this browser got that prompt. */
  async refuse(
    sessionId: SessionId,
    { endpoint, codeHash }: RefusedPrompt,
    now: number,
  ): Promise<Refusal> {
    const subscription = await this.#subscriptions.find(sessionId)
    const { prompts } = await this.#guard()
    const prompt = prompts.find((one) => one.codeHash === codeHash)
    if (subscription?.endpoint !== endpoint || prompt === undefined) return { outcome: 'not_asked' }
    await this.silence(prompt.source, now)
    return { outcome: isAnswerable(prompt, now) ? 'refused' : 'too_late' }
  }

  async silence(source: Digest, now: number): Promise<void> {
    await this.#storage.put(GUARD, afterSilence(await this.#guard(), source, now))
  }

  async #isVoid({ clientId, hintIssuedAtMs = Infinity }: PromptRequest): Promise<boolean> {
    const voided = await this.#storage.get<number>([HINTS_VOID, hintsVoidOf(clientId)])
    return [...voided.values()].some((atMs) => hintIssuedAtMs <= atMs)
  }

  async #guard(): Promise<PromptGuard> {
    return (await this.#storage.get<PromptGuard>(GUARD)) ?? NO_PROMPTS
  }
}
