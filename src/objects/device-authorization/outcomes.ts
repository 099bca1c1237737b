// The answers of a device authorization to polls, redemptions, people and their decisions.
import type { Digest, GrantId } from '../../ids.ts'
import type { Location, Proximity } from '../../sender/location.ts'
import type { Approval } from './approval.ts'
import type { AuthorizationRequest } from './authorization-request.ts'

/**
 * The reason for a denial: the person denied or reported the request, or withdrew an approval; or too
 * many people opened the same code (RFC 10027 §6.1.4, §6.1.6); or the device collected the grant from
 * farther away than the person had approved.
 */
export type DenialReason =
  'denied' | 'reported' | 'withdrawn' | 'opened_by_many' | 'collected_elsewhere'

/** The proofs that a poll brings, and its location. */
export interface Poller {
  /** The time of arrival, before any call to an object. */
  readonly arrivedAtMs: number
  readonly clientId: string
  readonly secretHash: Digest
  /** The S256 transformation of its code_verifier (RFC 7636 §4.6). */
  readonly codeChallenge: string | undefined
  /** The thumbprint of its DPoP proof's key. */
  readonly dpopJkt: string | undefined
  readonly location: Location
}

/**
 * A proof that the device_code was bound to, and that its poll left out; or the challenge that was never
 * sent for a verifier (RFC 9700 §2.1.1): PKCE that was lost on the way.
 */
export type MissingProof = 'code_verifier' | 'code_challenge' | 'dpop_proof'

export type PollOutcome =
  | { readonly outcome: 'pending' }
  | { readonly outcome: 'slow_down'; readonly intervalMs: number }
  | { readonly outcome: 'redeemable' }
  | { readonly outcome: 'denied' }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'invalid'; readonly missing?: MissingProof }

export type RedeemOutcome =
  | {
      readonly outcome: 'redeemed'
      readonly request: AuthorizationRequest
      readonly approval: Approval
      /** The resources for the access token. */
      readonly audience: readonly string[]
      /** The time of the first redemption: repeats of it get the same tokens. */
      readonly redeemedAtMs: number
    }
  | {
      readonly outcome: 'collected_elsewhere'
      readonly request: AuthorizationRequest
      readonly approval: Approval
      /** The proximity of the refused poller to the person. */
      readonly proximity: Proximity
    }
  | { readonly outcome: 'invalid_target' }
  | Exclude<PollOutcome, { outcome: 'redeemable' | 'slow_down' }>

export type DecisionOutcome =
  | { readonly outcome: 'decided'; readonly request: AuthorizationRequest }
  | { readonly outcome: 'not_valid' }

export type ApprovalOutcome =
  | (Extract<DecisionOutcome, { outcome: 'decided' }> & {
      /** That of the first approval, if this is a second tap on the button. */
      readonly grantId: GrantId
      /** A held poll of the device gets the answer at once. */
      readonly isAwaited: boolean
      /** The time until which the device may collect its tokens. */
      readonly collectibleUntilMs: number
    })
  | { readonly outcome: 'not_valid' }

export type WithdrawalOutcome =
  | {
      readonly outcome: 'withdrawn'
      readonly grantId: GrantId
      readonly request: AuthorizationRequest
    }
  | { readonly outcome: 'not_valid' }

export type ReviewOutcome =
  | {
      readonly outcome: 'reviewable'
      readonly request: AuthorizationRequest
      /** The location of the last poll, if known. */
      readonly pollerLocation: Location | undefined
    }
  | { readonly outcome: 'approved'; readonly request: AuthorizationRequest }
  | {
      readonly outcome: 'denied'
      readonly reason: DenialReason
      readonly request: AuthorizationRequest
    }
  /** Too many people opened the code: this opening ends it. Later ones get `not_valid`. */
  | { readonly outcome: 'opened_by_many'; readonly clientId: string }
  | { readonly outcome: 'not_valid'; readonly ended?: CodeEnd }

/** What became of a code: its time is over, another person answered, or too many people opened it. */
export type CodeEnd = 'expired' | 'answered' | 'stopped'
