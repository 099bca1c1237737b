// The state machine of one device authorization (RFC 8628 §3): Pending → Approved → Redeemed, or
// Pending → Denied. Pure: time comes in, the next state and an outcome go out. Expiry is no state.
import {
  AUTHORIZATION_RETENTION_MS,
  COLLECTION_GRACE_MS,
  RECOVERY_FROM_MS,
  RECOVERY_UNTIL_MS,
  SLOW_DOWN_SECONDS,
} from '../config.ts'
import { SECOND } from '../durations.ts'

/** Where the device asked from, as far as the edge can tell; shown to the person. */
export interface DeviceOrigin {
  readonly deviceName: string
  readonly city: string | undefined
  readonly region: string | undefined
  readonly country: string | undefined
  readonly network: string | undefined
}

/** The device authorization request (RFC 8628 §3.1) as it was accepted. */
export interface AuthorizationRequest {
  readonly clientId: string
  /** Who asks, as the person reads it. */
  readonly clientName: string
  readonly clientUri: string | undefined
  readonly secretHash: string
  readonly scope: readonly string[]
  readonly resource: readonly string[]
  readonly codeChallenge: string | undefined
  /** The thumbprint of the key that the device_code is bound to (RFC 9449 §10 by analogy). */
  readonly dpopJkt: string | undefined
  readonly intervalSeconds: number
  readonly requestedAtMs: number
  readonly expiresAtMs: number
  readonly origin: DeviceOrigin
}

/** Who allowed it, and how they had signed in. */
export interface Approval {
  readonly subject: string
  readonly grantId: string
  readonly authTimeMs: number
  readonly amr: readonly string[]
}

export type AuthorizationState =
  | { readonly status: 'pending'; readonly request: AuthorizationRequest }
  | {
      readonly status: 'approved'
      readonly request: AuthorizationRequest
      readonly approval: Approval
    }
  | {
      readonly status: 'denied'
      readonly request: AuthorizationRequest
      readonly subject: string
    }
  | {
      readonly status: 'redeemed'
      readonly request: AuthorizationRequest
      readonly approval: Approval
      readonly redeemedAtMs: number
      /** The key that the tokens are bound to, if any. */
      readonly dpopJkt: string | undefined
    }

/** What a poll proves about its sender. */
export interface Poller {
  readonly clientId: string
  readonly secretHash: string
  /** The S256 transformation of the code_verifier it brought (RFC 7636 §4.6). */
  readonly codeChallenge: string | undefined
  /** The thumbprint of the key that its DPoP proof was made with. */
  readonly dpopJkt: string | undefined
}

export type PollOutcome =
  | { readonly outcome: 'pending' }
  | { readonly outcome: 'slow_down'; readonly intervalSeconds: number }
  | { readonly outcome: 'redeemable' }
  | { readonly outcome: 'denied' }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'invalid' }

export type RedeemOutcome =
  | {
      readonly outcome: 'redeemed'
      readonly request: AuthorizationRequest
      readonly approval: Approval
      /** The resources its access token is for. */
      readonly audience: readonly string[]
    }
  | { readonly outcome: 'invalid_target' }
  | Exclude<PollOutcome, { outcome: 'redeemable' | 'slow_down' }>

export type DecisionOutcome =
  | { readonly outcome: 'decided'; readonly request: AuthorizationRequest }
  | { readonly outcome: 'not_valid' }

export type ReviewOutcome =
  | {
      readonly outcome: 'reviewable' | 'approved' | 'denied'
      readonly request: AuthorizationRequest
    }
  | { readonly outcome: 'not_valid' }

/** What the poller hears, were it to poll now (RFC 8628 §3.5). */
export const poll = (
  state: AuthorizationState,
  poller: Poller,
  now: number,
  lastPollAtMs: number | undefined,
): PollOutcome => {
  const { request } = state
  if (!isOwnPoll(request, poller)) return { outcome: 'invalid' }
  switch (state.status) {
    case 'redeemed':
      return { outcome: isRecoverable(state, poller, now) ? 'redeemable' : 'invalid' }
    case 'denied':
      return { outcome: 'denied' }
    case 'approved':
      return { outcome: now < collectionEndMs(request) ? 'redeemable' : 'expired' }
    case 'pending':
      if (isExpired(request, now)) return { outcome: 'expired' }
      return isTooSoon(request, now, lastPollAtMs)
        ? { outcome: 'slow_down', intervalSeconds: request.intervalSeconds + SLOW_DOWN_SECONDS }
        : { outcome: 'pending' }
  }
}

/**
 * A person allows. The first decision wins; a late one changes nothing. The same person's same
 * answer again is a second tap on the button: it was already decided that way.
 */
