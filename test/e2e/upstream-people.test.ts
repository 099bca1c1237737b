// People who sign in at an upstream identity provider: one account for each of its subjects, with
// its claims.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { en } from '../../src/language/messages/en.ts'
import { startOutsideDevice } from './support/outside-device.ts'
import { PASSWORD, type Page, Person } from '../support/person.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'
import {
  type Member,
  UPSTREAM_AMR,
  UPSTREAM_SECRETS,
  type UpstreamProvider,
  fetchWithin,
  startUpstreamProvider,
  upstreamSubject,
} from './support/upstream-provider.ts'

const HOUR_SECONDS = 60 * 60
const ADA = { name: 'Ada Lovelace', email: 'ada@example.com' }

let server: Server
let acme: UpstreamProvider
let globex: UpstreamProvider

beforeAll(async () => {
  ;[acme, globex] = await Promise.all([startUpstreamProvider(), startUpstreamProvider()])
  const { SCOPES, CLIENTS } = TEST_VARS
  server = await startServer({
    ...UPSTREAM_SECRETS,
    SCOPES,
    CLIENTS,
    IDENTITY_PROVIDERS: [
      acme.entry('acme', 'Acme'),
      acme.entry('acme-app', 'Acme app', { isPublic: true }),
      globex.entry('globex', 'Globex'),
      acme.entry('acme-any-age', 'Acme at any age', { max_sign_in_hours: 0 }),
      acme.entry('acme-hour', 'Acme of the last hour', { max_sign_in_hours: 1 }),
    ],
  })
  acme.serve(server.origin)
  globex.serve(server.origin)
  globex.misbehave({ metadata: { prompt_values_supported: ['none', 'login', 'consent'] } })
})
afterEach(() => acme.misbehave())
afterAll(async () => {
  acme.close()
  globex.close()
  await server.close()
})

const now = () => Math.floor(Date.now() / 1000)

let members = 0

/** A new person each time, because a person may look up few codes at once. */
const newMember = (): Member => {
  members += 1
  return { name: `Member ${members} of Acme`, email: `member${members}@example.com` }
}

const newVisitor = () => new Person(fetchWithin(server.origin), server.origin)

interface SignInOptions {
  readonly id?: string
  readonly provider?: UpstreamProvider
  readonly visitor?: Person
  /** The browser that the provider may know already. */
  readonly browser?: Person
}

/** Signs in at a provider and returns. */
const signIn = async (
  member: Member,
  { id = 'acme', provider = acme, visitor = newVisitor(), browser }: SignInOptions = {},
): Promise<{ visitor: Person; page: Page }> => {
  let page = await visitor.open(`/device/sign-in/at/${id}`)
  // A sign-in that is too old is sent back once.
  for (let turn = 0; turn < 2 && page.url.origin === provider.issuer; turn += 1)
    page = await visitor.open((await provider.signIn(page.url, member, browser)).href)
  return { visitor, page }
}

/** The claims that a device gets of its approver. */
const connect = async (visitor: Person) => {
  const device = await startOutsideDevice(server.origin)
  const question = await visitor.open(`/device?user_code=${device.userCode}`)
  expect((await visitor.decide(question, 'allow')).html).toContain('You’re connected')
  return device.collect()
}

/** The authorization requests at Acme from then on. */
const promptsSince = (count: number) =>
  acme.authorizationRequests.slice(count).map((request) => request.get('prompt'))

const connectMember = async (...args: Parameters<typeof signIn>) =>
  connect((await signIn(...args)).visitor)

const subjectOf = async (...args: Parameters<typeof signIn>) =>
  (await connectMember(...args)).idToken.sub

