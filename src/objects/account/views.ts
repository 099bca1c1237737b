// What an account tells the person whose it is.
import type { Proximity } from '../../sender/location.ts'
import type { Grant } from './grant-state.ts'
import type { Passkey } from './passkeys.ts'
import type { Claims } from './profile.ts'
import type { AskedBrowser } from './prompts.ts'
import type { SecurityEvent } from './security-events.ts'
import type { Session } from './sessions.ts'

/** Somebody is about to have a user code looked up. */
export interface CodeTry {
  /** How long until that may be, in ms. */
  readonly codeWaitMs: number
  /** It was wrong a moment ago: it is neither looked up nor counted again. */
  readonly isKnownWrong?: boolean
}

export interface GrantCodeTry extends CodeTry {
  /** How near the grant's own device was when it was allowed. */
  readonly proximity: Proximity
}

export interface SignedInPerson extends Claims, CodeTry {
  readonly sessionId: string
  readonly authTimeMs: number
  readonly amr: readonly string[]
  /** The identity provider where they signed in. */
  readonly provider: string | undefined
}

/** What a person sees of their own account. */
export interface Overview {
  readonly devices: readonly (Grant & { readonly grantId: string })[]
  readonly sessions: readonly (Session & { readonly id: string })[]
  readonly passkeys: readonly Passkey[]
  /** The browsers that are asked by push. */
  readonly askedBrowsers: readonly AskedBrowser[]
  readonly events: readonly SecurityEvent[]
}
