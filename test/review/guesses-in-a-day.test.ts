// How many user codes one account can look up in a day of trying, in every way and in several at once
// (RFC 8628 §5.1). Conformance VP-5, AP-6. The bound by itself is in objects/account/code-guard.test.ts.
import type { Subject } from '../../src/ids.ts'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DAY, HOUR, SECOND } from '../../src/durations.ts'
import { mintSession } from '../../src/identity/session.ts'
import { upstreamAccount } from '../../src/identity/upstream.ts'
import { ApprovalApp } from '../support/approval-app.ts'
import { holdClock, pass } from '../support/clock.ts'
import { startDevice } from '../support/device.ts'
import { signInNow } from '../support/member.ts'
import { HastyPerson } from '../support/hasty-person.ts'
import { connectInternet } from '../support/internet.ts'
import { nowInSeconds } from '../support/key-client.ts'
import { named } from '../support/named.ts'
import { Person } from '../support/person.ts'
import { ISSUER, TEST_VARS } from '../support/settings.ts'
import { APP, signInApp } from '../support/signed-in-app.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { waitOn, wrongCodesOf } from '../support/waiting-page.ts'
import { freshAddress, serverSecret, workerWith } from '../support/worker.ts'

const acme = new TrustedIssuer()
const fetch = workerWith({ APPROVAL_ISSUERS: [acme.entry()], CLIENTS: [...TEST_VARS.CLIENTS, APP] })

holdClock()
beforeEach(connectInternet)
// Their minutes do not pass with the clock of the test: it has keys fetched a hundred times, and enters so
// many wrong codes that other tests would find the service crowded.
beforeEach(() => {
  for (const limit of [env.OUTBOUND_LIMIT, env.EVERYONE_LIMIT])
    vi.spyOn(limit, 'limit').mockResolvedValue({ success: true })
})
afterEach(() => void vi.restoreAllMocks())

/** One account, of a person at the trusted issuer. */
interface Guesser {
  readonly sub: string
  readonly subject: Subject
}

const newGuesser = async (): Promise<Guesser> => {
  const sub = crypto.randomUUID()
  const guesser = { sub, subject: await upstreamAccount(env, acme.issuer, sub, 'Eve') }
  await newSession(guesser)
  return guesser
}

const accountOf = ({ subject }: Guesser) => env.ACCOUNT.get(env.ACCOUNT.idFromString(subject))

/** Tries a code. Returns the seconds to wait before the next; 0 if this one was answered. */
type Guess = (code: string) => Promise<number>

/** Signs in now, and guesses by that from then on, from ever new addresses. */
type Way = (guesser: Guesser) => Promise<Guess>

const waitIn = ({ headers }: { readonly headers: Headers }): number =>
  Number(headers.get('Retry-After'))

const newSession = async (guesser: Guesser) => {
  const { value, digest } = mintSession(await serverSecret(), guesser.subject)
  const claims = { name: 'Eve', email: undefined, isEmailVerified: false }
  await accountOf(guesser).open(claims, digest, signInNow())
  return { digest, cookies: new Map([['__Host-session', value]]) }
}

const browserWith = (cookies: Iterable<[string, string]>): Person => {
  const person = new Person(fetch, ISSUER, { 'CF-Connecting-IP': freshAddress() })
  for (const [name, value] of cookies) person.cookies.set(name, value)
  return person
}

const page: Way = async (guesser) => {
  const { cookies } = await newSession(guesser)
  return async (code) => {
    const person = browserWith([...cookies, ['__Host-user_code', code]])
    return waitIn(await person.open('/device/confirm'))
  }
}

const waitingPage: Way = async (guesser) => {
  const { cookies } = await newSession(guesser)
  const person = browserWith(cookies)
  const form = await person.open('/device')
  return async (userCode) => waitIn(await waitOn(browserWith(person.cookies), form, { userCode }))
}

/** Hangs up at the earliest moment at which a correct code would have been answered. */
const cutPage: Way = async (guesser) => {
  const { cookies } = await newSession(guesser)
  const guess: Guess = async (code) => {
    const before = await wrongCodesOf(guesser)
    const person = new HastyPerson([...cookies, ['__Host-user_code', code]])
    person.hangUpAtTheCount()
    const opened = person.open('/device/confirm')
    if (!(await person.isCut(opened))) return waitIn(await opened)
    // The count comes later, and an attacker gains nothing by haste: so many codes at once are free.
    for (let tries = 0; tries < 50 && (await wrongCodesOf(guesser)) === before; tries += 1)
      await scheduler.wait(1)
    return 0
  }
  // One after the other: the count that cuts one request must not cut another.
  let last = Promise.resolve(0)
  return (code) => (last = last.then(() => guess(code)))
}

