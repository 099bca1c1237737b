// Applies a client's policy to the distance between a device and a person (RFC 10027 §6.1.1). Pure.
import { APPROVAL_SCOPE } from './approval-issuer.ts'
import { type ProximityPolicy, PROXIMITY_ACTIONS, type ProximityAction } from './client-settings.ts'
import {
  PROXIMITIES,
  type Proximity,
  type Location,
  isSameOperator,
  proximityOf,
} from '../sender/location.ts'

/** The location of a device and its proximity to the person. */
export interface DeviceDistance {
  readonly location: Location
  readonly proximity: Proximity
}

/**
 * The policy for a request of this scope. Tokens with `device:approve` can approve further devices, so
 * one mistaken tap would open every other client too.
 */
export const policyFor = (policy: ProximityPolicy, scope: readonly string[]): ProximityPolicy =>
  scope.includes(APPROVAL_SCOPE)
    ? {
        same_network: policy.same_network,
        same_operator: atLeastConfirm(policy.same_operator),
        same_city: atLeastConfirm(policy.same_city),
        same_country: atLeastConfirm(policy.same_country),
        far: atLeastConfirm(policy.far),
        unknown: atLeastConfirm(policy.unknown),
      }
    : policy

/** True if the first action demands more of the person. */
export const isStricter = (action: ProximityAction, other: ProximityAction): boolean =>
  PROXIMITY_ACTIONS.indexOf(action) > PROXIMITY_ACTIONS.indexOf(other)

/** The proximity with the stricter action; of equals, the farther one. */
export const fartherOf = (policy: ProximityPolicy, a: Proximity, b: Proximity): Proximity => {
  if (policy[a] === policy[b]) return PROXIMITIES.indexOf(a) > PROXIMITIES.indexOf(b) ? a : b
  return isStricter(policy[a], policy[b]) ? a : b
}

/**
 * The location that counts for a device that starts at one place and polls from another: the farther
 * one, because an attacker may control either of the two. The same operator in the same country is no
 * other place: a household with IPv4 and IPv6 starts by one and polls by the other.
 */
export const deviceDistance = (
  policy: ProximityPolicy,
  person: Location,
  starter: Location,
  poller: Location | undefined,
): DeviceDistance => {
  const start = { location: starter, proximity: proximityOf(starter, person) }
  if (poller === undefined || isSameOperator(starter, poller)) return start
  const poll = { location: poller, proximity: proximityOf(poller, person) }
  const { proximity } = start
  return fartherOf(policy, proximity, poll.proximity) === proximity ? start : poll
}

/**
 * The proximity that people are shown. It is `unknown` if the policy counted the distance as far only
 * because a country is missing, or because the approving token's grant proves nothing nearer.
 */
export const toldProximity = (
  { location, proximity }: DeviceDistance,
  person: Location,
): Proximity => {
  const isMeasured = proximity === proximityOf(location, person)
  const arePlaced = location.country !== undefined && person.country !== undefined
  return isMeasured && (arePlaced || proximity !== 'far') ? proximity : 'unknown'
}

const atLeastConfirm = (action: ProximityAction): ProximityAction =>
  isStricter(action, 'confirm') ? action : 'confirm'
