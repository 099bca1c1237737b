// Without accounts of our own and with a single provider, a code leads straight there. Signing in is in
// e2e/upstream.test.ts, in a real browser.
import { beforeEach, describe, expect, it } from 'vitest'
import { en } from '../../src/language/messages/en.ts'
import { FRESH_SIGN_IN_MS } from '../../src/config/limits.ts'
import { holdClock, pass } from '../support/clock.ts'
import { startDevice } from '../support/device.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { signedIn } from '../support/visitor.ts'
import { freshAddress, workerWith } from '../support/worker.ts'

holdClock()
beforeEach(() => void connectInternet())

const issuer = 'https://the-only-provider.example'
const ONLY = { id: 'only', name: 'Only', issuer, client_id: 'antenna' }
const OTHER = { ...ONLY, id: 'other', name: 'Other' }

const visitor = (
  settings: object = { BUILT_IN_ACCOUNTS: 'off', IDENTITY_PROVIDERS: [ONLY] },
  headers = {},
) => new Person(workerWith(settings), ISSUER, { 'CF-Connecting-IP': freshAddress(), ...headers })

/** The address that the browser goes on to by itself. */
const goesTo = (html: string): string | undefined =>
  /<meta http-equiv="refresh" content="0; url=([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')

const scan = async (browser: Person, headers = {}) => {
  const { userCode } = await startDevice()
  return { userCode, page: await browser.open(`/device?user_code=${userCode}`, headers) }
}

describe('a scanned code', () => {
  it('XD-7 leads straight to the only provider, by a page that does not show it', async () => {
    const { userCode, page } = await scan(visitor())
    expect(goesTo(page.html)).toMatch(/^\/device\/sign-in\/at\/only\?waiting=/)
    expect(page.html).not.toContain(userCode)
  })

  it.each([
    ['two providers', { BUILT_IN_ACCOUNTS: 'off', IDENTITY_PROVIDERS: [ONLY, OTHER] }],
    ['accounts of our own', { IDENTITY_PROVIDERS: [ONLY] }],
  ])('leads to the page to sign in with %s', async (_, settings) => {
    const { page } = await scan(visitor(settings))
    expect([page.url.pathname, goesTo(page.html)]).toStrictEqual(['/device/sign-in', undefined])
  })

  it('VP-2 leads nowhere by itself if another site links to it', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }
    expect(goesTo((await scan(visitor(), headers)).page.html)).toBeUndefined()
  })

  it('leads to the page to sign in inside another app, whose browser a provider may refuse', async () => {
    const headers = { 'User-Agent': 'Mozilla/5.0 Instagram 300.0' }
    const { page } = await scan(visitor(undefined, headers))
    expect([page.url.pathname, goesTo(page.html)]).toStrictEqual(['/device/sign-in', undefined])
    expect(page.html).toContain(en.signIn.inApp)
  })

  it('leads no one round for ever who comes back without a session', async () => {
    const browser = visitor()
    const { userCode } = await scan(browser)
    browser.cookies.set(`__Host-returned_${userCode.replace('-', '')}`, 'yes')
    const page = await browser.open('/device/confirm')
    expect(page.html).toContain('/device/sign-in/at/only?')
    expect(goesTo(page.html)).toBeUndefined()
  })

  it('SS-5 leads to the login page there if the sign-in was too long ago', async () => {
    // oxlint-disable-next-line no-new
    new Host(
      () => Response.json({ issuer, authorization_endpoint: `${issuer}/authorize` }),
      `${issuer}/`,
    )
    const worker = workerWith({ BUILT_IN_ACCOUNTS: 'off', IDENTITY_PROVIDERS: [ONLY] })
    const browser = new Person(
      async (request) => (request.url.startsWith(issuer) ? new Response() : worker(request)),
      ISSUER,
      { 'CF-Connecting-IP': freshAddress() },
    )
    const { cookies } = await signedIn('Ada', `${crypto.randomUUID()}@example.com`)
    browser.cookies.set('__Host-session', cookies['session'] ?? '')
    pass(FRESH_SIGN_IN_MS)
    const { page } = await scan(browser)
    const leaving = await browser.open(goesTo(page.html) ?? '')
    expect(leaving.url.origin).toBe(issuer)
    expect(leaving.url.searchParams.get('prompt')).toBe('login')
  })
})