export const approve = (
  state: AuthorizationState,
  approval: Approval,
  now: number,
): { state: AuthorizationState; outcome: DecisionOutcome } =>
  isReviewable(state, now)
    ? decided({ status: 'approved', request: state.request, approval })
    : 'approval' in state && state.approval.subject === approval.subject
      ? decided(state)
      : { state, outcome: { outcome: 'not_valid' } }

/** A person declines. */
export const deny = (
  state: AuthorizationState,
  subject: string,
  now: number,
): { state: AuthorizationState; outcome: DecisionOutcome } =>
  isReviewable(state, now)
    ? decided({ status: 'denied', request: state.request, subject })
    : state.status === 'denied' && state.subject === subject
      ? decided(state)
      : { state, outcome: { outcome: 'not_valid' } }

/** The grant moves on, once; again only where the answer was evidently lost. */
export const redeem = (
  state: AuthorizationState,
  poller: Poller,
  resource: readonly string[],
  now: number,
): { state: AuthorizationState; outcome: RedeemOutcome } => {
  const polled = poll(state, poller, now, undefined)
  if (polled.outcome === 'slow_down') return { state, outcome: { outcome: 'pending' } }
  if (polled.outcome !== 'redeemable') return { state, outcome: polled }
  if (state.status !== 'approved' && state.status !== 'redeemed')
    throw new TypeError(`${state.status} is not redeemable`)
  const { request, approval } = state
  // RFC 8707 §2.2: a refused target consumes nothing.
  if (resource.some((target) => !request.resource.includes(target)))
    return { state, outcome: { outcome: 'invalid_target' } }
  const audience = resource.length === 0 ? request.resource : [...new Set(resource)]
  return {
    // The account counts repeats: only it knows whether tokens were handed out.
    state:
      state.status === 'redeemed'
        ? state
        : { status: 'redeemed', request, approval, redeemedAtMs: now, dpopJkt: poller.dpopJkt },
    outcome: { outcome: 'redeemed', request, approval, audience },
  }
}

/** What a person sees of it: the question, what they have answered, or nothing. */
export const review = (state: AuthorizationState, subject: string, now: number): ReviewOutcome => {
  if (isReviewable(state, now)) return { outcome: 'reviewable', request: state.request }
  const decider = 'approval' in state ? state.approval.subject : undefined
  if (decider === subject) return { outcome: 'approved', request: state.request }
  return state.status === 'denied' && state.subject === subject
    ? { outcome: 'denied', request: state.request }
    : { outcome: 'not_valid' }
}

const isReviewable = (state: AuthorizationState, now: number): boolean =>
  state.status === 'pending' && !isExpired(state.request, now)

/** When the record may go, whatever became of it. */
export const retainedUntilMs = (
  request: Pick<AuthorizationRequest, 'expiresAtMs' | 'intervalSeconds'>,
): number => collectionEndMs(request) + AUTHORIZATION_RETENTION_MS

const decided = (state: AuthorizationState) => ({
  state,
  outcome: { outcome: 'decided', request: state.request } as const,
})

const isOwnPoll = (request: AuthorizationRequest, poller: Poller): boolean =>
  // Digests of 256-bit secrets: what a comparison's time tells of one does not lead to another.
  request.secretHash === poller.secretHash &&
  request.clientId === poller.clientId &&
  (request.codeChallenge === undefined || request.codeChallenge === poller.codeChallenge) &&
  (request.dpopJkt === undefined || request.dpopJkt === poller.dpopJkt)

const isExpired = (request: AuthorizationRequest, now: number): boolean =>
  now >= request.expiresAtMs

const collectionEndMs = ({
  expiresAtMs,
  intervalSeconds,
}: Pick<AuthorizationRequest, 'expiresAtMs' | 'intervalSeconds'>): number =>
  expiresAtMs + Math.max(COLLECTION_GRACE_MS, 2 * intervalSeconds * SECOND)

const isRecoverable = (
  { redeemedAtMs, dpopJkt }: AuthorizationState & { status: 'redeemed' },
  poller: Poller,
  now: number,
): boolean =>
  dpopJkt === poller.dpopJkt &&
  now >= redeemedAtMs + RECOVERY_FROM_MS &&
  now <= redeemedAtMs + RECOVERY_UNTIL_MS

const isTooSoon = (
  { intervalSeconds }: AuthorizationRequest,
  now: number,
  lastPollAtMs: number | undefined,
): boolean => {
  if (lastPollAtMs === undefined) return false
  const intervalMs = intervalSeconds * SECOND
  // Clocks and networks jitter, and for some clients one wrong `slow_down` ends the sign-in.
  return now - lastPollAtMs < intervalMs - Math.min(SECOND, intervalMs / 2)
}
