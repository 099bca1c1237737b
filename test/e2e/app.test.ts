// The demo's three ways side by side: its app with a real identity provider, its television, and
// the page. Signing in to the app and by the page's button leads to the same account.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { en } from '../../src/language/messages/en.ts'
import { TELEVISION } from './support/browser.ts'
import { Demo, somebody } from './support/demo.ts'
import { RECIFE, TURKU, at } from '../support/places.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { startServer } from './support/server.ts'

let demo: Demo

beforeAll(async () => {
  demo = await Demo.start()
})
afterEach(() => Promise.all(demo.browser.contexts().map((context) => context.close())))
afterAll(() => demo.stop())

const turnOnTelevision = async (): Promise<Page> => {
  const options = { ...TELEVISION, extraHTTPHeaders: at(TURKU) }
  const television = await (await demo.browser.newContext(options)).newPage()
  await television.goto(`${demo.origin}/tv`)
  await television.waitForSelector('#code-screen:not(.is-busy)')
  return television
}

it('one tap connects the television, and the page has the same person', async () => {
  const name = somebody()
  const app = await demo.signedInAs(name)
  const television = await turnOnTelevision()
  const link = await television.locator('#as-app').getAttribute('href')

  app.taps = 0
  await app.page.goto(`${demo.origin}${link}`)
  await app.sees('Sign in on “Living-room TV (demo)”?')
  await app.reads('See the films and series in your library')
  await app.reads(await television.locator('#user-code').innerText())
  // VP-14
  expect(app.page.url()).toBe(`${demo.origin}/app`)
  await app.tap('Yes')
  await television.waitForSelector('body[data-screen="greeting"]')
  expect(app.taps).toBe(1)
  expect(await television.locator('#greeting').innerText()).toBe(`Hello, ${name}`)
  await app.sees('Connected')

  // The same phone's browser, known at the provider already: one tap on its button.
  const page = await app.page.context().newPage()
  await page.goto(`${demo.origin}/devices`)
  await page.getByRole('link', { name: en.signIn.continueWith('Example ID') }).click()
  await page.getByText('Living-room TV (demo)').first().waitFor()
  expect(page.url()).toBe(`${demo.origin}/devices`)
  await page.getByText(name).first().waitFor()
})

it('signing in keeps the scanned code', async () => {
  const app = await demo.unlock()
  const device = await RemoteDevice.start(demo.origin)
  await app.open(device.userCode)
  await app.reads('A television waits for your answer.')
  await app.signIn(somebody())
  await app.sees('Sign in on “Living-room TV”?')
  await app.tap('Yes')
  await app.sees('Connected')
  await device.collect()
})

it('a typed code may be in lower case and without the dash', async () => {
  const app = await demo.signedIn()
  await app.open()
  const device = await RemoteDevice.start(demo.origin)
  await app.page
    .getByLabel('Sign in on a television')
    .fill(device.userCode.replace('-', ' ').toLowerCase())
  await app.tap('Go')
  await app.reads(device.userCode)
  await app.tap('Yes')
  await app.sees('Connected')
  await device.collect()
})

it('a second person can sign in after the first has signed out', async () => {
  const app = await demo.signedInAs(somebody())
  await app.tap('Sign out')
  const next = somebody()
  await app.signIn(next)
  await app.sees(`Hello, ${next}`)
})

it('a cancelled sign-in starts no session', async () => {
  const app = await demo.unlock()
  await app.open()
  await app.tap('Sign in')
  await app.tap('Cancel')
  await app.sees('Your films, on every screen')
})

it.each<[string, { state: string; iss?: string }]>([
  ['another state', { state: 'other', iss: 'own' }],
  ['no issuer', { state: 'own' }],
  ['another issuer', { state: 'own', iss: 'https://accounts.example' }],
])('an unexpected answer is refused: %s', async (_, { state, iss }) => {
  const app = await demo.unlock()
  await app.open()
  await app.tap('Sign in')
  await app.sees('Sign in')
  const own = new URL(app.page.url()).origin
  const asked: string[] = []
  app.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await app.open()
  const attempt = await app.page.evaluate<string>(`sessionStorage.getItem('example-tv.attempt')`)
  const answer = new URLSearchParams({
    code: 'stolen',
    state: state === 'own' ? (JSON.parse(attempt) as { state: string }).state : state,
    ...(iss !== undefined && { iss: iss === 'own' ? own : iss }),
  })
  await app.page.goto(`${demo.origin}/app?${answer.toString()}`)
  await app.reads('Signing in did not work. Try again.')
  expect(asked).not.toContain('/token')
})

describe('the app tells the television', () => {
  it.each([
    ['No', 'Not connected', 'access_denied'],
    ['I did not start this', 'Thank you for the report', 'access_denied'],
  ])('%s', async (button, heading, outcome) => {
    const app = await demo.signedIn()
    const device = await RemoteDevice.start(demo.origin)
    await app.open(device.userCode)
    await app.tap(button)
    await app.sees(heading)
    expect(await device.outcome()).toBe(outcome)
  })

  it('nothing after “Not now”', async () => {
    const app = await demo.signedIn()
    const device = await RemoteDevice.start(demo.origin)
    await app.open(device.userCode)
    await app.tap('Not now')
    await app.reads('For you')
    expect(await device.outcome()).toBe('authorization_pending')
  })
})

const far = () => RemoteDevice.start(demo.origin, { place: at(RECIFE) })

describe('far from the device, the app', () => {
  it('XD-3 asks for the code and a ticked box', async () => {
    const app = await demo.signedIn()
    const device = await far()
    await app.open(device.userCode)
    await app.reads('In a different country from you')
    expect(await app.page.locator('body').innerText()).not.toContain(device.userCode)
    await app.tap('Yes')
    await app.reads('This is not the code of the device that asked.')
    await app.reads('Tick this only if the device is really with you.')
    expect(await device.outcome()).toBe('authorization_pending')

    await app.page.getByLabel('The code on its own screen').fill(device.userCode)
    await app.page.getByLabel('It is in front of me').check()
    await app.tap('Yes')
    await app.sees('Connected')
    await device.collect()
  })

  it('XD-3 asks again for each device', async () => {
    const app = await demo.signedIn()
    const [first, second] = [await far(), await far()]
    await app.open(first.userCode)
    await app.page.getByLabel('The code on its own screen').fill(first.userCode)
    await app.page.getByLabel('It is in front of me').check()
    await app.tap('Not now')
    await app.page.getByLabel('Sign in on a television').fill(second.userCode)
    await app.tap('Go')
    await app.tap('Yes')
    await app.reads('This is not the code of the device that asked.')
    await app.reads('Tick this only if the device is really with you.')
  })

  it('XD-3 offers no approval if the client refuses far devices', async () => {
    const app = await demo.signedIn()
    const device = await RemoteDevice.start(demo.origin, {
      clientId: 'strict-tv',
      place: at(RECIFE),
    })
    await app.open(device.userCode)
    await app.reads(/It is not where you are, and “The strict-tv” lets no such device in/)
    expect(await app.page.getByRole('button', { name: 'Yes', exact: true }).count()).toBe(0)
  })
})

it('the app is absent without an identity provider for it', async () => {
  const plain = await startServer()
  expect((await fetch(`${plain.origin}/app`)).status).toBe(404)
  expect(await (await fetch(`${plain.origin}/tv`)).text()).not.toContain('as-app')
  await plain.close()
})
