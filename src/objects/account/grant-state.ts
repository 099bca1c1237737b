// What became of one grant: the device it connected, and its chain of refresh tokens. Pure.
import type { RefreshLimits } from '../../config/clients.ts'
import type { Place } from '../../sender/location.ts'
import { ENDED_GRANT_KEPT_MS } from '../../config/limits.ts'
import { MAX_GRANTS, MAX_REVOKED_TOKENS } from './account-limits.ts'
import type { Allowance, Authentication } from '../device-authorization/approval.ts'
import {
  type RefreshChain,
  type RefreshTokenClaim,
  begin,
  comeBack,
  hashOf,
  rotate,
  standingOf,
} from './refresh-chain.ts'

/** A device that was connected: who is let in, for what, and since when. */
export interface Grant {
  readonly clientId: string
  readonly clientName: string
  readonly deviceName: string
  readonly place: Place
  readonly scope: readonly string[]
  readonly resource: readonly string[]
  /** The thumbprint of the key that its refresh tokens are bound to (RFC 9449 §5). */
  readonly dpopJkt: string | undefined
  /** The first generation that is bound to it: who has an older one may have no key. */
  readonly boundFrom: number
  /** When the person allowed it. */
  readonly approvedAtMs: number
  /** How they had signed in; grants of before that was kept do not know. */
  readonly authentication?: Authentication
  /** How near its device was, and what they did about that; older grants do not know. */
  readonly allowed?: Pick<Allowance, 'proximity' | 'action'> | undefined
  /** The grants by whose tokens it was allowed, one after the other: it ends with each of them. */
  readonly approvedBy?: readonly string[]
  readonly connectedAtMs: number
  /** When the last of its tokens has run out: what comes after is no device any more. */
  readonly lastsUntilMs: number
  /** Set by the first use of any token of it at this server; ends lost-answer recovery. */
  readonly usedAtMs: number | undefined
  /** Undefined where the client or the person wants none. */
  readonly refresh: RefreshChain | undefined
  /** Access tokens that were revoked one by one (`jti`), each until it has run out. */
  readonly revoked: readonly { readonly jti: string; readonly expiresAtMs: number }[]
  /** When it was revoked; kept for a while, or a repeated redemption would bring it back. */
  readonly endedAtMs: number | undefined
}

/** What a device brings to its grant when it is connected. */
export type NewGrant = Omit<
  Grant,
  'boundFrom' | 'connectedAtMs' | 'usedAtMs' | 'refresh' | 'revoked' | 'endedAtMs'
> & { readonly refreshToken: RefreshTokenClaim | undefined }

export interface RefreshRequest {
  readonly clientId: string
  readonly presented: RefreshTokenClaim
  /** The digest of the secret that the next token will have. */
  readonly nextSecretHash: string
  /** The key that the client proved, if that binds its refresh tokens. */
  readonly dpopJkt: string | undefined
  /** What the client narrows to (RFC 6749 §6, RFC 8707 §2.2); undefined: everything. */
  readonly scope: readonly string[] | undefined
  readonly resource: readonly string[] | undefined
  readonly limits: RefreshLimits
}

/** `repeated`: the successor that the token led to before. */
export type RefreshOutcome =
  | { readonly outcome: 'rotated' | 'repeated'; readonly grant: Grant }
  | { readonly outcome: 'invalid' | 'replayed' | 'invalid_scope' | 'invalid_target' }

/**
 * Connects a device. A redemption that is repeated because its answer was lost finds the grant as it
 * is; undefined if a token of it is in use, or if it would not get the same refresh token.
 */
export const connect = (
  known: Grant | undefined,
  { refreshToken, ...device }: NewGrant,
  now: number,
): Grant | undefined => {
  if (known !== undefined) {
    const isSame = known.refresh?.current.secretHash === refreshToken?.secretHash
    return isSame && known.usedAtMs === undefined ? known : undefined
  }
  return {
    ...device,
    boundFrom: 0,
    connectedAtMs: now,
    usedAtMs: undefined,
    refresh: refreshToken && begin(refreshToken, now),
    revoked: [],
    endedAtMs: undefined,
  }
}

/**
 * Presents a refresh token. `replayed` means that the family has to end (RFC 9700 §4.14.2); the
 * other refusals change nothing.
 */
