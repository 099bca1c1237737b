// Text that is expensive to read: every text that a stranger can send, to every endpoint and page. What
// is ten times as long may cost ten times as much, and not a hundred times. Costs are compared with
// each other and with a control in the same run, so that a busy machine changes nothing. Conformance HH-18.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { KNOWN_PARAMETERS } from '../../src/http/protocol.ts'
import { metadataSchema } from '../../src/oauth/clients/requested-metadata.ts'
import { type Draft, requestOf } from './support/draft.ts'
import { connectInternet } from '../support/internet.ts'
import {
  type Belongings,
  MACHINE_REQUESTS,
  type OddJwt,
  collectBelongings,
  everything,
} from './support/machine-requests.ts'
import {
  PAGE_REQUESTS,
  cookieHeader,
  cookiesFor,
  credentialOf,
  formTokenFor,
} from './support/page-requests.ts'
import { type TextSlot, jsonSlots, textSlotsOf } from './support/text-slots.ts'
import { type Cookies, type Visitor, signedIn } from '../support/visitor.ts'
import { freshAddress, url } from '../support/worker.ts'

/** A form may have 64 KiB. */
const SHORT_BYTES = 6000
const LONG_BYTES = 60_000
const ROUNDS = 5

type Bait = readonly [unit: string, end: string, next?: string]

/** Combining marks out of order, which `normalize` sorts one by one. */
const MARKS: Bait = ['\u0315', 'x', '\u0334']

/** Known triggers of superlinear work: a repeated unit, perhaps a second one, and an end. */
const BAITS: Readonly<Record<TextSlot['kind'], readonly Bait[]>> = {
  field: [MARKS, ['a.', '@'], ['%cc%95%cc%b4', '%']],
  list: [['1', '']],
  cookie: [MARKS, ['%cc%95%cc%b4', '%']],
  header: [
    [' ', 'x'],
    ['a=1;q=0.1,', '"'],
  ],
  address: [MARKS, ['-', '!']],
}

const HEADERS = [
  'Accept-Language',
  'Authorization',
  'Content-Type',
  'DPoP',
  'If-None-Match',
  'Origin',
  'Prefer',
  'User-Agent',
]

const bytesOf = (text: string): number => Buffer.byteLength(text)

const baited = ([unit, end, next = unit]: Bait, bytes: number): string =>
  unit.repeat(Math.floor(bytes / 2 / bytesOf(unit))) +
  next.repeat(Math.floor(bytes / 2 / bytesOf(next))) +
  end

// The clock of a Worker stands still until it waits for something.
const now = async (): Promise<number> => {
  await scheduler.wait(0)
  return performance.now()
}

type Work = () => unknown
type Prepare = (bytes: number) => Promise<Work>

const costOf = async (work: Work): Promise<number> => {
  const before = await now()
  await work()
  return (await now()) - before
}

/** Time for five pages, at the start. */
let firstControl = Infinity

/**
 * True if one long text costs more than short texts of the same total length. Each side has its
 * best of several rounds; most are done after the first.
 */
const looksSuperlinear = async (prepare: Prepare, controlCost: number): Promise<boolean> => {
  let longCost = Infinity
  let shortCost = Infinity
  for (let round = 0; round < ROUNDS; round += 1) {
    longCost = Math.min(longCost, await costOf(await prepare(LONG_BYTES)))
    if (longCost <= controlCost) return false
    const works: Work[] = []
    for (let one = 0; one < LONG_BYTES / SHORT_BYTES; one += 1)
      works.push(await prepare(SHORT_BYTES))
    const all: Work = async () => {
      for (const work of works) await work()
    }
    shortCost = Math.min(shortCost, await costOf(all))
    if (longCost <= shortCost + controlCost) return false
  }
  return true
}

/**
 * The same, measured once more and against a control of now where it looks so. A core that was busy with
 * something else does not fail it; work that really grows with the square is found both times.
 */
const isSuperlinear = async (prepare: Prepare): Promise<boolean> =>
  (await looksSuperlinear(prepare, firstControl)) &&
  looksSuperlinear(prepare, await costOfControl())

const send = (draft: Draft): Work => {
  const request = requestOf(draft, freshAddress())
  return async () => {
    const response = request && (await everything(request))
    await response?.body?.cancel()
  }
}

const fivePages: Work = async () => {
  for (let page = 0; page < 5; page += 1)
    await (await everything(new Request(url('/device')))).body?.cancel()
}

const costOfControl = async (): Promise<number> => {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round += 1) best = Math.min(best, await costOf(fivePages))
  return best
}

let belongings: Belongings

beforeAll(async () => {
  for (const level of ['error', 'info', 'warn'] as const)
    vi.spyOn(console, level).mockImplementation(() => {})
  connectInternet()
  belongings = await collectBelongings()
  firstControl = await costOfControl()
})
afterAll(() => {
  vi.restoreAllMocks()
})

const FORM_KINDS: readonly TextSlot['kind'][] = ['field', 'list']

type SlotsAnew = (name?: string) => Promise<readonly TextSlot[]>

/** The baits for which a slot costs more than their length. */
const tooExpensive = async (
  slotsAnew: SlotsAnew,
  slot: TextSlot,
  index: number,
): Promise<string[]> => {
  const found: string[] = []
  for (const bait of BAITS[slot.kind]) {
    const prepare = async (bytes: number) => {
      // A form's request is done once only.
      const slots = FORM_KINDS.includes(slot.kind) ? await slotsAnew(slot.name) : undefined
      return send((slots?.[index] ?? slot).fill(baited(bait, bytes)))
    }
    if (await isSuperlinear(prepare)) found.push(JSON.stringify(bait))
  }
  return found
}

