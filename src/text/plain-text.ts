// Untrusted text as one harmless line.
import { cutText } from './cut-text.ts'

const MAX_CHARACTERS = 64
// Room for 64 characters in decomposed form. The time of `normalize` grows with the square of the
// number of unordered combining marks.
const MAX_LENGTH = 4 * MAX_CHARACTERS

/** `text` on one line, without control, format and bidirectional characters, not too long. */
export const plainText = (text: string): string =>
  [
    ...cutText(text, MAX_LENGTH)
      .normalize('NFC')
      .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
      .trim(),
  ]
    .slice(0, MAX_CHARACTERS)
    .join('')
