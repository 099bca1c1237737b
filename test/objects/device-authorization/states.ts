// One device authorization in each of its states, as values, and the poller that it belongs to.
import type { ProximityPolicy } from '../../../src/config/client-settings.ts'
import type { AuthorizationRequest } from '../../../src/objects/device-authorization/authorization-request.ts'
import type { Approval } from '../../../src/objects/device-authorization/approval.ts'
import type { Poller } from '../../../src/objects/device-authorization/outcomes.ts'
import type { AuthorizationState } from '../../../src/objects/device-authorization/state.ts'
import { UNKNOWN } from '../../support/device.ts'
import { named } from '../../support/named.ts'

export const START = 1_000_000
export const EXPIRY = START + 600_000
// Decided 10 s, redeemed 20 s after the start.
export const REDEEMED_AT = START + 20_000
export const GRACE = 30_000

/** The action at each distance by default. */
export const PROXIMITY_POLICY: ProximityPolicy = {
  same_network: 'allow',
  same_operator: 'allow',
  same_city: 'allow',
  same_country: 'allow',
  far: 'confirm',
  unknown: 'allow',
}

export const request: AuthorizationRequest = {
  clientId: 'tv',
  clientName: 'The tv',
  clientUri: undefined,
  secretHash: named('digest'),
  scope: ['openid', 'library:read'],
  resource: ['https://api.test', 'https://antenna.test'],
  codeChallenge: undefined,
  dpopJkt: undefined,
  intervalMs: 5000,
  requestedAtMs: START,
  expiresAtMs: EXPIRY,
  deviceName: 'Television',
  location: UNKNOWN,
  proximityPolicy: PROXIMITY_POLICY,
}
export const approval: Approval = {
  subject: named('anna'),
  grantId: named('grant'),
  approvedAtMs: START,
  authTimeMs: START,
  amr: ['pwd'],
}

export const states = {
  pending: { status: 'pending', request, openings: [] },
  approved: { status: 'approved', request, approval },
  denied: { status: 'denied', request, reason: 'denied', subject: named('anna') },
  redeemed: {
    status: 'redeemed',
    request,
    approval,
    redeemedAtMs: REDEEMED_AT,
    dpopJkt: undefined,
  },
} as const satisfies Record<string, AuthorizationState>
export type Status = keyof typeof states

/** The device's own poll, which arrived at `arrivedAtMs`. */
export const pollAt = (arrivedAtMs: number, more: Partial<Poller> = {}): Poller => ({
  arrivedAtMs,
  clientId: 'tv',
  secretHash: named('digest'),
  codeChallenge: undefined,
  dpopJkt: undefined,
  location: UNKNOWN,
  ...more,
})
