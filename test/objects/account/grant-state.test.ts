// The states of one grant, as pure functions: conformance RF-5 to RF-9, DC-6, RV-7. Random
// histories of refresh tokens are in grant-model.test.ts.
import { describe, expect, it } from 'vitest'
import {
  type Grant,
  type RefreshOutcome,
  type RefreshRequest,
  connect,
  end,
  isForgettable,
  isRefreshable,
  isRevoked,
  refresh,
  revokeAccessToken,
} from '../../../src/objects/account/grant-state.ts'
import {
  type Key,
  START,
  claim,
  connected,
  device,
  limits,
  requestOf,
  rotated,
} from './grant-states.ts'
import { named } from '../../support/named.ts'

describe('connect', () => {
  it('DC-6 can be repeated any number of times, and then changes nothing', () => {
    const first = connected()
    for (const later of [0, 10, 59_999])
      expect(connect(first, device, START + later), `${later} ms later`).toBe(first)
  })

  it.each<[string, Grant]>([
    ['a refresh', rotated(connected(), claim(0, 'r1'), 'r2')],
    ['a revoked access token', revokeAccessToken(connected(), 'jti', START + 600, START)],
    ['its end', end(connected(), START)],
  ])('DC-6 refuses a repeat after %s', (_name, grant) => {
    expect(connect(grant, device, START + 10)).toBeUndefined()
  })

  it.each([claim(0, 'another'), undefined])(
    'DC-6 refuses a repeat that would get another refresh token: %o',
    (refreshToken) => {
      expect(connect(connected(), { ...device, refreshToken }, START + 10)).toBeUndefined()
    },
  )
})

// r1 and r2 were spent at START, r3 is the successor of r2 and is unused.
const goneOn = rotated(rotated(connected(), claim(0, 'r1'), 'r2'), claim(1, 'r2'), 'r3')
const MINUTE = 60_000
const LONG = { idleMs: 100 * MINUTE, lifetimeMs: 1000 * MINUTE }

