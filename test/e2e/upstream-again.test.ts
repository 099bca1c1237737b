// Signing in once more at an upstream identity provider: after too long a time, and with another account.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { en } from '../../src/language/messages/en.ts'
import type { Page } from '../support/person.ts'
import { startOutsideDevice } from './support/outside-device.ts'
import type { UpstreamProvider } from './support/upstream-provider.ts'
import { type UpstreamServer, newMember, startUpstreamServer } from './support/upstream-server.ts'

const HOUR_SECONDS = 60 * 60
const ADA = { name: 'Ada Lovelace', email: 'ada@example.com' }

const now = () => Math.floor(Date.now() / 1000)

let upstream: UpstreamServer

beforeAll(async () => {
  upstream = await startUpstreamServer()
})
afterEach(() => upstream.acme.misbehave())
afterAll(() => upstream.close())

/** The authorization requests at Acme from then on. */
const promptsSince = (count: number) =>
  upstream.acme.authorizationRequests.slice(count).map((request) => request.get('prompt'))

describe('the time of sign-in', () => {
  it('TK-9 is that at the provider, not that of the return', async () => {
    upstream.acme.misbehave({ signedInSecondsAgo: 3 * HOUR_SECONDS })
    const before = now()
    const { idToken } = await upstream.connectMember(newMember())
    expect(idToken.auth_time).toBeGreaterThanOrEqual(before - 3 * HOUR_SECONDS)
    expect(idToken.auth_time).toBeLessThanOrEqual(now() - 3 * HOUR_SECONDS)
  })

  it.each<[string, object]>([
    ['is in the future', { auth_time: now() + HOUR_SECONDS }],
    ['is in milliseconds', { auth_time: Date.now() }],
  ])('TK-9 is now if the claim %s', async (_, claims) => {
    upstream.acme.misbehave({ idToken: { ...claims } })
    const before = now()
    const { idToken: ours } = await upstream.connectMember(newMember())
    expect(ours.auth_time).toBeGreaterThanOrEqual(before)
    expect(ours.auth_time).toBeLessThanOrEqual(now())
  })

  it('SS-5 must be told, even after the provider’s login page', async () => {
    upstream.acme.misbehave({ idToken: { auth_time: undefined } })
    const asked = upstream.acme.authorizationRequests.length
    const { visitor, page } = await upstream.signIn(newMember())
    expect(promptsSince(asked)).toStrictEqual([null, 'login'])
    expect(page.status).toBe(403)
    expect(page.html).toContain(en.signIn.untold('Acme'))
    expect(visitor.cookies.has('session')).toBe(false)
  })

  it('SS-5 must be told if the person removes the prompt from the address on the way', async () => {
    const [member, browser] = [newMember(), upstream.acme.browser()]
    await upstream.signIn(member, { browser })
    upstream.acme.misbehave({ idToken: { auth_time: undefined } })
    const visitor = upstream.newVisitor()
    const leaving = await visitor.open('/device/sign-in/at/acme')
    const sentBack = await visitor.open(
      (await upstream.acme.signIn(leaving.url, member, browser)).href,
    )
    const silent = new URL(sentBack.url)
    silent.searchParams.delete('prompt')
    const page = await visitor.open((await upstream.acme.signIn(silent, member, browser)).href)
    expect(page.html).toContain(en.signIn.untold('Acme'))
    expect(visitor.cookies.has('session')).toBe(false)
  })

  it.each<[string, object]>([
    ['is a year ago', { auth_time: now() - 365 * 24 * HOUR_SECONDS }],
    ['is not told', { auth_time: undefined }],
  ])(
    'SS-5 is not looked at, nor requested, with max_sign_in_hours = 0: it %s',
    async (_, claims) => {
      upstream.acme.misbehave({ idToken: { ...claims } })
      const member = newMember()
      const browser = upstream.acme.browser()
      const asked = upstream.acme.authorizationRequests.length
      const before = now()
      const { visitor } = await upstream.signIn(member, { id: 'acme-any-age', browser })
      expect((await upstream.connect(visitor)).idToken.auth_time).toBeGreaterThanOrEqual(before)
      // Nor for a second sign-in of the same person.
      await upstream.signIn(member, { id: 'acme-any-age', browser, visitor })
      const requests = upstream.acme.authorizationRequests.slice(asked)
      expect(requests).toHaveLength(2)
      for (const request of requests)
        expect([request.get('max_age'), request.get('prompt')]).toStrictEqual([null, null])
    },
  )

  it('SS-5 must be as recent as max_sign_in_hours says', async () => {
    upstream.acme.misbehave({ signedInSecondsAgo: 2 * HOUR_SECONDS })
    const asked = upstream.acme.authorizationRequests.length
    const { page } = await upstream.signIn(newMember(), { id: 'acme-hour' })
    expect(page.html).toContain(en.signIn.stale('Acme of the last hour', '2 hours ago'))
    expect(upstream.acme.authorizationRequests[asked]?.get('max_age')).toBe(String(HOUR_SECONDS))
  })

  it('SS-5 must be recent, or the person signs in again at the provider', async () => {
    const member = newMember()
    const browser = upstream.acme.browser()
    const device = await startOutsideDevice(upstream.origin)
    const visitor = upstream.newVisitor()
    await visitor.open(`/device?user_code=${device.userCode}`)
    upstream.acme.misbehave({ idToken: { auth_time: now() - 13 * HOUR_SECONDS } })
    const leaving = await visitor.open('/device/sign-in/at/acme')
    const sentBack = await visitor.open(
      (await upstream.acme.signIn(leaving.url, member, browser)).href,
    )
    expect(sentBack.url.origin).toBe(upstream.acme.issuer)
    const requests = [leaving, sentBack].map(({ url }) => url.searchParams)
    expect(requests.map((request) => request.get('prompt'))).toStrictEqual([null, 'login'])
    for (const request of requests) expect(request.get('max_age')).toBe(String(12 * HOUR_SECONDS))

    upstream.acme.misbehave()
    const before = now()
    const question = await visitor.open(
      (await upstream.acme.signIn(sentBack.url, member, browser)).href,
    )
    expect(question.url.pathname).toBe('/device/confirm')
    expect(question.html).toContain(device.userCode)
    await visitor.decide(question, 'allow')
    expect((await device.collect()).idToken.auth_time).toBeGreaterThanOrEqual(before)
  })

  it('SS-5 that stays too old after a new sign-in ends at a page with the reason', async () => {
    const visitor = upstream.newVisitor()
    upstream.acme.misbehave({ idToken: { auth_time: now() - 13 * HOUR_SECONDS } })
    const asked = upstream.acme.authorizationRequests.length
    const { page } = await upstream.signIn(newMember(), { visitor })
    expect(promptsSince(asked)).toStrictEqual([null, 'login'])
    expect(page.status).toBe(403)
    expect(page.html).toContain(en.signIn.stale('Acme', '13 hours ago'))
    expect(visitor.cookies.has('session')).toBe(false)
  })

  it('SS-3 a sign-in ends the previous session of the browser', async () => {
    const [member, next] = [newMember(), newMember()]
    const { visitor } = await upstream.signIn(member)
    const stolen = upstream.newVisitor()
    stolen.cookies.set('session', visitor.cookies.get('session') ?? '')
    expect((await stolen.open('/devices')).html).toContain(member.name)
    await upstream.signIn(next, { visitor })
    expect((await stolen.open('/devices')).url.pathname).toBe('/device/sign-in')
    expect((await visitor.open('/devices')).html).toContain(next.name)
  })
})

