// The state of one grant: the connected device and its chain of refresh tokens. Pure.
import type { Digest, GrantId } from '../../ids.ts'
import type { RefreshLimits } from '../../config/clients.ts'
import type { Place } from '../../sender/location.ts'
import {
  CATCH_UP_MS,
  ENDED_GRANT_RETENTION_MS,
  LAPSED_APPROVAL_RETENTION_MS,
} from '../../config/limits.ts'
import { MAX_GRANTS, MAX_REVOKED_TOKENS } from './account-limits.ts'
import type { Allowance, Authentication } from '../device-authorization/approval.ts'
import {
  type RefreshChain,
  type RefreshTokenDigest,
  begin,
  noteReuse,
  hashOf,
  rotate,
  standingOf,
} from './refresh-chain.ts'

/** A connected device: its client, its scope and its times. */
export interface Grant {
  readonly clientId: string
  readonly clientName: string
  readonly deviceName: string
  readonly place: Place
  readonly scope: readonly string[]
  readonly resource: readonly string[]
  /** The thumbprint of the key that its refresh tokens are bound to (RFC 9449 §5). */
  readonly dpopJkt: string | undefined
  /** The first generation bound to that key: the holder of an older one may have no key. */
  readonly boundFrom: number
  /** The time that generation was issued; missing in older grants. */
  readonly boundAtMs?: number
  /** The time of the person's approval. */
  readonly approvedAtMs: number
  /** The person's sign-in; missing in grants from before it was stored. */
  readonly authentication?: Authentication
  /** The device's proximity, and the check the person passed; missing in older grants. */
  readonly allowed?: Pick<Allowance, 'proximity' | 'action'> | undefined
  /** The chain of grants that approved it, by their tokens: it ends when any of them ends. */
  readonly approvedBy?: readonly GrantId[]
  readonly connectedAtMs: number
  /** Set until the device collects its tokens, if no poll of it was held at the approval. */
  readonly waitsUntilMs?: number
  /** The expiry of its last token: after that the device is no longer connected. */
  readonly lastsUntilMs: number
  /** Set by the first use of any token of it at this server; ends lost-answer recovery. */
  readonly usedAtMs: number | undefined
  /** Undefined if the client or the person wants no refresh token. */
  readonly refresh: RefreshChain | undefined
  /** Access tokens that were revoked one by one (`jti`), each kept until it expires. */
  readonly revoked: readonly { readonly jti: string; readonly expiresAtMs: number }[]
  /** The time it ended; kept for a while, or a repeated redemption would bring it back. */
  readonly endedAtMs: number | undefined
}

/** A grant's data at the time its device is connected. */
export type NewGrant = Omit<
  Grant,
  | 'boundFrom'
  | 'boundAtMs'
  | 'connectedAtMs'
  | 'waitsUntilMs'
  | 'usedAtMs'
  | 'refresh'
  | 'revoked'
  | 'endedAtMs'
> & { readonly refreshToken: RefreshTokenDigest | undefined }

/** An approved device that has not collected its tokens. */
export type AwaitedDevice = Pick<
  Grant,
  'clientId' | 'clientName' | 'deviceName' | 'place' | 'scope' | 'resource' | 'approvedAtMs'
> & { readonly waitsUntilMs: number }

export interface RefreshRequest {
  readonly clientId: string
  readonly presented: RefreshTokenDigest
  /** The digest of the next token's secret. */
  readonly nextSecretHash: Digest
  /** The key that the client proved, if it binds the client's refresh tokens. */
  readonly dpopJkt: string | undefined
  /** The narrowed scope and resources (RFC 6749 §6, RFC 8707 §2.2); undefined: all. */
  readonly scope: readonly string[] | undefined
  readonly resource: readonly string[] | undefined
  readonly limits: RefreshLimits
}

/** `repeated`: the same successor is returned again. */
export type RefreshOutcome =
  | { readonly outcome: 'rotated' | 'repeated'; readonly grant: Grant }
  | { readonly outcome: 'invalid' | 'replayed' | 'invalid_scope' | 'invalid_target' }

/**
 * Connects a device. A redemption that is repeated because its answer was lost gets the existing grant;
 * undefined if a token of that is in use, or if the repeat would get another refresh token.
 */
