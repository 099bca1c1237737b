// The `wait` preference (RFC 7240 §4.3): how long the client would like its poll to be held.

/** Seconds asked for, or undefined. What is malformed or unknown is ignored; the first one wins. */
export const preferredWaitSeconds = (header: string | null): number | undefined => {
  for (const preference of (header ?? '').split(',')) {
    const [token = ''] = preference.split(';')
    const [name = '', value = ''] = token.split('=', 2).map((part) => part.trim())
    if (name.toLowerCase() !== 'wait') continue
    const digits = value.replaceAll('"', '')
    return /^\d{1,9}$/.test(digits) ? Number(digits) : undefined
  }
  return undefined
}
