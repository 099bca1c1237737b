// Passkeys in a real browser, with Chromium's virtual authenticator in the place of a phone's own.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Authenticator, type Credential } from './support/authenticator.ts'
import { startBrowser } from './support/browser.ts'
import { PASSWORD } from '../support/person.ts'
import {
  NOT_USED,
  TELL_WHAT_IS_ASKED,
  addPasskey,
  interceptAnswer,
  sendAnswer,
  unlockWithPasskey,
  usePasskey,
} from './support/passkey-phone.ts'
import { Phone } from './support/phone.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'

const NOT_ADDED = 'No passkey was added. Please try again.'

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

const withPasskey = (options?: { hasAutofill: boolean }) =>
  unlockWithPasskey(browser, server.origin, options)

const expectRefusal = async (phone: Phone): Promise<void> => {
  await phone.page.locator('#problem').filter({ hasText: NOT_USED }).waitFor()
  expect(await phone.page.title()).toContain('Problem signing in')
  await phone.open('/devices')
  await phone.sees('Sign in')
}

describe('adding a passkey', () => {
  it('XD-9 is offered after a sign-in with a password, until the account has a passkey', async () => {
    const phone = await Phone.unlock(browser, server.origin)
    const authenticator = await Authenticator.addTo(phone.page)
    await phone.join()
    await phone.allow(await RemoteDevice.start(server.origin))
    await phone.sees('Next time, no password')
    await phone.tap(phone.page.getByRole('link', { name: 'Add a passkey' }))
    await phone.reads('You have no passkeys yet.')
    await phone.tap('Add a passkey')
    await phone.reads('Your passkey is ready.')
    await phone.reads('Added the passkey')
    expect(await authenticator.credentials()).toHaveLength(1)
    await phone.allow(await RemoteDevice.start(server.origin))
    expect(await phone.heading('Next time, no password').count()).toBe(0)
  })

  it('SS-13 creates a discoverable credential for localhost without personal data', async () => {
    const phone = await Phone.unlock(browser, server.origin)
    const authenticator = await Authenticator.addTo(phone.page)
    const email = await phone.join()
    await addPasskey(phone)
    const { isResidentCredential, rpId, userHandle = '' } = await authenticator.credential()
    expect({ isResidentCredential, rpId }).toEqual({
      isResidentCredential: true,
      rpId: 'localhost',
    })
    const handle = Buffer.from(userHandle, 'base64')
    expect(handle).toHaveLength(32)
    expect(handle.toString('latin1')).not.toContain(email)
  })

  it('VP-18 reports a cancelled attempt, and can be repeated', async () => {
    const phone = await Phone.unlock(browser, server.origin)
    const authenticator = await Authenticator.addTo(phone.page)
    await phone.join()
    await authenticator.setUserVerified(false)
    await phone.open('/devices')
    await phone.tap('Add a passkey')
    await phone.page.getByRole('alert').filter({ hasText: NOT_ADDED }).waitFor()
    expect(await authenticator.credentials()).toEqual([])
    await authenticator.setUserVerified(true)
    await phone.tap('Add a passkey')
    await phone.reads('Your passkey is ready.')
  })

  it('SS-12 is refused by an authenticator that already has one of this account', async () => {
    const phone = await Phone.unlock(browser, server.origin)
    const authenticator = await Authenticator.addTo(phone.page)
    await phone.join()
    await addPasskey(phone)
    await phone.tap('Add a passkey')
    await phone.reads(NOT_ADDED)
    expect(await authenticator.credentials()).toHaveLength(1)
  })
})

describe('from scan to approval', () => {
  it('XD-9 it takes two taps with a passkey', async () => {
    const { phone } = await withPasskey()
    const device = await RemoteDevice.start(server.origin)
    await phone.scan(device)
    await phone.sees('Sign in')
    await usePasskey(phone)
    await phone.sees('Connect a device')
    expect(await device.outcome()).toBe('authorization_pending')
    await phone.tap('Allow')
    await phone.sees('You’re connected')
    expect(phone.taps).toBe(2)
    await device.collect()
  })

  it('VP-20 it takes one tap fewer if the browser fills in the passkey', async () => {
    const { phone } = await withPasskey({ hasAutofill: true })
    const device = await RemoteDevice.start(server.origin)
    await phone.scan(device)
    await phone.sees('Connect a device')
    expect(await device.outcome()).toBe('authorization_pending')
    await phone.tap('Allow')
    await phone.sees('You’re connected')
    expect(phone.taps).toBe(1)
    await device.collect()
  })

  it('it takes two taps after the person dismissed the browser’s offer', async () => {
    const { phone, authenticator } = await withPasskey({ hasAutofill: true })
    const device = await RemoteDevice.start(server.origin)
    await authenticator.setAnswering(false)
    await phone.page.addInitScript(TELL_WHAT_IS_ASKED)
    await phone.scan(device)
    await phone.page.waitForSelector('html[data-asked=conditional]')
    await authenticator.setAnswering(true)
    await usePasskey(phone)
    await phone.tap('Allow')
    await phone.sees('You’re connected')
    expect(phone.taps).toBe(2)
  })

  it('VP-10 it takes exactly one tap with a session', async () => {
    const phone = await Phone.unlock(browser, server.origin)
    await phone.join()
    for (const name of ['Living-room TV', 'Kitchen radio']) {
      const device = await RemoteDevice.start(server.origin, { name })
      phone.taps = 0
      await phone.scan(device)
      await phone.sees('Connect a device')
      expect(await device.outcome()).toBe('authorization_pending')
      await phone.tap('Allow')
      await phone.sees('You’re connected')
      expect(phone.taps).toBe(1)
      await device.collect()
    }
  })
})

