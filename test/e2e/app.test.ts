// The demo's three ways side by side: its app with a real identity provider, its television, and the
// page. Whoever signs in to the app and by the page's button is one person.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ExampleId, startExampleId } from '../../src/demo/example-id.ts'
import { TELEVISION, startBrowser } from '../support/browser.ts'
import { PhoneApp } from '../support/phone-app.ts'
import { RECIFE, TURKU, at } from '../support/places.ts'
import { RemoteDevice } from '../support/remote-device.ts'
import { type Server, startServer } from '../support/server.ts'
import { TEST_VARS } from '../support/settings.ts'

const STRICT_TV = {
  client_id: 'strict-tv',
  client_name: 'The strict-tv',
  scope: 'openid profile offline_access',
  hold_seconds: 0,
  proximity: { far: 'refuse' },
}

let provider: ExampleId
let server: Server
let browser: Browser
let storageState: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  provider = await startExampleId(0)
  const { SCOPES, CLIENTS } = TEST_VARS
  ;[server, browser] = await Promise.all([
    startServer({
      SCOPES,
      CLIENTS: [...CLIENTS, STRICT_TV],
      DEMO_PROVIDER: provider.issuer,
    }),
    startBrowser(),
  ])
  const app = await signedInAs(somebody())
  storageState = await app.page.context().storageState()
})
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))
afterAll(async () => {
  provider.close()
  await Promise.all([browser.close(), server.close()])
})

let people = 0
const somebody = (): string => {
  people += 1
  return `Ada the ${people}th`
}

const unlock = () => PhoneApp.unlock(browser, server.origin)

const signedInAs = async (name: string): Promise<PhoneApp> => {
  const app = await unlock()
  await app.open()
  await app.signIn(name)
  await app.sees(`Hello, ${name}`)
  return app
}

/** The phone of somebody who has signed in before, also at the provider. */
const signedIn = (): Promise<PhoneApp> => PhoneApp.unlock(browser, server.origin, { storageState })

const turnOnTelevision = async (): Promise<Page> => {
  const options = { ...TELEVISION, extraHTTPHeaders: at(TURKU) }
  const television = await (await browser.newContext(options)).newPage()
  await television.goto(`${server.origin}/tv`)
  await television.waitForSelector('#code-screen:not(.is-busy)')
  return television
}

it('lights the television with one tap, and the page knows the same person', async () => {
  const name = somebody()
  const app = await signedInAs(name)
  const television = await turnOnTelevision()
  const link = await television.locator('#as-app').getAttribute('href')

  app.taps = 0
  await app.page.goto(`${server.origin}${link}`)
  await app.sees('Sign in on “Living-room TV (demo)”?')
  await app.reads('See the films and series in your library')
  await app.reads(await television.locator('#user-code').innerText())
  // VP-14
  expect(app.page.url()).toBe(`${server.origin}/app`)
  await app.tap('Yes')
  await television.waitForSelector('body[data-screen="greeting"]')
  expect(app.taps).toBe(1)
  expect(await television.locator('#greeting').innerText()).toBe(`Hello, ${name}`)
  await app.sees('Connected')

  // The same phone's browser, known at the provider already: one tap on its button.
  const page = await app.page.context().newPage()
  await page.goto(`${server.origin}/devices`)
  await page.getByRole('link', { name: 'Continue with Example ID' }).click()
  await page.getByText('Living-room TV (demo)').first().waitFor()
  expect(page.url()).toBe(`${server.origin}/devices`)
  await page.getByText(name).first().waitFor()
})

it('keeps the scanned code over signing in', async () => {
  const app = await unlock()
  const device = await RemoteDevice.start(server.origin)
  await app.open(device.userCode)
  await app.reads('A television waits for your answer.')
  await app.signIn(somebody())
  await app.sees('Sign in on “Living-room TV”?')
  await app.tap('Yes')
  await app.sees('Connected')
  await device.collect()
})

