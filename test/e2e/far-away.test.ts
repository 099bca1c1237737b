// A device that is not where its person is (RFC 10027 §6.1.1): what the page says about it, and what
// each policy of a client makes of it.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from './support/browser.ts'
import { Phone } from './support/phone.ts'
import { type Network, type Place, RECIFE, TURKU, at } from '../support/places.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'

const client = (id: string, far?: string) => ({
  client_id: id,
  client_name: `The ${id}`,
  scope: 'openid profile offline_access',
  hold_seconds: 0,
  ...(far !== undefined && { proximity: { far } }),
})

const CLIENTS = [client('trusting-tv', 'allow'), client('tv'), client('strict-tv', 'refuse')]

const HOME_ADDRESS = '203.0.113.7'
const HOME = at(TURKU, HOME_ADDRESS)
const CODE_PROBLEM = 'That is not the code on this device.'
const BOX_PROBLEM = 'Tick this only if the device is really with you.'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer({ CLIENTS }), startBrowser()])
})
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))
afterAll(async () => {
  await browser.close()
  await server.close()
})

const signedInAt = async (place: Place): Promise<Phone> => {
  const phone = await Phone.unlock(browser, server.origin, { place })
  await phone.join()
  return phone
}

/** The phone of a person in Turku, with the code of a device in Recife. */
const scanFromFar = async (clientId: string) => {
  const phone = await signedInAt(at(TURKU))
  const device = await RemoteDevice.start(server.origin, { clientId, place: at(RECIFE) })
  await phone.scan(device)
  return { phone, device }
}

/** The page's description of the device, term by term. */
const factsOn = async (phone: Phone): Promise<Record<string, string>> => {
  await phone.sees(/^Device$/)
  const facts = phone.page.locator('main dl > div')
  const rows = await Promise.all(
    (await facts.all()).map(async (fact) => [
      await fact.locator('dt').innerText(),
      await fact.locator('dd').innerText(),
    ]),
  )
  return Object.fromEntries(rows)
}

describe('the distance of the device', () => {
  const elsewhere: Network = { ...TURKU, region: 'Uusimaa', city: 'Espoo' }
  const otherNet: Network = { ...TURKU, asn: 64_501, asOrganization: 'Ruissalo Kaapeli' }
  const farther: Network = { ...otherNet, region: 'Uusimaa', city: 'Espoo' }
  // Some operators span the world, so their customers would be near everyone.
  const sameNetFar: Network = { ...RECIFE, asn: TURKU.asn ?? 0, asOrganization: 'Aura Net' }

  it.each([
    ['on the same network', 'On the same network as you', at(elsewhere, HOME_ADDRESS)],
    ['with the same provider', 'Same internet provider and country as you', at(elsewhere)],
    ['in the same city', 'In the same city as you', at(otherNet)],
    ['in the same country', 'In the same country as you', at(farther)],
    ['in another country', 'In a different country from you', at(RECIFE)],
    ['with the same provider abroad', 'In a different country from you', at(sameNetFar)],
  ])('XD-3 is shown: %s', async (_, sentence, place) => {
    const phone = await signedInAt(HOME)
    const clientId = 'trusting-tv'
    const device = await RemoteDevice.start(server.origin, { clientId, place })
    await phone.scan(device)
    const { city = '', region = '', country = '', asOrganization } = networkOf(place)
    const countryName = country === 'FI' ? 'Finland' : 'Brazil'
    expect(await factsOn(phone)).toEqual({
      Name: 'Living-room TV',
      Location: `${city}, ${region}, ${countryName}\n${sentence}`,
      Network: asOrganization,
      Requested: 'just now',
    })
  })

  it('XD-3 XD-14 is omitted, and counts as far, if the device’s location is unknown', async () => {
    const phone = await signedInAt(at(TURKU))
    const device = await RemoteDevice.start(server.origin, { place: at({}) })
    await phone.scan(device)
    expect(await factsOn(phone)).toEqual({ Name: 'Living-room TV', Requested: 'just now' })
    await phone.reads('Is this device with you?')
  })

  it('XD-3 XD-14 is omitted, and counts as far, if the person’s location is unknown', async () => {
    const phone = await signedInAt(at({}))
    const device = await RemoteDevice.start(server.origin, { place: at(RECIFE) })
    await phone.scan(device)
    expect((await factsOn(phone)).Location).toBe('Recife, Pernambuco, Brazil')
    await phone.reads('Is this device with you?')
  })
})

describe('a client that allows far devices', () => {
  it('XD-3 has the distance shown, without a check', async () => {
    const { phone, device } = await scanFromFar('trusting-tv')
    await phone.reads('In a different country from you')
    await phone.reads('Does your device show this code?')
    expect(await phone.page.getByLabel('The device is in front of me').count()).toBe(0)
    await phone.tap('Allow')
    await phone.sees('You’re connected')
    await device.collect()
  })
})

