// The names of devices and browsers, as people know them.
import UAParser from 'ua-parser-js'
import { oncePer } from '../once.ts'
import { cutText } from '../text/cut-text.ts'
import { plainText } from '../text/plain-text.ts'

// The limit of ua-parser-js itself.
const MAX_USER_AGENT_LENGTH = 500

/** Makes of televisions. "Samsung TV" is stored, and shown in the reader's language. */
export const TELEVISION_MAKES = [
  'Hisense',
  'LG',
  'Panasonic',
  'Philips',
  'Samsung',
  'Sharp',
  'Sony',
  'TCL',
  'Toshiba',
  'Vizio',
  'Xiaomi',
] as const
type TelevisionMake = (typeof TELEVISION_MAKES)[number]

/** The stored name of a television whose make alone is known. */
export const televisionName = (make: TelevisionMake): string => `${make} TV`

// The first match counts: a Vizio television is also a Chromecast, a PlayStation also a "SmartTV".
const PRODUCTS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/apple ?tv|\btvos\b/i, 'Apple TV'],
  [/\broku/i, 'Roku'],
  [/\bAFT[A-Z0-9]+\b/, 'Fire TV'],
  [/playstation 5/i, 'PlayStation 5'],
  [/playstation 4/i, 'PlayStation 4'],
  [/playstation 3/i, 'PlayStation 3'],
  [/playstation/i, 'PlayStation'],
  [/\bxbox\b/i, 'Xbox'],
  [/nintendo switch/i, 'Nintendo Switch'],
  [/smartcast|vizio/i, televisionName('Vizio')],
  [/\bCrKey\b|\bchromecast\b/i, 'Chromecast'],
  [/\bandr[o0]id\b.*\bbravia\b/i, 'Android TV (Sony BRAVIA)'],
  [/\bshield android tv\b/i, 'NVIDIA Shield'],
  [/\bbravia\b/i, televisionName('Sony')],
  [/web0s|webos|netcast|;LGE;|\blg browser\b/i, televisionName('LG')],
  [/vidaa|hisense/i, televisionName('Hisense')],
  [/\bandr[o0]id\b.*(smart ?tv|\btv\b|\bmibox|\baquos)/i, 'Android TV'],
  [/tizen.*tv|smart-?tv.*(tizen|samsung)|\bmaple\b|samsung.*smart-?tv/i, televisionName('Samsung')],
  [/viera|panasonic/i, televisionName('Panasonic')],
  [/philips|nettv/i, televisionName('Philips')],
  [/\baquos/i, televisionName('Sharp')],
]

/**
 * The `device_name` parameter (an extension of this server), or else the product that the User-Agent
 * names; empty if it names none. Both are unverified, so neither may look like anything but a name
 * (VP-16).
 */
export const deviceNameOf = (given: string | undefined, userAgent: string | null): string =>
  plainText(given ?? '') || productIn(cutText(userAgent ?? '', MAX_USER_AGENT_LENGTH))

// A television often carries a browser's name too, which would be no help; a library's name is none.
const productIn = (userAgent: string): string => {
  const product = PRODUCTS.find(([pattern]) => pattern.test(userAgent))
  if (product !== undefined || userAgent === '') return product?.[1] ?? ''
  const { device, browser, os } = parsedUserAgent(userAgent)
  const make = TELEVISION_MAKES.find((name) => name === device.vendor)
  if (device.type === 'smarttv' || /hbbtv/i.test(userAgent)) return make ? televisionName(make) : ''
  return browserWords(device, browser, os)
}

/** The browser and its machine: `Safari (iPhone)`, `Firefox (Windows)`; empty if unknown. */
export const browserNameOf = (userAgent: string | null): string => {
  const { device, browser, os } = parsedUserAgent(cutText(userAgent ?? '', MAX_USER_AGENT_LENGTH))
  return browserWords(device, browser, os)
}

// A household's browser comes back with every page.
const MAX_PARSED = 100

// The parser reads only what is asked for: processor and engine would cost as much again.
const parsedUserAgent = oncePer(MAX_PARSED, (userAgent) => {
  const parser = new UAParser(userAgent)
  return { device: parser.getDevice(), browser: parser.getBrowser(), os: parser.getOS() }
})

const browserWords = (
  { vendor, model }: UAParser.IDevice,
  { name: browser }: UAParser.IBrowser,
  { name: system }: UAParser.IOS,
): string => {
  const machine = machineWords(vendor, model) ?? system
  const program = browser?.replace(/^Mobile /, '')
  if (program === undefined) return plainText(vendor === undefined ? '' : (machine ?? ''))
  return plainText(machine === undefined ? program : `${program} (${machine})`)
}

// Android browsers hide the model behind the letter K, and so name no vendor.
const machineWords = (
  vendor: string | undefined,
  model: string | undefined,
): string | undefined => {
  if (vendor === undefined || vendor === 'Generic' || model === undefined) return undefined
  if (model === 'Macintosh') return 'Mac'
  return vendor === 'Apple' ? model : `${vendor} ${model}`
}
