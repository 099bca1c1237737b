// One Account is one person: how they sign in, their browser sessions, and the devices they have
// connected. It is named by how the person is known (`email:…`); its id is the subject of every
// token. It never deletes itself, unless it holds nothing but failed sign-ins of nobody.
import { DurableObject } from 'cloudflare:workers'
import type { RefreshLimits } from '../clients.ts'
import {
  CODES_AT_ONCE_WINDOW_MS,
  FAILURES_FORGOTTEN_MS,
  MAX_WRONG_CODES,
  SESSION_LIFETIME_MS,
} from '../config.ts'
import { hashPassword, needsRehash, verifyPassword } from '../identity/password.ts'
import {
  type Guard,
  NO_FAILURES,
  afterFailedSignIn,
  afterWrongCode,
  codeWaitMs,
  signInWaitMs,
} from './account-guard.ts'
import {
  type Grant,
  type NewGrant,
  type RefreshOutcome,
  type RefreshRequest,
  type RefreshTokenClaim,
  connect,
  end,
  isForgettable,
  isGood,
  isRevoked,
  refresh,
  revokeAccessToken,
} from './grant-state.ts'

const PROFILE = 'profile'
const GUARD = 'guard'
const sessionKey = (id: string) => `session:${id}`
const grantKey = (grantId: string) => `grant:${grantId}`

/** The identity claims we keep (OpenID Connect Core §5.1). */
export interface Profile {
  readonly email: string
  readonly name: string
  readonly passwordHash: string
  readonly createdAtMs: number
  readonly isDisabled: boolean
}

export interface Session {
  readonly secretHash: string
  readonly authTimeMs: number
  readonly amr: readonly string[]
}

/** The name of a session and the digest of its secret: what a session cookie says. */
export interface SessionClaim {
  readonly id: string
  readonly secretHash: string
}

export interface SignedInPerson {
  readonly name: string
  readonly email: string
  readonly authTimeMs: number
  readonly amr: readonly string[]
  /** How long until the next user code may be tried, in ms. */
  readonly codeWaitMs: number
}

export type SignInOutcome =
  | { readonly outcome: 'signed_in' }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'wait'; readonly retryAfterMs: number }

export class Account extends DurableObject {
  // When which code was last looked up. In memory is enough: what is asked so often stays there.
  readonly #triedAtMs = new Map<string, number>()

