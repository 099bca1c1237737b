// The approval API and the page side by side, in the same situations: nothing can be done by one that
// the other would refuse, and both leave the same behind.
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PROXIMITY_ACTIONS } from '../../src/config/client-settings.ts'
import { HOUR, MINUTE, SECOND } from '../../src/durations.ts'
import { mintSession } from '../../src/identity/session.ts'
import { upstreamAccount } from '../../src/identity/upstream.ts'
import { accountOf } from '../../src/objects/index.ts'
import { type Proximity, PROXIMITIES } from '../../src/sender/location.ts'
import { byApp, byPage } from './decision-lanes.ts'
import { NOWHERE } from '../support/member.ts'
import { approve, authorizationBehind, startDevice } from '../support/device.ts'
import { connectInternet } from '../support/internet.ts'
import { type Fetch, freshAddress, sentFrom, serverSecret, workerWith } from '../support/worker.ts'
import { type Network, RECIFE, TURKU } from '../support/places.ts'
import { TEST_VARS } from '../support/settings.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { named } from '../support/named.ts'

const RUNS = 25

const acme = new TrustedIssuer()
const fetch = workerWith({
  APPROVAL_ISSUERS: [acme.entry()],
  CLIENTS: PROXIMITY_ACTIONS.map((reaction) => ({
    ...TEST_VARS.CLIENTS[0],
    client_id: `${reaction}-tv`,
    proximity: Object.fromEntries(PROXIMITIES.map((proximity) => [proximity, reaction])),
  })),
})

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** The person's place; the device is in Turku. */
const WHEREABOUTS: Readonly<Record<Proximity, Network | undefined>> = {
  same_network: TURKU,
  same_operator: { ...TURKU, city: 'Salo' },
  same_city: { ...TURKU, asn: 64_501 },
  same_country: { ...TURKU, asn: 64_501, city: 'Salo' },
  far: RECIFE,
  unknown: undefined,
}

const STATES = [
  'waits',
  'never was',
  'has run out',
  'was allowed by them',
  'was declined by them',
  'was reported by them',
  'was taken back by them',
  'was allowed by another',
  'was declined by another',
  'was opened by two others',
] as const

const situations = fc.record({
  state: fc.oneof(
    { weight: 3, arbitrary: fc.constant('waits' as const) },
    fc.constantFrom(...STATES),
  ),
  proximity: fc.constantFrom(...PROXIMITIES),
  reaction: fc.constantFrom(...PROXIMITY_ACTIONS),
  decision: fc.constantFrom('look', 'allow', 'allow', 'deny', 'report'),
  typed: fc.constantFrom('own', 'own', 'another', 'none'),
  isInFront: fc.boolean(),
  signedInAgoMs: fc.constantFrom(0, 12 * HOUR - MINUTE, 12 * HOUR, 400 * HOUR),
  wrongCodes: fc.constantFrom(0, 0, 0, 0, 4, 5),
  /** The look-ups before follow at once, or slowly. */
  isHasty: fc.boolean(),
  isDisabled: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
})
type Situation = typeof situations extends fc.Arbitrary<infer T> ? T : never

const SIMPLE: Situation = {
  state: 'waits',
  proximity: 'far',
  reaction: 'confirm',
  decision: 'allow',
  typed: 'own',
  isInFront: true,
  signedInAgoMs: 0,
  wrongCodes: 0,
  isHasty: false,
  isDisabled: false,
}

/** Situations that are always tried: each one differs in one thing. */
const EXAMPLES: Partial<Situation>[] = [
  {},
  { typed: 'another' },
  { isInFront: false },
  { typed: 'none', isInFront: false, decision: 'deny' },
  { reaction: 'refuse' },
  { reaction: 'refuse', decision: 'report' },
  { reaction: 'allow', typed: 'none', isInFront: false },
  { decision: 'look' },
  { signedInAgoMs: 12 * HOUR },
  { signedInAgoMs: 12 * HOUR, decision: 'deny' },
  { wrongCodes: 5 },
  { wrongCodes: 4, state: 'has run out' },
  { isDisabled: true },
  ...STATES.map((state) => ({ state })),
]

interface Outcome {
  /** The answer for the person. */
  readonly told: string
  /** The answer for the device. */
  readonly heard: string
  readonly events: readonly (readonly unknown[])[]
  readonly waitMs: number | undefined
  readonly isStillOpen: boolean
}

