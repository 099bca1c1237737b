// One Account is one person: their browser sessions, and the devices they have connected. Its id is
// random and never reused; it is the subject of every token. The ways to sign in are stored in the
// person's Logins. It never deletes itself.
import { DurableObject } from 'cloudflare:workers'
import type { RefreshLimits } from '../../config/clients.ts'
import { FRESH_SIGN_IN_MS } from '../../config/limits.ts'
import { CodeTries } from './code-tries.ts'
import type { Grant, NewGrant, RefreshOutcome, RefreshRequest } from './grant-state.ts'
import { Grants } from './grants.ts'
import type { CodeTry, GrantCodeTry, Overview, SignedInPerson } from './views.ts'
import { type Passkey, Passkeys } from './passkeys.ts'
import { type Claims, Profile } from './profile.ts'
import type { PromptRequest } from './prompt-guard.ts'
import { Prompts, type Refusal } from './prompts.ts'
import type { OwnSubscription, PushAddress } from './push-subscriptions.ts'
import type { RefreshTokenDigest } from './refresh-chain.ts'
import { type SecurityEvent, SecurityEvents } from './security-events.ts'
import type { Place } from '../../sender/location.ts'
import { type SessionDigest, Sessions, type SignIn } from './sessions.ts'

export class Account extends DurableObject {
  readonly #profile = new Profile(this.ctx.storage)
  readonly #codes = new CodeTries(this.ctx.storage)
  readonly #sessions = new Sessions(this.ctx.storage)
  readonly #grants = new Grants(this.ctx.storage)
  readonly #passkeys = new Passkeys(this.ctx.storage)
  readonly #prompts = new Prompts(this.ctx.storage, this.#sessions)
  readonly #events = new SecurityEvents(this.ctx.storage)

