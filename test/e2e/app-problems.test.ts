// The demo's app when something fails: its message, and the way on from there.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { en } from '../../src/language/messages/en.ts'
import { Demo, somebody } from './support/demo.ts'
import type { PhoneApp } from './support/phone-app.ts'
import { RemoteDevice } from './support/remote-device.ts'

let demo: Demo

beforeAll(async () => {
  demo = await Demo.start()
})
afterEach(() => Promise.all(demo.browser.contexts().map((context) => context.close())))
afterAll(() => demo.stop())

describe('the app says in plain words', () => {
  it('that a code is invalid', async () => {
    const app = await demo.signedIn()
    await app.open('BCDF-GHJK')
    await app.reads('That code is wrong or has expired. Use the code that the screen shows now.')
  })

  it('that a code expired while the question was open', async () => {
    const app = await demo.signedIn()
    await app.page.clock.install()
    const device = await RemoteDevice.start(demo.origin)
    await app.open(device.userCode)
    await app.sees('Sign in on “Living-room TV”?')
    await app.page.clock.fastForward('10:00')
    await app.sees('Too late')
  })

  it.each([
    ['when they answer', (app: PhoneApp) => app.tap('Yes')],
    ['when they come back to it', (app: PhoneApp) => app.comeBack()],
  ])('that the page has already decided: %s', async (_, notice) => {
    const app = await demo.signedIn()
    const device = await RemoteDevice.start(demo.origin)
    await app.open(device.userCode)
    await app.sees('Sign in on “Living-room TV”?')

    const page = await app.page.context().newPage()
    await page.goto(device.picture)
    await page.getByRole('link', { name: en.signIn.continueWith('Example ID') }).click()
    await page.getByRole('button', { name: 'Don’t allow' }).click()
    await page.getByRole('heading', { name: 'Nothing was shared' }).waitFor()

    await notice(app)
    await app.sees('Not connected')
    await app.reads('Nothing was shared with “Living-room TV”.')
    await app.reads('You decided this before, here or on the page.')
    // … also when it is opened only now.
    await app.open(device.userCode)
    await app.sees('Not connected')
  })

  it('that there were too many wrong codes', async () => {
    const app = await demo.signedInAs(somebody())
    for (const last of 'BCDFG') {
      await app.open(`BCDF-GHJ${last}`)
      await app.reads('That code is wrong')
    }
    await app.open('BCDF-GHJK')
    await app.reads(/^Too many attempts. Try again in \d+ seconds.$/)
  })

  it('that it is offline, and keeps the question', async () => {
    const app = await demo.signedIn()
    const device = await RemoteDevice.start(demo.origin)
    await app.open(device.userCode)
    await app.sees('Sign in on “Living-room TV”?')
    await app.page.context().setOffline(true)
    await app.tap('Yes')
    await app.reads('No connection. Try again in a moment.')
    await app.page.context().setOffline(false)
    await app.tap('Yes')
    await app.sees('Connected')
  })

  it('that the sign-in has ended, and continues after the next one', async () => {
    const app = await demo.signedIn()
    await app.open()
    await app.page.evaluate(`{
      const session = JSON.parse(localStorage.getItem('example-tv.session'))
      const accessToken = session.accessToken.slice(0, -8) + 'AAAAAAAA'
      localStorage.setItem('example-tv.session', JSON.stringify({ ...session, accessToken }))
    }`)
    const device = await RemoteDevice.start(demo.origin)
    await app.open(device.userCode)
    await app.reads('You have been signed out. Sign in again to continue.')
    await app.tap('Sign in')
    await app.tap('Yes')
    await app.sees('Connected')
  })

  it('that the sign-in is too old, and repeats it', async () => {
    const app = await demo.signedIn()
    const device = await RemoteDevice.start(demo.origin)
    // Antenna's answer thirteen hours later.
    await app.page.route('**/device/authorizations/*', (route) =>
      route.fulfill({
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer error="x", max_age="43200"' },
        json: { error: 'insufficient_user_authentication' },
      }),
    )
    await app.open(device.userCode)
    await app.reads('You signed in a while ago. Sign in again to confirm that it is you.')
    await app.page.unroute('**/device/authorizations/*')
    const request = app.page.waitForRequest(`${demo.provider.issuer}/auth?**`)
    // The provider knows them, and asks all the same.
    await app.signIn(somebody())
    expect((await request).url()).toContain('max_age=43200')
    await app.sees('Sign in on “Living-room TV”?')
  })
})