describe('refresh', () => {
  it.each<[string, RefreshRequest, number, RefreshOutcome['outcome']]>([
    ['RF-6 the current token', requestOf(claim(2, 'r3'), 'r4'), 0, 'rotated'],
    ['RF-6 the one before', requestOf(claim(1, 'r2'), 'r3'), 0, 'repeated'],
    [
      'RF-6 the one before, an hour later',
      requestOf(claim(1, 'r2'), 'r3', { limits: LONG }),
      60 * MINUTE,
      'repeated',
    ],
    [
      'RF-6 the one before that, after a minute',
      requestOf(claim(0, 'r1'), 'r2', { limits: LONG }),
      MINUTE,
      'repeated',
    ],
    [
      'RF-5 the one before that, after more',
      requestOf(claim(0, 'r1'), 'r2', { limits: LONG }),
      MINUTE + 1,
      'replayed',
    ],
    ['RF-6 one with a changed successor', requestOf(claim(1, 'r2'), 'x'), 0, 'invalid'],
    ['RF-6 an old one with a changed successor', requestOf(claim(0, 'r1'), 'x'), 0, 'invalid'],
    ['RF-1 the current one with another secret', requestOf(claim(2, 'x'), 'r4'), 0, 'invalid'],
    ['RF-1 the one before with another secret', requestOf(claim(1, 'x'), 'r3'), 0, 'invalid'],
    ['RF-1 an old one with another secret', requestOf(claim(0, 'x'), 'r2'), 0, 'invalid'],
    ['RF-1 one of another generation', requestOf(claim(1, 'r3'), 'r3'), 0, 'invalid'],
    ['RF-1 one of a later generation', requestOf(claim(9, 'r9'), 'x'), 0, 'invalid'],
    ['RF-1 one of another family', requestOf(claim(0, 'r1', 'other'), 'r2'), 0, 'invalid'],
    ['RF-2 another client', requestOf(claim(2, 'r3'), 'r4', { clientId: 'b' }), 0, 'invalid'],
    [
      'RF-2 another client with an old one',
      requestOf(claim(0, 'r1'), 'r2', { clientId: 'b', limits: LONG }),
      2 * MINUTE,
      'invalid',
    ],
    ['RF-9 just before it is idle', requestOf(claim(2, 'r3'), 'r4'), 999, 'rotated'],
    ['RF-9 idle', requestOf(claim(2, 'r3'), 'r4'), 1000, 'invalid'],
    ['RF-9 idle, though it would be a repeat', requestOf(claim(1, 'r2'), 'r3'), 1000, 'invalid'],
    [
      'RF-7 another scope',
      requestOf(claim(2, 'r3'), 'r4', { scope: ['openid', 'email'] }),
      0,
      'invalid_scope',
    ],
    [
      'RF-7 a repeat with another scope',
      requestOf(claim(1, 'r2'), 'r3', { scope: ['openid', 'email'] }),
      0,
      'invalid_scope',
    ],
    [
      'DC-23 another resource',
      requestOf(claim(2, 'r3'), 'r4', { resource: ['https://evil.test'] }),
      0,
      'invalid_target',
    ],
    [
      'RF-5 an old one with another scope',
      requestOf(claim(0, 'r1'), 'r2', { scope: ['email'], limits: LONG }),
      2 * MINUTE,
      'replayed',
    ],
  ])('%s', (_name, request, ms, outcome) => {
    const refreshed = refresh(goneOn, request, START + ms)
    expect(refreshed.outcome).toBe(outcome)
  })

  it('RF-6 IN-6 exactly the tokens that a refresh would accept are active', () => {
    const active = (ms: number) =>
      [
        claim(2, 'r3'),
        claim(1, 'r2'),
        claim(0, 'r1'),
        claim(0, 'x'),
        claim(2, 'r3', 'other'),
        claim(3, 'r4'),
      ].map((token) => isRefreshable(goneOn, token, LONG, START + ms))
    expect(active(MINUTE)).toEqual([true, true, true, false, false, false])
    expect(active(MINUTE + 1)).toEqual([true, true, false, false, false, false])
    expect(active(LONG.idleMs)).toEqual([false, false, false, false, false, false])
  })

  it('RF-6 a repeat changes nothing, also after the device has used the successor', () => {
    const repeat = refresh(goneOn, requestOf(claim(1, 'r2'), 'r3'), START + 10)
    expect(repeat).toStrictEqual({ outcome: 'repeated', grant: goneOn })
    const caughtUp = refresh(goneOn, requestOf(claim(0, 'r1'), 'r2'), START + 10)
    expect(caughtUp).toStrictEqual({ outcome: 'repeated', grant: goneOn })
  })

  it('RF-6 keeps a limited number of spent tokens, for one minute', () => {
    let busy = connected()
    let now = START
    for (let generation = 0; generation < 100; generation += 1) {
      now += 10
      busy = rotated(busy, claim(generation, `r${generation + 1}`), `r${generation + 2}`, now, LONG)
    }
    // Rotated: 0 to 99. The last but one is `previous`, and of those before it sixty are kept.
    const standing = (generation: number) =>
      refresh(
        busy,
        requestOf(claim(generation, `r${generation + 1}`), `r${generation + 2}`, { limits: LONG }),
        now,
      ).outcome
    expect([99, 98, 39].map(standing)).toEqual(['repeated', 'repeated', 'repeated'])
    expect([38, 0].map(standing), 'strict beyond').toEqual(['replayed', 'replayed'])
    const later = rotated(busy, claim(100, 'r101'), 'r102', now + MINUTE + 1, LONG)
    expect(later.refresh?.spent).toStrictEqual([
      { generation: 99, secretHash: named('r100'), spentAtMs: now + MINUTE + 1 },
    ])
  })

  it('RF-7 keeps the full scope and resource of the grant after a narrowed refresh', () => {
    const request = { scope: ['openid'], resource: ['https://api.test'] }
    const refreshed = refresh(goneOn, requestOf(claim(2, 'r3'), 'r4', request), START)
    expect(refreshed).toMatchObject({ grant: { scope: device.scope, resource: device.resource } })
  })

  it('RF-5 ends the family at the third late repeat in a row, a sign that two clients take turns', () => {
    let shared = connected()
    let now = START
    const heard: string[] = []
    const present = (generation: number) => {
      const [token, next] = [claim(generation, `r${generation + 1}`), `r${generation + 2}`]
      const refreshed = refresh(shared, requestOf(token, next, { limits: LONG }), now)
      if ('grant' in refreshed) shared = refreshed.grant
      heard.push(refreshed.outcome)
    }
    for (let generation = 0; generation < 3; generation += 1) {
      present(generation)
      now += MINUTE + 1
      present(generation)
      present(generation)
    }
    const twice = ['rotated', 'repeated', 'repeated']
    expect(heard).toEqual([...twice, ...twice, 'rotated', 'replayed', 'replayed'])
  })

  it('RF-6 allows any number of late repeats that are not in a row', () => {
    let grant = connected()
    let now = START
    for (let generation = 0; generation < 20; generation += 1) {
      const [token, next] = [claim(generation, `r${generation + 1}`), `r${generation + 2}`]
      grant = rotated(grant, token, next, now, LONG)
      now += MINUTE + 1
      if (generation % 3 === 2) continue
      const repeat = refresh(grant, requestOf(token, next, { limits: LONG }), now)
      if (repeat.outcome !== 'repeated') throw new Error(`${generation}: ${repeat.outcome}`)
      ;({ grant } = repeat)
    }
  })

  it('RF-9 ends at the end of its lifetime, even if it is used often', () => {
    let busy = connected()
    let now = START
    for (let generation = 0; now < START + 4500; generation += 1) {
      now += 500
      if (now === START + 5000) break
      busy = rotated(busy, claim(generation, `r${generation + 1}`), `r${generation + 2}`, now)
    }
    const { current } = busy.refresh ?? { current: claim(0, '') }
    expect(isRefreshable(busy, current, limits, START + 4999)).toBe(true)
    for (const late of [START + 5000, START + 9000]) {
      expect(isRefreshable(busy, current, limits, late)).toBe(false)
      expect(refresh(busy, requestOf(current, 'x'), late)).toEqual({ outcome: 'invalid' })
    }
  })

  it('RF-1 refuses a grant that has no refresh token or has ended', () => {
    for (const other of [connected({ refreshToken: undefined }), end(goneOn, START)])
      for (const presented of [claim(2, 'r3'), claim(0, 'r1')])
        expect(refresh(other, requestOf(presented, 'x'), START)).toEqual({ outcome: 'invalid' })
  })
})