  /**
   * Begins a session, and creates the account if there is none. `claims` come from the login or the
   * identity provider and replace the stored ones. Refused if the account is disabled, or does not exist
   * and no claims are given. `previous` is this browser's last session: its push subscription moves over.
   */
  async open(
    claims: Claims | undefined,
    session: SessionDigest,
    signIn: SignIn,
    previous?: SessionDigest,
  ): Promise<{ outcome: 'opened'; isNew: boolean } | { outcome: 'refused' }> {
    const now = Date.now()
    const recognised = await this.#profile.recognise(claims, now)
    if (recognised === undefined) return { outcome: 'refused' }
    const { browser: about, place } = signIn
    await Promise.all([
      this.#sessions.begin(session, signIn, now),
      this.#events.add({ kind: 'signed_in', atMs: now, about, place }),
    ])
    if (previous !== undefined) await this.#prompts.move(previous, session.id, place, now)
    await Promise.all([this.#tidyUp(now), this.#grants.tidyUp(now)])
    return { outcome: 'opened', isNew: recognised === 'new' }
  }

  /** The person of a live session. */
  async session(digest: SessionDigest): Promise<SignedInPerson | undefined> {
    const now = Date.now()
    const [claims, session, waitMs] = await Promise.all([
      this.#profile.activeClaims(),
      this.#sessions.find(digest, now),
      this.#codes.waitMs(now),
    ])
    if (claims === undefined || session === undefined) return undefined
    return {
      ...claims,
      sessionId: digest.id,
      authTimeMs: session.authTimeMs,
      amr: session.amr,
      provider: session.provider,
      codeWaitMs: waitMs,
    }
  }

  /**
   * The same, before the person has a user code looked up; undefined as well if the sign-in is too old
   * for that (SS-5). `wasShown`: this account has been shown its request before.
   */
  async tryCode(
    digest: SessionDigest,
    userCode: string,
    place?: Place,
    wasShown = false,
  ): Promise<SignedInPerson | undefined> {
    const person = await this.session(digest)
    if (person === undefined) return undefined
    if (place !== undefined) await this.#prompts.notePlace(digest.id, place)
    // First: a code that is not going to be looked up takes no other code's turn.
    if (Date.now() >= person.authTimeMs + FRESH_SIGN_IN_MS) return undefined
    return { ...person, ...(await this.#tryCode(userCode, wasShown)) }
  }

  /**
   * The same by an access token of a grant, which marks the grant as used. Adds the proximity at which
   * the grant's own device was approved.
   */
  async tryCodeByGrant(
    grantId: string,
    jti: string,
    userCode: string,
    wasShown = false,
  ): Promise<GrantCodeTry | undefined> {
    const used = await this.#use(grantId, jti)
    if (used === undefined) return undefined
    const { proximity = 'far' } = used.grant.allowed ?? {}
    return { proximity, ...(await this.#tryCode(userCode, wasShown)) }
  }

  /**
   * The same by the claims of a trusted issuer's token; creates the account if there is none, and then
   * looks at no code: the caller counts the new account first, and tries again. Such claims never
   * replace stored ones: a sign-in tells more.
   */
  async tryCodeByClaims(
    claims: Claims,
    userCode: string,
    wasShown = false,
  ): Promise<(CodeTry & { isNew: boolean }) | undefined> {
    const introduced = await this.#profile.introduce(claims, Date.now())
    if (introduced === 'new') return { codeWaitMs: 0, isNew: true }
    return introduced && { ...(await this.#tryCode(userCode, wasShown)), isNew: false }
  }

  /** Ends the session on the server (SS-4). */
  async signOut(digest: SessionDigest): Promise<void> {
    if ((await this.#sessions.find(digest, Date.now())) !== undefined)
      await this.endSession(digest.id)
  }

  /** Counts a wrong user code (RFC 8628 §5.1). `isCrowded`: the whole service sees many of them. */
  async countWrongCode(userCode: string, isCrowded = false): Promise<void> {
    await this.#codes.countWrong(userCode, isCrowded, Date.now())
  }

  /** Makes a new account wait before its first code. Returns the wait in ms. */
  async waitBeforeFirstCode(): Promise<number> {
    const now = Date.now()
    await this.#codes.waitBeforeFirst(now)
    return this.#codes.waitMs(now)
  }

  /** The account as its owner sees it; undefined without a live session. `place` is the browser's. */
  async overview(digest: SessionDigest, place?: Place): Promise<Overview | undefined> {
    if ((await this.session(digest)) === undefined) return undefined
    if (place !== undefined) await this.#prompts.notePlace(digest.id, place)
    const [devices, sessions, passkeys, askedBrowsers, events] = await Promise.all([
      this.#grants.list(Date.now()),
      this.#sessions.list(Date.now()),
      this.#passkeys.list(),
      this.#prompts.browsers(Date.now()),
      this.#events.list(),
    ])
    return { devices, sessions, passkeys, askedBrowsers, events }
  }

  /** Renames a device. */
  async renameDevice(grantId: string, deviceName: string): Promise<void> {
    await this.#grants.rename(grantId, deviceName)
  }

  /**
   * Ends a device's grant: its tokens are no longer valid, nor is its ID token as a hint. A reported
   * device that has not collected its tokens yet never will. Its source, if given, is silenced for push.
   */
  async removeDevice(
    grantId: string,
    why: 'device_removed' | 'device_reported',
    deviceName?: string,
    source?: string,
  ): Promise<void> {
    const now = Date.now()
    const grant = await this.#grants.find(grantId)
    if (grant === undefined && why === 'device_removed') return
    const clientIds = await this.#grants.end(grantId, now)
    // An attacker's device may have collected ID tokens of other clients, too.
    const isOfAll = why === 'device_reported'
    for (const clientId of isOfAll ? [undefined] : clientIds)
      await this.#prompts.voidHints(now, clientId)
    if (source !== undefined) await this.#prompts.silence(source, now)
    await this.#note(why, grant?.deviceName ?? deviceName, grant?.place)
  }

  async endSession(id: string): Promise<void> {
    await Promise.all([this.#sessions.end(id), this.#prompts.unsubscribe(id)])
  }

  /** Ends every session and, if `withDevices`, every device's grant. */
  async signOutEverywhere({ withDevices }: { withDevices: boolean }): Promise<void> {
    await this.#sessions.endAll()
    await this.#prompts.tidyUp(Date.now())
    if (withDevices) {
      const now = Date.now()
      await Promise.all([this.#grants.endAll(now), this.#prompts.voidHints(now)])
    }
    await this.#note('signed_out_everywhere')
  }

  /** The person of a live session and their passkeys; undefined without one. */
  async ownPasskeys(
    digest: SessionDigest,
  ): Promise<{ person: SignedInPerson; passkeys: readonly Passkey[] } | undefined> {
    const [person, passkeys] = await Promise.all([this.session(digest), this.#passkeys.list()])
    return person && { person, passkeys }
  }

  /** This account's passkey with that credential id. */
  async passkey(id: string): Promise<Passkey | undefined> {
    return this.#passkeys.find(id)
  }

  /** True if another passkey may be added. */
  async hasRoomForPasskey(): Promise<boolean> {
    return this.#passkeys.hasRoom()
  }

  async addPasskey(passkey: Passkey): Promise<{ outcome: 'added' | 'full' }> {
    if (!(await this.#passkeys.hasRoom())) return { outcome: 'full' }
    await this.#passkeys.save(passkey)
    await this.#note('passkey_added', passkey.name)
    return { outcome: 'added' }
  }

  /** Updates a passkey, unless it was removed meanwhile. */
  async updatePasskey(passkey: Passkey): Promise<void> {
    if ((await this.#passkeys.find(passkey.id)) !== undefined) await this.#passkeys.save(passkey)
  }

  async renamePasskey(id: string, name: string): Promise<void> {
    const passkey = await this.#passkeys.find(id)
    if (passkey !== undefined) await this.#passkeys.save({ ...passkey, name })
  }

  async removePasskey(id: string): Promise<void> {
    const passkey = await this.#passkeys.remove(id)
    if (passkey !== undefined) await this.#note('passkey_removed', passkey.name)
  }

  /**
   * Records that the person did not start a device's request (RFC 10027 §6.1.4). Its source, if given,
   * is silenced for push.
   */
  async reportRequest(
    deviceName: string,
    place: Place | undefined,
    source?: string,
  ): Promise<void> {
    if (source !== undefined) await this.#prompts.silence(source, Date.now())
    await this.#note('request_reported', deviceName, place)
  }

  /** Records that an approved device was refused because it collected its tokens from elsewhere. */
  async noteCollectedElsewhere(deviceName: string, place: Place): Promise<void> {
    await this.#note('collected_elsewhere', deviceName, place)
  }

  /** Subscribes this browser to push prompts. False without a live session. */
  async subscribe(digest: SessionDigest, address: PushAddress, place: Place): Promise<boolean> {
    if ((await this.session(digest)) === undefined) return false
    await this.#prompts.subscribe(digest.id, address, place, Date.now())
    return true
  }

  /** Ends a push subscription; with `endpoint`, only if it still has that endpoint. */
  async unsubscribe(sessionId: string, endpoint?: string): Promise<void> {
    await this.#prompts.unsubscribe(sessionId, endpoint)
  }

  /** The subscriptions to send a prompt to, which is counted; often none. */
  async prompt(request: PromptRequest): Promise<readonly OwnSubscription[]> {
    return (await this.#profile.activeClaims()) === undefined
      ? []
      : this.#prompts.ask(request, Date.now())
  }

  /**
   * "Not me" in a notification, which silences the source. The endpoint proves that this browser got the
   * prompt.
   */
  async refusePrompt(digest: SessionDigest, endpoint: string, codeHash: string): Promise<Refusal> {
    return (await this.session(digest)) === undefined
      ? { outcome: 'not_asked' }
      : this.#prompts.refuse(digest.id, endpoint, codeHash, Date.now())
  }

  /**
   * Records the device that redeemed a grant. Refused if the account is missing or disabled, if it is a
   * repeat and a token of the first redemption is in use, or if the grant that approved it has ended.
   */
  async connectDevice(
    grantId: string,
    device: NewGrant,
  ): Promise<{ outcome: 'connected' | 'refused' }> {
    const now = Date.now()
    const isActive = (await this.#profile.activeClaims()) !== undefined
    if (!isActive || !(await this.#grants.connect(grantId, device, now)))
      return { outcome: 'refused' }
    // A person who decides only in an app never signs in here, so this is their only clean-up.
    await this.#tidyUp(now)
    return { outcome: 'connected' }
  }

  /** Rotates a refresh token (RFC 6749 §6); a replay ends the grant. */
  async refresh(grantId: string, request: RefreshRequest): Promise<RefreshOutcome> {
    return (await this.#profile.activeClaims()) === undefined
      ? { outcome: 'invalid' }
      : this.#grants.refresh(grantId, request, Date.now())
  }

  /** Ends a grant by one of its refresh tokens (RFC 7009 §2.1); undefined if that is not valid. */
  async revokeGrant(
    grantId: string,
    clientId: string,
    presented: RefreshTokenDigest,
  ): Promise<'revoked' | 'foreign' | undefined> {
    return this.#grants.revoke(grantId, clientId, presented, Date.now())
  }

  /** Revokes one access token; its grant goes on. */
  async revokeAccessToken(grantId: string, jti: string, expiresAtMs: number): Promise<void> {
    await this.#grants.revokeAccessToken(grantId, jti, expiresAtMs, Date.now())
  }

  /** True if an access token is not revoked, its grant has not ended, and the account is active. */
  async isLive(grantId: string, jti: string): Promise<boolean> {
    const [profile, grant] = await Promise.all([
      this.#profile.activeClaims(),
      this.#grants.ofAccessToken(grantId, jti),
    ])
    return profile !== undefined && grant !== undefined
  }

  /** The live grant of a valid refresh token. */
  async grantOf(
    grantId: string,
    presented: RefreshTokenDigest,
    limits: RefreshLimits,
  ): Promise<Grant | undefined> {
    return (await this.#profile.activeClaims()) === undefined
      ? undefined
      : this.#grants.ofRefreshToken(grantId, presented, limits, Date.now())
  }

  /** The claims of a live access token, which marks its grant as used; else undefined. */
  async claims(grantId: string, jti: string): Promise<Claims | undefined> {
    return (await this.#use(grantId, jti))?.claims
  }

  /** Disables or enables the account. A disabled one refuses sign-ins and devices. */
  async disable(isDisabled: boolean): Promise<void> {
    await this.#profile.disable(isDisabled)
  }

  async #use(grantId: string, jti: string): Promise<{ claims: Claims; grant: Grant } | undefined> {
    const [claims, grant] = await Promise.all([
      this.#profile.activeClaims(),
      this.#grants.ofAccessToken(grantId, jti),
    ])
    if (claims === undefined || grant === undefined) return undefined
    await this.#grants.markUsed(grantId, grant, Date.now())
    return { claims, grant }
  }

  #tryCode(userCode: string, wasShown: boolean): Promise<CodeTry> {
    return this.#codes.try(userCode, wasShown, Date.now())
  }

  async #tidyUp(now: number): Promise<void> {
    await this.#sessions.tidyUp(now)
    await this.#prompts.tidyUp(now)
  }

  #note(kind: SecurityEvent['kind'], about?: string, place?: Place): Promise<void> {
    return this.#events.add({ kind, atMs: Date.now(), about, place })
  }
}
