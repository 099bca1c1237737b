// Where and when a device asked, in words.
import { MINUTE } from '../durations.ts'
import type { DeviceOrigin } from '../objects/device-authorization-state.ts'

/** `Turku, Finland`, or undefined where the edge cannot tell. */
export const placeName = ({ city, region, country }: DeviceOrigin): string | undefined => {
  const parts = [city, region === city ? undefined : region, countryName(country)]
  return parts.filter((part) => part !== undefined).join(', ') || undefined
}

// `T1` (Tor) and `XX` (unknown) are no countries.
const countryName = (code: string | undefined): string | undefined =>
  code === undefined || !/^[A-Z]{2}$/.test(code) || code === 'XX'
    ? undefined
    : new Intl.DisplayNames('en', { type: 'region' }).of(code)

/** `2 minutes ago`. */
export const timeAgo = (elapsedMs: number): string => {
  const minutes = Math.floor(elapsedMs / MINUTE)
  return minutes < 1 ? 'just now' : new Intl.RelativeTimeFormat('en').format(-minutes, 'minute')
}