/** A first refresh token presented with a key, or another token. */
const used = (
  grant: Grant,
  dpopJkt: Key,
  presented = claim(0, 'r1'),
  next = 'r2',
  now = START,
): RefreshOutcome => refresh(grant, requestOf(presented, next, { dpopJkt, limits: LONG }), now)

const grantOf = (refreshed: RefreshOutcome): Grant => {
  if (!('grant' in refreshed)) throw new Error(refreshed.outcome)
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

  it('RF-8 RF-6 the previous token needs the same key', () => {
    const grant = grantOf(used(bound, 'a'))
    expect(used(grant, 'b').outcome).toBe('invalid')
    expect(used(grant, 'a').outcome).toBe('repeated')
  })

  it('RF-8 RF-5 an older token is a replay with the same key, and invalid with another', () => {
    const grant = grantOf(used(grantOf(used(bound, 'a')), 'a', claim(1, 'r2'), 'r3'))
    const late = START + MINUTE + 1
    for (const key of ['b', undefined])
      expect(used(grant, key, claim(0, 'r1'), 'r2', late)).toEqual({ outcome: 'invalid' })
    expect(used(grant, 'a', claim(0, 'r1'), 'r2', late)).toEqual({ outcome: 'replayed' })
  })

  it.each<[Key, string]>([
    ['a', 'repeated'],
    ['b', 'invalid'],
    [undefined, 'invalid'],
  ])(
    'RF-8 RF-6 a bearer token with a successor bound to "a" is repeated with %s: %s',
    (key, outcome) => {
      const grant = grantOf(used(connected(), 'a'))
      expect(used(grant, key).outcome).toBe(outcome)
      const gone = grantOf(used(grant, 'a', claim(1, 'r2'), 'r3'))
      expect(used(gone, key, claim(0, 'r1'), 'r2').outcome, 'within the minute').toBe(outcome)
      const late = used(gone, key, claim(0, 'r1'), 'r2', START + MINUTE + 1)
      expect(late.outcome, 'a bearer token that comes late is a sign of theft').toBe('replayed')
    },
  )
})

describe('an access token', () => {
  it('RV-7 stays revoked until it expires, and is then forgotten', () => {
    const one = revokeAccessToken(connected(), 'one', START + 600, START)
    const two = revokeAccessToken(one, 'two', START + 900, START + 599)
    expect(['one', 'two', 'three'].map((jti) => isRevoked(two, jti))).toEqual([true, true, false])
    const three = revokeAccessToken(two, 'three', START + 1200, START + 600)
    expect(three.revoked.map(({ jti }) => jti)).toEqual(['two', 'three'])
  })
})

it('an ended grant is kept for an hour, a live one until it ends', () => {
  const over = end(connected(), START)
  const hour = 3_600_000
  expect([hour - 1, hour].map((later) => isForgettable(over, START + later))).toEqual([false, true])
  expect(isForgettable(connected(), START + 1000 * hour)).toBe(false)
})
