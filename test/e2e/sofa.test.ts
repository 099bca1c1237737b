// The main job as people see it: a television and a phone, two windows of a real browser. What the
// phone opens is what a QR decoder reads off the television's picture.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PHONE, TELEVISION, readQrCode, startBrowser } from './support/browser.ts'
import { PASSWORD } from '../support/person.ts'
import { type Server, startServer } from './support/server.ts'

let server: Server
let browser: Browser
const foreignRequests: string[] = []

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const openWindow = async (options: typeof PHONE): Promise<Page> => {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== server.origin) foreignRequests.push(request.url())
  })
  page.on('pageerror', (error) => expect.unreachable(error.message))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) expect.unreachable(message.text())
  })
  return page
}

const turnOnTelevision = async (): Promise<Page> => {
  const television = await openWindow(TELEVISION)
  await television.goto(`${server.origin}/tv`)
  await television.waitForSelector('#code-screen.has-qr:not(.is-busy)')
  await television.evaluate(`document.querySelector('#qr').decode()`)
  return television
}

const shownCode = (television: Page) => television.locator('#user-code').innerText()

it('a television signs in by scanning, a new account and Allow', async () => {
  const television = await turnOnTelevision()
  const code = await shownCode(television)
  const scanned = await readQrCode(television)
  expect(scanned).toBe(`${server.origin}/device?user_code=${code}`)

  const phone = await openWindow(PHONE)
  await phone.goto(scanned ?? '')
  // VP-14: the address keeps the code, for a reload or another browser, and does not show it.
  expect(new URL(phone.url()).pathname).toBe('/device/sign-in')
  expect(phone.url()).not.toContain(code)
  await phone.getByRole('link', { name: 'Create an account' }).click()
  await phone.getByLabel('Name').fill('Ada Lovelace')
  await phone.getByLabel('Email').fill('ada@example.com')
  await phone.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await phone.getByRole('button', { name: 'Create account' }).click()

  // VP-3, VP-22: the same code, without entering it again.
  await phone.getByRole('heading', { name: /Connect a device to .Example TV.\?/ }).waitFor()
  expect(await phone.locator('.code').innerText()).toBe(code)
  await phone.getByText('See the films and series in your library').waitFor()
  await phone.getByRole('button', { name: 'Allow', exact: true }).click()
  await phone.getByRole('heading', { name: 'You’re connected' }).waitFor()

  await television.waitForSelector('body[data-screen="greeting"]')
  expect(await television.locator('#greeting').innerText()).toContain('Ada Lovelace')
  await television.locator('.poster', { hasText: 'The Long Tide' }).waitFor()
  expect(foreignRequests).toEqual([])
})

it('a signed-in person needs one tap, and a typed code works', async () => {
  const television = await turnOnTelevision()
  const phone = await openWindow(PHONE)
  await phone.goto(`${server.origin}/device/create-account`)
  await phone.getByLabel('Name').fill('Grace Hopper')
  await phone.getByLabel('Email').fill('grace@example.com')
  await phone.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await phone.getByRole('button', { name: 'Create account' }).click()
  const typed = (await shownCode(television)).toLowerCase().replace('-', ' ')
  await phone.getByLabel('Code').fill(typed)
  await phone.getByRole('button', { name: 'Continue' }).click()
  await phone.getByRole('button', { name: 'Allow', exact: true }).click()
  await television.waitForSelector('body[data-screen="greeting"]')

  const second = await turnOnTelevision()
  await phone.goto((await readQrCode(second)) ?? '')
  await phone.getByRole('button', { name: 'Allow', exact: true }).click()
  await second.waitForSelector('body[data-screen="greeting"]')
  expect(await second.locator('#greeting').innerText()).toContain('Grace Hopper')
})

it('a television hears of the denial, and can try again', async () => {
  const television = await turnOnTelevision()
  const code = await shownCode(television)
  const phone = await openWindow(PHONE)
  await phone.goto(`${server.origin}/device/create-account`)
  await phone.getByLabel('Name').fill('Hedy Lamarr')
  await phone.getByLabel('Email').fill('hedy@example.com')
  await phone.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await phone.getByRole('button', { name: 'Create account' }).click()
  await phone.goto(`${server.origin}/device?user_code=${code}`)
  await phone.getByRole('button', { name: 'Don’t allow' }).click()
  await phone.getByRole('heading', { name: 'Nothing was shared' }).waitFor()
  await television.waitForSelector('body[data-screen="denied"]')
  await television.keyboard.press('Enter')
  await television.waitForSelector('body[data-screen="code"]')
  await television.waitForSelector('#code-screen.has-qr:not(.is-busy)')
  expect(await shownCode(television)).not.toBe(code)
})
