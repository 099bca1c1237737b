// One DeviceAuthorization is one device authorization (RFC 8628), from the device's request to the
// grant's redemption. It is named by its normalised user code, stores one record under one key, and
// deletes itself by alarm once no poll can ask for it.
import type { Subject } from '../../ids.ts'
import { DurableObject } from 'cloudflare:workers'
import { MAX_WAITING_PAGES, TOO_MANY_PEOPLE } from '../../config/limits.ts'
import type { Location } from '../../sender/location.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import type { Approval } from './approval.ts'
import type {
  ApprovalOutcome,
  DecisionOutcome,
  Poller,
  PollOutcome,
  RedeemOutcome,
  ReviewOutcome,
  WithdrawalOutcome,
} from './outcomes.ts'
import {
  type AuthorizationState,
  approve,
  collectionEndMs,
  deny,
  open,
  poll,
  redeem,
  retainedUntilMs,
  withdraw,
} from './state.ts'
import type { Opener } from './openings.ts'
import { isShown } from './poll-interval.ts'
import { watch } from './watch.ts'

const RECORD = 'authorization'

/** The WebSocket close code that ends a wait with an answer; any other means: ask again. */
export const SOCKET_ENDED = 4000
/** The end of a held poll: a decision, or a newer poll in its place. */
export type HeldPollEnd = 'decided' | 'superseded'
/** The end of a page's wait: a decision by this person, a closed request, or too many pages. */
export type WatchEnd = 'decided' | 'over' | 'superseded'

/** The header that carries the Poller of a held poll, URI-encoded JSON. */
export const POLLER_HEADER = 'Poller'
/** The header of a poll whose client asked to be held (RFC 7240 §4.3). */
export const PREFERRED_HEADER = 'Preferred'
/** The header of the id of the call, which stays the same when it is made again. */
export const CALL_ID_HEADER = 'Call-Id'
/** The header that carries the subject of a waiting page. */
export const WATCHER_HEADER = 'Watcher'
/** The header that carries the expiry of the code, in ms, beside a page's socket. */
export const EXPIRY_HEADER = 'Expiry'

// Socket tags: a page must not be taken for a poll.
const POLL = 'poll'
const PAGE = 'page'

interface Arrival {
  readonly arrivedAtMs: number
  readonly callId: string | undefined
}

/** The attachment of a held poll's socket. */
interface HeldPoll extends Arrival {
  readonly location: Location
}

/** The record, with the call that changed it last: made again, it gets the same answer. */
type StoredState = AuthorizationState & {
  readonly lastCall?: { readonly id: string; readonly outcome: unknown }
}

interface Page {
  readonly subject: Subject
  readonly sinceMs: number
}

/** `absent`: the object holds no record. */
export type Absent = { readonly outcome: 'absent' }

export class DeviceAuthorization extends DurableObject {
  // Of the polls that count. Polls write nothing, so this is lost with the instance, after 10 s of
  // sleep. A longer interval is then enforced for 10 s only; the arrival time of a held poll is on its
  // socket.
  #lastPoll: Arrival | undefined
  // Of the device's own polls only, including early ones. Lost likewise.
  #lastPollLocation: Location | undefined
  // The record, cached: no one else writes it.
  #known: StoredState | undefined

  /** Starts, unless the user code is in use. */
  async start(request: AuthorizationRequest): Promise<{ outcome: 'started' | 'in_use' }> {
    const known = await this.#load()
    if (known !== undefined)
      return { outcome: known.request.secretHash === request.secretHash ? 'started' : 'in_use' }
    // By this clock, because the first access to a new name takes a while (NOT_SHOWN_YET_MS).
    const started = { ...request, requestedAtMs: Date.now() }
    await Promise.all([
      this.#save({ status: 'pending', request: started, openings: [] }),
      this.ctx.storage.setAlarm(retainedUntilMs(request)),
    ])
    return { outcome: 'started' }
  }

