// Every page and every form with every kind of wrong request, by browsers with valid, foreign and
// no cookies. The rules for every answer are in support/harmless.ts.
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { newPerson } from '../support/member.ts'
import { type Change, changesOf, describe as described, requestOf } from './support/draft.ts'
import { faultsOf } from './support/harmless.ts'
import { CAMPAIGN_MS, hostileJson, hostileText, runs } from './support/hostile.ts'
import { connectInternet } from '../support/internet.ts'
import { leftovers } from './support/leftovers.ts'
import { everything } from './support/machine-requests.ts'
import {
  ENDING,
  PAGE_REQUESTS,
  cookieHeader,
  cookiesFor,
  credentialOf,
  formTokenFor,
  odd,
} from './support/page-requests.ts'
import { type Cookies, type Visitor, resultCookie, signedIn } from '../support/visitor.ts'
import { freshAddress, serverSecret } from '../support/worker.ts'

const VICTIM = 'Victoria Vulnerable'

/** Has an account with a password. */
let member: Awaited<ReturnType<typeof newPerson>>
/** Data of a bystander, which no one else may see. */
let victim: Visitor

let ours: Uint8Array

beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(console, 'info').mockImplementation(() => {})
  connectInternet()
  member = await newPerson()
  ours = await serverSecret()
  victim = await signedIn(VICTIM, 'victoria@example.com')
})
afterAll(() => {
  vi.restoreAllMocks()
})

let current: Visitor | undefined
let requests = 0

/** A signed-in person with a device; replaced often, because wrong codes count. */
const somebodyFor = async (name: string): Promise<Visitor> => {
  requests += 1
  const visitor = current ?? (await signedIn('Mallory', member.email))
  current = requests % 8 === 0 || ENDING.has(name) ? undefined : visitor
  return visitor
}

const FIELDS = [
  'csrf',
  'user_code',
  'typed_code',
  'in_front',
  'decision',
  'email',
  'password',
  'name',
  'id',
  'credential',
  'with_devices',
  'ui_locales',
  'next',
  'switch',
  'result',
  'done',
  'state',
  'code',
  'error',
  'error_description',
  'return_to',
  '_method',
  '__proto__',
]
const COOKIES = ['session', 'visit', 'user_code', 'language', 'result', 'upstream_s']

type Bake = (cookies: Cookies) => Cookies

/** Of a victim’s cookies, each is worthless alone, so never the session with its secret. */
const halfOf = (session: string): string => session.slice(0, 60) + 'A'.repeat(session.length - 60)

const withText =
  (text: string, name: string): Bake =>
  (cookies) => ({
    ...cookies,
    result: resultCookie(ours, { [name]: text }),
  })

const RESULT = ['outcome', 'clientId', 'clientName', 'deviceName', 'userCode']
const hostileCookie = fc.oneof(hostileText, hostileJson)
const ways: readonly (readonly [weight: number, bake: fc.Arbitrary<Bake>])[] = [
  [5, fc.constant((cookies) => cookies)],
  [2, fc.constant(({ visit = '', user_code = '' }) => ({ visit, user_code }))],
  [1, fc.constant(() => ({}))],
  [
    4,
    fc
      .tuple(fc.constantFrom(...COOKIES), hostileCookie)
      .map(([name, text]) => (cookies) => ({ ...cookies, [name]: text })),
  ],
  [
    2,
    fc.tuple(hostileText, fc.constantFrom(...RESULT)).map(([text, name]) => withText(text, name)),
  ],
  [2, fc.constant((cookies) => ({ ...cookies, session: halfOf(victim.cookies['session'] ?? '') }))],
  [
    1,
    fc
      .nat({ max: 90 })
      .map((at) => (cookies) => ({ ...cookies, session: cookies['session']?.slice(0, at) ?? '' })),
  ],
]
const baked = fc.oneof(...ways.map(([weight, arbitrary]) => ({ weight, arbitrary })))

/** The form token: mostly that of the cookies, sometimes another's, sometimes missing. */
const token: fc.Arbitrary<(cookies: Cookies) => string> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(formTokenFor) },
  { weight: 1, arbitrary: fc.constant(() => formTokenFor(victim.cookies)) },
  { weight: 1, arbitrary: hostileText.map((text) => () => text) },
)

it(
  'random requests to the pages break nothing, leak nothing and echo nothing',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(PAGE_REQUESTS)),
        odd,
        fc.oneof(
          { weight: 1, arbitrary: fc.constant<Change>((draft) => draft) },
          { weight: 4, arbitrary: changesOf(FIELDS, fc.constantFrom('BCDF-BCDF', 'tv')) },
        ),
        baked,
        token,
        async (name, oddities, change, bake, tokenFor) => {
          const visitor = await somebodyFor(name)
          const made = await PAGE_REQUESTS[name]?.(visitor, oddities)
          if (made === undefined) throw new TypeError(name)
          const cookies = bake(await cookiesFor(name, visitor))
          const changed = change(made)
          const draft = {
            ...changed,
            headers: [['Cookie', cookieHeader(cookies)] as const, ...changed.headers],
            fields: changed.fields && [...changed.fields, ['csrf', tokenFor(cookies)] as const],
          }
          const request = requestOf(draft, freshAddress())
          if (request === undefined) return
          const response = await everything(request)
          const copy = response.clone()
          expect(await faultsOf(request, response), described(draft)).toStrictEqual([])
          const told = `${await copy.text()} ${[...copy.headers].join(' ')}`
          expect(told.includes(VICTIM) || told.includes(victim.email), described(draft)).toBe(false)
          expect(told.includes(victim.subject), described(draft)).toBe(false)
        },
      ),
      runs(180),
    )
  },
  CAMPAIGN_MS,
)

it(
  'random requests leave nothing behind but accounts, pending devices and records that expire',
  async () => {
    const left = await leftovers()
    expect(left.CLIENT_RECORD).toStrictEqual([])
    for (const { keys } of left.ACCOUNT) expect(keys).toContain('profile')
    for (const { keys, hasAlarm } of left.LOGIN)
      expect(hasAlarm || keys.includes('login')).toBe(true)
    for (const kept of [...left.DEVICE_AUTHORIZATION, ...left.REPLAY_GUARD])
      expect(kept.hasAlarm).toBe(true)
  },
  CAMPAIGN_MS,
)

it.each([
  ['an object that is no text', '{"toString":1}'],
  ['lists in lists', `${'['.repeat(9000)}${']'.repeat(9000)}`],
  ['a list', '["a"]'],
  ['a number', '1'],
  ['null', 'null'],
  ['nothing', '""'],
])('SS-7 a passkey’s answer whose challenge is %s is refused', async (_, challenge) => {
  const visitor = await signedIn('Ada', member.email)
  const draft = await PAGE_REQUESTS['a passkey']?.(visitor, {
    isSlow: false,
    credential: (subject) => credentialOf(subject, [['challenge', challenge]]),
  })
  if (draft === undefined) throw new TypeError('no draft')
  const csrf = ['csrf', formTokenFor(visitor.cookies)] as const
  const headers = [['Cookie', cookieHeader(visitor.cookies)] as const]
  const fields = [...(draft.fields ?? []), csrf]
  const request = requestOf({ ...draft, headers, fields }, freshAddress())
  expect(request && (await everything(request)).status).toBe(403)
})
