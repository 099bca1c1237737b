// The state machine of one device authorization (RFC 8628 §3): Pending → Approved → Redeemed, or
// Pending → Denied. Pure: time comes in, the next state and an outcome go out. Expiry is not a state.
import type { GrantId, Subject } from '../../ids.ts'
import {
  AUTHORIZATION_RETENTION_MS,
  COLLECTION_GRACE_MS,
  RECOVERY_UNTIL_MS,
  SLOW_DOWN_MS,
} from '../../config/limits.ts'
import type { Location } from '../../sender/location.ts'
import type { Approval } from './approval.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import { collectedElsewhere } from './collected-elsewhere.ts'
import { type Opener, type Opening, isOnDeviceNetwork, isPassedAround } from './openings.ts'
import type {
  CodeEnd,
  DecisionOutcome,
  DenialReason,
  Poller,
  PollOutcome,
  RedeemOutcome,
  ReviewOutcome,
  WithdrawalOutcome,
} from './outcomes.ts'
import { isTooSoon } from './poll-interval.ts'

export type AuthorizationState =
  | {
      readonly status: 'pending'
      readonly request: AuthorizationRequest
      readonly openings: readonly Opening[]
    }
  | {
      readonly status: 'approved'
      readonly request: AuthorizationRequest
      readonly approval: Approval
    }
  | {
      readonly status: 'denied'
      readonly request: AuthorizationRequest
      readonly reason: DenialReason
      /** The subject of the person who decided; undefined if no person did. */
      readonly subject: Subject | undefined
      /** The grant that was approved, then collected elsewhere: the person may still report it. */
      readonly grantId?: GrantId
    }
  | {
      readonly status: 'redeemed'
      readonly request: AuthorizationRequest
      readonly approval: Approval
      readonly redeemedAtMs: number
      /** The thumbprint of the key that binds the tokens, if any. */
      readonly dpopJkt: string | undefined
    }

/** The answer to a poll at `now` (RFC 8628 §3.5). */
export const poll = (
  state: AuthorizationState,
  poller: Poller,
  now: number,
  lastPollAtMs: number | undefined,
): PollOutcome => {
  const { request } = state
  if (!isOwnPoll(request, poller)) return invalidPoll(request, poller)
  switch (state.status) {
    case 'redeemed':
      return { outcome: isRepeat(state, poller, now) ? 'redeemable' : 'invalid' }
    case 'denied':
      return { outcome: 'denied' }
    case 'approved':
      return { outcome: now < collectionEndMs(request) ? 'redeemable' : 'expired' }
    case 'pending':
      if (isExpired(request, now)) return { outcome: 'expired' }
      return isTooSoon(request, now, lastPollAtMs)
        ? { outcome: 'slow_down', intervalMs: request.intervalMs + SLOW_DOWN_MS }
        : { outcome: 'pending' }
  }
}

/**
 * A person approves. The first decision wins; a late one changes nothing. The same decision by the same
 * person again is a second tap on the button, and succeeds.
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

/** A person denies a request, or reports a request that they did not start. */
export const deny = (
  state: AuthorizationState,
  subject: Subject,
  reason: 'denied' | 'reported',
  now: number,
): { state: AuthorizationState; outcome: DecisionOutcome } =>
  isReviewable(state, now)
    ? decided({ status: 'denied', request: state.request, reason, subject })
    : state.status === 'denied' && state.subject === subject
      ? decided(state)
      : { state, outcome: { outcome: 'not_valid' } }

/** The person withdraws their approval. If it was redeemed, the grant must end in their account. */
export const withdraw = (
  state: AuthorizationState,
  subject: Subject,
): { state: AuthorizationState; outcome: WithdrawalOutcome } => {
  const { request } = state
  const approved =
    'approval' in state ? state.approval : state.status === 'denied' ? state : undefined
  if (approved?.grantId === undefined || approved.subject !== subject)
    return { state, outcome: { outcome: 'not_valid' } }
  return {
    state:
      state.status === 'redeemed'
        ? state
        : { status: 'denied', request, reason: 'withdrawn', subject },
    outcome: { outcome: 'withdrawn', grantId: approved.grantId, request },
  }
}

/** Hands over the grant once; again only if the answer was evidently lost. */
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
  const proximity = collectedElsewhere(request, approval, poller.location)
  if (proximity !== undefined)
    return {
      state: {
        status: 'denied',
        request,
        reason: 'collected_elsewhere',
        subject: approval.subject,
        grantId: approval.grantId,
      },
      outcome: { outcome: 'collected_elsewhere', request, approval, proximity },
    }
  // RFC 8707 §2.2: a refused target consumes nothing.
  if (resource.some((target) => !request.resource.includes(target)))
    return { state, outcome: { outcome: 'invalid_target' } }
  const audience = resource.length === 0 ? request.resource : [...new Set(resource)]
  // The account counts repeats: only it knows whether tokens were handed out.
  const redeemed: AuthorizationState & { status: 'redeemed' } =
    state.status === 'redeemed'
      ? state
      : { status: 'redeemed', request, approval, redeemedAtMs: now, dpopJkt: poller.dpopJkt }
  const { redeemedAtMs } = redeemed
  return {
    state: redeemed,
    outcome: { outcome: 'redeemed', request, approval, audience, redeemedAtMs },
  }
}

