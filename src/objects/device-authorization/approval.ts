// The approval of a device: the person, their sign-in, and both locations.
import type { GrantId, Subject } from '../../ids.ts'
import type { ProximityAction } from '../../config/client-settings.ts'
import type { Proximity, Location } from '../../sender/location.ts'

/** The time and methods of a person's sign-in. */
export interface Authentication {
  /** Undefined if the issuer does not tell. */
  readonly authTimeMs: number | undefined
  /** RFC 8176. */
  readonly amr: readonly string[]
}

/** The device's place as the person saw it, and the check they passed. */
export interface Allowance {
  readonly proximity: Proximity
  /** The check they passed; for `confirm` they typed the code. */
  readonly action: Exclude<ProximityAction, 'refuse'>
  /** The device's location as it was shown. */
  readonly deviceLocation: Location
  readonly personLocation: Location
}

/** A person's approval. */
export interface Approval extends Authentication {
  readonly subject: Subject
  readonly grantId: GrantId
  readonly approvedAtMs: number
  readonly allowance?: Allowance
  /** The grant of the access token that approved it, if the token was ours. */
  readonly approvingGrantId?: GrantId | undefined
}
