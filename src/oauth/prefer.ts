// The `wait` preference (RFC 7240 §4.3): how long the client would like its poll to be held.

// An honest preference is short; reading endless ones would cost time.
const MAX_HEADER_LENGTH = 256

const QUOTED = /"(?:[^"\\]|\\.)*"/g

/** Seconds asked for, or undefined. What is malformed or unknown is ignored; the first one wins. */
export const preferredWaitSeconds = (header: string | null): number | undefined => {
  if (header === null || header.length > MAX_HEADER_LENGTH) return undefined
  // What separates elsewhere does not within quotation marks.
  const text = header.replaceAll(QUOTED, (quoted) => quoted.replaceAll(/[,;=]/g, ' '))
  for (const preference of text.split(',')) {
    const [token = ''] = preference.split(';')
    const [name = '', ...value] = token.split('=').map((part) => part.trim())
    if (name.toLowerCase() !== 'wait') continue
    const digits = /^(?:\d{1,9}|"\d{1,9}")$/.exec(value.join('='))?.[0]
    return digits === undefined ? undefined : Number(digits.replaceAll('"', ''))
  }
  return undefined
}
