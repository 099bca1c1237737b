// How the asking device is called on the page where a person decides.
import UAParser from 'ua-parser-js'
import { cutText } from '../text/cut-text.ts'
import { plainText } from '../text/plain-text.ts'

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

const describeUserAgent = (userAgent: string): string => {
  const { device, browser, os } = new UAParser(userAgent).getResult()
  const hardware = [device.vendor, device.model].filter((part) => part !== undefined).join(' ')
  const software = [browser.name, os.name].filter((part) => part !== undefined).join(' on ')
  // `okhttp/4.12` or `curl/8.7`: the product says more than nothing.
  const product = /^[\w.-]+/.exec(userAgent)?.[0] ?? ''
  return plainText(hardware || software || (product === 'Mozilla' ? '' : product))
}
