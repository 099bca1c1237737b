// One device authorization in each of its states, as values, and the poller that it belongs to.
import type {
  Approval,
  AuthorizationRequest,
  AuthorizationState,
  Poller,
} from '../../src/objects/device-authorization-state.ts'

export const START = 1_000_000
export const EXPIRY = START + 600_000
// Decided 10 s, redeemed 20 s after the start.
export const REDEEMED_AT = START + 20_000
export const GRACE = 30_000

export const request: AuthorizationRequest = {
  clientId: 'tv',
  clientName: 'The tv',
  clientUri: undefined,
  secretHash: 'digest',
  scope: ['openid', 'library:read'],
  resource: ['https://api.test', 'https://antenna.test'],
  codeChallenge: undefined,
  dpopJkt: undefined,
  intervalSeconds: 5,
  requestedAtMs: START,
  expiresAtMs: EXPIRY,
  origin: {
    deviceName: 'Television',
    city: undefined,
    region: undefined,
    country: undefined,
    network: undefined,
  },
}
export const approval: Approval = {
  subject: 'anna',
  grantId: 'grant',
  authTimeMs: START,
  amr: ['pwd'],
}

export const states = {
  pending: { status: 'pending', request },
  approved: { status: 'approved', request, approval },
  denied: { status: 'denied', request, subject: 'anna' },
  redeemed: {
    status: 'redeemed',
    request,
    approval,
    redeemedAtMs: REDEEMED_AT,
    dpopJkt: undefined,
  },
} as const satisfies Record<string, AuthorizationState>
export type Status = keyof typeof states

export const owner: Poller = {
  clientId: 'tv',
  secretHash: 'digest',
  codeChallenge: undefined,
  dpopJkt: undefined,
}