it('takes a typed code, in small letters and without the dash', async () => {
  const app = await signedIn()
  await app.open()
  const device = await RemoteDevice.start(server.origin)
  await app.page
    .getByLabel('Sign in on a television')
    .fill(device.userCode.replace('-', ' ').toLowerCase())
  await app.tap('Go')
  await app.reads(device.userCode)
  await app.tap('Yes')
  await app.sees('Connected')
  await device.collect()
})

it('lets somebody else sign in after signing out', async () => {
  const app = await signedInAs(somebody())
  await app.tap('Sign out')
  const next = somebody()
  await app.signIn(next)
  await app.sees(`Hello, ${next}`)
})

it('is signed in no further where the person cancels', async () => {
  const app = await unlock()
  await app.open()
  await app.tap('Sign in')
  await app.tap('Cancel')
  await app.sees('Your films, on every screen')
})

it('believes no answer that it did not ask for', async () => {
  const app = await unlock()
  await app.page.goto(`${server.origin}/app?code=stolen&state=other&iss=${provider.issuer}`)
  await app.reads('Signing in did not work. Try again.')
})

describe('tells the television', () => {
  it.each([
    ['No', 'Not connected', 'access_denied'],
    ['I did not start this', 'Thank you for saying so', 'access_denied'],
  ])('%s', async (button, heading, outcome) => {
    const app = await signedIn()
    const device = await RemoteDevice.start(server.origin)
    await app.open(device.userCode)
    await app.tap(button)
    await app.sees(heading)
    expect(await device.outcome()).toBe(outcome)
  })

  it('nothing, of “Not now”', async () => {
    const app = await signedIn()
    const device = await RemoteDevice.start(server.origin)
    await app.open(device.userCode)
    await app.tap('Not now')
    await app.reads('For you')
    expect(await device.outcome()).toBe('authorization_pending')
  })
})

describe('far from the device', () => {
  const far = () => RemoteDevice.start(server.origin, { place: at(RECIFE) })

  it('XD-3 has its code typed and a box ticked', async () => {
    const app = await signedIn()
    const device = await far()
    await app.open(device.userCode)
    await app.reads('In another country than you')
    expect(await app.page.locator('body').innerText()).not.toContain(device.userCode)
    await app.tap('Yes')
    await app.reads('That is not the code of the device that asks.')
    await app.reads('Tick this only if the device is really with you.')
    expect(await device.outcome()).toBe('authorization_pending')

    await app.page.getByLabel('The code on its own screen').fill(device.userCode)
    await app.page.getByLabel('It is in front of me').check()
    await app.tap('Yes')
    await app.sees('Connected')
    await device.collect()
  })

  it('XD-3 has it done anew for each device', async () => {
    const app = await signedIn()
    const [first, second] = [await far(), await far()]
    await app.open(first.userCode)
    await app.page.getByLabel('The code on its own screen').fill(first.userCode)
    await app.page.getByLabel('It is in front of me').check()
    await app.tap('Not now')
    await app.page.getByLabel('Sign in on a television').fill(second.userCode)
    await app.tap('Go')
    await app.tap('Yes')
    await app.reads('That is not the code of the device that asks.')
    await app.reads('Tick this only if the device is really with you.')
  })

  it('XD-3 cannot say yes where the client lets no such device in', async () => {
    const app = await signedIn()
    const device = await RemoteDevice.start(server.origin, {
      clientId: 'strict-tv',
      place: at(RECIFE),
    })
    await app.open(device.userCode)
    await app.reads(/It is not where you are, and “The strict-tv” lets no such device in/)
    expect(await app.page.getByRole('button', { name: 'Yes', exact: true }).count()).toBe(0)
  })
})

