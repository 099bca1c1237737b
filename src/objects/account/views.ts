// Account views returned to its owner.
import type { Digest, GrantId, SessionId } from '../../ids.ts'
import type { Place, Proximity } from '../../sender/location.ts'
import type { Grant } from './grant-state.ts'
import type { Passkey } from './passkeys.ts'
import type { Claims } from './profile.ts'
import type { SubscribedBrowser } from './prompts.ts'
import type { SecurityEvent } from './security-events.ts'
import type { Session } from './sessions.ts'

/** The check before a user code is looked up. */
export interface CodeTry {
  /** Time until the code may be looked up, in ms. */
  readonly codeWaitMs: number
  /** The code was wrong a moment ago: it is neither looked up nor counted again. */
  readonly isKnownWrong?: boolean
}

export interface GrantCodeTry extends CodeTry {
  /** The proximity at which the grant's own device was approved. */
  readonly proximity: Proximity
}

export interface SignedInPerson extends Claims, CodeTry {
  readonly sessionId: SessionId
  readonly authTimeMs: number
  readonly amr: readonly string[]
  /** The identity provider of the sign-in; undefined for a built-in account. */
  readonly provider: string | undefined
}

/** The "My devices" page of an account. */
export interface Overview {
  readonly devices: readonly (Grant & { readonly grantId: GrantId })[]
  /** Approved devices that never collected their tokens. */
  readonly lapsed: readonly Grant[]
  readonly sessions: readonly (Session & { readonly id: SessionId })[]
  readonly passkeys: readonly Passkey[]
  /** The browsers with push notifications. */
  readonly askedBrowsers: readonly SubscribedBrowser[]
  readonly events: readonly SecurityEvent[]
}

/** A device whose request a person reports; `source` is silenced for push, if given. */
export interface ReportedDevice {
  readonly deviceName?: string
  readonly place?: Place | undefined
  readonly source?: Digest | undefined
}