describe('an account', () => {
  it('TK-8 is the same at each sign-in, with a subject of ours', async () => {
    const member = newMember()
    const { idToken, userinfo } = await connectMember(member)
    expect(userinfo).toStrictEqual({ sub: idToken.sub, ...member, email_verified: true })
    expect(idToken.sub).not.toContain(upstreamSubject(member))
    expect(await subjectOf(member)).toBe(idToken.sub)
    expect(await subjectOf(newMember())).not.toBe(idToken.sub)
  })

  it('stays the same when name and address change at the provider, and has the new ones', async () => {
    const member = newMember()
    const sub = await subjectOf(member)
    acme.misbehave({ userinfo: ADA })
    const { userinfo } = await connectMember(member)
    expect(userinfo).toStrictEqual({ sub, ...ADA, email_verified: true })
  })

  it('is the same for every client of ours at the provider', async () => {
    const member = newMember()
    expect(await subjectOf(member, { id: 'acme-app' })).toBe(await subjectOf(member))
  })

  it('is created once by simultaneous first sign-ins', async () => {
    const member = newMember()
    const subjects = await Promise.all([1, 2, 3].map(() => subjectOf(member)))
    expect(new Set(subjects).size).toBe(1)
  })

  it('is a different one if another provider has the same subject', async () => {
    const member = newMember()
    const there = await connectMember(member, { id: 'globex', provider: globex })
    expect(there.userinfo).toMatchObject(member)
    expect(there.idToken.sub).not.toBe(await subjectOf(member))
  })

  it('is never linked by its address, in either order', async () => {
    const member = { name: 'Mallory', email: 'shared@example.com' }
    const builtIn = newVisitor()
    await builtIn.createAccount('Alice', member.email)
    const alice = await connect(builtIn)
    const mallory = await connectMember(member)
    expect(mallory.idToken.sub).not.toBe(alice.idToken.sub)
    expect([alice.userinfo.name, mallory.userinfo.name]).toStrictEqual(['Alice', 'Mallory'])

    const again = newVisitor()
    await again.signIn(member.email, PASSWORD)
    const { idToken, userinfo } = await connect(again)
    expect(idToken.sub).toBe(alice.idToken.sub)
    expect(userinfo).toMatchObject({ name: 'Alice', email_verified: false })

    const upstreamFirst = { name: 'Trent', email: 'trent@example.com' }
    const trent = await subjectOf(upstreamFirst)
    const later = newVisitor()
    await later.createAccount('Not Trent', upstreamFirst.email)
    expect((await connect(later)).idToken.sub).not.toBe(trent)
  })
})

describe('the provider’s claims', () => {
  const LONG_ADDRESS = `${'x'.repeat(250)}@example.com`
  const verified = (name: string) => ({ name, email: ADA.email, email_verified: true })

  it.each<[string, object, object]>([
    ['an address', {}, { ...ADA, email_verified: true }],
    // TK-13
    ['an unverified address', { email_verified: false }, { ...ADA, email_verified: false }],
    [
      'an address without a word on verification',
      { email_verified: undefined },
      { ...ADA, email_verified: false },
    ],
    [
      'an address verified by a text',
      { email_verified: 'true' },
      { ...ADA, email_verified: false },
    ],
    ['no address', { email: undefined }, { name: ADA.name }],
    // Cut or normalised, it could be another person's.
    ['an overlong address', { email: LONG_ADDRESS }, { name: ADA.name }],
    ['an address of two lines', { email: 'ada@example.com\nx' }, { name: ADA.name }],
    ['an address in a list', { email: ['ada@example.com'] }, { name: ADA.name }],
    ['another name', { name: undefined, preferred_username: 'ada' }, verified('ada')],
    ['an address for a name', { name: '' }, verified(ADA.email)],
    // VP-16
    ['a name that reads backwards', { name: '\u202EecilA\n' }, verified('ecilA')],
    ['an invisible name', { name: '\u200B ' }, verified(ADA.email)],
    ['an overlong name', { name: `${'x'.repeat(63)}😀😀` }, verified(`${'x'.repeat(63)}😀`)],
  ])('may have %s', async (_, claims, expected) => {
    acme.misbehave({ userinfo: { ...ADA, ...claims } })
    const { idToken, userinfo } = await connectMember(newMember())
    expect(userinfo).toStrictEqual({ sub: idToken.sub, ...expected })
  })

  it('may be the subject alone', async () => {
    const member = newMember()
    acme.misbehave({ userinfo: { name: undefined, email: undefined } })
    const { idToken, userinfo } = await connectMember(member)
    expect(userinfo).toStrictEqual({ sub: idToken.sub, name: upstreamSubject(member) })
  })

  it('TK-14 pass on only the sign-in methods that RFC 8176 defines', async () => {
    const { idToken } = await connectMember(newMember())
    expect(UPSTREAM_AMR).toContain('company_badge')
    expect(idToken['amr']).toStrictEqual(['pwd', 'mfa'])
  })

  it.each<[string, object]>([
    ['nothing', { amr: undefined }],
    ['no list', { amr: 'pwd' }],
    ['no words', { amr: [1, null, {}] }],
  ])('TK-14 may have as methods %s', async (_, claims) => {
    acme.misbehave({ idToken: { ...claims } })
    expect((await connectMember(newMember())).idToken['amr'] ?? []).toStrictEqual([])
  })
})

