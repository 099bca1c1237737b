// The place and time of a request, in words.
import { DAY, HOUR, MINUTE } from '../durations.ts'
import { oncePer } from '../once.ts'
import { type Place, TOR } from '../sender/location.ts'
import type { Language } from './language.ts'

const MAX_TAGS = 10
const countryNames = oncePer(MAX_TAGS, (tag) => new Intl.DisplayNames(tag, { type: 'region' }))
const spans = oncePer(MAX_TAGS, (tag) => new Intl.RelativeTimeFormat(tag))
// A formatter of times takes the most memory, and there are hundreds of time zones.
const MAX_CLOCKS = 100
const clocks = oncePer(MAX_CLOCKS, (key) => {
  const [tag, timeZone] = key.split(' ')
  return new Intl.DateTimeFormat(tag, { timeStyle: 'short', timeZone })
})

/** `Turku, Finland`, or undefined where the edge cannot tell. */
export const placeName = (
  { city, region, country }: Place,
  { tag, messages }: Language,
): string | undefined => {
  const parts = [city, region === city ? undefined : region, countryName(country, tag)]
  const known = parts.filter((part) => part !== undefined)
  return known.length === 0 ? undefined : messages.placeAndTime.place(known)
}

const countryName = (code: string | undefined, tag: string): string | undefined =>
  code === undefined || code === TOR ? code && 'Tor' : countryNames(tag).of(code)

/** `21:45` or `9:45 PM`; undefined without a known time zone. */
export const timeOfDay = (
  ms: number,
  { tag }: Language,
  timeZone: string | undefined,
): string | undefined => timeZone && clocks(`${tag} ${timeZone}`).format(ms)

const UNITS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const

/** `2 minutes ago`, `3 months ago`: by the largest unit that has passed. */
export const timeAgo = (elapsedMs: number, { tag, messages }: Language): string => {
  const passed = UNITS.find(([, unitMs]) => elapsedMs >= unitMs)
  if (passed === undefined) return messages.placeAndTime.justNow
  const [unit, unitMs] = passed
  return spans(tag).format(-Math.floor(elapsedMs / unitMs), unit)
}