describe('signing in with a passkey', () => {
  it('VP-18 reports a cancelled attempt, and can be repeated', async () => {
    const { phone, authenticator } = await withPasskey()
    await authenticator.setUserVerified(false)
    await phone.open('/device/sign-in')
    await usePasskey(phone)
    await phone.page.getByRole('alert').filter({ hasText: NOT_USED }).waitFor()
    expect(phone.page.url()).toMatch(/\/device\/sign-in$/)
    await authenticator.setUserVerified(true)
    await usePasskey(phone)
    await phone.sees('Connect your device')
  })

  it('VP-18 reports a phone without a passkey', async () => {
    const phone = await Phone.unlock(browser, server.origin)
    await Authenticator.addTo(phone.page)
    await phone.open('/device/sign-in')
    await usePasskey(phone)
    await phone.page.getByRole('alert').filter({ hasText: NOT_USED }).waitFor()
  })

  it('SS-8 is refused without user verification, whatever the page requested', async () => {
    const { phone, authenticator } = await withPasskey()
    await phone.open('/device/sign-in')
    await phone.page.evaluate(`{
      const { dataset } = document.querySelector('form[data-passkey]')
      const options = { ...JSON.parse(dataset.options), userVerification: 'discouraged' }
      dataset.options = JSON.stringify(options)
    }`)
    await authenticator.setUserVerified(false)
    await usePasskey(phone)
    await expectRefusal(phone)
  })

  it.each([
    ['SS-8 without user presence', { isBadUP: true }],
    ['SS-9 the signature is wrong', { isBogusSignature: true }],
  ])('is refused: %s', async (_, fault) => {
    const { phone, authenticator } = await withPasskey()
    await authenticator.setFault(fault)
    await phone.open('/device/sign-in')
    await usePasskey(phone)
    await expectRefusal(phone)
    await authenticator.setFault({})
    await usePasskey(phone)
    await phone.sees('My devices')
  })

  const strangers: [string, (known: Credential) => Partial<Credential>][] = [
    ['SS-8 it says now that it can be copied', () => ({ backupEligibility: true })],
    [
      'SS-10 it has an unknown user handle',
      () => ({ userHandle: Buffer.alloc(32).toString('base64') }),
    ],
  ]
  it.each(strangers)('is refused: %s', async (_, properties) => {
    const { phone, authenticator } = await withPasskey()
    const credential = await authenticator.credential()
    await authenticator.change(credential, properties(credential))
    await phone.open('/device/sign-in')
    await usePasskey(phone)
    await expectRefusal(phone)
  })

  it('SS-11 is accepted with a counter that went back', async () => {
    const { phone, authenticator } = await withPasskey()
    await authenticator.change(await authenticator.credential(), { signCount: 0 })
    await phone.open('/device/sign-in')
    await usePasskey(phone)
    await phone.sees('Connect your device')
  })

  it('SS-6 is accepted once per challenge, from the same browser only', async () => {
    const { phone } = await withPasskey()
    const answer = await interceptAnswer(phone)
    const other = await Phone.unlock(browser, server.origin)
    await other.open('/device/sign-in')
    const csrf = await other.page.locator('input[name=csrf]').first().inputValue()
    expect(await sendAnswer(other, { ...answer, csrf })).toBe('403 refused')
    expect(await sendAnswer(phone, answer)).toBe('303 /device')
    expect(await sendAnswer(phone, answer)).toBe('403 refused')
  })
})

describe('the passkeys of a person', () => {
  it('can be renamed and removed, and sign no one in once removed', async () => {
    const { phone } = await withPasskey()
    await phone.open('/device/sign-in')
    await usePasskey(phone)
    await phone.sees('Connect your device')
    await phone.open('/devices')
    const passkeys = phone.page.locator('#passkeys')
    expect(await passkeys.locator('dl').innerText()).toContain('Last used\njust now')

    await phone.tap(passkeys.getByText('Rename'))
    await passkeys.locator('input[name=name]').first().fill('Blue phone')
    await phone.tap('Save')
    await phone.reads('The new name is saved.')
    await passkeys.getByRole('heading', { name: 'Blue phone' }).waitFor()

    await phone.tap(passkeys.getByRole('button', { name: /^Remove .?Blue phone/ }))
    await phone.tap('Remove')
    await phone.reads(/The passkey .?Blue phone.? is removed here\./)
    await phone.reads(/Removed the passkey .?Blue phone/)
    await phone.reads('You have no passkeys yet.')

    await phone.tap(phone.button('Sign out').first())
    await phone.sees('Sign in')
    await usePasskey(phone)
    await expectRefusal(phone)
  })
})

it('VP-19 a page without scripts asks for a password and hides the passkey button', async () => {
  const writer = await Phone.unlock(browser, server.origin)
  const email = await writer.join()
  const phone = await Phone.unlock(browser, server.origin, { javaScriptEnabled: false })
  const device = await RemoteDevice.start(server.origin)
  await phone.scan(device)
  expect(await phone.button('Sign in').isVisible()).toBe(true)
  const buttons = await phone.page.locator('button:visible').allInnerTexts()
  expect(buttons).toEqual(['Sign in'])
  await phone.page.locator('#email').fill(email)
  await phone.page.locator('#password').fill(PASSWORD)
  await phone.tap('Sign in')
  await phone.tap('Allow')
  await phone.sees('You’re connected')
  await device.collect()
  await phone.open('/devices')
  expect(await phone.button('Add a passkey').isVisible()).toBe(false)
})
