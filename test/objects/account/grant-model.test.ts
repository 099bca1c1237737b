// Random histories of the refresh tokens of one grant, judged by what happened and not by how:
// conformance RF-5 to RF-8. The owner, a second process, a thief and lost answers; time moves.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Grant,
  type RefreshOutcome,
  end,
  isRefreshable,
  refresh,
} from '../../../src/objects/account/grant-state.ts'
import type { RefreshTokenDigest } from '../../../src/objects/account/refresh-chain.ts'
import { type Key, START, claim, connected, device, requestOf } from './grant-states.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
// Idle and old tokens are in grant-state.test.ts.
const limits = { idleMs: Infinity, lifetimeMs: Infinity }

/** The token that follows, as the server derives it: always the same. */
const next = ({ generation, secretHash }: RefreshTokenDigest): RefreshTokenDigest =>
  claim(generation + 1, `after ${secretHash}`.slice(-40) + generation)

/** One grant and its clock: what a server keeps, and what it does with it. */
class Server {
  now = START
  grant: Grant
  /** First use of each generation. */
  readonly usedAtMs: number[] = []
  /** Time of issue of each one. */
  readonly issuedAtMs: number[] = [START]

  constructor(first: RefreshTokenDigest, dpopJkt: Key) {
    this.grant = connected({ dpopJkt, refreshToken: first })
  }

  get isLive(): boolean {
    return this.grant.endedAtMs === undefined
  }

  present(
    presented: RefreshTokenDigest,
    more: Partial<Parameters<typeof refresh>[1]> = {},
  ): RefreshOutcome['outcome'] {
    const request = requestOf(presented, next(presented).secretHash, { limits, ...more })
    const refreshed = refresh(this.grant, request, this.now)
    if ('grant' in refreshed) this.grant = refreshed.grant
    if (refreshed.outcome === 'replayed') this.grant = end(this.grant, this.now)
    if (refreshed.outcome === 'rotated') {
      this.usedAtMs[presented.generation] = this.now
      this.issuedAtMs[presented.generation + 1] = this.now
    }
    return refreshed.outcome
  }
}

const FIRST = claim(0, 'r0')

/** Mostly soon, now and then in an hour or a month. */
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 20_000 }) },
  { weight: 2, arbitrary: fc.nat({ max: 2 * MINUTE }) },
  { weight: 1, arbitrary: fc.constantFrom(MINUTE, MINUTE + 1, 60 * MINUTE, 30 * DAY) },
)

interface Step {
  /** Which of all tokens ever issued, the latest first. */
  readonly back: number
  readonly who: 'tv' | 'other-tv'
  readonly key: Key
  readonly scope: readonly string[] | undefined
  readonly afterMs: number
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
  afterMs: pause,
})

/** The key that the grant is bound to. A thief below binds an unbound one later. */
const bound = fc.constantFrom<Key>('a', undefined)