let people = 0

const from = (network: Network | undefined, address: string): Fetch =>
  sentFrom({ network, address }, fetch)

/**
 * Creates the situation with a person and a device, lets the person decide, and returns the result.
 */
const happen = async (situation: Situation, lane: 'page' | 'app'): Promise<Outcome> => {
  const { state, proximity, reaction, signedInAgoMs, wrongCodes } = situation
  const { decision, typed, isInFront } = situation
  const address = freshAddress()
  const home = from(TURKU, address)
  const device = await startDevice(`${reaction}-tv`, { fetch: home })
  const sub = `person-${(people += 1)}`
  const subject = await upstreamAccount(env, acme.issuer, sub, 'Ada')
  const authorization = authorizationBehind(device.userCode)
  if (state === 'was allowed by them' || state === 'was taken back by them')
    await approve(device.userCode, { subject })
  if (state === 'was taken back by them') await authorization.withdraw(subject)
  if (state === 'was declined by them') await authorization.deny(subject, 'denied')
  if (state === 'was reported by them') await authorization.deny(subject, 'reported')
  if (state === 'was allowed by another')
    await approve(device.userCode, { subject: named('another') })
  if (state === 'was declined by another') await authorization.deny(named('another'), 'denied')
  if (state === 'was opened by two others')
    for (const one of ['one', 'two'])
      await authorization.open({ subject: named(one), country: undefined })
  if (state === 'has run out') later(11 * MINUTE)

  const account = accountOf(env, subject)
  if (account === undefined) throw new Error('there is no account')
  const { value, digest: claim } = mintSession(await serverSecret(), subject)
  const authTimeMs = Date.now() - signedInAgoMs
  const signIn = { amr: ['pwd'], browser: 'A browser', authTimeMs, place: NOWHERE }
  await account.open({ name: 'Ada', email: undefined, isEmailVerified: false }, claim, signIn)
  if (situation.isDisabled) await account.disable(true)

  const there = from(
    WHEREABOUTS[proximity],
    proximity === 'same_network' ? address : freshAddress(),
  )
  // A token states the sign-in in whole seconds, rounded down.
  const auth_time = Math.floor(authTimeMs / SECOND)
  const acting =
    lane === 'page'
      ? byPage(there, value)
      : byApp(there, await acme.token(sub, { claims: { auth_time } }))
  for (let times = 0; times < wrongCodes; times += 1) {
    if (!situation.isHasty) later(2 * SECOND)
    await acting.lookUp(`ZZZZ-ZZZ${'BCDFG'[times]}`)
  }
  const code = state === 'never was' ? 'BBBB-BBBB' : device.userCode
  const told =
    decision === 'look'
      ? await acting.lookUp(code)
      : await acting.decide(code, {
          decision,
          isInFront,
          typedCode: { own: code, another: 'BCDF-GHJK', none: undefined }[typed],
        })

  const { status, body } = await device.poll()
  await account.disable(false)
  const session = await account.session(claim)
  const overview = await account.overview(claim)
  return {
    told,
    heard: status === 200 ? 'tokens' : body.error,
    events: (overview?.events ?? []).map(({ kind, about }) => [kind, about]),
    waitMs: session && Math.ceil(session.codeWaitMs / MINUTE),
    isStillOpen:
      (await authorization.open({ subject: named('a friend'), country: undefined })).outcome ===
      'reviewable',
  }
}

it('AP-15 the app may do exactly what the page lets its person do, in every situation', async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(situations, async (situation) => {
      const start = Date.now()
      const page = await happen(situation, 'page')
      vi.setSystemTime(start)
      const app = await happen(situation, 'app')
      seen.add(page.told)
      expect(app).toStrictEqual(page)
    }),
    {
      numRuns: EXAMPLES.length + RUNS,
      examples: EXAMPLES.map((one) => [{ ...SIMPLE, ...one }]),
    },
  )
  // Otherwise this would prove nothing.
  expect([...seen].toSorted((a, b) => a.localeCompare(b))).toStrictEqual([
    'approved',
    'check',
    'declined',
    'not valid',
    'question',
    'reported',
    'too far',
    'wait',
    'who are you?',
    'withdrawn',
  ])
})
