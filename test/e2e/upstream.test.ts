// Signing in at other identity providers as people see it: a television, and a phone that goes to the
// provider and comes back, in a real browser.
import { decodeJwt } from 'jose'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { en } from '../../src/language/messages/en.ts'
import { PHONE, TELEVISION, readQrCode, startBrowser } from './support/browser.ts'
import { startOutsideDevice } from './support/outside-device.ts'
import { Person } from '../support/person.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'
import {
  type Member,
  UPSTREAM_SECRETS,
  type UpstreamProvider,
  fetchWithin,
  startUpstreamProvider,
  upstreamSubject,
} from './support/upstream-provider.ts'

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com' }
const GRACE = { name: 'Grace Hopper', email: 'grace@example.com' }

let server: Server
/** Has no accounts of its own. */
let upstreamOnly: Server
let browser: Browser
let acme: UpstreamProvider
let globex: UpstreamProvider
let lone: UpstreamProvider

beforeAll(async () => {
  const providers = await Promise.all([1, 2, 3, 4].map(startUpstreamProvider))
  ;[acme, globex, lone] = providers as [UpstreamProvider, UpstreamProvider, UpstreamProvider]
  const initech = providers[3] as UpstreamProvider
  const { SCOPES, CLIENTS } = TEST_VARS
  const settings = { ...UPSTREAM_SECRETS, SCOPES, CLIENTS }
  ;[server, upstreamOnly, browser] = await Promise.all([
    startServer({
      ...settings,
      IDENTITY_PROVIDERS: [
        acme.entry('acme', 'Acme'),
        globex.entry('globex', 'Globex', { isPublic: true }),
        initech.entry('initech', 'Initech'),
      ],
    }),
    startServer({
      ...settings,
      BUILT_IN_ACCOUNTS: 'off',
      IDENTITY_PROVIDERS: [lone.entry('acme', 'Acme')],
    }),
    startBrowser(),
  ])
  acme.serve(server.origin)
  globex.serve(server.origin)
  lone.serve(upstreamOnly.origin)
  // The provider's session has ended.
  initech.close()
})
afterAll(async () => {
  for (const provider of [acme, globex, lone]) provider.close()
  await browser.close()
  await Promise.all([server.close(), upstreamOnly.close()])
})

const newVisitor = ({ origin }: Server) => new Person(fetchWithin(origin), origin)

const openWindow = async (options: typeof PHONE): Promise<Page> => {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.on('pageerror', (error) => expect.unreachable(error.message))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) expect.unreachable(message.text())
  })
  return page
}

const signInThere = async (phone: Page, { name, email }: Member): Promise<void> => {
  await phone.getByLabel('Name').fill(name)
  await phone.getByLabel('Email').fill(email)
  await phone.getByRole('button', { name: 'Sign in' }).click()
}

const allow = async (phone: Page): Promise<void> => {
  await phone.getByRole('button', { name: 'Allow', exact: true }).click()
  await phone.getByRole('heading', { name: 'You’re connected' }).waitFor()
}

const atTheProvider = (phone: Page) =>
  phone.getByRole('heading', { name: 'Sign in to Acme' }).waitFor()

const code = (phone: Page) => phone.locator('.code').innerText()

it('a television signs in by scanning, signing in at Acme, and Allow for the same code', async () => {
  const television = await openWindow(TELEVISION)
  await television.goto(`${server.origin}/tv`)
  await television.waitForSelector('#code-screen.has-qr:not(.is-busy)')
  await television.evaluate(`document.querySelector('#qr').decode()`)
  const shown = await television.locator('#user-code').innerText()
  const answered = television.waitForResponse(
    (response) => response.url().endsWith('/token') && response.status() === 200,
  )

  const phone = await openWindow(PHONE)
  const hosts = new Set<string>()
  phone.on('request', (request) => hosts.add(new URL(request.url()).origin))
  await phone.goto((await readQrCode(television)) ?? '')
  await phone.getByRole('link', { name: en.signIn.continueWith('Acme') }).click()
  await phone.getByRole('heading', { name: 'Sign in to Acme' }).waitFor()
  const before = Math.floor(Date.now() / 1000)
  await signInThere(phone, ADA)

  // VP-3, VP-22: the same code without entering it again, and no parameter of Acme in the address.
  await phone.getByRole('heading', { name: /Connect a device to .Example TV.\?/ }).waitFor()
  expect(new URL(phone.url()).pathname).toBe('/device/confirm')
  expect(await code(phone)).toBe(shown)
  await phone.getByText(ADA.name).waitFor()
  await allow(phone)
  expect([...hosts].toSorted()).toStrictEqual([server.origin, acme.issuer].toSorted())

  const { id_token: idToken } = (await (await answered).json()) as { id_token: string }
  const { sub, auth_time: authTime } = decodeJwt(idToken)
  expect(sub).not.toBe(upstreamSubject(ADA))
  expect(authTime).toBeGreaterThanOrEqual(before)
  await television.waitForSelector('body[data-screen="greeting"]')
  expect(await television.locator('#greeting').innerText()).toContain(ADA.name)

  // The next time, on another phone: the same person.
  const device = await startOutsideDevice(server.origin)
  const otherPhone = await openWindow(PHONE)
  await otherPhone.goto(`${server.origin}/device?user_code=${device.userCode}`)
  await otherPhone.getByRole('link', { name: en.signIn.continueWith('Acme') }).click()
  await signInThere(otherPhone, ADA)
  await allow(otherPhone)
  const { userinfo } = await device.collect()
  expect(userinfo).toStrictEqual({ sub, ...ADA, email_verified: true })
})

