// An attacker elsewhere tries to get "On the same network as you" into the question: by a page in
// the victim's own browser, by a device that started near them, by collecting their approval.
import { type Server as HttpServer, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from './support/browser.ts'
import { Phone } from './support/phone.ts'
import { RECIFE, TURKU, at } from '../support/places.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'

const client = (id: string, more: object = {}) => ({
  client_id: id,
  client_name: `The ${id}`,
  scope: 'openid profile offline_access',
  hold_seconds: 0,
  ...more,
})
const ONLY_AT_HOME = {
  same_operator: 'refuse',
  same_city: 'refuse',
  same_country: 'refuse',
  far: 'refuse',
  unknown: 'refuse',
}

const HOME = at(TURKU, '203.0.113.7')
const ELSEWHERE = at(RECIFE, '198.51.100.7')

let foreign: HttpServer
let foreignOrigin: string
let server: Server
let browser: Browser

beforeAll(async () => {
  foreign = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Free films</title>')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => foreign.once('listening', resolve))
  foreignOrigin = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`
  const CLIENTS = [
    client('tv'),
    client('strict-tv', { proximity: ONLY_AT_HOME }),
    client('web-tv', { web_origins: [foreignOrigin] }),
    client('packaged-tv', { web_origins: ['null'] }),
  ]
  ;[server, browser] = await Promise.all([startServer({ CLIENTS }), startBrowser()])
})
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))
afterAll(async () => {
  foreign.close()
  await browser.close()
  await server.close()
})

interface Read {
  readonly status: number
  readonly body: Readonly<Record<string, string>>
}

/** A script that requests codes and reads them; `undefined` if the browser shows it nothing. */
const SCRIPT = `async (address, client_id, mode) => {
  try {
    const body = new URLSearchParams({ client_id, scope: 'openid' })
    const response = await fetch(address, { method: 'POST', mode, body })
    return { status: response.status, body: await response.json() }
  } catch {
    return undefined
  }
}`

const runIn = (page: Page, clientId: string, mode = 'cors'): Promise<Read | undefined> =>
  page.evaluate(`(${SCRIPT})('${server.origin}/device_authorization', '${clientId}', '${mode}')`)

/** A frame without an origin, in which the same script runs. */
const runInSandbox = async (page: Page, clientId: string): Promise<Read | undefined> => {
  const address = `${server.origin}/device_authorization`
  const script = `(${SCRIPT})('${address}', '${clientId}', 'cors').then((read) => parent.postMessage(read ?? null, '*'))`
  return page.evaluate(`new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data ?? undefined))
    const frame = document.createElement('iframe')
    frame.sandbox = 'allow-scripts'
    frame.srcdoc = '<script>' + ${JSON.stringify(script)} + '</' + 'script>'
    document.body.append(frame)
  })`)
}

/** A browser that looks at this page. No place is set: that would ask for a preflight of its own. */
const lookAt = async (address: string): Promise<Page> => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(address)
  return page
}

const refused = { status: 403, body: { error: 'unauthorized_client' } }

describe('a page in the browser of a victim', () => {
  it('DA-19 gets no codes, and an explanation', async () => {
    const page = await lookAt(foreignOrigin)
    for (const clientId of ['tv', 'strict-tv', 'packaged-tv']) {
      const read = await runIn(page, clientId)
      expect(read).toMatchObject(refused)
      expect(read?.body['error_description']).toContain('web_origins')
      expect(read?.body).not.toHaveProperty('device_code')
    }
  })

  it('DA-19 gets none with a hidden origin or without a preflight request', async () => {
    const page = await lookAt(foreignOrigin)
    expect(await runInSandbox(page, 'web-tv')).toMatchObject(refused)
    expect(await runIn(page, 'strict-tv', 'no-cors')).toBeUndefined()
  })

  it('DA-19 gets codes if its client lists it, as web televisions need', async () => {
    const page = await lookAt(foreignOrigin)
    expect(await runIn(page, 'web-tv')).toMatchObject({
      status: 200,
      body: { device_code: expect.any(String) },
    })
    expect(await runInSandbox(page, 'packaged-tv')).toMatchObject({ status: 200 })
  })

  it('DA-19 gets codes if it is our own, like the demo television', async () => {
    const page = await lookAt(`${server.origin}/tv`)
    expect(await runIn(page, 'strict-tv')).toMatchObject({ status: 200 })
  })
})

const atHome = async (): Promise<Phone> => {
  const phone = await Phone.unlock(browser, server.origin, { place: HOME })
  await phone.join()
  return phone
}

describe('an attacker who starts in the victim’s network and polls elsewhere', () => {
  it('XD-12 is shown at the place of the polls, and not approved by one tap', async () => {
    const phone = await atHome()
    const device = await RemoteDevice.start(server.origin, { place: HOME })
    device.moveTo(ELSEWHERE)
    expect(await device.outcome()).toBe('authorization_pending')
    await phone.scan(device)
    await phone.reads('Recife, Pernambuco, Brazil')
    await phone.reads('Capibaribe Telecom')
    await phone.reads('Is this device with you?')
    await phone.tap('Allow')
    expect(await device.outcome()).toBe('authorization_pending')
  })

  it('XD-12 is refused if the client requires the person’s network', async () => {
    const phone = await atHome()
    const device = await RemoteDevice.start(server.origin, { clientId: 'strict-tv', place: HOME })
    await phone.scan(device)
    await phone.reads('On the same network as you')
    device.moveTo(ELSEWHERE)
    expect(await device.outcome()).toBe('authorization_pending')
    await phone.tap('Allow')
    await phone.sees('This device is too far away')
    expect(await device.outcome()).toBe('authorization_pending')
  })
})

describe('an attacker who collects elsewhere after an approval at home', () => {
  it.each(['tv', 'strict-tv'])('XD-13 gets nothing, and the person is told: %s', async (id) => {
    const phone = await atHome()
    const device = await RemoteDevice.start(server.origin, { clientId: id, place: HOME })
    await phone.allow(device)
    device.moveTo(ELSEWHERE)
    expect(await device.outcome()).toBe('access_denied')
    device.moveTo(HOME)
    expect(await device.outcome()).toBe('access_denied')
    await phone.open('/devices')
    await phone.reads('No devices are connected')
    const event = phone.page
      .getByRole('listitem')
      .filter({ hasText: 'not where you allowed it to be' })
    expect(await event.innerText()).toMatch(
      /^Stopped .?Living-room TV.?, which was not where you allowed it to be\s+Recife, Pernambuco, Brazil · just now$/,
    )
  })
})
