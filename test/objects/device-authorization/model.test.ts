// Random histories of one device authorization, judged by what happened and not by how: once
// against the pure state machine, and, fewer, against the object itself.
import type { Digest } from '../../../src/ids.ts'
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { mintDeviceCode, mintUserCode } from '../../../src/codes.ts'
import type { DeviceAuthorization } from '../../../src/objects/device-authorization/device-authorization.ts'
import { isShown } from '../../../src/objects/device-authorization/poll-interval.ts'
import type { AuthorizationRequest } from '../../../src/objects/device-authorization/authorization-request.ts'
import {
  type AuthorizationState,
  approve,
  deny,
  open,
  poll,
  redeem,
  withdraw,
} from '../../../src/objects/device-authorization/state.ts'
import {
  type Answer,
  type Happened,
  type Key,
  type Step,
  INTERVAL_SECONDS,
  LIFETIME_MS,
  approvalOf,
  bound,
  history,
  pollerOf,
} from './histories.ts'
import { Judge } from './judge.ts'
import { request as anyRequest } from './states.ts'
import { STRANGERS_SECRET } from '../../support/worker.ts'
import { named } from '../../support/named.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const requestAt = (now: number, secretHash: Digest, dpopJkt: Key): AuthorizationRequest => ({
  ...anyRequest,
  secretHash,
  codeChallenge: 'challenge',
  dpopJkt,
  intervalMs: INTERVAL_SECONDS * 1000,
  requestedAtMs: now,
  expiresAtMs: now + LIFETIME_MS,
})

const happenedInStateMachine = (steps: readonly Step[], boundTo: Key): Happened[] => {
  const request = requestAt(0, named('digest'), boundTo)
  let state: AuthorizationState = { status: 'pending', request, openings: [] }
  let lastPollAtMs: number | undefined
  let now = 0
  const act = (step: Step): { state: AuthorizationState; outcome: Answer } => {
    switch (step.does) {
      case 'poll': {
        const outcome = poll(state, pollerOf(request, step, now), now, lastPollAtMs)
        if (outcome.outcome === 'pending' && isShown(request, now)) lastPollAtMs = now
        return { state, outcome }
      }
      case 'redeem':
        return redeem(state, pollerOf(request, step, now), [], now)
      case 'open':
        return open(state, { subject: named(step.subject), country: step.country }, now)
      case 'approve':
        return approve(state, approvalOf(step.subject, now), now)
      case 'decline':
        return deny(state, named(step.subject), 'denied', now)
      case 'report':
        return deny(state, named(step.subject), 'reported', now)
      case 'withdraw':
        return withdraw(state, named(step.subject))
    }
  }
  return steps.map((step) => {
    now += step.afterMs
    const before = state
    const { outcome: answer, state: after } = act(step)
    state = after
    return { ...step, atMs: now, answer, didChange: state !== before }
  })
}

/** The events that a history covered, and their outcomes. */
const factsOf = (events: readonly Happened[], boundTo: Key): string[] => {
  const given = events.filter(({ answer }) => answer.outcome === 'redeemed').length
  return [
    ...events.map(({ does, answer, didChange }) =>
      [does, answer.outcome, ...(didChange ? ['anew'] : [])].join(' '),
    ),
    `${given} redemptions, bound to ${boundTo}`,
  ]
}

it('DC-6 DC-16 VP-7 XD-6 the state machine obeys every rule in any order of events', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(history, bound, (steps, boundTo) => {
      const events = happenedInStateMachine(steps, boundTo)
      new Judge(LIFETIME_MS, boundTo).judge(events)
      for (const fact of factsOf(events, boundTo)) seen.add(fact)
    }),
    { numRuns: 5000 },
  )
  // Otherwise the promises may hold for want of requests.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...['pending', 'slow_down', 'redeemable', 'denied', 'expired', 'invalid'].map(
        (outcome) => `poll ${outcome}`,
      ),
      ...['pending', 'redeemed', 'redeemed anew', 'denied', 'expired', 'invalid'].map(
        (outcome) => `redeem ${outcome}`,
      ),
      ...['approve', 'decline', 'report'].flatMap((does) =>
        ['decided anew', 'decided', 'not_valid'].map((outcome) => `${does} ${outcome}`),
      ),
      ...['reviewable anew', 'reviewable', 'approved', 'denied', 'not_valid'].map(
        (outcome) => `open ${outcome}`,
      ),
      'open opened_by_many anew',
      'withdraw withdrawn anew',
      'withdraw withdrawn',
      'withdraw not_valid',
      '1 redemptions, bound to a',
      '2 redemptions, bound to a',
      '1 redemptions, bound to undefined',
      '2 redemptions, bound to undefined',
    ]),
  )
})

const storedIn = (object: DurableObjectStub<DeviceAuthorization>): Promise<string> =>
  runInDurableObject(object, async (_, { storage }) => JSON.stringify([...(await storage.list())]))

const happenedInObject = async (
  steps: readonly Step[],
  start: number,
  boundTo: Key,
): Promise<Happened[]> => {
  vi.setSystemTime(start)
  const userCode = mintUserCode('letters')
  const object = env.DEVICE_AUTHORIZATION.getByName(userCode)
  const { secretHash } = mintDeviceCode(STRANGERS_SECRET, userCode, start + LIFETIME_MS).deviceCode
  const request = requestAt(start, secretHash, boundTo)
  await object.start(request)
  const events: Happened[] = []
  let record = await storedIn(object)
  let now = start
  const act = async (step: Step): Promise<Answer> => {
    switch (step.does) {
      case 'poll':
        return object.poll(pollerOf(request, step, now))
      case 'redeem':
        return object.redeem(pollerOf(request, step, now), [])
      case 'open':
        return object.open({ subject: named(step.subject), country: step.country })
      case 'approve':
        return object.approve(approvalOf(step.subject, now))
      case 'decline':
        return object.deny(named(step.subject), 'denied')
      case 'report':
        return object.deny(named(step.subject), 'reported')
      case 'withdraw':
        return object.withdraw(named(step.subject))
    }
  }
  for (const step of steps) {
    now += step.afterMs
    vi.setSystemTime(now)
    const before = record
    const answer = await act(step)
    record = await storedIn(object)
    events.push({ ...step, atMs: now, answer, didChange: record !== before })
  }
  return events
}

it('DC-6 DC-16 VP-7 XD-6 the object obeys every rule in any order of events', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const logged = vi.spyOn(console, 'info').mockReturnValue()
  const start = Date.now()
  await fc.assert(
    fc.asyncProperty(history, bound, async (steps, boundTo) => {
      const events = await happenedInObject(steps, start, boundTo)
      new Judge(start + LIFETIME_MS, boundTo).judge(events)
    }),
    { numRuns: 60 },
  )
  expect(logged, 'an object logs nothing itself').not.toHaveBeenCalled()
})