const expectLinear = async (slotsAnew: SlotsAnew): Promise<void> => {
  for (const [index, slot] of (await slotsAnew()).entries()) {
    const { kind, name } = slot
    expect([kind, name, await tooExpensive(slotsAnew, slot, index)]).toStrictEqual([kind, name, []])
  }
}

/** The first request to each address is tried with all that an endpoint may read. */
const firstTo = (() => {
  const seen = new Map<string, string>()
  return (name: string, { method, path }: Draft): boolean => {
    const address = `${method} ${path.replace(/\?.*/, '')}`
    if (!seen.has(address)) seen.set(address, name)
    return seen.get(address) === name
  }
})()

const normalize = async (bytes: number): Promise<Work> => {
  const text = baited(MARKS, bytes)
  return () => text.normalize('NFC')
}

it('the comparison detects quadratic work', async () => {
  expect(await isSuperlinear(normalize)).toBe(true)
})

const PLAIN: OddJwt = { header: [], claims: [] }
const JWT_MEMBERS = {
  header: ['alg', 'typ', 'kid', 'jwk', 'crit'],
  claims: ['iss', 'sub', 'aud', 'jti', 'htm', 'htu', 'ath', 'nonce', 'iat', 'exp'],
} as const

const TIMEOUT_MS = 120_000

describe.each(Object.entries(MACHINE_REQUESTS))('when %s', (name, make) => {
  it(
    'HH-18 no text costs more than its length',
    async () => {
      await expectLinear(async () => {
        const draft = await make(belongings, PLAIN)
        const isFirst = firstTo(name, draft)
        return textSlotsOf(draft, {
          fields: isFirst ? KNOWN_PARAMETERS : [],
          headers: isFirst ? HEADERS : [],
          members: name === 'a client registers' ? Object.keys(metadataSchema.shape) : [],
        })
      })
    },
    TIMEOUT_MS,
  )

  // Those that take odd JWTs sign one.
  it.skipIf(make.length < 2)(
    'HH-18 no member of a JWT costs more than its length',
    async () => {
      for (const part of ['header', 'claims'] as const)
        for (const member of JWT_MEMBERS[part])
          for (const fill of [
            (text: string) => JSON.stringify(text),
            (text: string) => JSON.stringify(text.match(/.{1,30}/gsu)),
          ]) {
            const found: string[] = []
            for (const bait of BAITS.address) {
              const prepare = async (bytes: number) => {
                const odd = { ...PLAIN, [part]: [[member, fill(baited(bait, bytes))]] }
                return send(await make(belongings, odd))
              }
              if (await isSuperlinear(prepare)) found.push(JSON.stringify(bait))
            }
            expect([member, found]).toStrictEqual([member, []])
          }
    },
    TIMEOUT_MS,
  )
})

const HEADERS_OF_PAGES = [
  'Accept-Language',
  'Content-Type',
  'If-None-Match',
  'Origin',
  'User-Agent',
]
const COOKIES = ['session', 'visit', 'language']

/** Those that read more than all do. */
const READ_HEADERS = ['the first page', 'a sign-in', 'a new account', 'own devices']
const READ_COOKIES = ['the first page', 'a question', 'a result', 'back from a provider']

const cookieSlots = (draft: Draft, cookies: Cookies): TextSlot[] => {
  const withCookie = (name: string, value: string): Draft => ({
    ...draft,
    headers: [['Cookie', cookieHeader({ ...cookies, [name]: value })], ...draft.headers],
  })
  return [...new Set([...Object.keys(cookies), ...COOKIES])].flatMap((name) => [
    { kind: 'cookie' as const, name, fill: (text: string) => withCookie(name, text) },
    ...jsonSlots(cookies[name] ?? '').map((member) => ({
      kind: 'cookie' as const,
      name: `${name} ${member.name}`,
      fill: (text: string) => withCookie(name, member.fill(text)),
    })),
  ])
}

const credential = (subject: string): string =>
  credentialOf(subject, [
    ['challenge', '"AAAA"'],
    ['origin', '"https://antenna.test"'],
  ])

let visits = 0
let visitor: Visitor

// Not for long the same, as wrong codes count.
const visitorNow = async (): Promise<Visitor> => {
  visits += 1
  visitor =
    visits % 20 === 1 ? await signedIn('Ada', `${crypto.randomUUID()}@example.com`) : visitor
  return visitor
}

describe.each(Object.entries(PAGE_REQUESTS))('for %s', (name, make) => {
  it(
    'HH-18 no text costs more than its length',
    async () => {
      await expectLinear(async (slot) => {
        const person = await visitorNow()
        // A hash is slow for any password; each sign-in is by a new person.
        const isSlow = slot === 'password'
        const who = isSlow ? { ...person, email: `${crypto.randomUUID()}@example.com` } : person
        const made = await make(who, { isSlow, credential })
        const cookies = await cookiesFor(name, person)
        const csrf = ['csrf', formTokenFor(cookies)] as const
        const draft = { ...made, fields: made.fields && [...made.fields, csrf] }
        const cookie = ['Cookie', cookieHeader(cookies)] as const
        const withCookies = { ...draft, headers: [...draft.headers, cookie] }
        const headers = READ_HEADERS.includes(name) ? HEADERS_OF_PAGES : []
        return [
          ...textSlotsOf(withCookies, { fields: [], headers, members: [] }),
          ...(READ_COOKIES.includes(name) ? cookieSlots(draft, cookies) : []),
        ]
      })
    },
    TIMEOUT_MS,
  )
})
