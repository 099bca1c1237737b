// Clocks that jump in the middle of a sign-in: seconds, minutes and days, forward and back.
import { describe, expect, it } from 'vitest'
import { DAY, MINUTE, SECOND } from '../../../src/durations.ts'
import { holdClock, pass } from '../../support/clock.ts'
import { Random } from '../random.ts'
import { STEPS, SignIn, doStep, takingTurns } from './sign-in.ts'

const nextPerson = takingTurns(4)
holdClock()

/** A sign-in, for which the clock jumps before each step. */
const signInWith = async (jumpMs: (at: number) => number): Promise<void> => {
  const signIn = new SignIn(nextPerson())
  for (const [at, step] of STEPS.entries()) {
    pass(jumpMs(at))
    await doStep(signIn, step)
  }
}

describe('a sign-in succeeds while the clock jumps', () => {
  it.each([
    ['forward', 3 * SECOND],
    ['back', -3 * SECOND],
  ])('3 s %s before every step', async (_, ms) => {
    await signInWith(() => ms)
  })

  // A device_code from further in the future cannot be ours.
  it.each(STEPS.map(({ name }, at) => [name, at] as const))(
    '5 minutes back, before this: %s',
    async (_, jumpsAt) => {
      await signInWith((at) => (at === jumpsAt ? -5 * MINUTE : 0))
    },
  )

  it.each([1, 2, 3, 4])('back and forth, by seconds and minutes (%i)', async (seed) => {
    const random = new Random(seed)
    let awayMs = 0
    await signInWith(() => {
      const toMs = random.pick(random.between(-3, 3) * SECOND, random.between(-2, 2) * MINUTE)
      const jumpMs = Math.round(toMs - awayMs)
      awayMs += jumpMs
      return jumpMs
    })
  })
})

describe('a clock that jumps by two days', () => {
  const cases: [string, string][] = [
    ['it polls', '400 expired_token'],
    ['the person looks', '200 /device/sign-in'],
    ['the person allows', '200 /device/sign-in'],
    ['the device collects', '400 expired_token'],
    ['it uses its token', '401 invalid_token'],
    ['it polls once more', '400 expired_token'],
    ['it refreshes', '200 tokens'],
    ['it refreshes again', '200 tokens'],
    ['the person removes it', '200 /devices'],
    ['it refreshes in vain', '400 invalid_grant'],
    ['it is not served', '401 invalid_token'],
  ]
  it.each(cases)('before this gets a true answer: %s', async (name, answer) => {
    const signIn = new SignIn(nextPerson())
    for (const step of STEPS) {
      if (step.name !== name) {
        await doStep(signIn, step)
        continue
      }
      pass(2 * DAY)
      await doStep(signIn, { ...step, answer })
      return
    }
    expect.unreachable(name)
  })

  it('and back, once the device has its tokens, ends none of them', async () => {
    const signIn = new SignIn(nextPerson())
    const collected = STEPS.findIndex(({ name }) => name === 'the device collects')
    for (const [at, step] of STEPS.entries()) {
      if (at === collected + 1) pass(-2 * DAY)
      await doStep(signIn, step)
    }
  })
})
