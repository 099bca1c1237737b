// The password policy (NIST SP 800-63B-4 §3.1.1.2): long, and not easily guessed. No composition rules.
import commonPasswords from './common-passwords.txt'
import { once } from '../once.ts'
import { MAX_PASSWORD_LENGTH } from '../objects/login/password.ts'

const MIN_CHARACTERS = 15
const MAX_CHARACTERS = 256

export type PasswordProblem = 'too_short' | 'too_long' | 'common' | 'personal' | 'repetitive'

// One per line, lower case, the most used first.
const common = once((): ReadonlySet<string> => new Set(commonPasswords.trim().split('\n')))

// Sequences of the alphabet, digits and keyboards, forwards and backwards.
const WALKS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1q2w3e4r5t6y7u8i9o0p',
  'qazwsxedcrfvtgbyhnujm',
].flatMap((walk) => [walk, [...walk].toReversed().join('')])

// Common substitutes for letters.
const DISGUISES: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
}

/**
 * The reason to refuse `password`, or undefined. `names` are those of the person and the service, which
 * attackers guess first.
 */
export const passwordProblem = (
  password: string,
  names: readonly string[],
): PasswordProblem | undefined => {
  if (password.length > MAX_PASSWORD_LENGTH) return 'too_long'
  const normalized = password.normalize('NFC')
  const length = [...normalized].length
  if (length < MIN_CHARACTERS) return 'too_short'
  if (length > MAX_CHARACTERS) return 'too_long'
  const lower = normalized.toLowerCase()
  const forms = [lower, ...wordsOf(lower)]
  if (forms.some((form) => common().has(form) || common().has(repeatedPart(form)))) return 'common'
  if (names.some((name) => forms.some((form) => isBuiltFrom(form, name.toLowerCase()))))
    return 'personal'
  // A short password repeated is still short.
  const isRepeated = forms.some((form) => {
    const part = repeatedPart(form)
    return part !== form && part.length < MIN_CHARACTERS && 2 * form.length >= lower.length
  })
  if (isRepeated || new Set(lower).size <= 3) return 'repetitive'
  return isWalk(lower) ? 'common' : undefined
}

// The words left without padding and disguise: `password12345678`, `pass word pass word` and
// `p@ssw0rd p@ssw0rd` all yield `password`. A word shorter than half of the text does not count.
const wordsOf = (text: string): string[] => {
  const core = withoutPadding(text)
  const undisguised = core.replaceAll(/[@431!0$5]/g, (character) => DISGUISES[character] ?? '')
  const bare = [core, undisguised].map((form) => form.replaceAll(/[^\p{L}]/gu, ''))
  return [core, ...bare.filter((form) => 2 * form.length >= text.length)]
}

const withoutPadding = (text: string): string => text.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')

// The shortest part that, repeated, makes up the text: the text doubled contains itself at its length.
const repeatedPart = (text: string): string => text.slice(0, (text + text).indexOf(text, 1))

// True if most characters follow from the previous one in a sequence.
const isWalk = (text: string): boolean => {
  const characters = [...text]
  const surprises = characters.filter((character, index) => {
    const previous = characters[index - 1] ?? ''
    return previous !== character && !WALKS.some((walk) => walk.includes(previous + character))
  })
  return 3 * surprises.length < characters.length
}

const isBuiltFrom = (form: string, name: string): boolean => {
  const parts = [name, ...name.split(/[^\p{L}\p{N}]+/u)].filter((part) => part.length >= 4)
  const without = parts.reduce((text, part) => text.replaceAll(part, ''), form)
  const rest = withoutPadding(without)
  return without !== form && (rest.length < 4 || common().has(rest))
}
