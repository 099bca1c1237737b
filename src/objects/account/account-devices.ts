// The devices of an account, as their person and their tokens reach them: the half of the class Account
// that is about grants.
import type { GrantId } from '../../ids.ts'
import { DurableObject } from 'cloudflare:workers'
import type { RefreshLimits } from '../../config/clients.ts'
import { AccountParts } from './account-parts.ts'
import type {
  AwaitedDevice,
  Grant,
  NewGrant,
  RefreshOutcome,
  RefreshRequest,
} from './grant-state.ts'
import type { RevokedToken } from './grants.ts'
import type { Claims } from './profile.ts'
import type { RefreshTokenDigest } from './refresh-chain.ts'
import type { ReportedDevice } from './views.ts'

export class AccountDevices extends DurableObject {
  // A field of an instance: RPC reaches methods only.
  protected readonly parts = new AccountParts(this.ctx.storage)

  /** Renames a device. */
  async renameDevice(grantId: GrantId, deviceName: string): Promise<void> {
    await this.parts.grants.rename(grantId, deviceName)
  }

  /**
   * Ends a device's grant: its tokens are no longer valid, nor is its ID token as a hint. A reported
   * device that has not collected its tokens yet never will. Its source, if given, is silenced for push.
   */
  async removeDevice(
    grantId: GrantId,
    why: 'device_removed' | 'device_reported',
    { deviceName, source }: Pick<ReportedDevice, 'deviceName' | 'source'> = {},
    callId?: string,
  ): Promise<void> {
    const now = Date.now()
    const grant = await this.parts.grants.find(grantId)
    if (grant === undefined && why === 'device_removed') return
    const clientIds = await this.parts.grants.end(grantId, now)
    // An attacker's device may have collected ID tokens of other clients, too.
    const isOfAll = why === 'device_reported'
    for (const clientId of isOfAll ? [undefined] : clientIds)
      await this.parts.prompts.voidHints(now, clientId)
    if (source !== undefined) await this.parts.prompts.silence(source, now)
    const about = grant?.deviceName ?? deviceName
    await this.parts.note(why, { about, place: grant?.place, callId })
  }

  /** Records an approved device that is not polling just now, until it collects its tokens. */
  async awaitDevice(grantId: GrantId, device: AwaitedDevice): Promise<void> {
    await this.parts.grants.noteAwaited(grantId, device, Date.now())
  }

  /** Records that an approved device was refused because it collected its tokens from elsewhere. */
  async noteCollectedElsewhere(
    grantId: GrantId,
    { deviceName, place }: ReportedDevice,
    callId?: string,
  ): Promise<void> {
    await this.parts.grants.giveUp(grantId, Date.now())
    await this.parts.note('collected_elsewhere', { about: deviceName, place, callId })
  }

  /**
   * Records the device that redeemed a grant. Refused if the account is missing or disabled, if it is a
   * repeat and a token of the first redemption is in use, or if the grant that approved it has ended.
   */
  async connectDevice(
    grantId: GrantId,
    device: NewGrant,
  ): Promise<{ outcome: 'connected' | 'refused' }> {
    const now = Date.now()
    const isActive = (await this.parts.profile.activeClaims()) !== undefined
    if (!isActive || !(await this.parts.grants.connect(grantId, device, now)))
      return { outcome: 'refused' }
    // A person who decides only in an app never signs in here, so this is their only clean-up.
    await this.parts.tidyUp(now)
    return { outcome: 'connected' }
  }

  /** Rotates a refresh token (RFC 6749 §6); a replay ends the grant. */
  async refresh(grantId: GrantId, request: RefreshRequest): Promise<RefreshOutcome> {
    return (await this.parts.profile.activeClaims()) === undefined
      ? { outcome: 'invalid' }
      : this.parts.grants.refresh(grantId, request, Date.now())
  }

  /** Ends a grant by one of its refresh tokens (RFC 7009 §2.1); undefined if that is not valid. */
  async revokeGrant(
    grantId: GrantId,
    token: RevokedToken,
  ): Promise<'revoked' | 'foreign' | undefined> {
    return this.parts.grants.revoke(grantId, token, Date.now())
  }

  /** Revokes one access token; its grant goes on. */
  async revokeAccessToken(grantId: GrantId, jti: string, expiresAtMs: number): Promise<void> {
    await this.parts.grants.revokeAccessToken(grantId, jti, expiresAtMs, Date.now())
  }

  /** True if an access token is not revoked, its grant has not ended, and the account is active. */
  async isLive(grantId: GrantId, jti: string): Promise<boolean> {
    const [profile, grant] = await Promise.all([
      this.parts.profile.activeClaims(),
      this.parts.grants.ofAccessToken(grantId, jti),
    ])
    return profile !== undefined && grant !== undefined
  }

  /** The live grant of a valid refresh token. */
  async grantOf(
    grantId: GrantId,
    presented: RefreshTokenDigest,
    limits: RefreshLimits,
  ): Promise<Grant | undefined> {
    return (await this.parts.profile.activeClaims()) === undefined
      ? undefined
      : this.parts.grants.ofRefreshToken(grantId, presented, limits, Date.now())
  }

  /** The claims of a live access token, which marks its grant as used; else undefined. */
  async claims(grantId: GrantId, jti: string): Promise<Claims | undefined> {
    return (await this.parts.use(grantId, jti))?.claims
  }
}
