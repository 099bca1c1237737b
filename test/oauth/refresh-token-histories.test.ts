// Random histories of refresh tokens, as a whole Worker answers them: an owner, a second process with the
// same file, a thief, lost answers, and time. Conformance RF-5, RF-6; a thousand more, on the state
// machine alone, are in test/objects/account/grant-model.test.ts.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holdClock, pass } from '../support/clock.ts'
import { refresh } from '../support/grants.ts'
import { connectDevice } from '../support/tokens.ts'

holdClock()

const MINUTE = 60_000
const RUNS = { numRuns: 8 }

/** The tokens of one grant as they were handed out, one after the other, and when each was first used. */
class Chain {
  readonly tokens: string[]
  readonly #usedAtMs: number[] = []

  constructor(first: string) {
    this.tokens = [first]
  }

  static async begin(): Promise<Chain> {
    return new Chain((await connectDevice()).tokens.refresh_token)
  }

  /** Presents a token that was handed out: the next one, or undefined where it is refused. */
  async present(token: string): Promise<string | undefined> {
    const at = this.tokens.indexOf(token)
    const { status, body } = await refresh(token)
    if (status !== 200) {
      expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
      return undefined
    }
    this.#usedAtMs[at] ??= Date.now()
    this.tokens[at + 1] ??= body.refresh_token
    expect(body.refresh_token, 'one successor').toBe(this.tokens[at + 1])
    return body.refresh_token
  }

  /** Time since the successor's first use; negative if it is unused. */
  spentForMs(token: string): number {
    return Date.now() - (this.#usedAtMs[this.tokens.indexOf(token) + 1] ?? Infinity)
  }
}

const pause = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 20_000 }) },
  { weight: 2, arbitrary: fc.nat({ max: 2 * MINUTE }) },
  { weight: 1, arbitrary: fc.constantFrom(MINUTE, MINUTE + 1, 60 * MINUTE, 1440 * MINUTE) },
)

describe('any history of one grant', () => {
  it('RF-5 RF-6 has one chain, and ends if the second of two clients is a minute late', async () => {
    const visit = fc.record({
      who: fc.constantFrom('owner', 'thief'),
      isLost: fc.boolean(),
      afterMs: pause,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(visit, { minLength: 5, maxLength: 15 }), async (visits) => {
        const chain = await Chain.begin()
        const [stolen = ''] = chain.tokens
        const held = { owner: stolen, thief: stolen }
        let hasEnded = false
        for (const { who, isLost, afterMs } of visits) {
          pass(afterMs)
          const isTooLate = chain.spentForMs(held[who]) > MINUTE
          const next = await chain.present(held[who])
          if (isTooLate || hasEnded) expect(next).toBeUndefined()
          if (next === undefined) hasEnded = true
          else if (!isLost) held[who] = next
        }
        if (hasEnded)
          for (const token of chain.tokens) expect(await chain.present(token)).toBeUndefined()
      }),
      RUNS,
    )
  })

  it('RF-6 with two processes within a minute keeps both signed in, in any order', async () => {
    const turn = fc.record({
      process: fc.constantFrom<0 | 1>(0, 1),
      does: fc.constantFrom('read', 'ask', 'ask', 'lose', 'write'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 5, maxLength: 20 }), async (turns) => {
        const chain = await Chain.begin()
        const ask = async (token: string): Promise<string> => {
          const next = await chain.present(token)
          if (next === undefined) throw new Error('signed out')
          return next
        }
        let [file = ''] = chain.tokens
        const memory = [file, file]
        for (const { process, does } of turns) {
          pass(Math.floor(MINUTE / turns.length))
          const token = memory[process] ?? ''
          if (does === 'read') memory[process] = file
          if (does === 'ask') memory[process] = await ask(token)
          if (does === 'lose') await ask(token)
          if (does === 'write') file = token
        }
        while (file !== chain.tokens.at(-1)) file = await ask(file)
      }),
      RUNS,
    )
  })
})

it('RF-6 of a hundred and fifty rounds with two processes at once keeps both signed in', async () => {
  const chain = await Chain.begin()
  let [file = ''] = chain.tokens
  for (let round = 0; round < 150; round += 1) {
    pass(10 * MINUTE)
    const [one, other] = await Promise.all([chain.present(file), chain.present(file)])
    expect([one, other]).toStrictEqual([chain.tokens[round + 1], chain.tokens[round + 1]])
    file = one ?? ''
  }
})
