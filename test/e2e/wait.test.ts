// Times that move on a page: the wait after wrong codes, and the question. In a real browser, with and
// without its script.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBrowser } from './support/browser.ts'
import { Phone } from './support/phone.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { TURKU, at } from '../support/places.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  ;[server, browser] = await Promise.all([startServer({ SCOPES, CLIENTS }), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

/** Enters five wrong codes, and a right one. */
const enterTooMany = async (phone: Phone): Promise<RemoteDevice> => {
  await phone.join()
  for (const letter of 'BCDFG') await phone.open(`/device?user_code=ZZZZ-ZZZ${letter}`)
  const device = await RemoteDevice.start(server.origin)
  await phone.scan(device)
  await phone.sees('Too many attempts')
  return device
}

it('VP-5 VP-22 the wait counts down, and one tap then continues with the code', async () => {
  const phone = await Phone.unlock(browser, server.origin)
  await phone.page.clock.install()
  const device = await enterTooMany(phone)
  const timer = phone.page.getByRole('timer')
  // Ten, if this machine got here within a second.
  const seconds = Number(await timer.getAttribute('data-seconds'))
  await phone.reads(`Try again in ${seconds} seconds.`)
  expect(await timer.textContent()).toBe(`0:${String(seconds).padStart(2, '0')}`)
  await phone.page.clock.runFor((seconds - 1) * 1000)
  expect(await timer.textContent()).toBe('0:01')
  await phone.tap('Try again')
  await phone.sees('Too many attempts')
  // The server's clock keeps running.
  await expect
    .poll(() => phone.page.request.get(phone.origin + '/device/confirm').then((r) => r.status()), {
      timeout: 60_000,
      interval: 1000,
    })
    .toBe(200)
  await phone.page.clock.runFor(1000)
  await phone.reads('You can try again now.')
  expect(await timer.isVisible()).toBe(false)
  await phone.tap('Try again')
  await phone.sees('Connect a device')
  await phone.reads(device.userCode)
})

it('VP-5 VP-22 the wait is shown in words without its script, and keeps the code', async () => {
  const phone = await Phone.unlock(browser, server.origin, { javaScriptEnabled: false })
  const device = await enterTooMany(phone)
  await phone.reads(/^Try again in \d+ seconds\.$/)
  await expect
    .poll(
      async () => {
        await phone.tap('Try again')
        return phone.page.locator('h1').textContent()
      },
      { timeout: 60_000, interval: 1000 },
    )
    .toContain('Connect a device')
  await phone.reads(device.userCode)
})

/** A phone with a question, in a time zone. */
const asked = async (options: { readonly javaScriptEnabled?: boolean } = {}) => {
  const place = at({ ...TURKU, timezone: 'Asia/Kathmandu' })
  const phone = await Phone.unlock(browser, server.origin, { place, ...options })
  if (options.javaScriptEnabled !== false) await phone.page.clock.install()
  await phone.join()
  await phone.scan(await RemoteDevice.start(server.origin))
  return phone
}

it('VP-24 the question counts the minutes of the code, and since the request', async () => {
  const phone = await asked()
  await phone.reads(/Works for 9 more minutes/)
  expect(await phone.page.getByText('just now').isVisible()).toBe(true)
  await phone.page.clock.runFor(3 * 60_000)
  await phone.reads(/Works for 6 more minutes/)
  await phone.reads('3 minutes ago')
  await phone.page.clock.runFor(60 * 60_000)
  await phone.reads(/Works for about one more minute/)
})

const timeInKathmandu = (ms: number) =>
  new Intl.DateTimeFormat('en', { timeStyle: 'short', timeZone: 'Asia/Kathmandu' }).format(ms)

it('VP-24 the question names times of day without its script, in the person’s time zone', async () => {
  const phone = await asked({ javaScriptEnabled: false })
  const now = Date.now()
  const text = await phone.page.locator('main').innerText()
  const minutes = Array.from({ length: 3 }, (_, ago) => now + (10 - ago) * 60_000)
  expect(
    minutes.some((ms) => text.includes(`Works until \u2068${timeInKathmandu(ms)}\u2069`)),
  ).toBe(true)
  expect(text).not.toContain('just now')
  expect(text).not.toContain('more minutes')
})