describe('a refresh token presented in any order', () => {
  it('RF-5 RF-6 RF-7 RF-8 obeys the rules of rotation, repetition, scope and keys', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), bound, (steps, dpopJkt) => {
        const server = new Server(FIRST, dpopJkt)
        const issued = [FIRST]
        /** Generations presented late with unused successors. */
        const lateReturns = new Set<number>()
        for (const { back, who, scope, key: proof, afterMs } of steps) {
          server.now += afterMs
          const key = dpopJkt === undefined ? undefined : proof
          const at = issued.length - 1 - (back % issued.length)
          const presented = issued[at] ?? FIRST
          const latest = issued.length - 1
          const before = server.grant
          const heard = server.present(presented, { clientId: who, dpopJkt: key, scope })
          const isNarrow = scope === undefined || scope.every((word) => device.scope.includes(word))
          const spentAtMs = server.usedAtMs[at + 1]
          const isSpent = at < latest - 1 && spentAtMs !== undefined
          const sinceIssuedMs = server.now - (server.issuedAtMs[at + 1] ?? server.now)
          if (before.endedAtMs !== undefined || who !== 'tv' || key !== dpopJkt) {
            expect(heard, 'what is over or foreign is nothing').toBe('invalid')
          } else if (isSpent && server.now > spentAtMs + MINUTE) {
            expect(heard, 'an old one ends the family').toBe('replayed')
          } else if (!isNarrow) {
            expect(heard).toBe('invalid_scope')
          } else if (at === latest) {
            expect(heard, 'the unused one leads on').toBe('rotated')
          } else if (isSpent || sinceIssuedMs <= MINUTE) {
            expect(heard, 'one of just now leads to where it led').toBe('repeated')
          } else {
            lateReturns.add(at)
            const inARow = [at, at - 1, at - 2].every((one) => lateReturns.has(one))
            expect(heard, 'a lost answer is had again, however late').toBe(
              inARow ? 'replayed' : 'repeated',
            )
          }
          if (heard === 'rotated') issued.push(next(presented))
          if (heard === 'repeated')
            expect(next(presented), 'and gets no token that is new').toEqual(issued[at + 1])
          if (!['rotated', 'repeated', 'replayed'].includes(heard))
            expect(server.grant, 'a refusal changes nothing').toBe(before)
          expect(server.grant.scope, 'nothing widens or narrows the grant').toEqual(device.scope)
          const leading = issued.filter((one) =>
            isRefreshable(server.grant, one, limits, server.now),
          )
          const unused = leading.filter(({ generation }) => !(generation in server.usedAtMs))
          expect(unused.length, 'one chain').toBe(server.isLive ? 1 : 0)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

/** A process that keeps its token in a file, which another one may share. */
interface File {
  token: RefreshTokenDigest
}

/** Reads the file, asks, and writes it, with time and others in between; an answer may be lost. */
interface Turn {
  readonly process: 0 | 1
  readonly does: 'read' | 'ask' | 'lose' | 'write'
}
const turn: fc.Arbitrary<Turn> = fc.record({
  process: fc.constantFrom<0 | 1>(0, 1),
  does: fc.constantFrom('read', 'ask', 'ask', 'lose', 'write'),
})

it('RF-6 two processes that share a token file within a minute never end the grant', () => {
  const burst = fc.record({
    turns: fc.array(turn, { maxLength: 50 }),
    // Before the next one, however long.
    restMs: fc.constantFrom(0, 10 * MINUTE, 30 * DAY),
  })
  fc.assert(
    fc.property(fc.array(burst, { maxLength: 4 }), (bursts) => {
      const server = new Server(FIRST, undefined)
      const file: File = { token: FIRST }
      for (const { turns, restMs } of bursts) {
        const memory: [RefreshTokenDigest, RefreshTokenDigest] = [file.token, file.token]
        const ask = (token: RefreshTokenDigest) => {
          const heard = server.present(token)
          expect(['rotated', 'repeated']).toContain(heard)
          return next(token)
        }
        for (const { process, does } of turns) {
          // Together no longer than a minute.
          server.now += Math.floor(MINUTE / turns.length)
          if (does === 'read') memory[process] = file.token
          if (does === 'ask') memory[process] = ask(memory[process])
          if (does === 'lose') ask(memory[process])
          if (does === 'write') file.token = memory[process]
        }
        // One of them continues until it knows the content of the file.
        while (file.token.generation < (server.grant.refresh?.current.generation ?? 0))
          file.token = ask(file.token)
        server.now += restMs
      }
      expect(server.isLive).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

describe('a thief', () => {
  const visit = fc.record({ who: fc.constantFrom('owner', 'thief'), afterMs: pause })
  /** The thief's key, to bind the chain of an owner without one. */
  const thiefKey = fc.constantFrom<Key>('thief', undefined)

  it('RF-5 is detected once one client returns a minute after the other moved on', () => {
    fc.assert(
      fc.property(
        fc.array(pause, { maxLength: 5 }),
        fc.array(visit, { maxLength: 25 }),
        thiefKey,
        (before, visits, key) => {
          const server = new Server(FIRST, undefined)
          let owner = FIRST
          for (const afterMs of before) {
            server.now += afterMs
            expect(server.present(owner)).toBe('rotated')
            owner = next(owner)
          }
          const held = { owner, thief: owner }
          let boundAtMs = Infinity
          for (const { who, afterMs } of visits) {
            server.now += afterMs
            const token = held[who]
            const dpopJkt = who === 'thief' ? key : undefined
            const wentOnAtMs = server.usedAtMs[token.generation + 1] ?? Infinity
            const otherWentOnAtMs = who === 'owner' ? Math.min(wentOnAtMs, boundAtMs) : wentOnAtMs
            const heard = server.present(token, { dpopJkt })
            if (server.now > otherWentOnAtMs + MINUTE) expect(heard).toBe('replayed')
            if (!server.isLive) break
            if (heard === 'rotated' && dpopJkt !== undefined)
              boundAtMs = Math.min(boundAtMs, server.now)
            if (heard !== 'invalid') held[who] = next(token)
          }
          if (server.isLive) return
          for (const token of Object.values(held)) expect(server.present(token)).toBe('invalid')
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('RF-5 is detected within three rounds if both refresh every ten minutes', () => {
    const lag = fc.integer({ min: MINUTE + 1, max: 10 * MINUTE - MINUTE - 1 })
    fc.assert(
      fc.property(
        fc.array(fc.record({ lag, isThiefFirst: fc.boolean() }), { minLength: 6, maxLength: 6 }),
        thiefKey,
        (rounds, key) => {
          const server = new Server(FIRST, undefined)
          const held = { owner: FIRST, thief: FIRST }
          for (const [round, { lag: lagMs, isThiefFirst }] of rounds.entries()) {
            const order = isThiefFirst
              ? (['thief', 'owner'] as const)
              : (['owner', 'thief'] as const)
            server.now = START + round * 10 * MINUTE
            for (const who of order) {
              const dpopJkt = who === 'thief' ? key : undefined
              if (server.present(held[who], { dpopJkt }) === 'replayed') {
                expect(round).toBeLessThan(3)
                return
              }
              held[who] = next(held[who])
              server.now += lagMs
            }
          }
          throw new Error('was not noticed')
        },
      ),
    )
  })
})
