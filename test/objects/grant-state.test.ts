// What becomes of one grant, as pure functions: conformance RF-5, RF-6, RF-7, RF-9, DC-6, RV-7; and
// random histories of refresh tokens, judged by what happened and not by how.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Grant,
  type NewGrant,
  type RefreshRequest,
  type RefreshTokenClaim,
  connect,
  end,
  isForgettable,
  isGood,
  isRevoked,
  refresh,
  revokeAccessToken,
} from '../../src/objects/grant-state.ts'

const START = 1_000_000
const limits = { idleMs: 1000, lifetimeMs: 5000 }
const claim = (generation: number, secretHash: string, familyHash = 'family') => ({
  generation,
  familyHash,
  secretHash,
})
const device: NewGrant = {
  clientId: 'tv',
  clientName: 'The tv',
  deviceName: 'Television',
  place: undefined,
  scope: ['openid', 'offline_access', 'library:read'],
  resource: ['https://antenna.test', 'https://api.test'],
  dpopJkt: undefined,
  refreshToken: claim(0, 'r1'),
}
const connected = (more: Partial<NewGrant> = {}, known?: Grant, now = START): Grant => {
  const grant = connect(known, { ...device, ...more }, now)
  if (grant === undefined) throw new Error('was not connected')
  return grant
}
const requestOf = (
  presented: RefreshTokenClaim,
  nextSecretHash: string,
  more: Partial<RefreshRequest> = {},
): RefreshRequest => ({
  clientId: 'tv',
  presented,
  nextSecretHash,
  dpopJkt: undefined,
  scope: undefined,
  resource: undefined,
  limits,
  ...more,
})
const rotated = (grant: Grant, presented: RefreshTokenClaim, next: string, now = START): Grant => {
  const refreshed = refresh(grant, requestOf(presented, next), now)
  if (refreshed.outcome !== 'rotated') throw new Error(refreshed.outcome)
  return refreshed.grant
}

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

// ---- Random histories ----

interface Issued {
  readonly claim: RefreshTokenClaim
  /** The token it was issued for. */
  readonly parent: Issued | undefined
  isUsed: boolean
}

interface Step {
  /** Which of all tokens ever issued, the latest first. */
  readonly back: number
  readonly who: 'tv' | 'other-tv'
  readonly scope: readonly string[] | undefined
}
const step: fc.Arbitrary<Step> = fc.record({
  back: fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 2 }) }, { weight: 1, arbitrary: fc.nat() }),
  who: fc.oneof(
    { weight: 9, arbitrary: fc.constant('tv' as const) },
    { weight: 1, arbitrary: fc.constant('other-tv' as const) },
  ),
  scope: fc.option(fc.subarray([...device.scope, 'email', 'library:write'], { minLength: 1 }), {
    nil: undefined,
    freq: 3,
  }),
})

/** The tokens that the latest one came from, itself first. */
const lineOf = (latest: Issued): Issued[] =>
  latest.parent === undefined ? [latest] : [latest, ...lineOf(latest.parent)]

it('RF-5 RF-6 RF-7 any order of presenting any token ever issued keeps the promises', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const first: Issued = { claim: claim(0, 'r0'), parent: undefined, isUsed: false }
      const issued = [first]
      let grant = connected({ refreshToken: first.claim })
      let latest = first
      let hasEnded = false
      for (const { back, who, scope } of steps) {
        const presented = issued[issued.length - 1 - (back % issued.length)] ?? first
        const next = `r${issued.length}`
        const refreshed = refresh(
          grant,
          requestOf(presented.claim, next, { clientId: who, scope }),
          START,
        )
        const [current, previous, ...older] = lineOf(latest)
        const isGoodOne = presented === current || presented === previous
        const isNarrow = scope === undefined || scope.every((word) => device.scope.includes(word))
        if (hasEnded || who !== 'tv') {
          expect(refreshed, 'what is over or foreign changes nothing').toEqual({
            outcome: 'invalid',
          })
        } else if (isGoodOne) {
          expect(refreshed.outcome).toBe(isNarrow ? 'rotated' : 'invalid_scope')
        } else if (older.includes(presented)) {
          expect(refreshed, 'a replay of what is older ends the family').toEqual({
            outcome: 'replayed',
          })
        } else if (presented.claim.generation >= latest.claim.generation - 1) {
          expect(refreshed, 'an unused sibling never does').toEqual({ outcome: 'invalid' })
        } else {
          // Siblings of long ago cannot be told from what was used, since neither is kept.
          expect(refreshed.outcome).toBe('replayed')
        }
        if (refreshed.outcome === 'replayed') {
          grant = end(grant, START)
          hasEnded = true
        }
        if (refreshed.outcome === 'rotated') {
          ;({ grant } = refreshed)
          presented.isUsed = true
          latest = {
            claim: claim(refreshed.generation, next),
            parent: presented,
            isUsed: false,
          }
          issued.push(latest)
        }
        expect(grant.scope, 'nothing widens or narrows the grant').toEqual(device.scope)
        const good = issued.filter((one) => isGood(grant, one.claim, limits, START))
        expect(good.filter(({ isUsed }) => !isUsed).length, 'one current token').toBe(
          hasEnded ? 0 : 1,
        )
        expect(good.length, 'and the one before').toBeLessThanOrEqual(2)
      }
    }),
    { numRuns: 500 },
  )
})
