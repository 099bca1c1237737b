// A person's control after an approval: their devices and sessions (XD-8), the ways to withdraw a
// decision, and codes that are passed around (XD-6).
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from './support/browser.ts'
import { Phone } from './support/phone.ts'
import { type Network, RECIFE, TURKU, at } from '../support/places.ts'
import { RemoteDevice, type Tokens } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'

const LAPTOP = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

let server: Server
let browser: Browser

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  ;[server, browser] = await Promise.all([startServer({ SCOPES, CLIENTS }), startBrowser()])
})
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))
afterAll(async () => {
  await browser.close()
  await server.close()
})

const newPerson = async (network: Network = TURKU) => {
  const phone = await Phone.unlock(browser, server.origin, { place: at(network) })
  const email = await phone.join()
  return { phone, email }
}

/** A second browser of the same person. */
const laptopOf = async (email: string): Promise<Phone> => {
  const laptop = await Phone.unlock(browser, server.origin, { userAgent: LAPTOP })
  await laptop.open('/devices')
  await laptop.signIn(email)
  await laptop.sees('My devices')
  return laptop
}

const startDevice = (name = 'Living-room TV', clientId = 'tv') =>
  RemoteDevice.start(server.origin, { name, clientId })

/** A device that has its tokens, and has used them. */
const connect = async (phone: Phone, name?: string, clientId?: string) => {
  const device = await startDevice(name, clientId)
  await phone.allow(device)
  const tokens = await device.collect()
  expect(await device.userinfo(tokens)).toBe(200)
  return { device, tokens }
}

const section = (phone: Phone, heading: string) =>
  phone.page.locator('main section').filter({ has: phone.heading(heading) })

const devicesOn = (phone: Phone) => section(phone, 'Connected devices').locator('.cards > li')

const eventsOn = async (phone: Phone): Promise<readonly string[]> => {
  const events = await section(phone, 'Recent activity').locator('li').allInnerTexts()
  // Without the marks around names, which keep their direction to themselves.
  return events.map((event) => event.replaceAll(/[\u2066-\u2069]/g, ''))
}

const expectDead = async (device: RemoteDevice, tokens: Tokens): Promise<void> => {
  expect(await device.userinfo(tokens)).toBe(401)
  expect(await device.refresh(tokens)).toBe('invalid_grant')
}

const expectAlive = async (device: RemoteDevice, tokens: Tokens): Promise<void> => {
  expect(await device.userinfo(tokens)).toBe(200)
  expect(await device.refresh(tokens)).toMatchObject({ token_type: 'Bearer' })
}

const expectSignedOut = async (phone: Phone): Promise<void> => {
  await phone.open('/devices')
  await phone.sees('Sign in')
}

