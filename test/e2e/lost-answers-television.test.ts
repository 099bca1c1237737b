// The demo television in a real browser, with a connection that breaks while its tokens are on
// their way. On a kept-alive connection, Chromium itself repeats the request at once.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TELEVISION, startBrowser } from './support/browser.ts'
import { CuttingProxy } from './support/cutting-proxy.ts'
import { Person } from '../support/person.ts'
import { type Server, startServer } from './support/server.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const isPoll = (url: string) => new URL(url).pathname === '/token'

it.each([
  ['kept alive, and Chromium repeats the poll by itself', true],
  ['new, and the page polls again', false],
])('DC-6 a television is signed in although its connection was %s', async (_, keepsAlive) => {
  const proxy = new CuttingProxy(server.origin, { keepsAlive })
  await proxy.start()
  const person = new Person(fetch, server.origin)
  await person.createAccount('Hedy Lamarr', `${crypto.randomUUID()}@example.com`)
  const television = await (await browser.newContext(TELEVISION)).newPage()
  let sent = 0
  television.on('request', (request) => {
    if (isPoll(request.url())) sent += 1
  })
  await television.goto(`${proxy.origin}/tv`)
  await television.waitForSelector('#code-screen.has-qr:not(.is-busy)')
  const userCode = await television.locator('#user-code').innerText()
  const question = await person.open(`/device?user_code=${userCode}`)

  const answered = television.waitForResponse(
    (response) => isPoll(response.url()) && response.status() === 200,
  )
  proxy.cutNextSuccess('/token')
  await person.decide(question, 'allow')
  await television.waitForSelector('body[data-screen="greeting"]')
  expect(await television.locator('#greeting').innerText()).toContain('Hedy Lamarr')
  await television.locator('.poster', { hasText: 'The Long Tide' }).waitFor()

  expect(proxy.lost.map(({ status }) => status)).toEqual([200])
  const { refresh_token: lost } = JSON.parse(proxy.lost[0]?.text ?? '')
  const { refresh_token: found } = await (await answered).json()
  expect(found, 'the same again').toBe(lost)
  const asked = proxy.asked.filter((path) => path === '/token').length
  expect(asked - sent, 'what Chromium sent without being told').toBe(keepsAlive ? 1 : 0)
  expect((await person.open('/devices')).html.match(/Example TV/g)).toHaveLength(1)
  await proxy.close()
})
