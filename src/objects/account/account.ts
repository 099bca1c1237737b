// One Account is one person: their browser sessions, and the devices they have connected. Its id is
// random and never reused; it is the subject of every token. The ways to sign in are stored in the
// person's Logins. It never deletes itself. Its devices are in account-devices.ts.
import type { GrantId, SessionId, UserCode } from '../../ids.ts'
import { FRESH_SIGN_IN_MS } from '../../config/limits.ts'
import type { Place } from '../../sender/location.ts'
import { AccountDevices } from './account-devices.ts'
import type { CodeLookUp } from './code-tries.ts'
import type { Passkey } from './passkeys.ts'
import type { Claims, ToldClaims } from './profile.ts'
import type { PromptRequest } from './prompt-guard.ts'
import type { Refusal, RefusedPrompt } from './prompts.ts'
import type { OwnSubscription, PushAddress } from './push-subscriptions.ts'
import type { SessionDigest, SignIn } from './sessions.ts'
import type { CodeTry, GrantCodeTry, Overview, ReportedDevice, SignedInPerson } from './views.ts'

export class Account extends AccountDevices {
  /**
   * Begins a session, and creates the account if there is none. `claims` come from the login or the
   * identity provider and replace the stored ones. Refused if the account is disabled, or does not exist
   * and no claims are given. `previous` is this browser's last session: its push subscription moves over.
   */
  async open(
    claims: ToldClaims | undefined,
    session: SessionDigest,
    signIn: SignIn,
    previous?: SessionDigest,
    callId?: string,
  ): Promise<{ outcome: 'opened'; isNew: boolean } | { outcome: 'refused' }> {
    const now = Date.now()
    const recognised = await this.parts.profile.recognise(claims, now, callId)
    if (recognised === undefined) return { outcome: 'refused' }
    const { browser: about, place } = signIn
    await Promise.all([
      this.parts.sessions.begin(session, signIn, now),
      this.parts.events.add({ kind: 'signed_in', atMs: now, about, place, callId }),
    ])
    if (previous !== undefined) await this.parts.prompts.move(previous, session.id, place, now)
    await Promise.all([this.parts.tidyUp(now), this.parts.grants.tidyUp(now)])
    return { outcome: 'opened', isNew: recognised === 'new' }
  }