/** Hangs up before the code is looked up, when its turn is taken already. */
const turnTaken: Way = async (guesser) => {
  const { digest } = await newSession(guesser)
  return async (code) => {
    await accountOf(guesser).tryCode(digest, { userCode: named(code), wasShown: false })
    return 0
  }
}

const appWith = async ({ sub }: Guesser, authTime: number): Promise<ApprovalApp> =>
  new ApprovalApp(fetch, `Bearer ${await acme.token(sub, { claims: { auth_time: authTime } })}`)

const issuersApp: Way = async (guesser) => {
  const authTime = nowInSeconds()
  return async (code) => waitIn(await (await appWith(guesser, authTime)).review(code))
}

/** Sends with each code the proof of a request that was shown: of the guesser's own device. */
const appWithProof: Way = async (guesser) => {
  const authTime = nowInSeconds()
  const { userCode } = await startDevice()
  const { body } = await (await appWith(guesser, authTime)).review(userCode)
  const decision = { decision: 'deny', shown_proof: body.shown_proof ?? '' }
  return async (code) => waitIn(await (await appWith(guesser, authTime)).decide(code, decision))
}

const ownApp: Way = async ({ subject }) => {
  let signedIn = await signInApp(fetch, subject)
  return async (code) => {
    const answer = await signedIn.fromElsewhere().review(code)
    if (answer.status !== 401) return waitIn(answer)
    signedIn = await signInApp(fetch, subject)
    return waitIn(await signedIn.fromElsewhere().review(code))
  }
}

const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ'
const codeNumber = (index: number): string =>
  [index % 20, Math.floor(index / 20) % 20, Math.floor(index / 400), 0, 0, 0, 0, 0]
    .map((digit) => ALPHABET[digit])
    .join('')

interface Attempt {
  /** They try the codes in turn, two at once. */
  readonly ways: readonly Way[]
  /** They try each code before that, to have it pass: by a sign-in of now, and by one that is too old. */
  readonly beside?: readonly Way[]
  readonly old?: readonly Way[]
}

/** How many codes an account looks up in a day. */
const lookedUpInADay = async ({ ways, beside = [], old = [] }: Attempt): Promise<number> => {
  const guesser = await newGuesser()
  const signIn = (all: readonly Way[]) => Promise.all(all.map((way) => way(guesser)))
  const stale = await signIn(old)
  pass(13 * HOUR)
  const lookUps = vi.spyOn(env.DEVICE_AUTHORIZATION, 'getByName')
  const codes = new Set<string>()
  const endMs = Date.now() + DAY
  let [guesses, first, freshUntilMs]: [Guess[], Guess[], number] = [[], [], 0]
  // Only without waits are there so many turns.
  for (let turn = 0; Date.now() < endMs && turn < 500; turn += 1) {
    if (Date.now() >= freshUntilMs) {
      ;[guesses, first] = [await signIn(ways), await signIn(beside)]
      freshUntilMs = Date.now() + 11 * HOUR
    }
    const round = [codeNumber(2 * turn), codeNumber(2 * turn + 1)]
    for (const code of round) codes.add(code)
    for (const guess of [...stale, ...first]) for (const code of round) await guess(code)
    const waits = await Promise.all(
      round.map(async (code, at) => (await guesses[(turn + at) % guesses.length]?.(code)) ?? 0),
    )
    const told = waits.filter((seconds) => seconds > 0)
    pass((told.length === 0 ? 1 : Math.min(...told)) * SECOND)
  }
  return new Set(lookUps.mock.calls.map(([name]) => name).filter((name) => codes.has(name))).size
}

it.each<[string, Attempt]>([
  ['on the page', { ways: [page] }],
  ['by requests that are cut', { ways: [cutPage] }],
  ['by an app with tokens of an issuer', { ways: [issuersApp] }],
  ['by an app with tokens of our own', { ways: [ownApp] }],
  [
    'on the page, beside old sign-ins and turns that were taken',
    { ways: [page], old: [page, waitingPage, issuersApp, appWithProof], beside: [turnTaken] },
  ],
  [
    'in all ways at once',
    {
      ways: [page, issuersApp, cutPage, ownApp, waitingPage, appWithProof],
      old: [page, issuersApp],
      beside: [turnTaken],
    },
  ],
])('VP-5 AP-6 an account looks up at most 105 codes in a day %s', async (_, attempt) => {
  const count = await lookedUpInADay(attempt)
  expect(count).toBeLessThanOrEqual(105)
  expect(count, 'it was tried').toBeGreaterThan(95)
})