/**
 * A person opens the code: they get the pending request, their own decision, or nothing. Two people in
 * different countries, or three anywhere, mean that the code is being passed around, so the request ends.
 * One person in two countries often just switched off a VPN. A person on the device's network was not
 * sent the code by a stranger: they are not counted, so most homes need no write. They are told what became
 * of the code, and so is a person who was shown the request.
 */
export const open = (
  state: AuthorizationState,
  opener: Opener,
  now: number,
  pollerLocation?: Location,
): { state: AuthorizationState; outcome: ReviewOutcome } => {
  const { request } = state
  const { subject, country } = opener
  const isOnNetwork = isOnDeviceNetwork(opener, request.location, pollerLocation)
  if (state.status === 'pending' && isReviewable(state, now)) {
    const isCounted = isOnNetwork || state.openings.some((one) => one.subject === subject)
    const openings = isCounted ? state.openings : [...state.openings, { subject, country }]
    return isPassedAround(openings)
      ? {
          state: { status: 'denied', request, reason: 'opened_by_many', subject: undefined },
          outcome: { outcome: 'opened_by_many', clientId: request.clientId },
        }
      : {
          state: isCounted ? state : { ...state, openings },
          outcome: { outcome: 'reviewable', request, pollerLocation },
        }
  }
  if ('approval' in state && state.approval.subject === subject)
    return { state, outcome: { outcome: 'approved', request } }
  if (state.status === 'denied' && state.subject === subject)
    return { state, outcome: { outcome: 'denied', reason: state.reason, request } }
  // VP-6: a guess must not learn whether there was such a code.
  return isOnNetwork || opener.wasShown === true
    ? { state, outcome: { outcome: 'not_valid', ended: endOf(state) } }
    : { state, outcome: { outcome: 'not_valid' } }
}

const endOf = (state: AuthorizationState): CodeEnd => {
  if (state.status === 'pending') return 'expired'
  return state.status === 'denied' && state.reason === 'opened_by_many' ? 'stopped' : 'answered'
}

const isReviewable = (state: AuthorizationState, now: number): boolean =>
  state.status === 'pending' && !isExpired(state.request, now)

/** The time after which the record may be deleted, in any state. */
export const retainedUntilMs = (
  request: Pick<AuthorizationRequest, 'expiresAtMs' | 'intervalMs'>,
): number => collectionEndMs(request) + AUTHORIZATION_RETENTION_MS

const decided = (state: AuthorizationState) => ({
  state,
  outcome: { outcome: 'decided', request: state.request } as const,
})

const isOwnPoll = (request: AuthorizationRequest, poller: Poller): boolean =>
  isOwnCode(request, poller) &&
  request.codeChallenge === poller.codeChallenge &&
  (request.dpopJkt === undefined || request.dpopJkt === poller.dpopJkt)

const isOwnCode = (request: AuthorizationRequest, poller: Poller): boolean =>
  // Digests of 256-bit secrets: the time of a comparison reveals nothing that leads to another.
  request.secretHash === poller.secretHash && request.clientId === poller.clientId

// A developer learns which proof is missing, and only with the device_code and its client in hand.
const invalidPoll = (request: AuthorizationRequest, poller: Poller): PollOutcome => {
  const isOwn = isOwnCode(request, poller)
  if (isOwn && request.codeChallenge !== undefined && poller.codeChallenge === undefined)
    return { outcome: 'invalid', missing: 'code_verifier' }
  if (isOwn && request.codeChallenge === undefined && poller.codeChallenge !== undefined)
    return { outcome: 'invalid', missing: 'code_challenge' }
  if (isOwn && request.dpopJkt !== undefined && poller.dpopJkt === undefined)
    return { outcome: 'invalid', missing: 'dpop_proof' }
  return { outcome: 'invalid' }
}

const isExpired = (request: AuthorizationRequest, now: number): boolean =>
  now >= request.expiresAtMs

/** The time until which an approved device may collect its tokens. */
export const collectionEndMs = ({
  expiresAtMs,
  intervalMs,
}: Pick<AuthorizationRequest, 'expiresAtMs' | 'intervalMs'>): number =>
  expiresAtMs + Math.max(COLLECTION_GRACE_MS, 2 * intervalMs)

// A poll that arrives after the redemption is a repeat: its sender lost the answer. One that arrived
// before the redemption was sent in parallel, and gets no tokens (DC-16).
const isRepeat = (
  { request, approval, redeemedAtMs, dpopJkt }: AuthorizationState & { status: 'redeemed' },
  poller: Poller,
  now: number,
): boolean =>
  dpopJkt === poller.dpopJkt &&
  collectedElsewhere(request, approval, poller.location) === undefined &&
  poller.arrivedAtMs > redeemedAtMs &&
  now <= redeemedAtMs + RECOVERY_UNTIL_MS
