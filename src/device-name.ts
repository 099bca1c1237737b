// How the asking device is called on the page where a person decides.
import UAParser from 'ua-parser-js'

const MAX_CHARACTERS = 64
const NAMELESS = 'A device'

/**
 * The device's own words, in the `device_name` parameter (ours), or else what its User-Agent tells.
 * Neither is to be believed, so neither may look like anything but a name (VP-16).
 */
export const deviceNameOf = (given: string | undefined, userAgent: string | null): string =>
  plainText(given ?? '') || describeUserAgent(userAgent ?? '') || NAMELESS

/** `text` on one line, without control, format and bidirectional characters, not too long. */
export const plainText = (text: string): string =>
  [
    ...text
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