it('VP-22 two tabs at the provider each return to their own device', async () => {
  const [tv, radio] = [
    await startOutsideDevice(server.origin),
    await startOutsideDevice(server.origin),
  ]
  const first = await openWindow(PHONE)
  const second = await first.context().newPage()
  await first.goto(`${server.origin}/device?user_code=${tv.userCode}`)
  await second.goto(`${server.origin}/device?user_code=${radio.userCode}`)
  for (const tab of [first, second]) {
    await tab.getByRole('link', { name: en.signIn.continueWith('Acme') }).click()
    await tab.getByRole('heading', { name: 'Sign in to Acme' }).waitFor()
  }
  await signInThere(first, ADA)
  await first.waitForURL('**/device/confirm?*')
  expect(await code(first)).toBe(tv.userCode)
  await signInThere(second, ADA)
  await second.waitForURL('**/device/confirm?*')
  expect(await code(second)).toBe(radio.userCode)

  // The second sign-in ended the session of the first tab, which is led back to its own question.
  await first.getByRole('button', { name: 'Allow', exact: true }).click()
  await first.getByRole('button', { name: en.problem.tooMany.again }).click()
  await first.waitForURL('**/device/confirm?*')
  expect(await code(first)).toBe(tv.userCode)
  await allow(first)
  await allow(second)
  for (const device of [tv, radio]) expect((await device.collect()).userinfo).toMatchObject(ADA)
})

it('a code opened while another tab is at the provider does not change the target of that tab', async () => {
  const [tv, radio] = [
    await startOutsideDevice(server.origin),
    await startOutsideDevice(server.origin),
  ]
  const phone = await openWindow(PHONE)
  await phone.goto(`${server.origin}/device?user_code=${tv.userCode}`)
  await phone.getByRole('link', { name: en.signIn.continueWith('Acme') }).click()
  const other = await phone.context().newPage()
  await other.goto(`${server.origin}/device?user_code=${radio.userCode}`)
  await signInThere(phone, GRACE)
  await phone.waitForURL('**/device/confirm?*')
  expect(await code(phone)).toBe(tv.userCode)
  await allow(phone)
  expect((await tv.collect()).userinfo).toMatchObject(GRACE)
})

it('a cancelled sign-in at the provider keeps the code, for another try', async () => {
  const device = await startOutsideDevice(server.origin)
  const phone = await openWindow(PHONE)
  await phone.goto(`${server.origin}/device?user_code=${device.userCode}`)
  await phone.getByRole('link', { name: en.signIn.continueWith('Acme') }).click()
  await phone.getByRole('button', { name: 'Cancel' }).click()
  const alert = phone.getByRole('alert').filter({ visible: true })
  expect(await alert.innerText()).toBe(en.signIn.cancelled('Acme'))
  await phone.getByText(en.signIn.waiting).waitFor()

  await phone.getByRole('link', { name: en.signIn.continueWith('Acme') }).click()
  await signInThere(phone, GRACE)
  await phone.waitForURL('**/device/confirm?*')
  expect(await code(phone)).toBe(device.userCode)
  await allow(phone)
  expect((await device.collect()).userinfo).toMatchObject(GRACE)
})

it('the other ways to sign in work while a provider is down, one of them as a public client', async () => {
  const device = await startOutsideDevice(server.origin)
  const phone = await openWindow(PHONE)
  await phone.goto(`${server.origin}/device?user_code=${device.userCode}`)
  await phone.getByRole('link', { name: en.signIn.continueWith('Initech') }).click()
  const alert = phone.getByRole('alert').filter({ visible: true })
  expect(await alert.innerText()).toBe(en.signIn.failed('Initech'))
  await phone.getByText(en.signIn.waiting).waitFor()
  expect(await phone.getByLabel('Password', { exact: true }).isVisible()).toBe(true)
  await phone.getByRole('link', { name: en.signIn.continueWith('Acme') }).waitFor()

  await phone.getByRole('link', { name: en.signIn.continueWith('Globex') }).click()
  await signInThere(phone, GRACE)
  await phone.waitForURL('**/device/confirm?*')
  const asked = globex.authorizationRequests[0]
  expect(asked?.get('code_challenge_method')).toBe('S256')
  expect(asked?.get('code_challenge')).toMatch(/^[\w-]{43}$/)
  await allow(phone)
  expect((await device.collect()).userinfo).toMatchObject(GRACE)
})

