// One Login is one way to sign in: an email address with a password, a passkey, or a subject of an
// identity provider. It is named by that (`email:…`, `passkey:…`, `oidc:…`), and stores the subject of
// its account. It never deletes itself, unless it belongs to no account and holds failed sign-ins only.
import type { Subject } from '../../ids.ts'
import { DurableObject } from 'cloudflare:workers'
import { FAILURES_RESET_MS } from '../../config/limits.ts'
import { hashPassword, needsRehash, verifyPassword } from './password.ts'
import { type Failures, NO_FAILURES, afterFailure, signInWaitMs } from './login-guard.ts'

const RECORD = 'login'
const FAILURES = 'failures'

interface LoginRecord {
  readonly subject: Subject
  /** The name for the account if it does not exist yet. */
  readonly name: string
  /** Undefined for a passkey or an identity provider. */
  readonly passwordHash: string | undefined
}

export type PasswordOutcome =
  | { readonly outcome: 'right'; readonly subject: Subject; readonly name: string }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'wait'; readonly retryAfterMs: number }

export class Login extends DurableObject {
  /** Gives `subject` this login with a password, unless it belongs to an account already. */
  async register(
    subject: Subject,
    { name, password }: { name: string; password: string },
  ): Promise<{ outcome: 'registered' | 'exists' }> {
    const known = await this.#record()
    if (known !== undefined)
      // Its own subject: this call is made again.
      return { outcome: known.subject === subject ? 'registered' : 'exists' }
    const passwordHash = hashPassword(password)
    await this.#save({ subject, name, passwordHash })
    return { outcome: 'registered' }
  }

  /** The subject of this login; if it has none, `subject` from now on. */
  async claim(subject: Subject, name: string): Promise<Subject> {
    const known = await this.#record()
    if (known !== undefined) return known.subject
    await this.#save({ subject, name, passwordHash: undefined })
    return subject
  }

  /** The subject of this login, if any. */
  async subject(): Promise<Subject | undefined> {
    return (await this.#record())?.subject
  }

  /** Tries a password. */
  async tryPassword(password: string, callId?: string): Promise<PasswordOutcome> {
    const now = Date.now()
    const [record, failures] = await Promise.all([this.#record(), this.#failures()])
    if (callId !== undefined && failures.callId === callId) return { outcome: 'refused' }
    const retryAfterMs = signInWaitMs(failures, now)
    if (retryAfterMs > 0) return { outcome: 'wait', retryAfterMs }
    const isRight = verifyPassword(password, record?.passwordHash)
    if (record?.passwordHash === undefined || !isRight) {
      await this.#saveFailures({ ...afterFailure(failures, now), callId }, record)
      return { outcome: 'refused' }
    }
    await Promise.all([
      ...(needsRehash(record.passwordHash)
        ? [this.#save({ ...record, passwordHash: hashPassword(password) })]
        : []),
      ...(failures.count > 0 ? [this.ctx.storage.delete(FAILURES)] : []),
    ])
    return { outcome: 'right', subject: record.subject, name: record.name }
  }

  override async alarm(): Promise<void> {
    if ((await this.#record()) === undefined) await this.ctx.storage.deleteAll()
  }

  #record(): Promise<LoginRecord | undefined> {
    return this.ctx.storage.get<LoginRecord>(RECORD)
  }

  async #failures(): Promise<Failures> {
    return (await this.ctx.storage.get<Failures>(FAILURES)) ?? NO_FAILURES
  }

  #save(record: LoginRecord): Promise<void> {
    return this.ctx.storage.put(RECORD, record)
  }

  async #saveFailures(failures: Failures, record: LoginRecord | undefined): Promise<void> {
    await this.ctx.storage.put(FAILURES, failures)
    // Guesses at a missing account count as well, or the difference would reveal that it is missing.
    if (record === undefined) await this.ctx.storage.setAlarm(failures.lastAtMs + FAILURES_RESET_MS)
  }
}
