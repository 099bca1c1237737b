// The texts of the demo's app.

/** @import { Decision } from './answer.d.ts' */

/**
 * The problem for a status of a response.
 * @param {number} status
 * @param {number} retryAfterSeconds
 */
export const problemOf = (status, retryAfterSeconds) => {
  if (status === 0) return 'No connection. Try again in a moment.'
  if (status === 429) return `Too many attempts. Try again in ${waitIn(retryAfterSeconds)}.`
  if (status === 403) return 'This app is not allowed to decide about televisions.'
  return 'That did not work. Try again in a moment.'
}

const waitIn = (/** @type {number} */ seconds) =>
  seconds > 90 ? inWords(seconds) : `${seconds} seconds`

/**
 * A time, rounded up to minutes.
 * @param {number} seconds
 */
export const inWords = (seconds) => {
  const minutes = Math.ceil(seconds / 60)
  return minutes > 1 ? `${minutes} minutes` : 'a minute'
}

/**
 * Title and text by outcome.
 * @type {Record<Decision | 'expired', [title: string, text: (device: string) => string]>}
 */
export const RESULTS = {
  approved: ['Connected', (device) => `${device} is signed in. Look at its screen.`],
  declined: ['Not connected', (device) => `Nothing was shared with ${device}.`],
  reported: [
    'Thank you for the report',
    () => 'The request is stopped and noted on your account. Nothing was shared.',
  ],
  withdrawn: ['Disconnected', (device) => `${device} is no longer connected.`],
  expired: ['Too late', () => 'That code has expired. Use the code that the screen shows now.'],
}

/**
 * A code in the television's groups.
 * @param {string} code
 */
export const asShown = (code) => {
  const letters = code.toUpperCase().replace(/[^A-Z\d]/g, '')
  return letters.match(/\d/)
    ? letters.replace(/(\d{3})(?=\d)/g, '$1-')
    : letters.replace(/^.{4}/, '$&-')
}
