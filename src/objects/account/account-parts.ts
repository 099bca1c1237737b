// The parts of one account, each with records of its own.
import type { GrantId } from '../../ids.ts'
import { CodeTries } from './code-tries.ts'
import type { Grant } from './grant-state.ts'
import { Grants } from './grants.ts'
import { Passkeys } from './passkeys.ts'
import { type Claims, Profile } from './profile.ts'
import { Prompts } from './prompts.ts'
import { type SecurityEvent, SecurityEvents } from './security-events.ts'
import { Sessions } from './sessions.ts'

export class AccountParts {
  readonly profile: Profile
  readonly codes: CodeTries
  readonly sessions: Sessions
  readonly grants: Grants
  readonly passkeys: Passkeys
  readonly prompts: Prompts
  readonly events: SecurityEvents

  constructor(storage: DurableObjectStorage) {
    this.profile = new Profile(storage)
    this.codes = new CodeTries(storage)
    this.sessions = new Sessions(storage)
    this.grants = new Grants(storage)
    this.passkeys = new Passkeys(storage)
    this.prompts = new Prompts(storage, this.sessions)
    this.events = new SecurityEvents(storage)
  }

  /** Uses an access token: marks its grant as used. Undefined if the token is not live. */
  async use(grantId: GrantId, jti: string): Promise<{ claims: Claims; grant: Grant } | undefined> {
    const [claims, grant] = await Promise.all([
      this.profile.activeClaims(),
      this.grants.ofAccessToken(grantId, jti),
    ])
    if (claims === undefined || grant === undefined) return undefined
    await this.grants.markUsed(grantId, grant, Date.now())
    return { claims, grant }
  }

  /** Removes records beyond their limits and those of ended sessions. */
  async tidyUp(now: number): Promise<void> {
    await this.sessions.tidyUp(now)
    await this.prompts.tidyUp(now)
  }

  /** Records what happened for the person to see. */
  note(
    kind: SecurityEvent['kind'],
    { about, place, callId }: Partial<Pick<SecurityEvent, 'about' | 'place' | 'callId'>>,
  ): Promise<void> {
    return this.events.add({ kind, atMs: Date.now(), about, place, callId })
  }
}
