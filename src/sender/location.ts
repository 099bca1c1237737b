// The location of a request as Cloudflare's edge reports it (`request.cf` is absent outside its network),
// and the proximity of two requests (RFC 10027 §6.1.1).
import ipaddr from 'ipaddr.js'
import { oncePer } from '../once.ts'
import { plainText } from '../text/plain-text.ts'

/** The edge's country code for the Tor network. */
export const TOR = 'T1'

/** A place by its names; the country is an ISO 3166-1 alpha-2 code, or `TOR`. */
export interface Place {
  readonly city: string | undefined
  readonly region: string | undefined
  readonly country: string | undefined
}

export interface Location extends Place {
  /** The network operator's name; `asn` is its number. */
  readonly operator: string | undefined
  readonly asn: number | undefined
  /** The network prefix of the address: an IPv4 address, or the /64 of an IPv6 address. */
  readonly networkPrefix: string | undefined
  /** The request came through Cloudflare's edge, where a missing country means a hidden location. */
  readonly isFromEdge?: boolean
}

/** From the nearest to the farthest; `far` is a different country. */
export const PROXIMITIES = [
  'same_network',
  'same_operator',
  'same_city',
  'same_country',
  'far',
  'unknown',
] as const
export type Proximity = (typeof PROXIMITIES)[number]

/** The fields of `request.cf` that are read; Node.js programs, which import this file too, have none. */
interface FromEdge {
  readonly cf?: Readonly<
    Partial<Record<'asn' | 'asOrganization' | 'city' | 'country' | 'region' | 'timezone', unknown>>
  >
}

/** The location of a request; unknown parts are undefined. */
export const requestLocation = (request: Request): Location => {
  const { cf } = request as Request & FromEdge
  const asn: unknown = cf?.asn
  return {
    city: textOf(cf?.city),
    region: textOf(cf?.region),
    country: countryOf(cf?.country),
    operator: textOf(cf?.asOrganization),
    asn: typeof asn === 'number' ? asn : undefined,
    networkPrefix: networkOf(request),
    isFromEdge: cf !== undefined,
  }
}

/** The time zone of a request (`Europe/Helsinki`); undefined where the edge tells none that we know. */
export const timeZoneOf = (request: Request): string | undefined => {
  const { timezone } = (request as Request & FromEdge).cf ?? {}
  return typeof timezone === 'string' && isTimeZone(timezone) ? timezone : undefined
}

const MAX_TIME_ZONES = 100

const isTimeZone = oncePer(MAX_TIME_ZONES, (timeZone) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
})

/** The place alone, for records with a long lifetime. */
export const placeIn = ({ city, region, country }: Place): Place => ({ city, region, country })

/**
 * The proximity of two requests. An operator counts within one country only: some span the world, and
 * their customers would be near everyone.
 */
export const proximityOf = (device: Location, person: Location): Proximity => {
  const isHidden = device.country === TOR || person.country === TOR
  if (!isHidden && isSame(device.networkPrefix, person.networkPrefix)) return 'same_network'
  // Tor users are never near, nor are addresses that the edge cannot place.
  if (isHidden || isUnplaced(device) || isUnplaced(person)) return 'far'
  if (device.country === undefined || person.country === undefined) return 'unknown'
  if (device.country !== person.country) return 'far'
  if (isSameOperator(device, person)) return 'same_operator'
  const isSameCity = isSame(device.city, person.city) && device.region === person.region
  return isSameCity ? 'same_city' : 'same_country'
}

/**
 * True if one sender may have sent both: one operator in one country covers IPv4 and IPv6, a changed
 * prefix, and a carrier's NAT. Outside Cloudflare's network nothing contradicts it.
 */
export const mayBeOneSender = (a: Location, b: Location): boolean =>
  isSameOperator(a, b) || (isOutside(a) && isOutside(b))

/** The network prefix of a request's address: one IPv6 subscriber has 2^64 addresses. */
export const networkOf = (request: Request): string | undefined => {
  const address = addressOf(request)
  return address && networkOfAddress(address)
}

/** The network prefix of an address. */
export const networkOfAddress = (address: ipaddr.IPv4 | ipaddr.IPv6): string =>
  address instanceof ipaddr.IPv6 ? prefix(address, 64) : address.toString()

/** The /48 of an IPv6 address; undefined for IPv4. */
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

// The edge places nearly every address, so one that it cannot place is treated as far.
const isUnplaced = ({ country, isFromEdge }: Location): boolean =>
  country === undefined && isFromEdge === true

const isOutside = ({ country, asn, isFromEdge }: Location): boolean =>
  country === undefined && asn === undefined && isFromEdge !== true

/** True if both came by one operator in one country. */
export const isSameOperator = (a: Location, b: Location): boolean =>
  isSame(a.country, b.country) && isSame(a.asn, b.asn)

const isSame = <T>(a: T | undefined, b: T | undefined): boolean => a !== undefined && a === b

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? plainText(value) || undefined : undefined

// The edge sends `XX` for an unknown country.
const countryOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^([A-Z]{2}|T1)$/.test(value) && value !== 'XX' ? value : undefined
