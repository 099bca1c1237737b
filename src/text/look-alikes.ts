// Detects names that people could confuse. Names are compared by their skeletons (UTS #39 §4), here
// coarser than in Unicode: they also ignore case, accents, separators, and digits in place of letters.
import { once } from '../once.ts'
import { CONFUSABLES } from './confusables.ts'

const latin = once(
  (): ReadonlyMap<string, string> =>
    new Map(
      Object.entries(CONFUSABLES).flatMap(([letter, others]) =>
        [...others].map((other) => [other, letter] as const),
      ),
    ),
)

// Signs and digits that stand for a letter, and letters that differ in one stroke.
const SAME: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'b',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '€': 'e',
  '£': 'l',
  '!': 'l',
  '|': 'l',
  i: 'l',
}

// Scripts that are written without spaces between words.
const WITHOUT_SPACES =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u

// Also letters, such as the Hangul fillers, and the format characters that are not ignorable.
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu

/** The visual skeleton of a name; empty without any letter or digit. */
export const skeletonOf = (name: string): string => withoutPairs(lettersOf(name))

/** True if `name` has `word` as one word or several: `Acme TV`, `my-acme`, `A C M E`, `AcmeTV`. */
export const hasLookAlikeOf = (name: string, word: string): boolean => {
  const wanted = skeletonOf(word)
  if (wanted === '') return false
  if (WITHOUT_SPACES.test(word)) return skeletonOf(name).includes(wanted)
  const parts = partsOf(name).map(lettersOf)
  return parts.some((_, first) =>
    parts.some((_part, last) => withoutPairs(parts.slice(first, last + 1).join('')) === wanted),
  )
}

const lettersOf = (name: string): string =>
  [...name.normalize('NFKD').replaceAll(INVISIBLE, '')]
    .map((character) => latin().get(character) ?? enclosedIn(character) ?? character.toLowerCase())
    .map((character) => SAME[character] ?? character)
    .join('')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')

// Pairs of letters that look like one letter.
const withoutPairs = (letters: string): string =>
  letters.replaceAll('rn', 'm').replaceAll('vv', 'w')

// Three alphabets of symbols: white in black circles, white in black squares, and those of flags.
const ENCLOSED_ALPHABETS = [0x1f150, 0x1f170, 0x1f1e6]

const enclosedIn = (character: string): string | undefined => {
  const code = character.codePointAt(0) ?? 0
  const start = ENCLOSED_ALPHABETS.find((first) => code >= first && code < first + 26)
  return start === undefined ? undefined : String.fromCodePoint(0x61 + code - start)
}

// Splits at spaces and signs, between `acme` and `TV`, and between letters and digits.
const partsOf = (name: string): string[] =>
  name
    .normalize('NFKC')
    .replaceAll(INVISIBLE, '')
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/gu, ' ')
    .split(/[^\p{L}\p{M}\p{N}\p{So}@$€£!|]+/u)