describe('the devices of a person', () => {
  it('XD-8 are shown with service, name, place and time', async () => {
    const { phone } = await newPerson()
    await phone.open('/devices')
    await phone.reads('No devices are connected.')
    await connect(phone, 'Living-room TV')
    await connect(phone, 'Kitchen radio', 'other-tv')
    await phone.tap(phone.page.getByRole('link', { name: 'My devices' }))
    const place = 'Location\nTurku, Southwest Finland, Finland'
    const times = 'Connected\njust now\nLast used\njust now'
    expect(await devicesOn(phone).locator('h3').allInnerTexts()).toEqual([
      'Kitchen radio',
      'Living-room TV',
    ])
    expect(await devicesOn(phone).locator('dl').allInnerTexts()).toEqual([
      `Service\nThe other-tv\n${place}\n${times}`,
      `Service\nThe tv\n${place}\n${times}`,
    ])
  })

  it('XD-8 are hidden from other people', async () => {
    const { phone } = await newPerson()
    await connect(phone)
    const { phone: other } = await newPerson()
    await other.open('/devices')
    await other.reads('No devices are connected.')
  })

  it('XD-8 can be renamed', async () => {
    const { phone } = await newPerson()
    const { device, tokens } = await connect(phone)
    await phone.open('/devices')
    await phone.tap(devicesOn(phone).getByText('Rename'))
    await phone.page.getByLabel(/New name for/).fill('  Grandmother’s <b>TV</b> ')
    await phone.tap('Save')
    await phone.page.getByRole('status').filter({ hasText: 'The new name is saved.' }).waitFor()
    expect(await devicesOn(phone).locator('h3').allInnerTexts()).toEqual([
      'Grandmother’s <b>TV</b>',
    ])
    await expectAlive(device, tokens)
  })

  it('XD-8 can be removed one by one, which ends every token of the device', async () => {
    const { phone } = await newPerson()
    const television = await connect(phone, 'Living-room TV')
    const radio = await connect(phone, 'Kitchen radio')
    await phone.open('/devices')
    await phone.tap(phone.page.getByRole('button', { name: /^Remove .?Living-room TV/ }))
    await phone.sees(/^Remove .?Living-room TV.?\?$/)
    await phone.tap(phone.page.getByRole('link', { name: 'Keep it' }))
    await expectAlive(television.device, television.tokens)
    await phone.tap(phone.page.getByRole('button', { name: /^Remove .?Living-room TV/ }))
    await phone.tap('Remove')
    await phone.page
      .getByRole('status')
      .filter({ hasText: /Living-room TV.? is removed/ })
      .waitFor()
    await expectDead(television.device, television.tokens)
    await expectAlive(radio.device, radio.tokens)
    expect(await devicesOn(phone).locator('h3').allInnerTexts()).toEqual(['Kitchen radio'])
    expect((await eventsOn(phone))[0]).toMatch(/^Removed Living-room TV\s+Turku/)
  })
})

describe('the sessions of a person', () => {
  it('SS-4 can be ended from another browser', async () => {
    const { phone, email } = await newPerson()
    const laptop = await laptopOf(email)
    const sessions = section(laptop, 'Where you are signed in').locator('li')
    expect(await sessions.count()).toBe(2)
    expect(await sessions.first().innerText()).toMatch(/^Firefox \(Linux\) This browser/)
    expect(await sessions.first().getByRole('button').count()).toBe(0)
    await laptop.tap(sessions.last().getByRole('button'))
    await laptop.reads('That browser is signed out.')
    expect(await sessions.count()).toBe(1)
    await expectSignedOut(phone)
    await laptop.open('/devices')
    await laptop.sees('My devices')
  })

  it('SS-4 end in this browser only with Sign out', async () => {
    const { phone, email } = await newPerson()
    const laptop = await laptopOf(email)
    await phone.open('/devices')
    await phone.tap(phone.page.locator('form.person').getByRole('button'))
    await phone.sees('Sign in')
    await expectSignedOut(phone)
    await laptop.open('/devices')
    await laptop.sees('My devices')
  })

  it.each([
    ['and leave the devices connected', false],
    ['and take the devices with them', true],
  ])('SS-4 can all be ended at once, %s', async (_, withDevices) => {
    const { phone, email } = await newPerson()
    const laptop = await laptopOf(email)
    const { device, tokens } = await connect(phone)
    await phone.open('/devices')
    await phone.page.getByLabel('Remove all devices as well').setChecked(withDevices)
    await phone.tap('Sign out everywhere')
    await phone.sees('Sign in')
    await expectSignedOut(phone)
    await expectSignedOut(laptop)
    await (withDevices ? expectDead : expectAlive)(device, tokens)
    await phone.signIn(email)
    await phone.sees('My devices')
    expect(await devicesOn(phone).count()).toBe(withDevices ? 0 : 1)
    expect((await eventsOn(phone))[1]).toMatch(/^Signed out everywhere/)
  })
})