export const refresh = (grant: Grant, request: RefreshRequest, now: number): RefreshOutcome => {
  const { refresh: chain } = grant
  const { presented, dpopJkt, nextSecretHash } = request
  if (chain === undefined || grant.clientId !== request.clientId) return { outcome: 'invalid' }
  const standing = standingOf(chain, presented, now)
  if (standing === 'unknown' || isOver(grant, chain, request.limits, now))
    return { outcome: 'invalid' }
  // RF-8: with another key it is as good as no token, and says nothing of its owner.
  const boundTo = presented.generation < grant.boundFrom ? undefined : grant.dpopJkt
  if (boundTo !== undefined && boundTo !== dpopJkt) return { outcome: 'invalid' }
  if (standing === 'late') return { outcome: 'replayed' }
  if (!isWithin(request.scope, grant.scope)) return { outcome: 'invalid_scope' }
  if (!isWithin(request.resource, grant.resource)) return { outcome: 'invalid_target' }
  const generation = presented.generation + 1
  if (standing === 'repeated') {
    // A bearer token whose successor got bound to a key goes with that key: a thief has another.
    const isWithKey = grant.dpopJkt === undefined || grant.dpopJkt === dpopJkt
    // The successor is another where it was made with another secret of the server's.
    const isSame = hashOf(chain, generation) === nextSecretHash
    if (!isWithKey || !isSame) return { outcome: 'invalid' }
    const after = comeBack(chain, presented, now)
    if (after === undefined) return { outcome: 'replayed' }
    return { outcome: 'repeated', grant: after === chain ? grant : { ...grant, refresh: after } }
  }
  const rotated: Grant = {
    ...grant,
    dpopJkt,
    boundFrom: boundTo === undefined ? generation : grant.boundFrom,
    usedAtMs: grant.usedAtMs ?? now,
    lastsUntilMs: refreshableUntilMs(grant.connectedAtMs, request.limits, now),
    refresh: rotate(chain, nextSecretHash, now),
  }
  return { outcome: 'rotated', grant: rotated }
}

/** Whether a refresh token would be answered with another one now. */
export const isGood = (
  grant: Grant,
  presented: RefreshTokenClaim,
  limits: RefreshLimits,
  now: number,
): boolean => {
  const { refresh: chain } = grant
  if (chain === undefined || isOver(grant, chain, limits, now)) return false
  return ['current', 'repeated'].includes(standingOf(chain, presented, now))
}

/**
 * The grant without one of its access tokens (RFC 7009 §2.1). The whole of it is over where they are
 * too many to remember; it is the same where this one is revoked already.
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

/** The grant, over: none of its tokens is good any more. */
export const end = (grant: Grant, now: number): Grant => ({
  ...grant,
  usedAtMs: grant.usedAtMs ?? now,
  refresh: undefined,
  revoked: [],
  endedAtMs: now,
})

/** What stands in for a grant that ended before its device was connected. */
export const ended = (now: number): Grant => ({
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

/** When a refresh token that is issued now can no longer be used (RFC 9700 §4.14.2). */
export const refreshableUntilMs = (
  connectedAtMs: number,
  { idleMs, lifetimeMs }: RefreshLimits,
  now: number,
): number => Math.min(now + idleMs, connectedAtMs + lifetimeMs)

/** Whether a device still has anything to use. */
export const isConnected = ({ endedAtMs, lastsUntilMs }: Grant, now: number): boolean =>
  endedAtMs === undefined && now < lastsUntilMs

/** Whether nobody will ask for a grant any more that has ended or run out. */
export const isForgettable = ({ endedAtMs, lastsUntilMs }: Grant, now: number): boolean =>
  now >= (endedAtMs ?? lastsUntilMs) + ENDED_GRANT_KEPT_MS

/**
 * Those of an account's grants that it does not keep: what nobody will ask for, and of too many the
 * ended ones, and then those unused for longest.
 */
export const toForget = <G extends Grant>(
  grants: readonly G[],
  now: number,
): { forgotten: readonly G[]; tooMany: readonly G[] } => {
  const forgotten = grants.filter((grant) => isForgettable(grant, now))
  const needed = grants
    .filter((grant) => !forgotten.includes(grant))
    .toSorted(
      (a, b) =>
        (b.endedAtMs ?? Infinity) - (a.endedAtMs ?? Infinity) || lastUseMs(b) - lastUseMs(a),
    )
  return { forgotten, tooMany: needed.slice(MAX_GRANTS) }
}

const lastUseMs = ({ refresh: chain, connectedAtMs }: Grant): number =>
  chain?.issuedAtMs ?? connectedAtMs

/** Whether one of the grant's access tokens was revoked on its own. */
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
