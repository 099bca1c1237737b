// The whole push prompt: a television that names its account, a push service, and a phone with a
// subscribed browser. The message goes over HTTP to a push service that checks it, and is decrypted
// with the browser's own keys.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { AskedPhone, connectPushService } from './support/asked-phone.ts'
import { startBrowser } from './support/browser.ts'
import { Phone } from './support/phone.ts'
import { type Place, RECIFE, TURKU, at } from '../support/places.ts'
import { type PushService, startPushService } from './support/push-service.ts'
import { PUSH, PUSH_SECRETS, TEST_VARS } from '../support/settings.ts'
import type { PushSubscriber } from '../support/push-subscriber.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'

let server: Server
let browser: Browser
let service: PushService

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  const vars = { SCOPES, CLIENTS, PUSH, ...PUSH_SECRETS }
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

const unlock = async (locale = 'en'): Promise<Phone> => {
  const phone = await Phone.unlock(browser, server.origin, { locale })
  await phone.join()
  return phone
}

/** A television that has been signed in, and can name its person again. */
const introduce = async (phone: Phone): Promise<{ id_token_hint: string }> => {
  const device = await RemoteDevice.start(server.origin)
  await phone.scan(device)
  await phone.tap(phone.page.locator('button[value=allow]'))
  await phone.page.waitForURL(/\/result/)
  return { id_token_hint: (await device.collect()).id_token }
}

interface Payload {
  readonly code: string
}

const receive = async (subscriber: PushSubscriber): Promise<Payload> =>
  (await service.deliver<Payload>(subscriber)).payload

const startAgain = (hint: { id_token_hint: string }, place: Place = at(TURKU)) =>
  RemoteDevice.start(server.origin, { name: 'Den TV', hint, place })

/** Without the marks around names. */
const plain = (text: string) => text.replaceAll(/[\u2066-\u2069]/g, '')

it('a television that names its account is approved from the page of the notification', async () => {
  const phone = await unlock()
  const hint = await introduce(phone)
  const subscriber = service.subscribe()
  const asked = await AskedPhone.optIn(phone, subscriber)
  await phone.reads('This browser will ask you.')

  const startedAtMs = Date.now()
  const device = await startAgain(hint)
  const { headers, payload } = await service.deliver<Payload>(subscriber)
  const secondsSince = Math.ceil((Date.now() - startedAtMs) / 1000)
  expect(service.refused).toEqual([])
  expect(payload).toStrictEqual({
    code: device.userCode,
    client: 'The tv',
    isVerified: true,
    device: 'Den TV',
    city: 'Turku',
    region: 'Southwest Finland',
    country: 'FI',
  })
  expect(headers).toMatchObject({ urgency: 'high', 'content-length': '4096' })
  // As long as the code still lived when it was sent.
  expect(Number(headers['ttl'])).toBeLessThanOrEqual(600)
  expect(Number(headers['ttl'])).toBeGreaterThanOrEqual(600 - secondsSince)

  const shown = await asked.receive(payload)
  expect(plain(shown.title)).toBe('Sign in on Den TV?')
  expect(plain(shown.body)).toBe(
    'The tv, from Turku, Southwest Finland, Finland. Continue only if you just started this.',
  )
  expect(shown).toMatchObject({
    lang: 'en',
    dir: 'ltr',
    tag: device.userCode,
    actions: [{ action: 'not-me', title: 'Not me' }],
  })

  const address = await asked.press(shown)
  expect(address).toBe(`/device?user_code=${device.userCode}`)
  expect(await device.outcome()).toBe('authorization_pending')
  await phone.open(address ?? '')
  await phone.sees('Connect a device to')
  expect(await device.outcome()).toBe('authorization_pending')
  await phone.tap('Allow')
  await phone.sees('You’re connected')
  await device.collect()
})

it('“Not me” on the notification ends the request and silences its source', async () => {
  const phone = await unlock()
  const hint = await introduce(phone)
  const subscriber = service.subscribe()
  const asked = await AskedPhone.optIn(phone, subscriber)
  const place = at(TURKU)
  const device = await startAgain(hint, place)
  const shown = await asked.receive(await receive(subscriber))
  expect(await asked.press(shown, 'not-me')).toBe(null)
  expect(await device.outcome()).toBe('access_denied')
  await phone.open('/devices')
  await phone.reads(/Stopped a request from .?Den TV/)
  await startAgain(hint, place)
  const other = await startAgain(hint)
  expect((await receive(subscriber)).code).toBe(other.userCode)
  expect(service.countFor(subscriber)).toBe(0)
})

