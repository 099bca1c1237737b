// What becomes of one grant, as pure functions: conformance RF-5 to RF-9, DC-6, RV-7.
// Random histories of refresh tokens are in grant-model.test.ts.
import { describe, expect, it } from 'vitest'
import {
  type Grant,
  type RefreshOutcome,
  type RefreshRequest,
  connect,
  end,
  isForgettable,
  isGood,
  isRevoked,
  refresh,
  revokeAccessToken,
} from '../../src/objects/grant-state.ts'
import {
  type Key,
  START,
  claim,
  connected,
  device,
  limits,
  requestOf,
  rotated,
} from '../support/grant-states.ts'

describe('connect', () => {
  it('DC-6 repeats three times, each with the new refresh token alone', () => {
    let grant = connected()
    for (const secret of ['a', 'b', 'c']) {
      const before = grant
      grant = connected({ refreshToken: claim(0, secret, secret) }, before, START + 10)
      expect(grant).toMatchObject({ connectedAtMs: START, refresh: { previousHash: undefined } })
      const old = before.refresh?.current ?? claim(0, '')
      expect(refresh(grant, requestOf(old, 'x'), START + 10)).toEqual({ outcome: 'invalid' })
      expect(isGood(grant, claim(0, secret, secret), limits, START + 10)).toBe(true)
    }
    expect(connect(grant, device, START + 10)).toBeUndefined()
  })

  it.each<[string, Grant]>([
    ['a refresh', rotated(connected(), claim(0, 'r1'), 'r2')],
    ['a revoked access token', revokeAccessToken(connected(), 'jti', START + 600, START)],
    ['its end', end(connected(), START)],
  ])('DC-6 repeats nothing after %s', (_name, grant) => {
    expect(connect(grant, device, START + 10)).toBeUndefined()
  })
})

describe('refresh', () => {
  const grant = rotated(rotated(connected(), claim(0, 'r1'), 'r2'), claim(1, 'r2'), 'r3')

  it.each<[string, RefreshRequest, number, string]>([
    ['RF-6 the current token', requestOf(claim(2, 'r3'), 'r4'), START, 'rotated'],
    ['RF-6 the one before', requestOf(claim(1, 'r2'), 'r3b'), START, 'rotated'],
    ['RF-5 the one before that', requestOf(claim(0, 'r1'), 'x'), START, 'replayed'],
    ['RF-6 an unused sibling', requestOf(claim(1, 'r2b'), 'x'), START, 'invalid'],
    ['RF-1 one of a later generation', requestOf(claim(9, 'r9'), 'x'), START, 'invalid'],
    ['RF-1 one of another family', requestOf(claim(0, 'r1', 'other'), 'x'), START, 'invalid'],
    ['RF-2 another client', requestOf(claim(2, 'r3'), 'x', { clientId: 'b' }), START, 'invalid'],
    [
      'RF-2 another client with an old one',
      requestOf(claim(0, 'r1'), 'x', { clientId: 'b' }),
      START,
      'invalid',
    ],
    ['RF-9 just before it is idle', requestOf(claim(2, 'r3'), 'r4'), START + 999, 'rotated'],
    ['RF-9 idle', requestOf(claim(2, 'r3'), 'x'), START + 1000, 'invalid'],
    [
      'RF-7 another scope',
      requestOf(claim(2, 'r3'), 'x', { scope: ['openid', 'email'] }),
      START,
      'invalid_scope',
    ],
    [
      'DC-23 another resource',
      requestOf(claim(2, 'r3'), 'x', { resource: ['https://evil.test'] }),
      START,
      'invalid_target',
    ],
    [
      'RF-5 an old one with another scope',
      requestOf(claim(0, 'r1'), 'x', { scope: ['email'] }),
      START,
      'replayed',
    ],
  ])('%s', (_name, request, now, outcome) => {
    expect(refresh(grant, request, now).outcome).toBe(outcome)
  })

  it('RF-7 keeps scope and resource, however little is asked for', () => {
    const request = { scope: ['openid'], resource: ['https://api.test'] }
    const refreshed = refresh(grant, requestOf(claim(2, 'r3'), 'r4', request), START)
    expect(refreshed).toMatchObject({ grant: { scope: device.scope, resource: device.resource } })
  })

  it('RF-9 is over at the end of its lifetime, however often it is used', () => {
    let busy = connected()
    let now = START
    for (let generation = 0; now < START + 4500; generation += 1) {
      now += 500
      if (now === START + 5000) break
      busy = rotated(busy, claim(generation, `r${generation + 1}`), `r${generation + 2}`, now)
    }
    const { current } = busy.refresh ?? { current: claim(0, '') }
    expect(isGood(busy, current, limits, START + 4999)).toBe(true)
    for (const late of [START + 5000, START + 9000]) {
      expect(isGood(busy, current, limits, late)).toBe(false)
      expect(refresh(busy, requestOf(current, 'x'), late)).toEqual({ outcome: 'invalid' })
    }
  })

  it('RF-1 gives nothing for a grant that has no refresh token, or is over', () => {
    for (const other of [connected({ refreshToken: undefined }), end(grant, START)])
      for (const presented of [claim(2, 'r3'), claim(0, 'r1')])
        expect(refresh(other, requestOf(presented, 'x'), START)).toEqual({ outcome: 'invalid' })
  })
})