it('a person with a session at the provider is not asked again', async () => {
  const phone = await openWindow(PHONE)
  await phone.goto(`${server.origin}/devices`)
  await phone.getByRole('link', { name: en.signIn.continueWith('Acme') }).click()
  await signInThere(phone, ADA)
  await phone.getByRole('heading', { name: 'My devices' }).waitFor()
  await phone.context().clearCookies({ domain: 'localhost' })
  await phone.goto(`${server.origin}/devices`)
  await phone.getByRole('link', { name: en.signIn.continueWith('Acme') }).click()
  await phone.getByRole('heading', { name: 'My devices' }).waitFor()
  expect(phone.url()).toBe(`${server.origin}/devices`)
})

it.each([
  '/device/sign-in/at',
  '/device/sign-in/at/',
  '/device/sign-in/at/nobody',
  '/device/sign-in/at/nobody/callback?code=x&state=x',
  '/device/sign-in/at/ACME',
  '/device/sign-in/at/acme/',
  '/device/sign-in/at/acme/callback/x',
  '/device/sign-in/at/__proto__',
  '/device/sign-in/at/constructor/callback',
])('an unknown provider is not found at %s', async (path) => {
  const page = await newVisitor(server).open(path)
  expect([page.status, page.url.origin]).toStrictEqual([404, server.origin])
})

describe('without built-in accounts', () => {
  it('a scan goes straight to the only provider, and Back leads to where it came from', async () => {
    const device = await startOutsideDevice(upstreamOnly.origin)
    const phone = await openWindow(PHONE)
    await phone.goto(`${upstreamOnly.origin}/device?user_code=${device.userCode}`)
    await atTheProvider(phone)
    await phone.goBack()
    expect(phone.url()).toBe('about:blank')
    await phone.goForward()
    await atTheProvider(phone)
    await signInThere(phone, ADA)
    await allow(phone)
    // Nor does it offer a passkey.
    expect(await phone.getByText(/passkey/i).count()).toBe(0)
    await phone.goto(`${upstreamOnly.origin}/devices`)
    await phone.getByText(ADA.email).waitFor()
    expect(await phone.getByText(/passkey/i).count()).toBe(0)
    expect((await device.collect()).userinfo).toMatchObject(ADA)
  })

  it('a typed code goes straight there too, and Back leads to the form', async () => {
    const device = await startOutsideDevice(upstreamOnly.origin)
    const phone = await openWindow(PHONE)
    await phone.goto(`${upstreamOnly.origin}/device`)
    await phone.getByLabel('Code').fill(device.userCode)
    await phone.getByRole('button', { name: 'Continue' }).click()
    await atTheProvider(phone)
    await phone.goBack()
    await phone.getByLabel('Code').waitFor()
    await phone.goForward()
    await atTheProvider(phone)
    await signInThere(phone, GRACE)
    await phone.waitForURL('**/device/confirm?*')
    expect(await code(phone)).toBe(device.userCode)
  })

  it('the page to sign in stays after a cancelled sign-in, and to switch the account', async () => {
    const device = await startOutsideDevice(upstreamOnly.origin)
    const phone = await openWindow(PHONE)
    await phone.goto(`${upstreamOnly.origin}/device?user_code=${device.userCode}`)
    await atTheProvider(phone)
    await phone.getByRole('button', { name: 'Cancel' }).click()
    const way = phone.getByRole('link', { name: en.signIn.continueWith('Acme') })
    await way.waitFor()
    expect(await phone.getByRole('alert').innerText()).toBe(en.signIn.cancelled('Acme'))
    expect(await phone.locator('main form, main input, main button, script').count()).toBe(0)
    expect(await phone.locator('main a').count()).toBe(1)
    await way.click()
    await signInThere(phone, ADA)
    await phone.getByRole('button', { name: en.confirm.switchAccount }).click()
    await way.click()
    await signInThere(phone, GRACE)
    await phone.getByText(GRACE.name).waitFor()
    expect(await code(phone)).toBe(device.userCode)
  })

  it.each([
    ['/device/sign-in', { email: ADA.email, password: 'plums in the icebox' }],
    ['/device/sign-in/passkey', { credential: '{}' }],
    ['/device/create-account', { ...ADA, password: 'plums in the icebox' }],
  ])('%s is refused', async (path, fields) => {
    const visitor = newVisitor(upstreamOnly)
    const page = await visitor.open('/device')
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    expect((await visitor.post(path, { csrf, ...fields })).status).toBe(404)
    expect(visitor.cookies.has('session')).toBe(false)
  })

  it('the page to create an account is absent', async () => {
    const visitor = newVisitor(upstreamOnly)
    expect((await visitor.open('/device/create-account')).status).toBe(404)
  })
})
