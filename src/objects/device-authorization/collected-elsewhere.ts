// Whether a grant is collected from farther away than its person allowed. Pure.
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
 * How near to the person a redeemer is for whom the policy would have asked more of that person than
 * they did; undefined for one who may have the grant. One country and one operator are no move: the
 * same device may come by IPv4 now and by IPv6 next, from a new prefix, or out of a carrier's NAT.
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
