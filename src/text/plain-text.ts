// Untrusted text as one harmless line.
import { cutText } from './cut-text.ts'

const MAX_CHARACTERS = 64
// Room for 64 characters in decomposed form. The time of `normalize` grows with the square of the
// number of unordered combining marks.
const MAX_LENGTH = 4 * MAX_CHARACTERS

// Letters and marks that show nothing, such as the Hangul fillers: a name of them would look empty.
const INVISIBLE = /(?!\p{C})\p{Default_Ignorable_Code_Point}/gu

/** `text` on one line, without invisible, control and bidirectional characters, not too long. */
export const plainText = (text: string): string =>
  [
    ...cutText(text, MAX_LENGTH)
      .replaceAll(INVISIBLE, '')
      .normalize('NFC')
      .replaceAll(/[\p{C}\p{Z}\u2800]+/gu, ' ')
      .trim(),
  ]
    .slice(0, MAX_CHARACTERS)
    .join('')