  /** The person of a live session. */
  async session(digest: SessionDigest): Promise<SignedInPerson | undefined> {
    const now = Date.now()
    const [claims, session, waitMs] = await Promise.all([
      this.parts.profile.activeClaims(),
      this.parts.sessions.find(digest, now),
      this.parts.codes.waitMs(now),
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
    { userCode, wasShown, place }: CodeLookUp & { readonly place?: Place | undefined },
  ): Promise<SignedInPerson | undefined> {
    const person = await this.session(digest)
    if (person === undefined) return undefined
    if (place !== undefined) await this.parts.prompts.notePlace(digest.id, place)
    // First: a code that is not going to be looked up takes no other code's turn.
    if (Date.now() >= person.authTimeMs + FRESH_SIGN_IN_MS) return undefined
    return { ...person, ...(await this.#tryCode({ userCode, wasShown })) }
  }

  /**
   * The same by an access token of a grant, which marks the grant as used. Adds the proximity at which
   * the grant's own device was approved.
   */
  async tryCodeByGrant(
    grantId: GrantId,
    jti: string,
    code: CodeLookUp,
  ): Promise<GrantCodeTry | undefined> {
    const used = await this.parts.use(grantId, jti)
    if (used === undefined) return undefined
    const { proximity = 'far' } = used.grant.allowed ?? {}
    return { proximity, ...(await this.#tryCode(code)) }
  }

  /**
   * The same by the claims of a trusted issuer's token; creates the account if there is none, and then
   * looks at no code: the caller counts the new account first, and tries again. Such claims never
   * replace stored ones: a sign-in tells more.
   */
  async tryCodeByClaims(
    claims: Claims,
    code: CodeLookUp,
    callId?: string,
  ): Promise<(CodeTry & { isNew: boolean }) | undefined> {
    const introduced = await this.parts.profile.introduce(claims, Date.now(), callId)
    if (introduced === 'new') return { codeWaitMs: 0, isNew: true }
    return introduced && { ...(await this.#tryCode(code)), isNew: false }
  }

  /** Ends the session on the server (SS-4). */
  async signOut(digest: SessionDigest): Promise<void> {
    if ((await this.parts.sessions.find(digest, Date.now())) !== undefined)
      await this.endSession(digest.id)
  }

  /** Counts a wrong user code (RFC 8628 §5.1). `isCrowded`: the whole service sees many of them. */
  async countWrongCode(userCode: UserCode, isCrowded = false): Promise<void> {
    await this.parts.codes.countWrong(userCode, isCrowded, Date.now())
  }

  /** Makes a new account wait before its first code. Returns the wait in ms. */
  async waitBeforeFirstCode(): Promise<number> {
    const now = Date.now()
    await this.parts.codes.waitBeforeFirst(now)
    return this.parts.codes.waitMs(now)
  }

  /** The account as its owner sees it; undefined without a live session. `place` is the browser's. */
  async overview(digest: SessionDigest, place?: Place): Promise<Overview | undefined> {
    if ((await this.session(digest)) === undefined) return undefined
    if (place !== undefined) await this.parts.prompts.notePlace(digest.id, place)
    const [devices, lapsed, sessions, passkeys, askedBrowsers, events] = await Promise.all([
      this.parts.grants.list(Date.now()),
      this.parts.grants.lapsed(Date.now()),
      this.parts.sessions.list(Date.now()),
      this.parts.passkeys.list(),
      this.parts.prompts.browsers(Date.now()),
      this.parts.events.list(),
    ])
    return { devices, lapsed, sessions, passkeys, askedBrowsers, events }
  }

  async endSession(id: SessionId): Promise<void> {
    await Promise.all([this.parts.sessions.end(id), this.parts.prompts.unsubscribe(id)])
  }

  /** Ends every session and, if `withDevices`, every device's grant. */
  async signOutEverywhere(
    { withDevices }: { withDevices: boolean },
    callId?: string,
  ): Promise<void> {
    await this.parts.sessions.endAll()
    await this.parts.prompts.tidyUp(Date.now())
    if (withDevices) {
      const now = Date.now()
      await Promise.all([this.parts.grants.endAll(now), this.parts.prompts.voidHints(now)])
    }
    await this.parts.note('signed_out_everywhere', { callId })
  }

  /** The person of a live session and their passkeys; undefined without one. */
  async ownPasskeys(
    digest: SessionDigest,
  ): Promise<{ person: SignedInPerson; passkeys: readonly Passkey[] } | undefined> {
    const [person, passkeys] = await Promise.all([this.session(digest), this.parts.passkeys.list()])
    return person && { person, passkeys }
  }

  /** This account's passkey with that credential id. */
  async passkey(id: string): Promise<Passkey | undefined> {
    return this.parts.passkeys.find(id)
  }

  /** True if another passkey may be added. */
  async hasRoomForPasskey(): Promise<boolean> {
    return this.parts.passkeys.hasRoom()
  }

  async addPasskey(passkey: Passkey, callId?: string): Promise<{ outcome: 'added' | 'full' }> {
    const isAdded = await this.parts.passkeys.add(passkey)
    if (isAdded) await this.parts.note('passkey_added', { about: passkey.name, callId })
    return { outcome: isAdded ? 'added' : 'full' }
  }

  /** Updates a passkey, unless it was removed meanwhile. */
  async updatePasskey({ id, ...changed }: Passkey): Promise<void> {
    await this.parts.passkeys.update(id, changed)
  }

  async renamePasskey(id: string, name: string): Promise<void> {
    await this.parts.passkeys.update(id, { name })
  }

  async removePasskey(id: string, callId?: string): Promise<void> {
    const passkey = await this.parts.passkeys.find(id)
    if (passkey === undefined) return
    // First, because a call that is made again finds no passkey.
    await this.parts.note('passkey_removed', { about: passkey.name, callId })
    await this.parts.passkeys.remove(id)
  }

  /**
   * Records that the person did not start a device's request (RFC 10027 §6.1.4). Its source, if given,
   * is silenced for push.
   */
  async reportRequest(
    { deviceName, place, source }: ReportedDevice,
    callId?: string,
  ): Promise<void> {
    if (source !== undefined) await this.parts.prompts.silence(source, Date.now())
    await this.parts.note('request_reported', { about: deviceName, place, callId })
  }

  /** Subscribes this browser to push prompts. False without a live session. */
  async subscribe(digest: SessionDigest, address: PushAddress, place: Place): Promise<boolean> {
    if ((await this.session(digest)) === undefined) return false
    await this.parts.prompts.subscribe(digest.id, address, place, Date.now())
    return true
  }

  /** Ends a push subscription; with `endpoint`, only if it still has that endpoint. */
  async unsubscribe(sessionId: SessionId, endpoint?: string): Promise<void> {
    await this.parts.prompts.unsubscribe(sessionId, endpoint)
  }

  /** The subscriptions to send a prompt to, which is counted; often none. */
  async prompt(request: PromptRequest, callId?: string): Promise<readonly OwnSubscription[]> {
    return (await this.parts.profile.activeClaims()) === undefined
      ? []
      : this.parts.prompts.prompt(request, Date.now(), callId)
  }

  /**
   * "Not me" in a notification, which silences the source. The endpoint proves that this browser got the
   * prompt.
   */
  async refusePrompt(digest: SessionDigest, prompt: RefusedPrompt): Promise<Refusal> {
    return (await this.session(digest)) === undefined
      ? { outcome: 'not_asked' }
      : this.parts.prompts.refuse(digest.id, prompt, Date.now())
  }

  /** Disables or enables the account. A disabled one refuses sign-ins and devices. */
  async disable(isDisabled: boolean): Promise<void> {
    await this.parts.profile.disable(isDisabled)
  }

  #tryCode(code: CodeLookUp): Promise<CodeTry> {
    return this.parts.codes.try(code, Date.now())
  }
}