describe('the time of sign-in', () => {
  it('TK-9 is that at the provider, not that of the return', async () => {
    acme.misbehave({ signedInSecondsAgo: 3 * HOUR_SECONDS })
    const before = now()
    const { idToken } = await connectMember(newMember())
    expect(idToken.auth_time).toBeGreaterThanOrEqual(before - 3 * HOUR_SECONDS)
    expect(idToken.auth_time).toBeLessThanOrEqual(now() - 3 * HOUR_SECONDS)
  })

  it.each<[string, object]>([
    ['is in the future', { auth_time: now() + HOUR_SECONDS }],
    ['is in milliseconds', { auth_time: Date.now() }],
  ])('TK-9 is now if the claim %s', async (_, claims) => {
    acme.misbehave({ idToken: { ...claims } })
    const before = now()
    const { idToken: ours } = await connectMember(newMember())
    expect(ours.auth_time).toBeGreaterThanOrEqual(before)
    expect(ours.auth_time).toBeLessThanOrEqual(now())
  })

  it('SS-5 must be told, even after the provider’s login page', async () => {
    acme.misbehave({ idToken: { auth_time: undefined } })
    const asked = acme.authorizationRequests.length
    const { visitor, page } = await signIn(newMember())
    expect(promptsSince(asked)).toStrictEqual([null, 'login'])
    expect(page.status).toBe(403)
    expect(page.html).toContain(en.signIn.untold('Acme'))
    expect(visitor.cookies.has('session')).toBe(false)
  })

  it('SS-5 must be told if the person removes the prompt from the address on the way', async () => {
    const [member, browser] = [newMember(), acme.browser()]
    await signIn(member, { browser })
    acme.misbehave({ idToken: { auth_time: undefined } })
    const visitor = newVisitor()
    const leaving = await visitor.open('/device/sign-in/at/acme')
    const sentBack = await visitor.open((await acme.signIn(leaving.url, member, browser)).href)
    const silent = new URL(sentBack.url)
    silent.searchParams.delete('prompt')
    const page = await visitor.open((await acme.signIn(silent, member, browser)).href)
    expect(page.html).toContain(en.signIn.untold('Acme'))
    expect(visitor.cookies.has('session')).toBe(false)
  })

  it.each<[string, object]>([
    ['is a year ago', { auth_time: now() - 365 * 24 * HOUR_SECONDS }],
    ['is not told', { auth_time: undefined }],
  ])(
    'SS-5 is not looked at, nor requested, with max_sign_in_hours = 0: it %s',
    async (_, claims) => {
      acme.misbehave({ idToken: { ...claims } })
      const member = newMember()
      const browser = acme.browser()
      const asked = acme.authorizationRequests.length
      const before = now()
      const { visitor } = await signIn(member, { id: 'acme-any-age', browser })
      expect((await connect(visitor)).idToken.auth_time).toBeGreaterThanOrEqual(before)
      // Nor for a second sign-in of the same person.
      await signIn(member, { id: 'acme-any-age', browser, visitor })
      const requests = acme.authorizationRequests.slice(asked)
      expect(requests).toHaveLength(2)
      for (const request of requests)
        expect([request.get('max_age'), request.get('prompt')]).toStrictEqual([null, null])
    },
  )

  it('SS-5 must be as recent as max_sign_in_hours says', async () => {
    acme.misbehave({ signedInSecondsAgo: 2 * HOUR_SECONDS })
    const asked = acme.authorizationRequests.length
    const { page } = await signIn(newMember(), { id: 'acme-hour' })
    expect(page.html).toContain(en.signIn.stale('Acme of the last hour', '2 hours ago'))
    expect(acme.authorizationRequests[asked]?.get('max_age')).toBe(String(HOUR_SECONDS))
  })

  it('SS-5 must be recent, or the person signs in again at the provider', async () => {
    const member = newMember()
    const browser = acme.browser()
    const device = await startOutsideDevice(server.origin)
    const visitor = newVisitor()
    await visitor.open(`/device?user_code=${device.userCode}`)
    acme.misbehave({ idToken: { auth_time: now() - 13 * HOUR_SECONDS } })
    const leaving = await visitor.open('/device/sign-in/at/acme')
    const sentBack = await visitor.open((await acme.signIn(leaving.url, member, browser)).href)
    expect(sentBack.url.origin).toBe(acme.issuer)
    const requests = [leaving, sentBack].map(({ url }) => url.searchParams)
    expect(requests.map((request) => request.get('prompt'))).toStrictEqual([null, 'login'])
    for (const request of requests) expect(request.get('max_age')).toBe(String(12 * HOUR_SECONDS))

    acme.misbehave()
    const before = now()
    const question = await visitor.open((await acme.signIn(sentBack.url, member, browser)).href)
    expect(question.url.pathname).toBe('/device/confirm')
    expect(question.html).toContain(device.userCode)
    await visitor.decide(question, 'allow')
    expect((await device.collect()).idToken.auth_time).toBeGreaterThanOrEqual(before)
  })

  it('SS-5 that stays too old after a new sign-in ends at a page with the reason', async () => {
    const visitor = newVisitor()
    acme.misbehave({ idToken: { auth_time: now() - 13 * HOUR_SECONDS } })
    const asked = acme.authorizationRequests.length
    const { page } = await signIn(newMember(), { visitor })
    expect(promptsSince(asked)).toStrictEqual([null, 'login'])
    expect(page.status).toBe(403)
    expect(page.html).toContain(en.signIn.stale('Acme', '13 hours ago'))
    expect(visitor.cookies.has('session')).toBe(false)
  })

  it('SS-3 a sign-in ends the previous session of the browser', async () => {
    const [member, next] = [newMember(), newMember()]
    const { visitor } = await signIn(member)
    const stolen = newVisitor()
    stolen.cookies.set('session', visitor.cookies.get('session') ?? '')
    expect((await stolen.open('/devices')).html).toContain(member.name)
    await signIn(next, { visitor })
    expect((await stolen.open('/devices')).url.pathname).toBe('/device/sign-in')
    expect((await visitor.open('/devices')).html).toContain(next.name)
  })
})