export const connect = (
  known: Grant | undefined,
  { refreshToken, ...device }: NewGrant,
  now: number,
): Grant | undefined => {
  if (known !== undefined && (!isAwaited(known) || known.endedAtMs !== undefined)) {
    const isSame = known.refresh?.current.secretHash === refreshToken?.secretHash
    return isSame && known.usedAtMs === undefined ? known : undefined
  }
  return {
    ...device,
    // The person may have renamed it while it was waited for.
    deviceName: known?.deviceName ?? device.deviceName,
    boundFrom: 0,
    connectedAtMs: now,
    usedAtMs: undefined,
    refresh: refreshToken && begin(refreshToken, now),
    revoked: [],
    endedAtMs: undefined,
  }
}

/**
 * Presents a refresh token. `replayed` means that the family must end (RFC 9700 §4.14.2); the other
 * refusals change nothing.
 */
export const refresh = (grant: Grant, request: RefreshRequest, now: number): RefreshOutcome => {
  const { refresh: chain } = grant
  const { presented, dpopJkt, nextSecretHash } = request
  if (chain === undefined || grant.clientId !== request.clientId) return { outcome: 'invalid' }
  const standing = standingOf(chain, presented, now)
  if (standing === 'unknown' || isOver(grant, chain, request.limits, now))
    return { outcome: 'invalid' }
  // RF-8: with another key it is treated as no token, and does not end the owner's family.
  const boundTo = presented.generation < grant.boundFrom ? undefined : grant.dpopJkt
  if (boundTo !== undefined && boundTo !== dpopJkt) return { outcome: 'invalid' }
  if (standing === 'late') return { outcome: 'replayed' }
  // If an unbound token's successor got bound to a key, the token needs that key: one of the two is a
  // thief, and the owner returns without the thief's key. A minute later both have to sign in again.
  if (![undefined, dpopJkt].includes(grant.dpopJkt)) {
    const boundAtMs = grant.boundAtMs ?? chain.issuedAtMs
    return { outcome: now > boundAtMs + CATCH_UP_MS ? 'replayed' : 'invalid' }
  }
  if (!isWithin(request.scope, grant.scope)) return { outcome: 'invalid_scope' }
  if (!isWithin(request.resource, grant.resource)) return { outcome: 'invalid_target' }
  const generation = presented.generation + 1
  if (standing === 'repeated') {
    // A changed server secret derives another successor.
    if (hashOf(chain, generation) !== nextSecretHash) return { outcome: 'invalid' }
    const after = noteReuse(chain, presented, now)
    if (after === undefined) return { outcome: 'replayed' }
    return { outcome: 'repeated', grant: after === chain ? grant : { ...grant, refresh: after } }
  }
  const rotated: Grant = {
    ...grant,
    dpopJkt,
    ...(boundTo === undefined && { boundFrom: generation, boundAtMs: now }),
    usedAtMs: grant.usedAtMs ?? now,
    lastsUntilMs: refreshableUntilMs(grant.connectedAtMs, request.limits, now),
    refresh: rotate(chain, nextSecretHash, now),
  }
  return { outcome: 'rotated', grant: rotated }
}

/** True if a refresh with this token would succeed now. */
export const isRefreshable = (
  grant: Grant,
  presented: RefreshTokenDigest,
  limits: RefreshLimits,
  now: number,
): boolean => {
  const { refresh: chain } = grant
  if (chain === undefined || isOver(grant, chain, limits, now)) return false
  return ['current', 'repeated'].includes(standingOf(chain, presented, now))
}

/**
 * Revokes one access token of a grant (RFC 7009 §2.1). Ends the grant if it has too many revoked tokens
 * to remember; returns it unchanged if this one is revoked already.
 */
export const revokeAccessToken = (
  grant: Grant,
  jti: string,
  expiresAtMs: number,
  now: number,
): Grant => {
  if (isRevoked(grant, jti)) return grant
  const revoked = grant.revoked.filter((token) => token.expiresAtMs > now)
  if (revoked.length >= MAX_REVOKED_TOKENS) return end(grant, now)
  const usedAtMs = grant.usedAtMs ?? now
  return { ...grant, usedAtMs, revoked: [...revoked, { jti, expiresAtMs }] }
}