  /** Makes the account and its first session, unless there is one. */
  async register(
    person: { email: string; name: string; password: string },
    session: SessionClaim,
  ): Promise<{ outcome: 'registered' | 'exists' }> {
    if ((await this.#profile()) !== undefined) return { outcome: 'exists' }
    const now = Date.now()
    const { email, name } = person
    const passwordHash = hashPassword(person.password)
    const profile: Profile = { email, name, passwordHash, createdAtMs: now, isDisabled: false }
    await Promise.all([this.ctx.storage.put(PROFILE, profile), this.#begin(session, now)])
    return { outcome: 'registered' }
  }

  /** Signs in with a password and begins a session. */
  async signIn(password: string, session: SessionClaim): Promise<SignInOutcome> {
    const now = Date.now()
    const [profile, guard] = await Promise.all([this.#profile(), this.#guard()])
    const retryAfterMs = signInWaitMs(guard, now)
    if (retryAfterMs > 0) return { outcome: 'wait', retryAfterMs }
    const isRight = verifyPassword(password, profile?.passwordHash)
    if (profile === undefined || !isRight || profile.isDisabled) {
      await this.#keepFailure(afterFailedSignIn(guard, now), profile)
      return { outcome: 'refused' }
    }
    const writes = [this.#begin(session, now)]
    if (needsRehash(profile.passwordHash)) {
      const rehashed: Profile = { ...profile, passwordHash: hashPassword(password) }
      writes.push(this.ctx.storage.put(PROFILE, rehashed))
    }
    if (guard.failures > 0) {
      writes.push(this.ctx.storage.put(GUARD, { ...guard, failures: 0 } satisfies Guard))
    }
    await Promise.all(writes)
    await this.#tidyUp(now)
    return { outcome: 'signed_in' }
  }

  /** Who the session belongs to, if it is live. */
  async session(claim: SessionClaim): Promise<SignedInPerson | undefined> {
    const now = Date.now()
    const [profile, session, guard] = await Promise.all([
      this.#profile(),
      this.#session(claim),
      this.#guard(),
    ])
    if (profile === undefined || profile.isDisabled || session === undefined) return undefined
    if (now >= session.authTimeMs + SESSION_LIFETIME_MS) return undefined
    return {
      name: profile.name,
      email: profile.email,
      authTimeMs: session.authTimeMs,
      amr: session.amr,
      codeWaitMs: codeWaitMs(guard, now),
    }
  }

  /** The same, when the person is about to have a user code looked up. */
  async tryCode(claim: SessionClaim, userCode: string): Promise<SignedInPerson | undefined> {
    const person = await this.session(claim)
    if (person === undefined || person.codeWaitMs > 0) return person
    const now = Date.now()
    for (const [code, triedAtMs] of this.#triedAtMs)
      if (now >= triedAtMs + CODES_AT_ONCE_WINDOW_MS) this.#triedAtMs.delete(code)
    if (!this.#triedAtMs.has(userCode) && this.#triedAtMs.size >= MAX_WRONG_CODES)
      return { ...person, codeWaitMs: CODES_AT_ONCE_WINDOW_MS }
    this.#triedAtMs.set(userCode, now)
    return person
  }

  /** Ends the session on the server (SS-4). */
  async signOut(claim: SessionClaim): Promise<void> {
    if ((await this.#session(claim)) !== undefined)
      await this.ctx.storage.delete(sessionKey(claim.id))
  }

  /** A user code that led nowhere (RFC 8628 §5.1). */
  async countWrongCode(): Promise<void> {
    await this.ctx.storage.put(GUARD, afterWrongCode(await this.#guard(), Date.now()))
  }

  /**
   * Records the device that redeemed a grant. Refused if the account is gone or disabled, or if a
   * repeat arrives although a token of the first redemption is in use.
   */
  async connectDevice(
    grantId: string,
    device: NewGrant,
  ): Promise<{ outcome: 'connected' | 'refused' }> {
    const [profile, known] = await Promise.all([this.#profile(), this.#grant(grantId)])
    if (profile === undefined || profile.isDisabled) return { outcome: 'refused' }
    const grant = connect(known, device, Date.now())
    if (grant === undefined) return { outcome: 'refused' }
    await this.#keep(grantId, grant)
    return { outcome: 'connected' }
  }

  /** Rotates a refresh token (RFC 6749 §6); a replay ends the grant. */
  async refresh(grantId: string, request: RefreshRequest): Promise<RefreshOutcome> {
    const grant = await this.#liveGrant(grantId)
    if (grant === undefined) return { outcome: 'invalid' }
    const refreshed = refresh(grant, request, Date.now())
    if (refreshed.outcome === 'rotated') await this.#keep(grantId, refreshed.grant)
    if (refreshed.outcome === 'replayed') await this.#keep(grantId, end(grant, Date.now()))
    return refreshed
  }

  /** Ends a grant by one of its refresh tokens (RFC 7009 §2.1); undefined if that is not good. */
  async revokeGrant(
    grantId: string,
    clientId: string,
    presented: RefreshTokenClaim,
  ): Promise<'revoked' | 'foreign' | undefined> {
    const grant = await this.#grant(grantId)
    if (grant?.refresh?.current.familyHash !== presented.familyHash) return undefined
    if (grant.clientId !== clientId) return 'foreign'
    await this.#keep(grantId, end(grant, Date.now()))
    return 'revoked'
  }

  /** Ends one access token before its time; the grant goes on. */
  async revokeAccessToken(grantId: string, jti: string, expiresAtMs: number): Promise<void> {
    const grant = await this.#grant(grantId)
    if (grant !== undefined)
      await this.#keep(grantId, revokeAccessToken(grant, jti, expiresAtMs, Date.now()))
  }

  /** Whether an access token of a grant is still good, by all that only we know. */
  async isLive(grantId: string, jti: string): Promise<boolean> {
    const grant = await this.#liveGrant(grantId)
    return grant !== undefined && !isRevoked(grant, jti)
  }

  /** The live grant whose refresh token is presented, if that is good. */
  async grantOf(
    grantId: string,
    presented: RefreshTokenClaim,
    limits: RefreshLimits,
  ): Promise<Grant | undefined> {
    const grant = await this.#liveGrant(grantId)
    return grant !== undefined && isGood(grant, presented, limits, Date.now()) ? grant : undefined
  }

  /** The claims behind an access token that is good, and hereby used; else undefined. */
  async claims(grantId: string, jti: string): Promise<{ name: string; email: string } | undefined> {
    const [profile, grant] = await Promise.all([this.#profile(), this.#liveGrant(grantId)])
    if (profile === undefined || grant === undefined || isRevoked(grant, jti)) return undefined
    if (grant.usedAtMs === undefined) await this.#keep(grantId, { ...grant, usedAtMs: Date.now() })
    return { name: profile.name, email: profile.email }
  }

  /** Shuts the account, or opens it again: nobody signs in, no device is served. */
  async disable(isDisabled: boolean): Promise<void> {
    const profile = await this.#profile()
    if (profile !== undefined) await this.ctx.storage.put(PROFILE, { ...profile, isDisabled })
  }

  override async alarm(): Promise<void> {
    if ((await this.#profile()) === undefined) await this.ctx.storage.deleteAll()
  }

  #profile(): Promise<Profile | undefined> {
    return this.ctx.storage.get<Profile>(PROFILE)
  }

  async #guard(): Promise<Guard> {
    return (await this.ctx.storage.get<Guard>(GUARD)) ?? NO_FAILURES
  }

  #grant(grantId: string): Promise<Grant | undefined> {
    return this.ctx.storage.get<Grant>(grantKey(grantId))
  }

  async #liveGrant(grantId: string): Promise<Grant | undefined> {
    const [profile, grant] = await Promise.all([this.#profile(), this.#grant(grantId)])
    const isShut = profile === undefined || profile.isDisabled || grant?.endedAtMs !== undefined
    return isShut ? undefined : grant
  }

  #keep(grantId: string, grant: Grant): Promise<void> {
    return this.ctx.storage.put(grantKey(grantId), grant)
  }

  async #session({ id, secretHash }: SessionClaim): Promise<Session | undefined> {
    const session = await this.ctx.storage.get<Session>(sessionKey(id))
    return session?.secretHash === secretHash ? session : undefined
  }

  #begin({ id, secretHash }: SessionClaim, now: number): Promise<void> {
    const session: Session = { secretHash, authTimeMs: now, amr: ['pwd'] }
    return this.ctx.storage.put(sessionKey(id), session)
  }

  async #keepFailure(guard: Guard, profile: Profile | undefined): Promise<void> {
    await this.ctx.storage.put(GUARD, guard)
    // Guesses at an account that does not exist count as well, or the difference would tell.
    if (profile === undefined)
      await this.ctx.storage.setAlarm(guard.failedAtMs + FAILURES_FORGOTTEN_MS)
  }

  async #tidyUp(now: number): Promise<void> {
    const [sessions, grants] = await Promise.all([
      this.ctx.storage.list<Session>({ prefix: sessionKey('') }),
      this.ctx.storage.list<Grant>({ prefix: grantKey('') }),
    ])
    const old = [
      ...[...sessions].filter(([, { authTimeMs }]) => now >= authTimeMs + SESSION_LIFETIME_MS),
      ...[...grants].filter(([, grant]) => isForgettable(grant, now)),
    ]
    if (old.length > 0) await this.ctx.storage.delete(old.map(([key]) => key))
  }
}
