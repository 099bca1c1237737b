// How the asking device is called on the page where a person decides.
import UAParser from 'ua-parser-js'
import { cutText } from '../text/cut-text.ts'

const MAX_CHARACTERS = 64
// Room for 64 characters in decomposed form. `normalize` takes a time that grows with the square of
// combining marks that are out of order.
const MAX_LENGTH = 4 * MAX_CHARACTERS
// As much as ua-parser-js looks at.
const MAX_USER_AGENT_LENGTH = 500
const NAMELESS = 'A device'

/**
 * The device's own words, in the `device_name` parameter (ours), or else what its User-Agent tells.
 * Neither is to be believed, so neither may look like anything but a name (VP-16).
 */
export const deviceNameOf = (given: string | undefined, userAgent: string | null): string =>
  plainText(given ?? '') ||
  describeUserAgent(cutText(userAgent ?? '', MAX_USER_AGENT_LENGTH)) ||
  NAMELESS

/** `text` on one line, without control, format and bidirectional characters, not too long. */
export const plainText = (text: string): string =>
  [
    ...cutText(text, MAX_LENGTH)
      .normalize('NFC')
      .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
      .trim(),
  ]
    .slice(0, MAX_CHARACTERS)
    .join('')

const describeUserAgent = (userAgent: string): string => {
  const { device, browser, os } = new UAParser(userAgent).getResult()
  const hardware = [device.vendor, device.model].filter((part) => part !== undefined).join(' ')
  const software = [browser.name, os.name].filter((part) => part !== undefined).join(' on ')
  // `okhttp/4.12` or `curl/8.7`: the product says more than nothing.
  const product = /^[\w.-]+/.exec(userAgent)?.[0] ?? ''
  return plainText(hardware || software || (product === 'Mozilla' ? '' : product))
}