/** A first refresh token presented with a key, or another token. */
const used = (grant: Grant, dpopJkt: Key, presented = claim(0, 'r1'), next = 'r2') =>
  refresh(grant, requestOf(presented, next, { dpopJkt }), START)

const grantOf = (refreshed: RefreshOutcome): Grant => {
  if (refreshed.outcome !== 'rotated') throw new Error(refreshed.outcome)
  return refreshed.grant
}

describe('a refresh with keys', () => {
  const bound = connected({ dpopJkt: 'a' })

  it.each<[string, Grant, Key, string, Key?]>([
    ['a bound token with its key', bound, 'a', 'rotated', 'a'],
    ['a bound token with another', bound, 'b', 'invalid'],
    ['a bound token with none', bound, undefined, 'invalid'],
    ['a bearer token with none', connected(), undefined, 'rotated', undefined],
    ['a bearer token with a key, and is bound then', connected(), 'a', 'rotated', 'a'],
  ])('RF-8 %s', (_name, grant, key, outcome, dpopJkt) => {
    const refreshed = used(grant, key)
    expect(refreshed.outcome).toBe(outcome)
    if (refreshed.outcome === 'rotated') expect(refreshed.grant.dpopJkt).toBe(dpopJkt)
  })

  it('RF-8 RF-6 the one before goes with the key as well', () => {
    const grant = grantOf(used(bound, 'a'))
    expect(used(grant, 'b').outcome).toBe('invalid')
    expect(used(grant, 'a').outcome).toBe('rotated')
  })

  it('RF-8 RF-5 an older one is a replay with the key, and nothing with another', () => {
    const grant = grantOf(used(grantOf(used(bound, 'a')), 'a', claim(1, 'r2'), 'r3'))
    for (const key of ['b', undefined]) expect(used(grant, key)).toEqual({ outcome: 'invalid' })
    expect(used(grant, 'a')).toEqual({ outcome: 'replayed' })
  })

  it('RF-8 DC-6 a repeated redemption keeps the key', () => {
    expect(connected({ dpopJkt: 'a', refreshToken: claim(0, 'r1b') }, bound).dpopJkt).toBe('a')
  })
})

describe('an access token', () => {
  it('RV-7 stays revoked until it has run out, and is then forgotten', () => {
    const one = revokeAccessToken(connected(), 'one', START + 600, START)
    const two = revokeAccessToken(one, 'two', START + 900, START + 599)
    expect(['one', 'two', 'three'].map((jti) => isRevoked(two, jti))).toEqual([true, true, false])
    const three = revokeAccessToken(two, 'three', START + 1200, START + 600)
    expect(three.revoked.map(({ jti }) => jti)).toEqual(['two', 'three'])
  })
})

it('an ended grant is kept for an hour, a live one for ever', () => {
  const over = end(connected(), START)
  const hour = 3_600_000
  expect([hour - 1, hour].map((later) => isForgettable(over, START + later))).toEqual([false, true])
  expect(isForgettable(connected(), START + 1000 * hour)).toBe(false)
})