  /** A poll that is not held. */
  async poll(poller: Poller, callId?: string): Promise<PollOutcome | Absent> {
    const state = await this.#load()
    const arrival = { arrivedAtMs: Date.now(), callId }
    const counts = state !== undefined && isShown(state.request, arrival.arrivedAtMs)
    return this.#poll(state, poller, arrival, counts)
  }

  /** Holds a poll or a waiting page on a WebSocket while pending; else the outcome as JSON. */
  override async fetch({ headers }: Request): Promise<Response> {
    const state = await this.#load()
    const now = Date.now()
    const subject = headers.get(WATCHER_HEADER) as Subject | null
    if (subject !== null) return this.#watch(state, { subject, sinceMs: now })
    const poller = JSON.parse(decodeURIComponent(headers.get(POLLER_HEADER) ?? '')) as Poller
    const isHoldable =
      headers.has(PREFERRED_HEADER) || (state !== undefined && isShown(state.request, now))
    const arrival = { arrivedAtMs: now, callId: headers.get(CALL_ID_HEADER) ?? undefined }
    const polled = this.#poll(state, poller, arrival, isHoldable)
    if (polled.outcome !== 'pending' || !isHoldable) return Response.json(polled)
    return this.#hold(POLL, { ...arrival, location: poller.location } satisfies HeldPoll)
  }

  /** Hands the grant over, once (RFC 8628 §3.4). */
  async redeem(
    poller: Poller,
    resource: readonly string[],
    callId?: string,
  ): Promise<RedeemOutcome | Absent> {
    const before = await this.#load()
    if (before === undefined) return { outcome: 'absent' }
    if (isSameCall(before, callId)) return before.lastCall.outcome as RedeemOutcome
    const { state, outcome } = redeem(before, poller, resource, Date.now())
    if (state !== before) await this.#save(afterCall(state, callId, outcome))
    return outcome
  }

  /** Opens the request for review, or returns this person's decision. */
  async open(opener: Opener, callId?: string): Promise<ReviewOutcome> {
    const held = this.ctx.getWebSockets(POLL).map(heldPoll)
    // A held poll's socket survives the object's sleep.
    const last = held.toSorted((a, b) => b.arrivedAtMs - a.arrivedAtMs)[0]
    const location = this.#lastPollLocation ?? last?.location
    return this.#decide((state) => open(state, opener, Date.now(), location), callId)
  }

  async approve(approval: Approval): Promise<ApprovalOutcome> {
    const held = this.ctx.getWebSockets(POLL)
    const isAwaited = held.some(({ readyState }) => readyState === WebSocket.OPEN)
    const decision = await this.#decide((state) => approve(state, approval, Date.now()))
    if (decision.outcome !== 'decided') return decision
    const state = await this.#load()
    const { grantId } = state !== undefined && 'approval' in state ? state.approval : approval
    const collectibleUntilMs = collectionEndMs(decision.request)
    return { ...decision, grantId, isAwaited, collectibleUntilMs }
  }

  async deny(subject: Subject, reason: 'denied' | 'reported'): Promise<DecisionOutcome> {
    return this.#decide((state) => deny(state, subject, reason, Date.now()))
  }

  async withdraw(subject: Subject, callId?: string): Promise<WithdrawalOutcome> {
    return this.#decide((state) => withdraw(state, subject), callId)
  }

  override async alarm(): Promise<void> {
    this.#known = undefined
    await this.ctx.storage.deleteAll()
  }

  // The Worker hung up, or answered its client: nothing to clean up.
  override webSocketClose(): void {}
  override webSocketError(): void {}

