// Answers of an identity provider that must not sign anyone in: unrequested, meant for another
// browser, or false. And forbidden targets of the way back.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { en } from '../../src/language/messages/en.ts'
import { type Page, Person } from '../support/person.ts'
import { type Server, startServer } from './support/server.ts'
import type { Misbehaviour } from './support/upstream-misbehaviour.ts'
import {
  UPSTREAM_SECRETS,
  type UpstreamProvider,
  fetchWithin,
  startUpstreamProvider,
} from './support/upstream-provider.ts'

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com' }
const MALLORY = { name: 'Mallory', email: 'mallory@example.com' }
const CODE = 'BCDF-GHJK'
const FAILED = en.signIn.failed('Acme')
const { ended: ENDED } = en.signIn
const EVIL = 'https://evil.example/'

let server: Server
let acme: UpstreamProvider
let globex: UpstreamProvider

beforeAll(async () => {
  ;[acme, globex] = await Promise.all([startUpstreamProvider(), startUpstreamProvider()])
  server = await startServer({
    ...UPSTREAM_SECRETS,
    IDENTITY_PROVIDERS: [
      acme.entry('acme', 'Acme'),
      globex.entry('globex', 'Globex'),
      // The same machine by another name: its metadata speaks of another issuer.
      { ...acme.entry('alias', 'Alias'), issuer: acme.issuer.replace('127.0.0.1', 'localhost') },
    ],
  })
  acme.serve(server.origin)
  globex.serve(server.origin)
  // Some providers omit their issuer in answers (RFC 9207).
  globex.misbehave({ metadata: { authorization_response_iss_parameter_supported: undefined } })
})
afterEach(() => acme.misbehave())
afterAll(async () => {
  acme.close()
  globex.close()
  await server.close()
})

const newVisitor = () => new Person(fetchWithin(server.origin), server.origin)

interface Attempt {
  readonly visitor: Person
  /** The address that the provider sends the browser back to. */
  readonly back: URL
}

/** Goes to a provider with a code that waits, signs in there, and is about to come back. */
const signInThere = async (
  member = ADA,
  { id = 'acme', provider = acme, visitor = newVisitor() } = {},
): Promise<Attempt> => {
  await visitor.open(`/device?user_code=${CODE}`)
  const leaving = await visitor.open(`/device/sign-in/at/${id}`)
  return { visitor, back: await provider.signIn(leaving.url, member) }
}

/** The address of a provider's link on a page. */
const linkTo = (id: string, { html }: Page): string => {
  const link = new RegExp(`href="([^"]*/device/sign-in/at/${id}[^"]*)"`).exec(html)?.[1] ?? ''
  return link.replaceAll('&amp;', '&')
}

const withParameters = (url: URL, changes: Readonly<Record<string, string | undefined>>): URL => {
  const changed = new URL(url)
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) changed.searchParams.delete(name)
    else changed.searchParams.set(name, value)
  return changed
}

/** No session, one sentence about it, and the code still waits. */
const expectRefusal = (page: Page, visitor: Person, status = 502, sentence = FAILED) => {
  expect(page.status).toBe(status)
  expect(page.html).toContain(sentence)
  expect(page.html).toContain(CODE)
  expect(page.html).toContain(en.signIn.continueWith('Acme'))
  // The number that finds the failure in the log.
  expect(/<code[^>]*>[\da-f-]{36}<\/code>/.test(page.html)).toBe(status >= 500)
  expect(visitor.cookies.has('session')).toBe(false)
  expect(page.headers.get('Cache-Control')).toBe('no-store')
}

