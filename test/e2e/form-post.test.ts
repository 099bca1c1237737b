// A provider like Sign in with Apple: its page posts the answer from another site, in a real browser that
// sends no SameSite=Lax cookie with that.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeJwt } from 'jose'
import { en } from '../../src/language/messages/en.ts'
import { type AppleLikeProvider, startAppleLikeProvider } from './support/apple-like-provider.ts'
import { PHONE, startBrowser } from './support/browser.ts'
import { startOutsideDevice } from './support/outside-device.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'
import { UPSTREAM_SECRETS } from './support/upstream-provider.ts'

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com' }
const CALLBACK = '/device/sign-in/at/apple/callback'

let server: Server
let browser: Browser
let apple: AppleLikeProvider

beforeAll(async () => {
  apple = await startAppleLikeProvider()
  const { SCOPES, CLIENTS } = TEST_VARS
  const plain = { id: 'plain', name: 'Plain', issuer: apple.issuer, client_id: 'x' }
  ;[server, browser] = await Promise.all([
    startServer({
      ...UPSTREAM_SECRETS,
      APPLE_KEY: apple.pem,
      SCOPES,
      CLIENTS,
      IDENTITY_PROVIDERS: [apple.entry(), plain],
    }),
    startBrowser(),
  ])
})
afterAll(async () => {
  apple.close()
  await browser.close()
  await server.close()
})

const signInThere = async (phone: Page, { name, email } = ADA): Promise<void> => {
  await phone.getByRole('link', { name: en.signIn.continueWith('Apple') }).click()
  await phone.getByLabel('Name').fill(name)
  await phone.getByLabel('Email').fill(email)
  await phone.getByRole('button', { name: 'Sign in' }).click()
}

/** Scans with a new phone, signs in and allows. The claims that the device gets. */
const connect = async (member = ADA) => {
  const device = await startOutsideDevice(server.origin)
  const phone = await (await browser.newContext(PHONE)).newPage()
  await phone.goto(`${server.origin}/device?user_code=${device.userCode}`)
  await signInThere(phone, member)
  await phone.waitForURL('**/device/confirm?*')
  expect(await phone.locator('.code').innerText()).toBe(device.userCode)
  await phone.getByRole('button', { name: 'Allow', exact: true }).click()
  await phone.getByRole('heading', { name: 'You’re connected' }).waitFor()
  const cookies = await phone.context().cookies(server.origin)
  for (const { sameSite } of cookies) expect(sameSite).toBe('Lax')
  return (await device.collect()).userinfo
}

it('SS-25 a person signs in by a posted answer, and keeps the name that the provider tells only once', async () => {
  const first = await connect()
  expect(first).toStrictEqual({ sub: first.sub, ...ADA, email_verified: true })
  expect(await connect()).toStrictEqual(first)
  const nameless = await connect({ name: '', email: 'grace@example.com' })
  expect(nameless).toMatchObject({ name: 'grace@example.com', email: 'grace@example.com' })
})

it('each sign-in has a new client secret, for ten minutes', async () => {
  apple.secrets.length = 0
  await connect()
  await connect()
  expect(apple.secrets).toHaveLength(2)
  for (const secret of apple.secrets) {
    const { iat = 0, exp = 0 } = decodeJwt(secret)
    expect(exp - iat).toBe(600)
  }
})

it('a cancelled sign-in leads back to the page to sign in, with the code', async () => {
  const device = await startOutsideDevice(server.origin)
  const phone = await (await browser.newContext(PHONE)).newPage()
  await phone.goto(`${server.origin}/device?user_code=${device.userCode}`)
  await phone.getByRole('link', { name: en.signIn.continueWith('Apple') }).click()
  await phone.getByRole('button', { name: 'Cancel' }).click()
  await phone.getByText(en.signIn.cancelled('Apple')).waitFor()
  await phone.getByText(en.signIn.waiting).waitFor()
})

describe('a posted answer', () => {
  const post = (fields: Readonly<Record<string, string>> | [string, string][], path = CALLBACK) =>
    fetch(server.origin + path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { Origin: apple.issuer, 'Sec-Fetch-Site': 'cross-site' },
      redirect: 'manual',
    })

  it('SS-25 leads to the callback with what is known of it, and sets no cookie', async () => {
    const user = JSON.stringify({ name: { firstName: 'Ada', lastName: 'L\u202E' }, email: 'x@y' })
    const fields = { state: 's', code: 'c&d', id_token: 'e30', next: 'https://evil.example', user }
    const response = await post(fields)
    expect(response.status).toBe(303)
    expect(response.headers.getSetCookie()).toStrictEqual([])
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(response.headers.get('Referrer-Policy')).toBe('no-referrer')
    const target = new URL(response.headers.get('Location') ?? '', server.origin)
    expect([target.origin, target.pathname]).toStrictEqual([server.origin, CALLBACK])
    expect([...target.searchParams]).toStrictEqual([
      ['state', 's'],
      ['code', 'c&d'],
      ['name', 'Ada L'],
    ])
  })

  it('keeps a repeated parameter, which the callback refuses', async () => {
    const response = await post([
      ['state', 's'],
      ['code', 'c'],
      ['code', 'd'],
    ])
    expect(response.headers.get('Location')).toBe(`${CALLBACK}?state=s&code=c&code=d`)
  })

  it.each(['', '{', 'null', '[]', '{"name":1}', '{"name":{"firstName":{}}}'])(
    'has no name in %j',
    async (user) => {
      const response = await post({ state: 's', code: 'c', user })
      expect(response.headers.get('Location')).toBe(`${CALLBACK}?state=s&code=c`)
    },
  )

  it.each([
    ['of a browser that began no sign-in is refused', CALLBACK, 303],
    ['is refused for a provider that answers by redirect', CALLBACK.replace('apple', 'plain'), 403],
    ['is refused for an unknown provider', CALLBACK.replace('apple', 'nobody'), 403],
  ])('%s', async (_, path, status) => {
    const response = await post({ state: 's', code: 'c' }, path)
    expect(response.status).toBe(status)
    const location = response.headers.get('Location')
    if (location !== null) expect((await fetch(server.origin + location)).status).toBe(403)
  })

  it('is refused beyond 64 KiB', async () => {
    expect((await post({ state: 's', code: 'x'.repeat(66_000) })).status).toBe(413)
  })
})
