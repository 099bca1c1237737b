// Detects a grant that is collected from farther away than its person approved. Pure.
import { isStricter } from '../../config/proximity-policy.ts'
import {
  type Proximity,
  type Location,
  mayBeOneSender,
  proximityOf,
} from '../../sender/location.ts'
import type { Approval } from './approval.ts'
import type { AuthorizationRequest } from './authorization-request.ts'

/**
 * The proximity of a redeemer to the person, if the policy demands a stricter check there than the person
 * passed; undefined if the redeemer may have the grant. The same operator in the same country is not a
 * move: one device may switch from IPv4 to IPv6, to a new prefix, or to another address of a carrier's NAT.
 */
export const collectedElsewhere = (
  { proximityPolicy }: AuthorizationRequest,
  { allowance }: Approval,
  redeemer: Location,
): Proximity | undefined => {
  if (allowance === undefined || mayBeOneSender(redeemer, allowance.deviceLocation))
    return undefined
  const proximity = proximityOf(redeemer, allowance.personLocation)
  return isStricter(proximityPolicy[proximity], allowance.action) ? proximity : undefined
}
