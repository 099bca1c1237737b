// Where a request came from, as far as Cloudflare's edge can tell (`request.cf` is absent outside
// its network), and how near two requests were to each other (RFC 10027 §6.1.1).
import ipaddr from 'ipaddr.js'
import { plainText } from '../text/plain-text.ts'

/** What the edge calls the country of who hides behind Tor. */
export const TOR = 'T1'

/** What people call a place; countries as ISO 3166-1 alpha-2, or `TOR`. */
export interface Place {
  readonly city: string | undefined
  readonly region: string | undefined
  readonly country: string | undefined
}

export interface Location extends Place {
  /** Whose network it is, by name and by number. */
  readonly operator: string | undefined
  readonly asn: number | undefined
  /** The network of the address: all of IPv4, the first half of IPv6. */
  readonly network: string | undefined
  /** Whether Cloudflare's edge was asked: there a request without a country hides where it is. */
  readonly isFromEdge?: boolean
}

/** From the nearest to the farthest; `far` is another country. */
export const PROXIMITIES = [
  'same_network',
  'same_operator',
  'same_city',
  'same_country',
  'far',
  'unknown',
] as const
export type Proximity = (typeof PROXIMITIES)[number]

/** Where a request came from; what is not known is undefined. */
export const requestLocation = (request: Request): Location => {
  const { cf } = request
  const asn: unknown = cf?.asn
  return {
    city: textOf(cf?.city),
    region: textOf(cf?.region),
    country: countryOf(cf?.country),
    operator: textOf(cf?.asOrganization),
    asn: typeof asn === 'number' ? asn : undefined,
    network: networkOf(request),
    isFromEdge: cf !== undefined,
  }
}

/** The place alone, to be kept for longer. */
export const placeIn = ({ city, region, country }: Place): Place => ({ city, region, country })

/**
 * How near two requests were. An operator counts within one country only: some span the world, and
 * whoever hides behind one would be near everybody.
 */
export const proximityOf = (device: Location, person: Location): Proximity => {
  const isHidden = device.country === TOR || person.country === TOR
  if (!isHidden && isSame(device.network, person.network)) return 'same_network'
  // Whoever hides where they are is not to be thought near.
  if (isHidden || isUnplaced(device) || isUnplaced(person)) return 'far'
  if (device.country === undefined || person.country === undefined) return 'unknown'
  if (device.country !== person.country) return 'far'
  if (isSameOperator(device, person)) return 'same_operator'
  const isSameCity = isSame(device.city, person.city) && device.region === person.region
  return isSameCity ? 'same_city' : 'same_country'
}

/**
 * Whether one sender may have sent both: through one operator in one country, by IPv4 and by IPv6,
 * before and after its prefix changed, or out of a carrier's NAT. Where no edge tells, nothing speaks
 * against it.
 */
export const mayBeOneSender = (a: Location, b: Location): boolean =>
  isSameOperator(a, b) || (isOutside(a) && isOutside(b))

/** The network that an address belongs to: whoever has one IPv6 address has 2^64 of them. */
export const networkOf = (request: Request): string | undefined => {
  const address = addressOf(request)
  return address && networkOfAddress(address)
}

export const networkOfAddress = (address: ipaddr.IPv4 | ipaddr.IPv6): string =>
  address instanceof ipaddr.IPv6 ? prefix(address, 64) : address.toString()

/** The /48 that an IPv6 address belongs to; undefined for IPv4. */
export const widerNetworkOf = (request: Request): string | undefined => {
  const address = addressOf(request)
  return address instanceof ipaddr.IPv6 ? prefix(address, 48) : undefined
}

const addressOf = (request: Request): ipaddr.IPv4 | ipaddr.IPv6 | undefined => {
  const address = request.headers.get('CF-Connecting-IP') ?? ''
  // `::ffff:192.0.2.1` is an IPv4 address.
  return ipaddr.isValid(address) ? ipaddr.process(address) : undefined
}

const prefix = ({ parts }: ipaddr.IPv6, bits: 48 | 64): string =>
  parts
    .slice(0, bits / 16)
    .map((group) => group.toString(16))
    .join(':')

// The edge places nearly every address: one that it cannot place is no neighbour.
const isUnplaced = ({ country, isFromEdge }: Location): boolean =>
  country === undefined && isFromEdge === true

const isOutside = ({ country, asn, isFromEdge }: Location): boolean =>
  country === undefined && asn === undefined && isFromEdge !== true

const isSameOperator = (a: Location, b: Location): boolean =>
  isSame(a.country, b.country) && isSame(a.asn, b.asn)

const isSame = <T>(a: T | undefined, b: T | undefined): boolean => a !== undefined && a === b

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? plainText(value) || undefined : undefined

// `XX` is unknown.
const countryOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^([A-Z]{2}|T1)$/.test(value) && value !== 'XX' ? value : undefined
