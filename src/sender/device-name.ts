// The name of the requesting device on the confirmation page.
import UAParser from 'ua-parser-js'
import { cutText } from '../text/cut-text.ts'
import { plainText } from '../text/plain-text.ts'

// The limit of ua-parser-js itself.
const MAX_USER_AGENT_LENGTH = 500
const NAMELESS = 'A device'

/**
 * The `device_name` parameter (an extension of this server), or else a name from the User-Agent. Both
 * are unverified, so neither may look like anything but a name (VP-16).
 */
export const deviceNameOf = (given: string | undefined, userAgent: string | null): string =>
  plainText(given ?? '') ||
  describeUserAgent(cutText(userAgent ?? '', MAX_USER_AGENT_LENGTH)) ||
  NAMELESS

const describeUserAgent = (userAgent: string): string => {
  const { device, browser, os } = new UAParser(userAgent).getResult()
  const hardware = [device.vendor, device.model].filter((part) => part !== undefined).join(' ')
  const software = [browser.name, os.name].filter((part) => part !== undefined).join(' on ')
  // A product such as `okhttp/4.12` or `curl/8.7` is better than no name.
  const product = /^[\w.-]+/.exec(userAgent)?.[0] ?? ''
  return plainText(hardware || software || (product === 'Mozilla' ? '' : product))
}
