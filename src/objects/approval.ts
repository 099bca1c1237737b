// Who allowed a device, and how they had signed in.

/** How somebody had signed in. */
export interface Authentication {
  /** Undefined where nobody tells. */
  readonly authTimeMs: number | undefined
  /** RFC 8176. */
  readonly amr: readonly string[]
}

/** Who allowed it, and how they had signed in. */
export interface Approval extends Authentication {
  readonly subject: string
  readonly grantId: string
  readonly approvedAtMs: number
}
