// Random histories of the refresh tokens of one grant, judged by what happened and not by how:
// conformance RF-5 to RF-8.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { type RefreshTokenClaim, end, isGood, refresh } from '../../src/objects/grant-state.ts'
import {
  type Key,
  START,
  claim,
  connected,
  device,
  limits,
  requestOf,
} from '../support/grant-states.ts'

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
  readonly key: Key
  readonly scope: readonly string[] | undefined
}
const step: fc.Arbitrary<Step> = fc.record({
  back: fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 2 }) }, { weight: 1, arbitrary: fc.nat() }),
  who: fc.oneof(
    { weight: 9, arbitrary: fc.constant('tv' as const) },
    { weight: 1, arbitrary: fc.constant('other-tv' as const) },
  ),
  key: fc.oneof(
    { weight: 9, arbitrary: fc.constant<Key>('a') },
    { weight: 1, arbitrary: fc.constantFrom<Key>('b', undefined) },
  ),
  scope: fc.option(fc.subarray([...device.scope, 'email', 'library:write'], { minLength: 1 }), {
    nil: undefined,
    freq: 3,
  }),
})

/** The key that the grant is bound to. What is bound later is in dpop-refresh.test.ts. */
const bound = fc.constantFrom<Key>('a', undefined)

/** The tokens that the latest one came from, itself first. */
const lineOf = (latest: Issued): Issued[] =>
  latest.parent === undefined ? [latest] : [latest, ...lineOf(latest.parent)]

it('RF-5 RF-6 RF-7 RF-8 any order of presenting any token ever issued keeps the promises', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), bound, (steps, dpopJkt) => {
      const first: Issued = { claim: claim(0, 'r0'), parent: undefined, isUsed: false }
      const issued = [first]
      let grant = connected({ dpopJkt, refreshToken: first.claim })
      let latest = first
      let hasEnded = false
      for (const { back, who, scope, ...proof } of steps) {
        const key = dpopJkt === undefined ? undefined : proof.key
        const presented = issued[issued.length - 1 - (back % issued.length)] ?? first
        const next = `r${issued.length}`
        const refreshed = refresh(
          grant,
          requestOf(presented.claim, next, { clientId: who, dpopJkt: key, scope }),
          START,
        )
        const [current, previous, ...older] = lineOf(latest)
        const isGoodOne = presented === current || presented === previous
        const isNarrow = scope === undefined || scope.every((word) => device.scope.includes(word))
        if (hasEnded || who !== 'tv' || key !== dpopJkt) {
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
