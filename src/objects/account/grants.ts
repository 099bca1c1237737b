// The grants of one account: the devices it has connected, and their chains of refresh tokens.
import type { GrantId } from '../../ids.ts'
import type { RefreshLimits } from '../../config/clients.ts'
import { MAX_APPROVERS } from './account-limits.ts'
import {
  type AwaitedDevice,
  type Grant,
  type NewGrant,
  type RefreshOutcome,
  type RefreshRequest,
  awaited,
  connect,
  end,
  isAwaited,
  isConnected,
  isLapsed,
  endedBeforeConnection,
  isRefreshable,
  isRevoked,
  refresh,
  revokeAccessToken,
  toForget,
} from './grant-state.ts'
import type { RefreshTokenDigest } from './refresh-chain.ts'

const ALL_ENDED_AT = 'devices_ended_at'

type NamedGrant = Grant & { readonly grantId: GrantId }

const PREFIX = 'grant:'
const key = (grantId: GrantId) => PREFIX + grantId

/** A refresh token, and the client that revokes it. */
export type RevokedToken = Pick<RefreshRequest, 'clientId' | 'presented'>

/** Loads, asks grant-state.ts, saves. Its caller checks that the account is active. */
export class Grants {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  find(grantId: GrantId): Promise<Grant | undefined> {
    return this.#storage.get<Grant>(key(grantId))
  }

  /** The grant, unless it has ended. */
  async live(grantId: GrantId): Promise<Grant | undefined> {
    const grant = await this.find(grantId)
    return grant?.endedAtMs === undefined ? grant : undefined
  }

  async connect(grantId: GrantId, device: NewGrant, now: number): Promise<boolean> {
    const [before, approvedBy, allEndedAtMs = -Infinity] = await Promise.all([
      this.find(grantId),
      this.#allApprovers(device.approvedBy ?? []),
      this.#storage.get<number>(ALL_ENDED_AT),
    ])
    // An approval from before all devices were removed counts as one of them.
    if (approvedBy === undefined || device.approvedAtMs <= allEndedAtMs) return false
    const grant = connect(before, { ...device, approvedBy }, now)
    if (grant === undefined) return false
    if (grant === before) return true
    await this.#save(grantId, grant)
    await this.tidyUp(now)
    return true
  }

  /** Records an approved device until it collects its tokens, unless it has, or was removed. */
  async noteAwaited(grantId: GrantId, device: AwaitedDevice, now: number): Promise<void> {
    if ((await this.find(grantId)) !== undefined) return
    await this.#save(grantId, awaited(device))
    await this.tidyUp(now)
  }

  /** Stops waiting for a device that was refused its tokens. */
  async giveUp(grantId: GrantId, now: number): Promise<void> {
    const grant = await this.find(grantId)
    if (grant !== undefined && isAwaited(grant)) await this.#save(grantId, end(grant, now))
  }

  /** Devices that never collected their tokens, and no longer can. */
  async lapsed(now: number): Promise<NamedGrant[]> {
    return (await this.#all()).filter((grant) => isLapsed(grant, now))
  }

  async refresh(grantId: GrantId, request: RefreshRequest, now: number): Promise<RefreshOutcome> {
    const grant = await this.live(grantId)
    if (grant === undefined) return { outcome: 'invalid' }
    const refreshed = refresh(grant, request, now)
    if (refreshed.outcome === 'replayed') await this.#saveEnded(grantId, end(grant, now), now)
    if ('grant' in refreshed && refreshed.grant !== grant)
      await this.#save(grantId, refreshed.grant)
    return refreshed
  }

  /** Ends a grant by one of its refresh tokens (RFC 7009 §2.1); undefined if that is not valid. */
  async revoke(
    grantId: GrantId,
    { clientId, presented }: RevokedToken,
    now: number,
  ): Promise<'revoked' | 'foreign' | undefined> {
    const grant = await this.find(grantId)
    if (grant?.refresh?.current.familyHash !== presented.familyHash) return undefined
    if (grant.clientId !== clientId) return 'foreign'
    await this.#saveEnded(grantId, end(grant, now), now)
    return 'revoked'
  }

  async revokeAccessToken(
    grantId: GrantId,
    jti: string,
    expiresAtMs: number,
    now: number,
  ): Promise<void> {
    const grant = await this.live(grantId)
    if (grant === undefined) return
    const after = revokeAccessToken(grant, jti, expiresAtMs, now)
    if (after.endedAtMs !== undefined) await this.#saveEnded(grantId, after, now)
    else if (after !== grant) await this.#save(grantId, after)
  }

  /** The live grant that an access token belongs to, unless that was revoked on its own. */
  async ofAccessToken(grantId: GrantId, jti: string): Promise<Grant | undefined> {
    const grant = await this.live(grantId)
    return grant === undefined || isRevoked(grant, jti) ? undefined : grant
  }

  /** The live grant of a valid refresh token. */
  async ofRefreshToken(
    grantId: GrantId,
    presented: RefreshTokenDigest,
    limits: RefreshLimits,
    now: number,
  ): Promise<Grant | undefined> {
    const grant = await this.live(grantId)
    return grant !== undefined && isRefreshable(grant, presented, limits, now) ? grant : undefined
  }

  /** Notes that a token of the grant is in use, which ends lost-answer recovery. */
  async markUsed(grantId: GrantId, grant: Grant, now: number): Promise<void> {
    if (grant.usedAtMs === undefined) await this.#save(grantId, { ...grant, usedAtMs: now })
  }

  async rename(grantId: GrantId, deviceName: string): Promise<void> {
    const grant = await this.live(grantId)
    if (grant !== undefined) await this.#save(grantId, { ...grant, deviceName })
  }

  /** Ends a grant, even before it begins. Returns the client ids of all grants that this ended. */
  async end(grantId: GrantId, now: number): Promise<ReadonlySet<string>> {
    const grant = await this.find(grantId)
    const clientIds = await this.#saveEnded(
      grantId,
      grant ? end(grant, now) : endedBeforeConnection(now),
      now,
    )
    if (grant === undefined) await this.tidyUp(now)
    return clientIds
  }