describe('says in plain words', () => {
  it('that a code is not valid', async () => {
    const app = await signedIn()
    await app.open('BCDF-GHJK')
    await app.reads('That code is not valid, or not any more. See what the screen shows now.')
  })

  it('that a code has run out while it was asking', async () => {
    const app = await signedIn()
    await app.page.clock.install()
    const device = await RemoteDevice.start(server.origin)
    await app.open(device.userCode)
    await app.sees('Sign in on “Living-room TV”?')
    await app.page.clock.fastForward('10:00')
    await app.sees('Too late')
  })

  it.each([
    ['when they answer', (app: PhoneApp) => app.tap('Yes')],
    ['when they come back to it', (app: PhoneApp) => app.comeBack()],
  ])('that it was answered on the page: %s', async (_, notice) => {
    const app = await signedIn()
    const device = await RemoteDevice.start(server.origin)
    await app.open(device.userCode)
    await app.sees('Sign in on “Living-room TV”?')

    const page = await app.page.context().newPage()
    await page.goto(device.picture)
    await page.getByRole('link', { name: 'Continue with Example ID' }).click()
    await page.getByRole('button', { name: 'Don’t allow' }).click()
    await page.getByRole('heading', { name: 'Nothing was shared' }).waitFor()

    await notice(app)
    await app.sees('Not connected')
    await app.reads('Nothing was shared with “Living-room TV”.')
    await app.reads('You had answered before, here or on the page.')
    // … also to who opens it only now.
    await app.open(device.userCode)
    await app.sees('Not connected')
  })

  it('that somebody tries too many codes', async () => {
    const app = await signedInAs(somebody())
    for (const last of 'BCDFG') {
      await app.open(`BCDF-GHJ${last}`)
      await app.reads('That code is not valid')
    }
    await app.open('BCDF-GHJK')
    await app.reads(/^Too many tries. Wait 1\d minutes, then try again.$/)
  })

  it('that there is no connection, and the question stays', async () => {
    const app = await signedIn()
    const device = await RemoteDevice.start(server.origin)
    await app.open(device.userCode)
    await app.sees('Sign in on “Living-room TV”?')
    await app.page.context().setOffline(true)
    await app.tap('Yes')
    await app.reads('No connection. Try again in a moment.')
    await app.page.context().setOffline(false)
    await app.tap('Yes')
    await app.sees('Connected')
  })

  it('that the sign-in is no longer good, and goes on after the next', async () => {
    const app = await signedIn()
    await app.open()
    await app.page.evaluate(`{
      const session = JSON.parse(localStorage.getItem('example-tv.session'))
      const accessToken = session.accessToken.slice(0, -8) + 'AAAAAAAA'
      localStorage.setItem('example-tv.session', JSON.stringify({ ...session, accessToken }))
    }`)
    const device = await RemoteDevice.start(server.origin)
    await app.open(device.userCode)
    await app.reads('You have been signed out. Sign in again to go on.')
    await app.tap('Sign in')
    await app.tap('Yes')
    await app.sees('Connected')
  })

  it('that the sign-in is too old, and has the person do it again', async () => {
    const app = await signedIn()
    const device = await RemoteDevice.start(server.origin)
    // What Antenna says thirteen hours later.
    await app.page.route('**/device/authorizations/*', (route) =>
      route.fulfill({
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer error="x", max_age="43200"' },
        json: { error: 'insufficient_user_authentication' },
      }),
    )
    await app.open(device.userCode)
    await app.reads('You signed in a while ago. Do it again, so that it is surely you.')
    await app.page.unroute('**/device/authorizations/*')
    const request = app.page.waitForRequest(`${provider.issuer}/auth?**`)
    // The provider knows them, and asks all the same.
    await app.signIn(somebody())
    expect((await request).url()).toContain('max_age=43200')
    await app.sees('Sign in on “Living-room TV”?')
  })
})

it('is not there where nobody signs people in for it', async () => {
  const plain = await startServer()
  expect((await fetch(`${plain.origin}/app`)).status).toBe(404)
  expect(await (await fetch(`${plain.origin}/tv`)).text()).not.toContain('as-app')
  await plain.close()
})
