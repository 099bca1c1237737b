// The `wait` preference (RFC 7240 §4.3): the hold that the client would like for its poll.

// An honest preference is short; reading endless ones would cost time.
const MAX_HEADER_LENGTH = 256

const QUOTED = /"(?:[^"\\]|\\.)*"/g

/** The preferred seconds, or undefined. Malformed and unknown ones are ignored; the first one wins. */
export const preferredWaitSeconds = (header: string | null): number | undefined => {
  if (header === null || header.length > MAX_HEADER_LENGTH) return undefined
  // Separators within quotation marks are text.
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
