// Random histories of one device authorization: the events, and the time since the step before.
import { named } from '../../support/named.ts'
import * as fc from 'fast-check'
import type { Poller } from '../../../src/objects/device-authorization/outcomes.ts'
import { UNKNOWN } from '../../support/device.ts'

/**
 * Of interval 5 s: polls count from half a second after the start, and are early within 4 s; decisions
 * can be collected 30 s after expiry.
 */
export const INTERVAL_SECONDS = 5
export const SHOWN_AFTER_MS = 500
export const EARLY_MS = 4000
export const GRACE_MS = 30_000
export const LIFETIME_MS = 60_000

export type Sender = 'owner' | 'other client' | 'wrong secret' | 'wrong verifier'
/** The key of a DPoP proof; undefined: no proof. */
export type Key = 'a' | 'b' | undefined
export type Subject = 'anna' | 'bert' | 'carl'

/** The decision of a person. */
type Act = 'approve' | 'decline' | 'report' | 'withdraw'

export type Event =
  | {
      readonly does: 'poll' | 'redeem'
      readonly sender: Sender
      readonly key: Key
      /** Time in flight or on hold since its arrival. */
      readonly heldMs: number
    }
  | { readonly does: 'open'; readonly subject: Subject; readonly country: string | undefined }
  | { [Does in Act]: { readonly does: Does; readonly subject: Subject } }[Act]
export type Step = Event & { readonly afterMs: number }

export interface Answer {
  readonly outcome: string
  readonly approval?: { readonly subject: string; readonly grantId: string }
  readonly redeemedAtMs?: number
  readonly grantId?: string
}
export type Happened = Event & {
  readonly atMs: number
  readonly answer: Answer
  readonly didChange: boolean
}

/** One of these, the first `weight` times as often as all others together. */
const mostly = <T>(weight: number, first: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight, arbitrary: fc.constant(first) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  )

const sender = mostly<Sender>(4, 'owner', 'other client', 'wrong secret', 'wrong verifier')
const key = mostly<Key>(4, 'a', 'b', undefined)
const heldMs = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(1, 999, 1000, 25_000) },
)
const subject = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Subject>('anna') },
  { weight: 1, arbitrary: fc.constantFrom<Subject>('bert', 'carl') },
)
const country = mostly(3, 'FI', 'BR', undefined)

const polls = (does: 'poll' | 'redeem') =>
  fc.record({ does: fc.constant(does), sender, key, heldMs })
const acts = <Does extends Act>(does: Does) => fc.record({ does: fc.constant(does), subject })

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: polls('poll') },
  { weight: 6, arbitrary: polls('redeem') },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('open' as const), subject, country }) },
  { weight: 3, arbitrary: acts('approve') },
  { weight: 1, arbitrary: acts('decline') },
  { weight: 1, arbitrary: acts('report') },
  { weight: 1, arbitrary: acts('withdraw') },
)
const afterMs = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 999, 1000, 1001, EARLY_MS - 1, EARLY_MS) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(GRACE_MS - 1, GRACE_MS, LIFETIME_MS - 1, LIFETIME_MS, 60_001),
  },
)

export const history: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(event, afterMs).map(([what, after]) => ({ ...what, afterMs: after })),
  { maxLength: 20, size: 'max' },
)
/** The key of the device's request. */
export const bound = fc.constantFrom<Key>('a', undefined)

/** The key that a step of a device proves. */
export const pollerOf = (
  own: Pick<Poller, 'clientId' | 'secretHash' | 'codeChallenge'>,
  step: Event & { does: 'poll' | 'redeem' },
  now: number,
): Poller => ({
  arrivedAtMs: now - step.heldMs,
  clientId: step.sender === 'other client' ? 'other-tv' : own.clientId,
  secretHash: step.sender === 'wrong secret' ? named('other') : own.secretHash,
  codeChallenge: step.sender === 'wrong verifier' ? 'other' : own.codeChallenge,
  dpopJkt: step.key,
  location: UNKNOWN,
})

export const approvalOf = (who: Subject, atMs: number) => ({
  subject: named(who),
  grantId: named(`${who} at ${atMs}`),
  approvedAtMs: atMs,
  authTimeMs: atMs,
  amr: ['pwd'],
})