describe('an answer of the provider is refused', () => {
  type Tamper = (attempt: Attempt) => URL | Promise<URL>

  const ended: [string, Tamper][] = [
    ['with another state', ({ back }) => withParameters(back, { state: 'x'.repeat(43) })],
    ['without a state', ({ back }) => withParameters(back, { state: undefined })],
    ['without anything', ({ back }) => new URL(back.pathname, back)],
    [
      'with an error and another state',
      ({ back }) => withParameters(back, { error: 'access_denied', code: undefined, state: 'x' }),
    ],
    // Login CSRF.
    ['meant for another browser', async () => (await signInThere(MALLORY)).back],
  ]

  it.each(ended)('%s: this browser began no such sign-in', async (_, tamper) => {
    const attempt = await signInThere()
    const page = await attempt.visitor.open((await tamper(attempt)).href)
    expectRefusal(page, attempt.visitor, 403, ENDED)
  })

  const refused: [string, Tamper][] = [
    ['with two states', ({ back }) => new URL(`${back.href}&state=x`)],
    ['without a code', ({ back }) => withParameters(back, { code: undefined })],
    ['with two codes', ({ back }) => new URL(`${back.href}&code=x`)],
    ['with a made-up code', ({ back }) => withParameters(back, { code: 'x'.repeat(43) })],
    ['of another issuer (RFC 9207)', ({ back }) => withParameters(back, { iss: globex.issuer })],
    ['without its issuer (RFC 9207)', ({ back }) => withParameters(back, { iss: undefined })],
    ['with tokens in the address', ({ back }) => withParameters(back, { id_token: 'e30.e30.' })],
    // An injected code: PKCE binds it to the browser that started.
    [
      'with a code of another browser',
      async ({ back }) => {
        const code = (await signInThere(MALLORY)).back.searchParams.get('code')
        return withParameters(back, { code: code ?? '' })
      },
    ],
  ]

  it.each(refused)('%s', async (_, tamper) => {
    const attempt = await signInThere()
    const page = await attempt.visitor.open((await tamper(attempt)).href)
    expectRefusal(page, attempt.visitor)
  })

  it('if this browser never asked', async () => {
    const { back } = await signInThere()
    const page = await newVisitor().open(back.href)
    expect(page.status).toBe(403)
    expect(page.html).toContain(ENDED)
  })

  it('the second time, and the session stays', async () => {
    const { visitor, back } = await signInThere()
    const name = `upstream_${back.searchParams.get('state')}`
    const attempt = visitor.cookies.get(name) ?? ''
    await visitor.open(back.href)
    const session = visitor.cookies.get('session')
    expect(session).toBeDefined()
    expect(visitor.cookies.has(name)).toBe(false)

    expect((await visitor.open(back.href)).status).toBe(403)
    // The stored cookies of that browser are useless too.
    const thief = newVisitor()
    thief.cookies.set(name, attempt)
    expect((await thief.open(back.href)).status).toBe(502)
    expect(thief.cookies.has('session')).toBe(false)
    expect(visitor.cookies.get('session')).toBe(session)
    expect((await visitor.open('/devices')).html).toContain(ADA.name)
  })

  it.each<[string, Misbehaviour]>([
    ['has another nonce', { idToken: { nonce: 'x' } }],
    ['has no nonce', { idToken: { nonce: undefined } }],
    ['is of another issuer', { idToken: { iss: 'https://acme.example' } }],
    ['is for another client', { idToken: { aud: 'client-alias' } }],
    ['is for others too', { idToken: { aud: ['client-acme', 'x'], azp: 'x' } }],
    ['has expired', { idToken: { exp: Math.floor(Date.now() / 1000) - 60 } }],
    ['has no expiry', { idToken: { exp: undefined } }],
    ['has no subject', { idToken: { sub: undefined } }],
    ['is not signed', { isUnsigned: true }],
    ['is missing', { hasNoIdToken: true }],
  ])('if its ID token %s', async (_, misbehaviour) => {
    acme.misbehave(misbehaviour)
    const { visitor, back } = await signInThere()
    expectRefusal(await visitor.open(back.href), visitor)
  })

  it.each<[string, Misbehaviour, number]>([
    ['UserInfo has another subject', { userinfo: { sub: 'x' } }, 502],
    ['UserInfo is broken', { broken: ['/me'] }, 503],
    ['the token endpoint is broken', { broken: ['/token'] }, 503],
    ['the provider hangs up', { isDown: true }, 503],
  ])('if %s', async (_, misbehaviour, status) => {
    const { visitor, back } = await signInThere()
    acme.misbehave(misbehaviour)
    expectRefusal(await visitor.open(back.href), visitor, status)
  })

  it.each([
    ['access_denied', 403, en.signIn.cancelled('Acme')],
    ['server_error', 502, FAILED],
    ['temporarily_unavailable', 503, FAILED],
    ['login_required', 502, FAILED],
    ['made_up_by_acme', 502, FAILED],
  ])('with the error %s: %i and one sentence', async (error, status, sentence) => {
    acme.misbehave({ error })
    const { visitor, back } = await signInThere()
    expect(back.searchParams.get('error')).toBe(error)
    back.searchParams.set('error_description', '<b>Call 555-0100</b>')
    const page = await visitor.open(back.href)
    expectRefusal(page, visitor, status, sentence)
    expect(page.html).not.toContain('555-0100')
  })
})

describe('two providers', () => {
  it('cannot answer for each other', async () => {
    const { visitor, back } = await signInThere()
    globex.paths.length = 0
    const mixedUp = new URL(back.href.replace('/at/acme/', '/at/globex/'))
    const page = await visitor.open(withParameters(mixedUp, { iss: undefined }).href)
    expectRefusal(page, visitor, 403, ENDED)
    expect(globex.paths).not.toContain('/token')
  })

  it('do not get each other’s codes (mix-up, RFC 9207)', async () => {
    const { back } = await signInThere(MALLORY)
    const globexToo = { id: 'globex', provider: globex }
    const { visitor, back: asked } = await signInThere(ADA, globexToo)
    globex.paths.length = 0
    const { code, iss } = Object.fromEntries(back.searchParams)
    const page = await visitor.open(withParameters(asked, { code, iss }).href)
    expectRefusal(page, visitor, 502, en.signIn.failed('Globex'))
    expect(globex.paths).not.toContain('/token')
  })

  it('must be named as in their metadata', async () => {
    const visitor = newVisitor()
    await visitor.open(`/device?user_code=${CODE}`)
    const page = await visitor.open('/device/sign-in/at/alias')
    expectRefusal(page, visitor, 502, en.signIn.failed('Alias'))
  })
})