it('“Not me” after signing out leads to the page', async () => {
  const phone = await unlock()
  const hint = await introduce(phone)
  const subscriber = service.subscribe()
  const asked = await AskedPhone.optIn(phone, subscriber)
  const device = await startAgain(hint)
  const shown = await asked.receive(await receive(subscriber))
  await phone.page.context().clearCookies()
  expect(await asked.press(shown, 'not-me')).toBe(`/device?user_code=${device.userCode}`)
  expect(await device.outcome()).toBe('authorization_pending')
})

it.each([
  [
    'ja',
    'ltr',
    'Den TVでログインしますか？',
    'フィンランド、Southwest Finland、Turkuから。',
    '自分ではない',
  ],
  ['ar', 'rtl', 'تسجيل الدخول على Den TV؟', 'من Turku، Southwest Finland، فنلندا.', 'لست أنا'],
])('VP-20 the notification is in %s', async (locale, dir, title, place, notMe) => {
  const phone = await unlock(locale)
  const hint = await introduce(phone)
  const subscriber = service.subscribe()
  await phone.open('/devices')
  const button = await phone.page.locator('form[data-push] button').innerText()
  const asked = await AskedPhone.optIn(phone, subscriber, button)
  await startAgain(hint)
  const shown = await asked.receive(await receive(subscriber))
  expect(shown).toMatchObject({ lang: locale, dir, actions: [{ title: notMe }] })
  expect(plain(shown.title)).toBe(title)
  expect(plain(shown.body)).toContain(place)
})

it('the notification shows names as plain text', async () => {
  const phone = await unlock()
  const hint = await introduce(phone)
  const subscriber = service.subscribe()
  const asked = await AskedPhone.optIn(phone, subscriber)
  await startAgain(hint)
  const names = { device: "$& $' {device} {client}", client: '{place} {1} $`' }
  const shown = await asked.receive({ ...(await receive(subscriber)), ...names })
  expect(plain(shown.title)).toBe(`Sign in on ${names.device}?`)
  expect(plain(shown.body)).toContain(`${names.client}, from Turku`)
})

it('VP-23 the notification says that a client is not verified', async () => {
  const phone = await unlock()
  const hint = await introduce(phone)
  const subscriber = service.subscribe()
  const asked = await AskedPhone.optIn(phone, subscriber)
  await startAgain(hint)
  const shown = await asked.receive({ ...(await receive(subscriber)), isVerified: false })
  expect(plain(shown.body)).toContain('The tv (not verified by Antenna), from Turku')
})

describe('a browser', () => {
  it('subscribes with our key, for visible messages', async () => {
    const phone = await unlock()
    const subscriber = service.subscribe()
    await connectPushService(phone, subscriber)
    await phone.page.context().grantPermissions(['notifications'], { origin: server.origin })
    await phone.open('/devices')
    await phone.page.evaluate('HTMLFormElement.prototype.submit = () => undefined')
    await phone.tap('Ask me on this browser')
    const [visible, key] = await phone.page.evaluate<[boolean, string]>(
      `subscribed.then(({ userVisibleOnly, applicationServerKey }) => [
        userVisibleOnly,
        btoa(String.fromCharCode(...applicationServerKey)),
      ])`,
    )
    expect(visible).toBe(true)
    expect(Buffer.from(key, 'base64').toString('base64url')).toBe(PUSH.public_key)
  })

  it('without permission for notifications says so, and nothing changes', async () => {
    const phone = await unlock()
    await phone.open('/devices')
    await phone.tap('Ask me on this browser')
    await phone.page.getByRole('alert').filter({ hasText: 'does not let us show' }).waitFor()
    await phone.open('/devices')
    expect(await phone.button('Stop asking').count()).toBe(0)
  })

  it('without push is told so, and is offered nothing', async () => {
    const phone = await unlock()
    await phone.page.addInitScript('delete window.PushManager')
    await phone.open('/devices')
    await phone.reads('This browser cannot show notifications.')
    expect(await phone.button('Ask me on this browser').isVisible()).toBe(false)
  })

  it('that unsubscribes at its push service gets no more prompts', async () => {
    const phone = await unlock()
    const hint = await introduce(phone)
    const subscriber = service.subscribe()
    await AskedPhone.optIn(phone, subscriber)
    service.unsubscribe(subscriber)
    await startAgain(hint)
    await vi.waitFor(
      async () => {
        await phone.open('/devices')
        await phone.button('Ask me on this browser').waitFor({ timeout: 2000 })
      },
      { timeout: 60_000 },
    )
    expect(service.refused.splice(0)).toEqual(['the browser took it back'])
  })

  it('in a different country from the device gets no prompt, and one at home does', async () => {
    const phone = await unlock()
    const hint = await introduce(phone)
    const subscriber = service.subscribe()
    await AskedPhone.optIn(phone, subscriber)
    await startAgain(hint, at(RECIFE))
    const near = await startAgain(hint)
    expect((await receive(subscriber)).code).toBe(near.userCode)
    expect(service.countFor(subscriber)).toBe(0)
  })
})
