// What a client's policy makes of the distance between a device and a person (RFC 10027 §6.1.1). Pure.
import { APPROVAL_SCOPE } from './approval-issuer.ts'
import { type ProximityPolicy, PROXIMITY_ACTIONS, type ProximityAction } from './client-settings.ts'
import { PROXIMITIES, type Proximity, type Location, proximityOf } from '../sender/location.ts'

/** Where a device is, and how near to the person that is. */
export interface DeviceDistance {
  readonly location: Location
  readonly proximity: Proximity
}

/**
 * The policy that a request for this scope is judged by. Tokens with `device:approve` let further
 * devices in: one mistaken tap for them would open every other client as well.
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

/** Whether an action asks more of a person than another. */
export const isStricter = (action: ProximityAction, other: ProximityAction): boolean =>
  PROXIMITY_ACTIONS.indexOf(action) > PROXIMITY_ACTIONS.indexOf(other)

/** Of two levels the one that asks more of a person; if both ask the same, the farther. */
export const fartherOf = (policy: ProximityPolicy, a: Proximity, b: Proximity): Proximity => {
  if (policy[a] === policy[b]) return PROXIMITIES.indexOf(a) > PROXIMITIES.indexOf(b) ? a : b
  return isStricter(policy[a], policy[b]) ? a : b
}

/**
 * Where a device is that started at one place and polls from another: at the one that is farther from
 * the person. Either party may be near without the other's knowledge.
 */
export const deviceDistance = (
  policy: ProximityPolicy,
  person: Location,
  starter: Location,
  poller: Location | undefined,
): DeviceDistance => {
  const start = { location: starter, proximity: proximityOf(starter, person) }
  if (poller === undefined) return start
  const poll = { location: poller, proximity: proximityOf(poller, person) }
  const { proximity } = start
  return fartherOf(policy, proximity, poll.proximity) === proximity ? start : poll
}

/**
 * What people are told of a distance: `unknown` where it was taken for far because a country is not
 * known, or because the grant of the token that asks vouches for nothing nearer.
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
