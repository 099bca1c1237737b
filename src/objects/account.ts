// One Account is one person: how they sign in, their browser sessions, and the devices they have
// connected. It is named by how the person is known (`email:…`); its id is the subject of every
// token. It never deletes itself, unless it holds nothing but failed sign-ins of nobody.
import { DurableObject } from 'cloudflare:workers'
import {
  CODES_AT_ONCE_WINDOW_MS,
  FAILURES_FORGOTTEN_MS,
  MAX_RECOVERIES,
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

const PROFILE = 'profile'
const GUARD = 'guard'
const sessionKey = (id: string) => `session:${id}`
const deviceKey = (grantId: string) => `device:${grantId}`

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

/** A device that was connected: one grant. */
export interface ConnectedDevice {
  readonly clientId: string
  readonly clientName: string
  readonly deviceName: string
  readonly place: string | undefined
  readonly scope: readonly string[]
  readonly connectedAtMs: number
  /** Set by the first use of any token of it at this server; ends lost-answer recovery. */
  readonly usedAtMs: number | undefined
  /** How often its tokens were handed out again because the answer was lost. */
  readonly recoveries: number
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
    await this.#forgetOldSessions(now)
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
    device: Omit<ConnectedDevice, 'connectedAtMs' | 'usedAtMs' | 'recoveries'>,
  ): Promise<{ outcome: 'connected' | 'refused' }> {
    const [profile, known] = await Promise.all([this.#profile(), this.#device(grantId)])
    if (profile === undefined || profile.isDisabled || known?.usedAtMs !== undefined)
      return { outcome: 'refused' }
    const recoveries = known === undefined ? 0 : known.recoveries + 1
    if (recoveries > MAX_RECOVERIES) return { outcome: 'refused' }
    const connectedAtMs = known?.connectedAtMs ?? Date.now()
    const record: ConnectedDevice = { ...device, connectedAtMs, usedAtMs: undefined, recoveries }
    await this.ctx.storage.put(deviceKey(grantId), record)
    return { outcome: 'connected' }
  }

  /** The claims behind a live grant, whose access token is hereby used; else undefined. */
  async claims(grantId: string): Promise<{ name: string; email: string } | undefined> {
    const [profile, device] = await Promise.all([this.#profile(), this.#device(grantId)])
    if (profile === undefined || profile.isDisabled || device === undefined) return undefined
    if (device.usedAtMs === undefined) {
      const used: ConnectedDevice = { ...device, usedAtMs: Date.now() }
      await this.ctx.storage.put(deviceKey(grantId), used)
    }
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

  #device(grantId: string): Promise<ConnectedDevice | undefined> {
    return this.ctx.storage.get<ConnectedDevice>(deviceKey(grantId))
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

  async #forgetOldSessions(now: number): Promise<void> {
    const sessions = await this.ctx.storage.list<Session>({ prefix: sessionKey('') })
    const old = [...sessions].filter(
      ([, { authTimeMs }]) => now >= authTimeMs + SESSION_LIFETIME_MS,
    )
    if (old.length > 0) await this.ctx.storage.delete(old.map(([key]) => key))
  }
}