  #poll(
    state: AuthorizationState | undefined,
    poller: Poller,
    arrival: Arrival,
    counts: boolean,
  ): PollOutcome | Absent {
    if (state === undefined) return { outcome: 'absent' }
    const held = this.ctx.getWebSockets(POLL)
    const lastAtMs = this.#lastArrivalMs(held, arrival.callId)
    const outcome = poll(state, poller, arrival.arrivedAtMs, lastAtMs)
    if (outcome.outcome === 'pending' || outcome.outcome === 'slow_down')
      this.#lastPollLocation = poller.location
    if (outcome.outcome === 'pending') {
      if (counts) this.#lastPoll = arrival
      end(held, 'superseded')
    }
    return outcome
  }

  #watch(state: AuthorizationState | undefined, page: Page): Response {
    const outcome = watch(state, page.subject, page.sinceMs)
    if (state === undefined || outcome !== 'pending') return Response.json({ outcome })
    // End the oldest pages, so that the limits hold with this one added.
    const all = this.#pages()
    const own = all.filter(({ subject }) => subject === page.subject)
    for (const { socket } of [
      ...own.slice(0, 1 - MAX_WAITING_PAGES),
      ...all.slice(0, 1 - TOO_MANY_PEOPLE * MAX_WAITING_PAGES),
    ])
      end([socket], 'superseded')
    return this.#hold(PAGE, page, { [EXPIRY_HEADER]: String(state.request.expiresAtMs) })
  }

  #hold(tag: string, attachment: unknown, headers: HeadersInit = {}): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, [tag])
    server.serializeAttachment(attachment)
    return new Response(null, { status: 101, webSocket: client, headers })
  }

  async #decide<Outcome>(
    transition: (state: AuthorizationState) => {
      state: AuthorizationState
      outcome: Outcome
    },
    callId?: string,
  ): Promise<Outcome | { outcome: 'not_valid' }> {
    const before = await this.#load()
    if (before === undefined) return { outcome: 'not_valid' }
    if (isSameCall(before, callId)) return before.lastCall.outcome as Outcome
    const { state, outcome } = transition(before)
    if (state !== before) {
      // Not awaited before the sockets end: the output gate holds the frames back until the
      // decision is on disk.
      const saved = this.#save(afterCall(state, callId, outcome))
      if (state.status !== 'pending') {
        end(this.ctx.getWebSockets(POLL), 'decided')
        for (const { socket, subject } of this.#pages())
          end([socket], watch(state, subject, Date.now()) === 'decided' ? 'decided' : 'over')
      }
      await saved
    }
    return outcome
  }

  // A call that is made again is no second poll.
  #lastArrivalMs(held: readonly WebSocket[], callId: string | undefined): number | undefined {
    const arrivals: Arrival[] = held.map(heldPoll)
    if (this.#lastPoll !== undefined) arrivals.push(this.#lastPoll)
    const others = arrivals.filter((one) => callId === undefined || one.callId !== callId)
    return others.length === 0 ? undefined : Math.max(...others.map((one) => one.arrivedAtMs))
  }

  /** The waiting pages, the oldest first. */
  #pages(): readonly (Page & { readonly socket: WebSocket })[] {
    return this.ctx
      .getWebSockets(PAGE)
      .filter(({ readyState }) => readyState === WebSocket.OPEN)
      .map((socket) => ({ ...(socket.deserializeAttachment() as Page), socket }))
      .toSorted((a, b) => a.sinceMs - b.sinceMs)
  }

  async #load(): Promise<StoredState | undefined> {
    this.#known ??= await this.ctx.storage.get<StoredState>(RECORD)
    return this.#known
  }

  async #save(state: StoredState): Promise<void> {
    this.#known = state
    try {
      await this.ctx.storage.put(RECORD, state)
    } catch (error) {
      this.#known = undefined
      throw error
    }
  }
}

const isSameCall = (
  state: StoredState,
  callId: string | undefined,
): state is StoredState & Required<Pick<StoredState, 'lastCall'>> =>
  callId !== undefined && state.lastCall?.id === callId

const afterCall = (
  state: AuthorizationState,
  id: string | undefined,
  outcome: unknown,
): StoredState => (id === undefined ? state : { ...state, lastCall: { id, outcome } })

const heldPoll = (socket: WebSocket): HeldPoll => socket.deserializeAttachment() as HeldPoll

const end = (sockets: readonly WebSocket[], why: HeldPollEnd | WatchEnd): void => {
  for (const socket of sockets) socket.close(SOCKET_ENDED, why)
}
