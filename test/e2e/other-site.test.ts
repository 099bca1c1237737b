// VP-2 in a real browser: a page of another site opens codes by links, frames, pictures and
// scripts, while a person with that page open signs a television in.
import { type Server as HttpServer, createServer } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { en } from '../../src/language/messages/en.ts'
import { startBrowser } from './support/browser.ts'
import { Phone } from './support/phone.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'

const CODES = [...'BCDFGHJKLM'].map((letter) => letter.repeat(8))

let server: Server
let browser: Browser
let site: HttpServer
let siteOrigin: string
/** The content of the site. */
let html = ''

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  ;[server, browser] = await Promise.all([startServer({ SCOPES, CLIENTS }), startBrowser()])
  site = createServer((_, response) =>
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html),
  )
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const address = site.address()
  siteOrigin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(async () => {
  site.close()
  await browser.close()
  await server.close()
})

const addressOf = (code: string): string => `${server.origin}/device?user_code=${code}`

const linkTo = (code: string, target = '_self'): string =>
  `<p><a href="${addressOf(code)}" target="${target}">Win a prize</a></p>`

it('another site cannot harm a person with any address that it opens in their browser', async () => {
  const phone = await Phone.unlock(browser, server.origin)
  await phone.join()
  const context = phone.page.context()
  const before = await context.cookies(server.origin)
  const attacker = await RemoteDevice.start(server.origin)
  const codes = [...CODES, attacker.userCode]
  html = `<!doctype html><title>Prizes</title>${codes
    .map(
      (code) =>
        `${linkTo(code, '_blank')}<img src="${addressOf(code)}"><iframe src="${addressOf(code)}"></iframe>`,
    )
    .join('')}
    <img src="${server.origin}/device/confirm/decision"><img src="${server.origin}/device/confirm">
    <img src="${server.origin}/devices"><iframe src="${server.origin}/device/confirm"></iframe>`
  const foreign = await context.newPage()
  await foreign.goto(siteOrigin)
  await foreign.evaluate(
    `Promise.allSettled(${JSON.stringify(codes.map(addressOf))}.flatMap((address) => [
      fetch(address, { mode: 'no-cors', credentials: 'include' }),
      fetch(address, { credentials: 'include' }),
    ]))`,
  )
  for (const link of await foreign.getByRole('link').all()) {
    const [opened] = await Promise.all([context.waitForEvent('page'), link.click()])
    await opened.getByRole('button', { name: 'Continue' }).waitFor()
    expect(await opened.getByLabel('Code').inputValue()).toBe('')
    await opened.close()
  }
  expect(await context.cookies(server.origin)).toStrictEqual(before)

  const own = await RemoteDevice.start(server.origin)
  await phone.scan(own)
  expect(await phone.page.locator('.code').innerText()).toBe(own.userCode)
  await phone.tap('Allow')
  await phone.sees('You’re connected')
})

it('a link of another site leads to the question by one tap, before signing in too', async () => {
  for (const isSignedIn of [true, false]) {
    const phone = await Phone.unlock(browser, server.origin)
    const email = await phone.join()
    if (!isSignedIn) await phone.page.context().clearCookies()
    const device = await RemoteDevice.start(server.origin)
    html = linkTo(device.userCode)
    await phone.page.goto(siteOrigin)
    await phone.page.getByRole('link').click()
    await phone.reads(en.enterCode.byLink.warning)
    expect(await phone.page.locator('body').innerText()).not.toContain(device.userCode)
    await phone.tap('Continue')
    if (!isSignedIn) {
      await phone.reads(en.signIn.waiting)
      await phone.signIn(email)
    }
    await phone.sees(/Connect a device to/)
    expect(await phone.page.locator('.code').innerText()).toBe(device.userCode)
    expect(new URL(phone.page.url()).pathname).toBe('/device/confirm')
    await phone.page.context().close()
  }
})