describe('a client with the default for far devices', () => {
  it('XD-3 has the person enter the hidden code and tick a box', async () => {
    const { phone, device } = await scanFromFar('tv')
    await phone.reads('In a different country from you')
    await phone.page.getByRole('status').filter({ hasText: 'Is this device with you?' }).waitFor()
    expect(await codeField(phone).inputValue()).toBe('')
    expect(await box(phone).isChecked()).toBe(false)
    expect(await phone.page.locator('body').innerText()).not.toContain(device.userCode)

    // In capitals or not, with the dash or without.
    await codeField(phone).fill(device.userCode.replace('-', ' ').toLowerCase())
    await box(phone).check()
    expect(await device.outcome()).toBe('authorization_pending')
    await phone.tap('Allow')
    await phone.sees('You’re connected')
    await device.collect()
  })

  it.each([
    ['nothing typed, nothing ticked', undefined, false, [CODE_PROBLEM, BOX_PROBLEM]],
    ['nothing ticked', 'own', false, [BOX_PROBLEM]],
    ['nothing typed', undefined, true, [CODE_PROBLEM]],
    ['another code', 'BCDF-GHJK', true, [CODE_PROBLEM]],
  ])('VP-18 has problems shown beside their fields: %s', async (_, typed, isTicked, problems) => {
    const { phone, device } = await scanFromFar('tv')
    const code = typed === 'own' ? device.userCode : (typed ?? '')
    await codeField(phone).fill(code)
    await box(phone).setChecked(isTicked)
    await phone.tap('Allow')
    await phone.page.waitForFunction(`document.title.startsWith('Problem with your answer')`)
    expect(await phone.page.locator('.error').allInnerTexts()).toEqual(problems)
    for (const field of [codeField(phone), box(phone)]) {
      const id = await field.getAttribute('aria-describedby')
      const told = await phone.page.locator(`#${(id ?? 'none').split(' ')[0]}.error`).count()
      const isInvalid = (await field.getAttribute('aria-invalid')) === 'true'
      expect(told === 1).toBe(isInvalid)
    }
    // VP-22: what was typed is still there to be mended.
    expect(await codeField(phone).inputValue()).toBe(code)
    expect(await device.outcome()).toBe('authorization_pending')
  })

  it('XD-3 can be denied without the check', async () => {
    const { phone, device } = await scanFromFar('tv')
    await phone.tap('Don’t allow')
    await phone.sees('Nothing was shared')
    expect(await device.outcome()).toBe('access_denied')
  })

  it('XD-3 needs no code once the person is back near the device', async () => {
    const { phone, device } = await scanFromFar('tv')
    await phone.moveTo(at(RECIFE))
    await phone.scan(device)
    await phone.reads('Does your device show this code?')
    await phone.tap('Allow')
    await phone.sees('You’re connected')
  })

  it('XD-3 is judged by the person’s location at the decision, not at the question', async () => {
    const place = at(RECIFE)
    const phone = await signedInAt(at(RECIFE))
    const device = await RemoteDevice.start(server.origin, { place })
    await phone.scan(device)
    await phone.moveTo(at(TURKU))
    await phone.tap('Allow')
    await phone.reads(CODE_PROBLEM)
    expect(await device.outcome()).toBe('authorization_pending')
  })

  it('XD-3 is not approved by Enter in the code’s field', async () => {
    const phone = await signedInAt(at(TURKU))
    const device = await RemoteDevice.start(server.origin, { place: at(RECIFE) })
    await phone.scan(device)
    await phone.page.locator('input[name="typed_code"]').fill('BCDF-BCDF')
    await phone.page.keyboard.press('Enter')
    await phone.reads(CODE_PROBLEM)
    expect(await device.outcome()).toBe('authorization_pending')
  })
})

describe('a client that refuses far devices', () => {
  it('XD-3 has the refusal explained, and the device stays pending for a person nearby', async () => {
    const { phone, device } = await scanFromFar('strict-tv')
    await phone.sees('This device is too far away')
    await phone.reads(/It is not where you are, and .?The strict-tv.? does not accept such devices/)
    expect(await phone.button('Allow').count()).toBe(0)
    expect(await device.outcome()).toBe('authorization_pending')

    await phone.moveTo(at(RECIFE))
    await phone.scan(device)
    await phone.tap('Allow')
    await phone.sees('You’re connected')
    await device.collect()
  })

  it('XD-3 is refused even if the question was opened nearby', async () => {
    const phone = await signedInAt(at(RECIFE))
    const place = at(RECIFE)
    const device = await RemoteDevice.start(server.origin, { clientId: 'strict-tv', place })
    await phone.scan(device)
    await phone.moveTo(at(TURKU))
    await phone.tap('Allow')
    await phone.sees('This device is too far away')
    expect(await device.outcome()).toBe('authorization_pending')
  })
})

const codeField = (phone: Phone) => phone.page.getByLabel('Code on the device’s own screen')

const box = (phone: Phone) => phone.page.getByLabel('The device is in front of me')

const networkOf = (place: Place): Network => JSON.parse(place['MF-CF-Blob'] ?? '{}') as Network
