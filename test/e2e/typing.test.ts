// A code that is typed, in a real browser: its separators, its digits, and what stays in the field.
import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from './support/browser.ts'
import { Phone } from './support/phone.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'

const LETTERS = { client_id: 'tv', client_name: 'The tv', scope: 'openid' }
const DIGITS = { ...LETTERS, client_id: 'digits-tv', user_code: 'digits' }

let letters: Server
let digits: Server
let browser: Browser

beforeAll(async () => {
  ;[letters, digits, browser] = await Promise.all([
    startServer({ DEMO: 'off', CLIENTS: [LETTERS] }),
    startServer({ DEMO: 'off', CLIENTS: [DIGITS] }),
    startBrowser(),
  ])
})
afterAll(async () => {
  await browser.close()
  await Promise.all([letters.close(), digits.close()])
})

const openField = async ({ origin }: Server): Promise<{ phone: Phone; field: Locator }> => {
  const phone = await Phone.unlock(browser, origin)
  await phone.open('/device')
  const field = phone.page.getByLabel('Code')
  await field.focus()
  return { phone, field }
}

/** The value, with a bar for the caret. */
const shownIn = (field: Locator): Promise<string> =>
  field.evaluate(
    (input: { value: string; selectionStart: number }) =>
      `${input.value.slice(0, input.selectionStart)}|${input.value.slice(input.selectionStart)}`,
  )

// Single characters are typed, longer names are keys, and a text in quotes is pasted.
const KEYS = /"[^"]*"|\S+/g

describe('the separator of a code', () => {
  it.each([
    ['comes behind the fourth letter', 'w d j b', 'wdjb-|'],
    ['is not needed', 'w d j b m j h t', 'wdjb-mjht|'],
    ['may be typed', 'w d j b - m', 'wdjb-m|'],
    ['replaces a space', 'w d j b Space m', 'wdjb-m|'],
    ['is deleted with Backspace', 'w d j b Backspace', 'wdjb|'],
    ['does not return before the next letter', 'w d j b Backspace Backspace', 'wdj|'],
    ['comes back with the next letter', 'w d j b Backspace m', 'wdjb-m|'],
    ['lets Backspace pass', 'w d j b m ArrowLeft Backspace Backspace', 'wdj|m'],
    ['lets Delete pass', 'w d j b m j ArrowLeft ArrowLeft ArrowLeft Delete Delete', 'wdjb-|j'],
    ['moves with a letter put in', 'w d b m j h t Home ArrowRight ArrowRight j', 'wdj|b-mjht'],
    ['moves with a letter taken out', 'w d j b m j h t Home ArrowRight Delete', 'w|jbm-jht'],
    ['comes into a pasted code', '"wdjb mjht"', 'wdjb-mjht|'],
    ['comes between two pastes', '"wdjb" "mjht"', 'wdjb-mjht|'],
    ['does not come into a longer text', '"wdjbmjhtw"', 'wdjbmjhtw|'],
    [
      'does not come into a pasted address',
      '"https://login.example/device?user_code=WDJB-MJHT"',
      'https://login.example/device?user_code=WDJB-MJHT|',
    ],
  ])('VP-22 %s', async (_, keys, shown) => {
    const { phone, field } = await openField(letters)
    const { keyboard } = phone.page
    for (const key of keys.match(KEYS) ?? [])
      await (key.startsWith('"') ? keyboard.insertText(key.slice(1, -1)) : keyboard.press(key))
    expect(await shownIn(field)).toBe(shown)
    await phone.page.context().close()
  })

  it('VP-22 of digits comes behind every third one, in any script', async () => {
    const { phone, field } = await openField(digits)
    await phone.page.keyboard.type('019450730')
    expect(await shownIn(field)).toBe('019-450-730|')
    await field.fill('')
    await phone.page.keyboard.type('٠١٩٤')
    expect(await shownIn(field)).toBe('٠١٩-٤|')
  })

  it('VP-22 waits for an input method to finish', async () => {
    const { phone, field } = await openField(letters)
    const session = await phone.page.context().newCDPSession(phone.page)
    for (const text of ['ｗ', 'ｗｄ', 'ｗｄｊ', 'ｗｄｊｂ']) {
      await session.send('Input.imeSetComposition', {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      })
      expect(await shownIn(field)).toBe(`${text}|`)
    }
    await phone.page.keyboard.insertText('ｗｄｊｂ')
    expect(await shownIn(field)).toBe('ｗｄｊｂ-|')
  })
})

it('VP-4 VP-18 a mistyped code stays in its field, and its digits may be of any script', async () => {
  const { phone, field } = await openField(digits)
  const device = await RemoteDevice.start(digits.origin, { clientId: 'digits-tv' })
  await phone.join()
  await phone.open('/device')
  const wrong = device.userCode.replaceAll(/\d/g, (digit) => String((Number(digit) + 1) % 10))
  await field.pressSequentially(wrong.replaceAll('-', ''))
  await phone.tap('Continue')
  await phone.reads('This code is invalid or has expired.')
  expect(await field.inputValue()).toBe(wrong)
  await field.fill('')
  const persian = device.userCode.replaceAll(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? '')
  await field.pressSequentially(persian.replaceAll('-', ''))
  await phone.tap('Continue')
  await phone.tap('Allow')
  await phone.sees('You’re connected')
})

it.each([
  ['letters', () => letters, 2],
  ['digits', () => digits, 3],
])('the field for a code of %s has a line for each of its groups', async (_, server, lines) => {
  const { field } = await openField(server())
  const images = await field.evaluate(
    `getComputedStyle(document.querySelector('input.code')).backgroundImage`,
  )
  expect(String(images).match(/linear-gradient/g)).toHaveLength(lines)
})
