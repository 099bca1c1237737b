// The demo's third way: a television prompts its last person by push when it is turned on again.
// With the settings of `npm start`, and a push service that checks and stores its messages.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { AskedPhone } from './support/asked-phone.ts'
import { TELEVISION, startBrowser } from './support/browser.ts'
import { Person } from '../support/person.ts'
import { Phone } from './support/phone.ts'
import { TURKU, at } from '../support/places.ts'
import { type PushService, startPushService } from './support/push-service.ts'
import { PUSH_KEY, PUSH_SECRETS } from '../support/settings.ts'
import type { PushSubscriber } from '../support/push-subscriber.ts'
import { type Server, startServer } from './support/server.ts'

const NOTE = 'You may be asked on your other devices.'

let server: Server
let browser: Browser
let service: PushService

beforeAll(async () => {
  const vars = {
    DEMO_PUSH_KEY: PUSH_KEY,
    DEMO_PUSH_PRIVATE_KEY: PUSH_SECRETS.PUSH_PRIVATE_KEY,
  }
  ;[server, browser, service] = await Promise.all([
    startServer(vars),
    startBrowser(),
    startPushService(),
  ])
})
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))
afterAll(async () => {
  service.close()
  await browser.close()
  await server.close()
})

/** The demo's television, as a person in front of it uses it. */
class Television {
  readonly page: Page
  /** The hint of each device authorization request, in their order; null: without one. */
  readonly hints: (string | null)[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => expect.unreachable(error.message))
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/device_authorization')
        this.hints.push(new URLSearchParams(request.postData() ?? '').get('id_token_hint'))
    })
  }

  static async open(): Promise<Television> {
    const context = await browser.newContext({ ...TELEVISION, extraHTTPHeaders: at(TURKU) })
    const television = new Television(await context.newPage())
    await television.turnOn()
    return television
  }

  /** It restarts with its storage only. */
  async turnOn(): Promise<void> {
    await this.page.goto(`${server.origin}/tv`)
    await this.showsCode()
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button }).click()
    await this.showsCode()
  }

  async showsCode(): Promise<string> {
    await this.page.waitForSelector('#code-screen:not(.is-busy)')
    return this.page.locator('#user-code').innerText()
  }

  get saysThatItMayAsk(): Promise<boolean> {
    return this.page.getByText(NOTE, { exact: true }).isVisible()
  }

  async greets(name: string): Promise<void> {
    await this.page.getByRole('heading', { name: `Hello, ${name}` }).waitFor()
  }
}

interface Payload {
  readonly code: string
}

const receive = async (subscriber: PushSubscriber): Promise<Payload> =>
  (await service.deliver<Payload>(subscriber)).payload

const allow = async (phone: Phone, address: string): Promise<void> => {
  await phone.open(address)
  await phone.tap('Allow')
  await phone.sees('You’re connected')
}

/** A television with a signed-in person, and their phone with prompts. */
const signIn = async () => {
  const television = await Television.open()
  const phone = await Phone.unlock(browser, server.origin)
  await phone.join('Ada Lovelace')
  const subscriber = service.subscribe()
  const asked = await AskedPhone.optIn(phone, subscriber)
  await allow(phone, `/device?user_code=${await television.showsCode()}`)
  await television.greets('Ada Lovelace')
  return { television, phone, subscriber, asked }
}

it('a television sends no prompt at first, and prompts its last person when it is turned on again', async () => {
  const { television, phone, subscriber, asked } = await signIn()
  expect(television.hints).toEqual([null])

  await television.turnOn()
  expect(await television.saysThatItMayAsk).toBe(true)
  const payload = await receive(subscriber)
  expect(service.refused).toEqual([])
  expect(payload).toMatchObject({
    code: await television.showsCode(),
    client: 'Example TV',
    isVerified: true,
    device: 'Living-room TV (demo)',
  })
  const address = await asked.press(await asked.receive(payload))
  await allow(phone, address ?? '')
  await television.greets('Ada Lovelace')
})

it('a television sends no prompt after a sign-out, and prompts again for a new code', async () => {
  const { television, subscriber } = await signIn()
  await television.press('Sign out')
  expect(television.hints).toEqual([null, null])
  expect(await television.saysThatItMayAsk).toBe(false)

  await television.press('New code')
  expect(await television.saysThatItMayAsk).toBe(true)
  expect(await receive(subscriber)).toMatchObject({ code: await television.showsCode() })
  expect(service.countFor(subscriber)).toBe(0)
})

it('a television sends one prompt, however many codes expire', async () => {
  const { television, subscriber } = await signIn()
  await television.page.clock.install()
  await television.turnOn()
  const { code } = await receive(subscriber)
  await television.page.clock.fastForward('11:00')
  await vi.waitFor(() => expect(television.hints).toHaveLength(3), { timeout: 60_000 })
  expect(await television.showsCode()).not.toBe(code)
  expect(television.hints).toEqual([null, expect.stringMatching(/^ey/), null])
  expect(await television.saysThatItMayAsk).toBe(false)
})

it('a television with an invalid stored ID token deletes it and shows a code', async () => {
  const television = await Television.open()
  await television.page.evaluate(`localStorage.setItem('demo-tv.id_token', 'worn out')`)
  await television.turnOn()
  expect(television.hints).toEqual([null, 'worn out', null])
  expect(await television.saysThatItMayAsk).toBe(false)
  await television.press('New code')
  expect(television.hints).toEqual([null, 'worn out', null, null])
})

it('a television whose browser stores nothing still signs a person in', async () => {
  const television = await Television.open()
  await television.page.addInitScript(
    `Object.defineProperty(window, 'localStorage', { get: () => { throw new Error('blocked') } })`,
  )
  await television.turnOn()
  const person = new Person(fetch, server.origin, at(TURKU))
  await person.createAccount('Mary Jackson', 'mary@example.com')
  const code = await television.showsCode()
  await person.decide(await person.open(`/device?user_code=${code}`), 'allow')
  await television.greets('Mary Jackson')
  await television.press('Sign out')
  await television.press('New code')
  expect(television.hints).toEqual([null, null, null, null])
})