describe('an approval by mistake', () => {
  it('XD-8 can be withdrawn on the last page, which ends its tokens and every session', async () => {
    const { phone, email } = await newPerson()
    const laptop = await laptopOf(email)
    const { device, tokens } = await connect(phone)
    await phone.tap('This wasn’t me')
    await phone.tap('Remove and sign out')
    await phone.sees('The device was removed')
    await phone.reads('You are signed out everywhere.')
    await expectDead(device, tokens)
    await expectSignedOut(phone)
    await expectSignedOut(laptop)
    await phone.signIn(email)
    await phone.reads('No devices are connected.')
    const [, ...events] = await eventsOn(phone)
    expect(events[0]).toMatch(/^Signed out everywhere/)
    expect(events[1]).toMatch(/^Removed Living-room TV, which was not yours\s+Turku/)
  })

  it('XD-8 can be withdrawn before the device has collected its tokens', async () => {
    const { phone, email } = await newPerson()
    const laptop = await laptopOf(email)
    const device = await startDevice()
    await phone.allow(device)
    await phone.tap('This wasn’t me')
    await phone.tap('Remove and sign out')
    await phone.sees('The device was removed')
    expect(await device.outcome()).toBe('access_denied')
    await expectSignedOut(laptop)
    await phone.open('/devices')
    await phone.signIn(email)
    await phone.reads('No devices are connected.')
  })

  it('XD-8 can be withdrawn only by its approver', async () => {
    const { phone } = await newPerson()
    const device = await startDevice()
    await phone.allow(device)
    const { phone: other } = await newPerson()
    const own = await startDevice()
    await other.allow(own)
    const cookies = await phone.page.context().cookies()
    const stolen = cookies.filter(({ name }) => name === 'result')
    await other.page.context().addCookies(stolen)
    await other.open('/device/result')
    await other.tap('This wasn’t me')
    await other.tap('Remove and sign out')
    await other.sees('My devices')
    await device.collect()
  })
})

describe('a request that the person did not start', () => {
  it('XD-6 can be reported, which ends it and adds an event', async () => {
    const { phone } = await newPerson()
    const device = await startDevice()
    await phone.scan(device)
    await phone.tap('I did not start this')
    await phone.sees('The request was stopped')
    expect(await phone.button('This wasn’t me').count()).toBe(0)
    expect(await device.outcome()).toBe('access_denied')
    await phone.open('/devices')
    expect((await eventsOn(phone))[0]).toMatch(/^Stopped a request from Living-room TV\s+Turku/)
    await phone.scan(device)
    await phone.reads(/is not connected to/)
    expect(await phone.button('Allow').count()).toBe(0)
  })
})

describe('a code that is passed around', () => {
  it.each([
    ['two people in two countries', [TURKU, RECIFE]],
    ['three people in one country', [TURKU, TURKU, TURKU]],
  ])('XD-6 ends when it is opened by %s', async (_, networks) => {
    const device = await startDevice()
    const phones = await Promise.all(networks.map((network) => newPerson(network)))
    for (const { phone } of phones.slice(0, -1)) {
      // So that these pages stay where they are when it ends.
      await phone.page.route('**/confirm.js', (route) => route.abort())
      await phone.scan(device)
      await phone.sees(/Connect a device/)
    }
    expect(await device.outcome()).toBe('authorization_pending')
    for (const { phone } of phones.slice(-1)) {
      await phone.scan(device)
      await phone.reads('This code is invalid or has expired.')
    }
    expect(await device.outcome()).toBe('access_denied')
    // Even its first opener cannot approve it now.
    for (const { phone } of phones.slice(0, 1)) {
      await phone.tap('Allow')
      await phone.sees('This code was stopped')
    }
    expect(await device.outcome()).toBe('access_denied')
  })

  it('XD-6 stays valid for two people in one country, as in a family', async () => {
    const device = await startDevice()
    const [{ phone: first }, { phone: second }] = [await newPerson(), await newPerson()]
    await first.scan(device)
    await second.scan(device)
    await first.scan(device)
    await first.sees(/Connect a device/)
    await second.tap('Allow')
    await second.sees('You’re connected')
    await device.collect()
  })
})

it('VP-6 a used code is invalid for other people, and its approver can still see it', async () => {
  const { phone } = await newPerson()
  const { device } = await connect(phone)
  const { phone: other } = await newPerson()
  await other.scan(device)
  await other.reads('This code is invalid or has expired.')
  await phone.scan(device)
  await phone.sees('You’re connected')
})
