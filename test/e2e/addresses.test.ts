// Addresses that people scan and type, in a real browser: a short one of the service's own on another
// host, other spellings of the page's, and one that leads nowhere.
import { type Server as HttpServer, createServer } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBrowser } from './support/browser.ts'
import { Phone } from './support/phone.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'

let server: Server
let browser: Browser
/** The service's own short address: it redirects, and keeps the query. */
let short: HttpServer
let shortOrigin: string

beforeAll(async () => {
  short = createServer(({ url = '' }, response) =>
    url.startsWith('/link')
      ? response
          .setHeader('Content-Type', 'text/html')
          .end(`<a href="${url.slice('/link'.length)}">Go</a>`)
      : response
          .writeHead(302, { Location: `${server.origin}/device${url.replace(/^\/(?=\?|$)/, '')}` })
          .end(),
  )
  await new Promise<void>((resolve) => short.listen(0, '127.0.0.1', resolve))
  const address = short.address()
  shortOrigin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const { SCOPES, CLIENTS } = TEST_VARS
  ;[server, browser] = await Promise.all([
    startServer({ SCOPES, CLIENTS, VERIFICATION_URI: shortOrigin }),
    startBrowser(),
  ])
})
afterAll(async () => {
  short.close()
  await browser.close()
  await server.close()
})

it.each([true, false])(
  'DA-5 a scan of the short address goes straight on, signed in: %s',
  async (isSignedIn) => {
    const phone = await Phone.unlock(browser, server.origin)
    const email = await phone.join()
    if (!isSignedIn) await phone.page.context().clearCookies()
    const device = await RemoteDevice.start(server.origin)
    expect(device.picture).toBe(`${shortOrigin}/?user_code=${device.userCode}`)
    const sent = phone.page.waitForRequest((request) => request.url().includes('/device?user_code'))
    await phone.scan(device)
    expect((await (await sent).allHeaders())['sec-fetch-site']).toBe('none')
    if (!isSignedIn) await phone.signIn(email)
    await phone.tap('Allow')
    await phone.sees('You’re connected')
  },
)

it('VP-2 a link to the short address still needs a tap', async () => {
  const phone = await Phone.unlock(browser, server.origin)
  await phone.join()
  const device = await RemoteDevice.start(server.origin)
  await phone.page.goto(`${shortOrigin}/link/?user_code=${device.userCode}`)
  await phone.page.getByRole('link').click()
  await phone.reads('If someone sent you this link, close this page.')
  await phone.tap('Continue')
  await phone.sees(/Connect a device to/)
})

it.each(['/Device', '/DEVICE/', '/device.', '//device', '/'])(
  'VP-25 %s leads to the page for the code',
  async (path) => {
    const phone = await Phone.unlock(browser, server.origin)
    await phone.open(path)
    await phone.sees('Connect your device')
    expect(new URL(phone.page.url()).pathname).toBe('/device')
  },
)

it('VP-25 a page that does not exist takes the code', async () => {
  const phone = await Phone.unlock(browser, server.origin)
  await phone.join()
  const device = await RemoteDevice.start(server.origin)
  for (const path of ['/devcie', '/device/x']) {
    await phone.open(path)
    await phone.sees('This page does not exist')
    await phone.page.getByLabel('Code').fill(device.userCode)
    await phone.tap('Continue')
    await phone.sees(/Connect a device to/)
  }
})