const linkTo = ({ html }: Page): string =>
  (/href="([^"]*sign-in\/at\/[^"]*)"/.exec(html)?.[1] ?? '').replaceAll('&amp;', '&')

const promptIn = ({ url }: Page) => url.searchParams.get('prompt')

/** Signs in at a provider, and presses “Switch account” at the question about a device. */
const switchAccount = async (id: string, provider: UpstreamProvider) => {
  const { visitor } = await signIn(newMember(), { id, provider })
  const device = await startOutsideDevice(server.origin)
  const question = await visitor.open(`/device?user_code=${device.userCode}`)
  const page = await visitor.submit(question, '/device/sign-out')
  const link = linkTo(page).replace(/at\/[\w-]+/, `at/${id}`)
  return { visitor, userCode: device.userCode, link }
}

describe('another account at the provider', () => {
  it('is selected there, or by the login page if the provider refuses that prompt', async () => {
    const { visitor, userCode, link } = await switchAccount('acme', acme)
    const leaving = await visitor.open(link)
    expect(promptIn(leaving)).toBe('select_account')
    const refusal = await acme.signIn(leaving.url, ADA)
    expect(refusal.searchParams.get('error')).toBe('invalid_request')
    const sentAgain = await visitor.open(refusal.href)
    expect([sentAgain.url.origin, promptIn(sentAgain)]).toStrictEqual([acme.issuer, 'login'])

    const another = newMember()
    const question = await visitor.open((await acme.signIn(sentAgain.url, another)).href)
    expect(question.html).toContain(another.name)
    expect(question.html).toContain(userCode)
  })

  it('is no wish any more once an attempt has come back', async () => {
    const { visitor, link } = await switchAccount('acme', acme)
    const refusal = await acme.signIn((await visitor.open(link)).url, ADA)
    const sentAgain = await visitor.open(refusal.href)
    acme.misbehave({ error: 'access_denied' })
    const cancelled = await visitor.open((await acme.signIn(sentAgain.url, ADA)).href)
    expect(cancelled.html).toContain(en.signIn.cancelled('Acme'))
    expect(promptIn(await visitor.open(linkTo(cancelled)))).toBeNull()
  })

  it('is asked for by the login page if the provider kept the first attempt', async () => {
    const { visitor, link } = await switchAccount('acme', acme)
    expect(promptIn(await visitor.open(link))).toBe('select_account')
    expect(promptIn(await visitor.open(link))).toBe('login')
  })

  it('is asked for by the login page at once if the provider’s metadata says so', async () => {
    const { visitor, link } = await switchAccount('globex', globex)
    expect(promptIn(await visitor.open(link))).toBe('login')
  })

  it.each(['server_error', 'access_denied', 'invalid_scope'])(
    'is not asked for again after the error %s',
    async (error) => {
      const { visitor, link } = await switchAccount('acme', acme)
      const { searchParams } = (await visitor.open(link)).url
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({
        error,
        state: searchParams.get('state') ?? '',
        iss: acme.issuer,
      }).toString()
      const page = await visitor.open(back.href)
      expect([page.url.pathname, page.status]).toStrictEqual([
        '/device/sign-in/at/acme/callback',
        error === 'access_denied' ? 403 : 502,
      ])
    },
  )
})
