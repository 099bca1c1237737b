// One grant as a value, and what its device does with it.
import {
  type Grant,
  type NewGrant,
  type RefreshRequest,
  connect,
  refresh,
} from '../../../src/objects/account/grant-state.ts'
import type { RefreshTokenDigest } from '../../../src/objects/account/refresh-chain.ts'
import { named } from '../../support/named.ts'

export const START = 1_000_000
export const limits = { idleMs: 1000, lifetimeMs: 5000 }
export const claim = (
  generation: number,
  secretHash: string,
  familyHash = 'family',
): RefreshTokenDigest => ({
  generation,
  familyHash: named(familyHash),
  secretHash: named(secretHash),
})
export const device: NewGrant = {
  clientId: 'tv',
  clientName: 'The tv',
  deviceName: 'Television',
  place: { city: undefined, region: undefined, country: undefined },
  scope: ['openid', 'offline_access', 'library:read'],
  resource: ['https://antenna.test', 'https://api.test'],
  dpopJkt: undefined,
  approvedAtMs: START,
  lastsUntilMs: START + 90 * 86_400_000,
  refreshToken: claim(0, 'r1'),
}
export const connected = (more: Partial<NewGrant> = {}, now = START): Grant => {
  const grant = connect(undefined, { ...device, ...more }, now)
  if (grant === undefined) throw new Error('was not connected')
  return grant
}
export const requestOf = (
  presented: RefreshTokenDigest,
  nextSecretHash: string,
  more: Partial<RefreshRequest> = {},
): RefreshRequest => ({
  clientId: 'tv',
  presented,
  nextSecretHash: named(nextSecretHash),
  dpopJkt: undefined,
  scope: undefined,
  resource: undefined,
  limits,
  ...more,
})
/** The key of a proof, or undefined. */
export type Key = string | undefined

export const rotated = (
  grant: Grant,
  presented: RefreshTokenDigest,
  next: string,
  now = START,
  lasts = limits,
): Grant => {
  const refreshed = refresh(grant, requestOf(presented, next, { limits: lasts }), now)
  if (refreshed.outcome !== 'rotated') throw new Error(refreshed.outcome)
  return refreshed.grant
}
