// Objects that are evicted or aborted before, during and after every step of a sign-in: a retry
// after a 503 gets the regular answer, and no answer is undone.
import { abortAllDurableObjects, evictAllDurableObjects } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HELD_STEPS, STEPS, SignIn, UNAVAILABLE, doStep, takingTurns } from './sign-in.ts'

const nextPerson = takingTurns(3)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const FAULTS = {
  'evicted, sockets asleep': () => evictAllDurableObjects({ webSockets: 'hibernate' }),
  'evicted, sockets closed': () => evictAllDurableObjects({ webSockets: 'close' }),
  aborted: () => abortAllDurableObjects(),
}

describe.each(Object.entries(FAULTS))('a sign-in whose objects are %s', (_, fault) => {
  it.each([
    ['polls', STEPS],
    ['has its poll held', HELD_STEPS],
  ])('before and after every step succeeds if the device %s', async (_polls, steps) => {
    const signIn = new SignIn(nextPerson())
    for (const step of steps) {
      await fault()
      await doStep(signIn, step)
    }
    await fault()
    expect(await signIn.refresh(2), 'it is over').toBe('400 invalid_grant')
  })
})

/** Moments within a step: between any two of its actions. */
const MOMENTS_MS = [0, 1, 2, 4, 8]

it.each(MOMENTS_MS)(
  'a sign-in whose objects are aborted %i ms into each step succeeds',
  async (ms) => {
    const signIn = new SignIn(nextPerson())
    for (const step of HELD_STEPS) {
      // A poll that is cut off again and again is never held.
      if (step.answer === 'held') {
        await doStep(signIn, step)
        continue
      }
      const given = step.act(signIn)
      await new Promise((resolve) => setTimeout(resolve, ms))
      await FAULTS.aborted()
      const answer = await given
      if (!UNAVAILABLE.includes(answer)) expect(answer, step.name).toBe(step.answer)
      else await doStep(signIn, step)
    }
  },
)
