// Who allowed a device, how they had signed in, and where everybody was.
import type { ProximityAction } from '../../config/client-settings.ts'
import type { Proximity, Location } from '../../sender/location.ts'

/** How somebody had signed in. */
export interface Authentication {
  /** Undefined where nobody tells. */
  readonly authTimeMs: number | undefined
  /** RFC 8176. */
  readonly amr: readonly string[]
}

/** What a person was shown of a device's place, and what they did about it. */
export interface Allowance {
  readonly proximity: Proximity
  /** What they passed: who passed `confirm` typed the code. */
  readonly action: Exclude<ProximityAction, 'refuse'>
  /** Where the device was, as they were shown it. */
  readonly deviceLocation: Location
  readonly personLocation: Location
}

/** Who allowed it, and how they had signed in. */
export interface Approval extends Authentication {
  readonly subject: string
  readonly grantId: string
  readonly approvedAtMs: number
  readonly allowance?: Allowance
  /** The grant whose token they decided with, where it was one of ours. */
  readonly approvingGrantId?: string | undefined
}