describe('several sign-ins in one browser', () => {
  it('lead each to its own code, in whatever order they come back', async () => {
    const visitor = newVisitor()
    const [tv, radio] = ['BCDF-BCDF', 'GHJK-GHJK']
    const [toTv, toRadio, toDevices] = [
      linkTo('acme', await visitor.open(`/device?user_code=${tv}`)),
      linkTo('acme', await visitor.open(`/device?user_code=${radio}`)),
      linkTo('acme', await visitor.open('/devices')),
    ]
    const backs: URL[] = []
    for (const link of [toRadio, toTv, toDevices])
      backs.push(await acme.signIn((await visitor.open(link)).url, ADA))
    const pages: Page[] = []
    for (const back of backs.toReversed()) pages.push(await visitor.open(back.href))
    expect(pages.map(({ url }) => url.pathname)).toStrictEqual([
      '/devices',
      '/device/confirm',
      '/device/confirm',
    ])
    const codes = pages.map(({ url }) => {
      const waiting = url.searchParams.get('waiting') ?? ''
      return Buffer.from(waiting, 'base64url').toString()
    })
    expect(codes).toStrictEqual(['', tv, radio])
  })

  it('are four at most: the oldest is forgotten', async () => {
    const visitor = newVisitor()
    const backs: URL[] = []
    for (let tab = 0; tab < 5; tab += 1) {
      const leaving = await visitor.open('/device/sign-in/at/acme')
      backs.push(await acme.signIn(leaving.url, ADA))
    }
    const kept = [...visitor.cookies.keys()].filter((name) => name.startsWith('upstream_'))
    expect(kept).toHaveLength(4)
    const [oldest, ...others] = backs
    expect((await visitor.open(oldest?.href ?? '')).status).toBe(403)
    for (const { href } of others) expect((await visitor.open(href)).url.pathname).toBe('/device')
  })
})

it('a person can try again after a forged answer was opened in their browser', async () => {
  const { visitor, back } = await signInThere()
  await visitor.open('/device/sign-in/at/acme/callback?error=access_denied&state=x')
  expect((await visitor.open(back.href)).url.pathname).toBe('/device/confirm')
})

it('SS-1 the pending sign-in is stored in a cookie that only we can read, for ten minutes', async () => {
  const { visitor } = await signInThere()
  const kept = visitor.setCookies.find((header) => header.startsWith('upstream_'))
  expect(kept).toMatch(/; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/)
})

describe('VP-15 the way back', () => {
  it('leads to the list of devices if the person came from there', async () => {
    const visitor = newVisitor()
    const page = await visitor.open('/devices')
    expect(page.url.pathname).toBe('/device/sign-in')
    const leaving = await visitor.open(linkTo('acme', page))
    const back = await acme.signIn(leaving.url, ADA)
    expect((await visitor.open(back.href)).url.href).toBe(`${server.origin}/devices`)
  })

  it.each([EVIL, '//evil.example', '/\\evil.example', '/device/sign-out', 'devices@evil.example'])(
    'is a word of ours and no address: %s',
    async (next) => {
      const visitor = newVisitor()
      const leaving = await visitor.open(`/device/sign-in/at/acme?next=${encodeURIComponent(next)}`)
      const back = await acme.signIn(leaving.url, ADA)
      expect((await visitor.open(back.href)).url.href).toBe(`${server.origin}/device`)
    },
  )

  it('is never an address from a link, there or back', async () => {
    const visitor = newVisitor()
    const wishes = new URLSearchParams(
      ['redirect_uri', 'return_to', 'next', 'issuer', 'scope'].map((name): [string, string] => [
        name,
        EVIL,
      ]),
    )
    const leaving = await visitor.open(`/device/sign-in/at/acme?${wishes.toString()}`)
    expect(leaving.url.href).not.toContain('evil')
    expect(leaving.url.searchParams.get('redirect_uri')).toBe(
      `${server.origin}/device/sign-in/at/acme/callback`,
    )
    const back = await acme.signIn(leaving.url, ADA)
    const page = await visitor.open(`${back.href}&${wishes.toString()}`)
    expect(page.url.href).toBe(`${server.origin}/device`)
    expect(page.html).not.toContain('evil')
  })
})

it('a refusal of the provider keeps the session', async () => {
  const { visitor, back: first } = await signInThere()
  await visitor.open(first.href)
  const { back } = await signInThere(MALLORY, { visitor })
  expect((await visitor.open(withParameters(back, { code: 'x' }).href)).status).toBe(502)
  expect((await visitor.open('/devices')).html).toContain(ADA.name)
})
