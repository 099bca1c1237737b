// Antenna's responses, as far as the demo's app reads them; src/approval/README.md has them whole.

export interface Answer {
  /** 0 without a response. */
  readonly status: number
  readonly body: PendingReview | Decided | DecidedBefore | CheckNotPassed | Refused
  readonly retryAfterSeconds: number
  /** The required age of the sign-in (RFC 9470 §3). */
  readonly maxAge?: string | undefined
}

export interface PendingReview {
  readonly status: 'pending'
  readonly client: { readonly client_name: string; readonly verified_text?: string }
  readonly scopes: readonly { readonly text: string }[]
  readonly device: Device
  readonly policy: 'allow' | 'confirm' | 'refuse'
  readonly expires_in: number
  readonly shown_proof: string
  readonly error?: never
}

export interface Device {
  readonly name: string
  readonly place?: { readonly text: string }
  readonly proximity: { readonly level: string; readonly text?: string }
  readonly network?: string
}

export type Decision = 'approved' | 'declined' | 'reported' | 'withdrawn'

interface Decided {
  readonly status: Decision
  readonly device?: { readonly name: string }
  readonly error?: never
}

interface DecidedBefore {
  readonly error: 'already_decided'
  readonly status: Decision
}

interface CheckNotPassed {
  readonly error: 'check_not_passed'
  readonly missing: readonly string[]
  readonly status?: never
}

interface Refused {
  readonly error?: 'too_far' | 'unknown_code' | 'insufficient_user_authentication'
  readonly status?: never
}