const linkTo = ({ html }: Page): string =>
  (/href="([^"]*sign-in\/at\/[^"]*)"/.exec(html)?.[1] ?? '').replaceAll('&amp;', '&')

const promptIn = ({ url }: Page) => url.searchParams.get('prompt')

/** Signs in at a provider, and presses “Switch account” at the question about a device. */
const switchAccount = async (id: string, provider: UpstreamProvider) => {
  const { visitor } = await upstream.signIn(newMember(), { id, provider })
  const device = await startOutsideDevice(upstream.origin)
  const question = await visitor.open(`/device?user_code=${device.userCode}`)
  const page = await visitor.submit(question, '/device/sign-out')
  const link = linkTo(page).replace(/at\/[\w-]+/, `at/${id}`)
  return { visitor, userCode: device.userCode, link }
}

describe('another account at the provider', () => {
  it('is selected there, or by the login page if the provider refuses that prompt', async () => {
    const { visitor, userCode, link } = await switchAccount('acme', upstream.acme)
    const leaving = await visitor.open(link)
    expect(promptIn(leaving)).toBe('select_account')
    const refusal = await upstream.acme.signIn(leaving.url, ADA)
    expect(refusal.searchParams.get('error')).toBe('invalid_request')
    const sentAgain = await visitor.open(refusal.href)
    expect([sentAgain.url.origin, promptIn(sentAgain)]).toStrictEqual([
      upstream.acme.issuer,
      'login',
    ])

    const another = newMember()
    const question = await visitor.open((await upstream.acme.signIn(sentAgain.url, another)).href)
    expect(question.html).toContain(another.name)
    expect(question.html).toContain(userCode)
  })

  it('is no wish any more once an attempt has come back', async () => {
    const { visitor, link } = await switchAccount('acme', upstream.acme)
    const refusal = await upstream.acme.signIn((await visitor.open(link)).url, ADA)
    const sentAgain = await visitor.open(refusal.href)
    upstream.acme.misbehave({ error: 'access_denied' })
    const cancelled = await visitor.open((await upstream.acme.signIn(sentAgain.url, ADA)).href)
    expect(cancelled.html).toContain(en.signIn.cancelled('Acme'))
    expect(promptIn(await visitor.open(linkTo(cancelled)))).toBeNull()
  })

  it('is asked for by the login page if the provider kept the first attempt', async () => {
    const { visitor, link } = await switchAccount('acme', upstream.acme)
    expect(promptIn(await visitor.open(link))).toBe('select_account')
    expect(promptIn(await visitor.open(link))).toBe('login')
  })

  it('is asked for by the login page at once if the provider’s metadata says so', async () => {
    const { visitor, link } = await switchAccount('globex', upstream.globex)
    expect(promptIn(await visitor.open(link))).toBe('login')
  })

  it.each(['server_error', 'access_denied', 'invalid_scope'])(
    'is not asked for again after the error %s',
    async (error) => {
      const { visitor, link } = await switchAccount('acme', upstream.acme)
      const { searchParams } = (await visitor.open(link)).url
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({
        error,
        state: searchParams.get('state') ?? '',
        iss: upstream.acme.issuer,
      }).toString()
      const page = await visitor.open(back.href)
      expect([page.url.pathname, page.status]).toStrictEqual([
        '/device/sign-in/at/acme/callback',
        error === 'access_denied' ? 403 : 502,
      ])
    },
  )
})
