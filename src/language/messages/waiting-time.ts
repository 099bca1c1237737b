// How long to wait, in any language.

/** `45 seconds`, `2 minutes`. */
export const waitingTime = (tag: string, seconds: number): string =>
  seconds > 90 ? counted(tag, Math.ceil(seconds / 60), 'minute') : counted(tag, seconds, 'second')

/** `1 minute`, `5 minutes`. */
export const counted = (tag: string, count: number, unit: 'minute' | 'second'): string =>
  new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