  /** Ends all grants, including approved ones that have not begun. */
  async endAll(now: number): Promise<void> {
    const live = await this.list(now)
    await Promise.all([this.#endAll(live, now), this.#storage.put(ALL_ENDED_AT, now)])
  }

  /** The grants of connected devices, the newest first. */
  async list(now: number): Promise<NamedGrant[]> {
    return (await this.#all())
      .filter((grant) => isConnected(grant, now))
      .toSorted((a, b) => b.connectedAtMs - a.connectedAtMs)
  }

  /** Removes forgettable grants and, beyond the limit, the least needed ones. */
  async tidyUp(now: number): Promise<void> {
    const all = await this.#all()
    const { forgotten, tooMany } = toForget(all, now)
    const gone = [...forgotten, ...tooMany]
    const tooManyIds = tooMany.map(({ grantId }) => grantId)
    const allowed = liveAllowedBy(tooManyIds, all).filter((grant) => !gone.includes(grant))
    await Promise.all([
      ...gone.map(({ grantId }) => this.#storage.delete(key(grantId))),
      this.#endAll(allowed, now),
    ])
    // Or a repeated redemption would bring it back, and the grants that ended with it.
    if (tooMany.length > 0)
      await this.#endUntil(Math.max(...tooMany.map(({ approvedAtMs }) => approvedAtMs)))
  }

  /** Blocks approvals from before then that have not begun. */
  async #endUntil(atMs: number): Promise<void> {
    const before = (await this.#storage.get<number>(ALL_ENDED_AT)) ?? -Infinity
    if (atMs > before) await this.#storage.put(ALL_ENDED_AT, atMs)
  }

  async #all(): Promise<NamedGrant[]> {
    const grants = await this.#storage.list<Grant>({ prefix: PREFIX })
    return [...grants].map(([name, grant]) => ({
      ...grant,
      grantId: name.slice(PREFIX.length) as GrantId,
    }))
  }

  // Includes approvers of approvers; undefined if one has ended, or if there are too many.
  async #allApprovers(ids: readonly GrantId[]): Promise<readonly GrantId[] | undefined> {
    const approvers = await Promise.all(ids.map((id) => this.live(id)))
    if (approvers.includes(undefined)) return undefined
    const all = [...approvers.flatMap((grant) => grant?.approvedBy ?? []), ...ids]
    return all.length <= MAX_APPROVERS ? all : undefined
  }

  // Also ends the grants that its tokens approved, in one write. Returns the client ids of all of them.
  async #saveEnded(grantId: GrantId, grant: Grant, now: number): Promise<ReadonlySet<string>> {
    const allowed = liveAllowedBy([grantId], await this.#all())
    await Promise.all([this.#save(grantId, grant), this.#endAll(allowed, now)])
    return new Set([grant, ...allowed].map(({ clientId }) => clientId))
  }

  async #endAll(grants: readonly NamedGrant[], now: number): Promise<void> {
    await Promise.all(grants.map(({ grantId, ...grant }) => this.#save(grantId, end(grant, now))))
  }

  #save(grantId: GrantId, grant: Grant): Promise<void> {
    return this.#storage.put(key(grantId), grant)
  }
}

/** The live grants that tokens of these grants approved, possibly by a thief of such a token. */
const liveAllowedBy = (grantIds: readonly GrantId[], all: readonly NamedGrant[]): NamedGrant[] =>
  all.filter(
    ({ approvedBy = [], endedAtMs }) =>
      endedAtMs === undefined && approvedBy.some((id) => grantIds.includes(id)),
  )