/** Ends a grant: none of its tokens is valid afterwards. */
export const end = (grant: Grant, now: number): Grant => ({
  ...grant,
  usedAtMs: grant.usedAtMs ?? now,
  refresh: undefined,
  revoked: [],
  endedAtMs: now,
})

/** The record of an approved device until it collects its tokens. */
export const awaited = (device: AwaitedDevice): Grant => ({
  ...device,
  dpopJkt: undefined,
  boundFrom: 0,
  connectedAtMs: device.approvedAtMs,
  lastsUntilMs: device.waitsUntilMs,
  usedAtMs: undefined,
  refresh: undefined,
  revoked: [],
  endedAtMs: undefined,
})

/** True if the device has never collected its tokens. */
export const isAwaited = ({ waitsUntilMs }: Grant): boolean => waitsUntilMs !== undefined

/** The record of a grant that ended before its device was connected. */
export const endedBeforeConnection = (now: number): Grant => ({
  clientId: '',
  clientName: '',
  deviceName: '',
  place: { city: undefined, region: undefined, country: undefined },
  scope: [],
  resource: [],
  dpopJkt: undefined,
  boundFrom: 0,
  approvedAtMs: now,
  connectedAtMs: now,
  lastsUntilMs: now,
  usedAtMs: now,
  refresh: undefined,
  revoked: [],
  endedAtMs: now,
})

/** The expiry of a refresh token that is issued now (RFC 9700 §4.14.2). */
export const refreshableUntilMs = (
  connectedAtMs: number,
  { idleMs, lifetimeMs }: RefreshLimits,
  now: number,
): number => Math.min(now + idleMs, connectedAtMs + lifetimeMs)

/** True while a device has a token that it can use, or may collect one. */
export const isConnected = ({ endedAtMs, lastsUntilMs }: Grant, now: number): boolean =>
  endedAtMs === undefined && now < lastsUntilMs

/** True once an ended or expired grant can no longer be asked for. */
export const isForgettable = (grant: Grant, now: number): boolean =>
  now >=
  (grant.endedAtMs ?? grant.lastsUntilMs) +
    (isLapsed(grant, now) ? LAPSED_APPROVAL_RETENTION_MS : ENDED_GRANT_RETENTION_MS)

/** True if the device never collected its tokens, and no longer can. */
export const isLapsed = (grant: Grant, now: number): boolean =>
  isAwaited(grant) && grant.endedAtMs === undefined && now >= grant.lastsUntilMs

/**
 * The grants that an account removes: forgettable ones, and beyond the limit first the ended ones, then
 * those unused for longest.
 */
export const toForget = <G extends Grant>(
  grants: readonly G[],
  now: number,
): { forgotten: readonly G[]; tooMany: readonly G[] } => {
  const forgotten = grants.filter((grant) => isForgettable(grant, now))
  const needed = grants
    .filter((grant) => !forgotten.includes(grant))
    .toSorted((a, b) => endMs(b, now) - endMs(a, now) || lastUseMs(b) - lastUseMs(a))
  return { forgotten, tooMany: needed.slice(MAX_GRANTS) }
}

const endMs = (grant: Grant, now: number): number =>
  isLapsed(grant, now) ? grant.lastsUntilMs : (grant.endedAtMs ?? Infinity)

const lastUseMs = ({ refresh: chain, connectedAtMs }: Grant): number =>
  chain?.issuedAtMs ?? connectedAtMs

/** True if this access token was revoked on its own. */
export const isRevoked = (grant: Grant, jti: string): boolean =>
  grant.revoked.some((token) => token.jti === jti)

const isWithin = (asked: readonly string[] | undefined, granted: readonly string[]): boolean =>
  asked === undefined || asked.every((word) => granted.includes(word))

// RFC 9700 §4.14.2: rotation moves the idle end, never the absolute one.
const isOver = (
  grant: Grant,
  chain: RefreshChain,
  { idleMs, lifetimeMs }: RefreshLimits,
  now: number,
): boolean => now >= chain.issuedAtMs + idleMs || now >= grant.connectedAtMs + lifetimeMs
