// How long to wait, in any language.
import { oncePer } from '../../once.ts'

/** `45 seconds`, `2 minutes`. */
export const waitingTime = (tag: string, seconds: number): string =>
  seconds > 90 ? counted(tag, Math.ceil(seconds / 60), 'minute') : counted(tag, seconds, 'second')

/** `1 minute`, `5 minutes`. */
export const counted = (tag: string, count: number, unit: Unit): string =>
  UNITS[unit](tag).format(count)

type Unit = 'minute' | 'second'

const MAX_TAGS = 10

const unitFormats = (unit: Unit) =>
  oncePer(
    MAX_TAGS,
    (tag) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }),
  )

const UNITS = { minute: unitFormats('minute'), second: unitFormats('second') }
