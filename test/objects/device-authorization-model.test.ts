// Random histories of one device authorization, judged by what happened and not by how: once
// against the pure state machine, and, fewer, against the object itself.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { type DeviceCode, mintDeviceCode, mintUserCode } from '../../src/codes.ts'
import type { DeviceAuthorization } from '../../src/objects/device-authorization.ts'
import {
  type AuthorizationRequest,
  type AuthorizationState,
  type Poller,
  approve,
  deny,
  poll,
  redeem,
} from '../../src/objects/device-authorization-state.ts'

const LIFETIME = 60_000
// Of interval 5 s: polls are early within 4 s, decisions can be collected 30 s after expiry.
const EARLY = 4000
const GRACE = 30_000

type Who = 'owner' | 'other client' | 'wrong secret' | 'wrong verifier'
/** The key of a DPoP proof; undefined: there was none. */
type Key = 'a' | 'b' | undefined
type Event =
  | { readonly does: 'poll' | 'redeem'; readonly who: Who; readonly key: Key }
  | { readonly does: 'approve'; readonly subject: 'anna' | 'bert' }
  | { readonly does: 'deny'; readonly subject: 'anna' | 'bert' }
type Step = Event & { readonly afterMs: number }

interface Answer {
  readonly outcome: string
  readonly approval?: { readonly subject: string; readonly grantId: string }
}
type Happened = Event & {
  readonly atMs: number
  readonly answer: Answer
  readonly didChange: boolean
}

const who = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Who>('owner') },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Who>('other client', 'wrong secret', 'wrong verifier'),
  },
)
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Key>('a') },
  { weight: 1, arbitrary: fc.constantFrom<Key>('b', undefined) },
)
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('poll' as const), who, key }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('redeem' as const), who, key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('approve' as const),
      subject: fc.constantFrom('anna' as const, 'bert' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('deny' as const),
      subject: fc.constantFrom('anna' as const, 'bert' as const),
    }),
  },
)
const pause = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 999, 1000, 1001, EARLY - 1, EARLY) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(GRACE - 1, GRACE, LIFETIME - 1, LIFETIME, 60_001) },
)
const history: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(event, pause).map(([what, afterMs]) => ({ ...what, afterMs })),
  { maxLength: 20 },
)
/** The key that the device asked with. */
const bound = fc.constantFrom<Key>('a', undefined)

interface Sender {
  readonly who: Who
  readonly key: Key
}

const pollerOf = (
  request: AuthorizationRequest,
  { who: sender, key: dpopJkt }: Sender,
): Poller => ({
  clientId: sender === 'other client' ? 'other-tv' : request.clientId,
  secretHash: sender === 'wrong secret' ? 'other' : request.secretHash,
  codeChallenge: sender === 'wrong verifier' ? 'other' : request.codeChallenge,
  dpopJkt,
})

const approvalOf = (subject: string, atMs: number) => ({
  subject,
  grantId: `${subject} at ${atMs}`,
  authTimeMs: atMs,
  amr: ['pwd'],
})

const requestAt = (
  now: number,
  code: Pick<DeviceCode, 'secretHash'>,
  dpopJkt: Key,
): AuthorizationRequest => ({
  clientId: 'tv',
  clientName: 'The tv',
  clientUri: undefined,
  secretHash: code.secretHash,
  scope: ['openid'],
  resource: ['https://antenna.test'],
  codeChallenge: 'challenge',
  dpopJkt,
  intervalSeconds: 5,
  requestedAtMs: now,
  expiresAtMs: now + LIFETIME,
  origin: {
    deviceName: 'Television',
    city: undefined,
    region: undefined,
    country: undefined,
    network: undefined,
  },
})

const subjectOf = (what: Event) => ('subject' in what ? what.subject : undefined)

