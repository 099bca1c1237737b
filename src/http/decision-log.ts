// What was decided about a device, and why, for whoever watches over the service. It says nothing
// about who decided or which code it was.
import type { ProximityPolicy, ProximityAction } from '../config/client-settings.ts'
import { logInfo } from './log.ts'
import type { Proximity } from '../sender/location.ts'

export interface LoggedDecision {
  readonly clientId: string
  readonly outcome:
    | 'approved'
    | 'declined'
    | 'reported'
    | 'withdrawn'
    | 'refused_as_too_far'
    | 'check_not_passed'
    | 'opened_by_many'
  readonly proximity?: Proximity
  /** What the client's policy demanded at that distance. */
  readonly reaction?: ProximityAction
}

/** Logs a decision. */
export const logDecision = (decision: LoggedDecision): void => {
  logInfo({ event: 'decision about a device', ...decision })
}

/** Logs a refused redemption: the person had allowed less than whoever came for the tokens needs. */
export const logCollectedElsewhere = (
  { clientId, proximityPolicy }: { clientId: string; proximityPolicy: ProximityPolicy },
  proximity: Proximity,
): void => {
  const proximityAction = proximityPolicy[proximity]
  logInfo({
    event: 'device_authorization.collected_elsewhere',
    clientId,
    proximity,
    proximityAction,
  })
}