/** Everything that must hold of a history, told from its events and answers alone. */
const judge = (events: readonly Happened[], expiresAtMs: number, boundTo: Key): void => {
  let decision: Happened | undefined
  let firstRedeemedAtMs: number | undefined
  let redeemedWith: Key
  let lastPollAtMs: number | undefined
  for (const happened of events) {
    const { atMs, answer, didChange } = happened
    if (happened.does === 'approve' || happened.does === 'deny') {
      const counts = decision === undefined && atMs < expiresAtMs
      const isSecondTap =
        decision?.does === happened.does && subjectOf(decision) === subjectOf(happened)
      expect(answer.outcome, 'the first decision in time wins').toBe(
        counts || isSecondTap ? 'decided' : 'not_valid',
      )
      expect(didChange, 'and no other changes anything').toBe(counts)
      if (counts) decision = happened
      continue
    }
    const isBoundToAnother = boundTo !== undefined && happened.key !== boundTo
    if (happened.who !== 'owner' || isBoundToAnother) {
      expect(answer, 'a foreign poller learns nothing').toEqual({ outcome: 'invalid' })
      expect(didChange, 'and changes nothing').toBe(false)
      continue
    }
    const isRedeem = happened.does === 'redeem'
    const isGiven = answer.outcome === (isRedeem ? 'redeemed' : 'redeemable')
    const isFirst = isRedeem && isGiven && firstRedeemedAtMs === undefined
    expect(didChange, 'nothing but the first redemption changes anything').toBe(isFirst)
    if (decision === undefined) {
      const isLate = atMs >= expiresAtMs
      const isEarly = lastPollAtMs !== undefined && atMs - lastPollAtMs < EARLY
      const pending = !isRedeem && isEarly ? 'slow_down' : 'pending'
      expect(answer.outcome).toBe(isLate ? 'expired' : pending)
      if (!isRedeem && answer.outcome === 'pending') lastPollAtMs = atMs
    } else if (decision.does !== 'approve') {
      expect(answer, 'denied stays denied').toEqual({ outcome: 'denied' })
    } else if (firstRedeemedAtMs === undefined) {
      const isCollectable = atMs < expiresAtMs + GRACE
      expect(isGiven, 'an approval is collectable until the grace is over').toBe(isCollectable)
      if (!isGiven) expect(answer.outcome).toBe('expired')
      if (isFirst) {
        firstRedeemedAtMs = atMs
        redeemedWith = happened.key
      }
    } else {
      const sinceMs = atMs - firstRedeemedAtMs
      const isRecovery = sinceMs >= 1000 && sinceMs <= 60_000 && happened.key === redeemedWith
      expect(isGiven, 'one redemption, and repeats from 1 s to 60 s by its key').toBe(isRecovery)
      if (!isGiven) expect(answer.outcome).toBe('invalid')
    }
    if (isRedeem && isGiven && decision?.does === 'approve')
      expect(answer.approval, 'the grant is that of the first approval').toEqual(
        approvalOf(decision.subject, decision.atMs),
      )
  }
}

const happenedInStateMachine = (steps: readonly Step[], boundTo: Key): Happened[] => {
  const request = requestAt(0, { secretHash: 'digest' }, boundTo)
  let state: AuthorizationState = { status: 'pending', request }
  let lastPollAtMs: number | undefined
  let now = 0
  return steps.map((step) => {
    now += step.afterMs
    const before = state
    let answer: Answer
    switch (step.does) {
      case 'poll':
        answer = poll(state, pollerOf(request, step), now, lastPollAtMs)
        if (answer.outcome === 'pending') lastPollAtMs = now
        break
      case 'redeem':
        ;({ state, outcome: answer } = redeem(state, pollerOf(request, step), [], now))
        break
      case 'approve':
        ;({ state, outcome: answer } = approve(state, approvalOf(step.subject, now), now))
        break
      case 'deny':
        ;({ state, outcome: answer } = deny(state, step.subject, now))
    }
    return { ...step, atMs: now, answer, didChange: state !== before }
  })
}

it('keeps every promise in any order of events', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(history, bound, (steps, boundTo) => {
      const events = happenedInStateMachine(steps, boundTo)
      judge(events, LIFETIME, boundTo)
      const given = events.filter(({ answer }) => answer.outcome === 'redeemed').length
      const facts = [
        ...events.map(({ answer }) => answer.outcome),
        `${given} redemptions, bound to ${boundTo}`,
      ]
      for (const fact of facts) seen.set(fact, (seen.get(fact) ?? 0) + 1)
    }),
    { numRuns: 5000 },
  )
  // Or the promises were kept because nobody asked.
  expect([...seen.keys()]).toEqual(
    expect.arrayContaining([
      'decided',
      'not_valid',
      'pending',
      'slow_down',
      'redeemable',
      'redeemed',
      'denied',
      'expired',
      'invalid',
      '1 redemptions, bound to a',
      '2 redemptions, bound to a',
      '1 redemptions, bound to undefined',
      '2 redemptions, bound to undefined',
    ]),
  )
})

afterEach(() => void vi.useRealTimers())

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
  const { deviceCode } = mintDeviceCode(userCode, start + LIFETIME)
  const request = requestAt(start, deviceCode, boundTo)
  await object.start(request)
  const events: Happened[] = []
  let record = await storedIn(object)
  let now = start
  for (const step of steps) {
    now += step.afterMs
    vi.setSystemTime(now)
    const ask = async (): Promise<Answer> => {
      switch (step.does) {
        case 'poll':
          return object.poll(pollerOf(request, step))
        case 'redeem':
          return object.redeem(pollerOf(request, step), [])
        case 'approve':
          return object.approve(approvalOf(step.subject, now))
        case 'deny':
          return object.deny(step.subject)
      }
    }
    const before = record
    const answer = await ask()
    record = await storedIn(object)
    events.push({ ...step, atMs: now, answer, didChange: record !== before })
  }
  return events
}

it('keeps them in the object as well', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const start = Date.now()
  await fc.assert(
    fc.asyncProperty(history, bound, async (steps, boundTo) => {
      judge(await happenedInObject(steps, start, boundTo), start + LIFETIME, boundTo)
    }),
    { numRuns: 60 },
  )
})
