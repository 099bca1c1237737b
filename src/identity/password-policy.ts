// What may become a password (NIST SP 800-63B-4 §3.1.1.2): long, and nothing that is guessed first.
// No rules of composition.
import commonPasswords from './common-passwords.txt'

const MIN_CHARACTERS = 15
const MAX_CHARACTERS = 256

export type PasswordProblem = 'too_short' | 'too_long' | 'common' | 'personal' | 'repetitive'

// One a line, lower case, the most used first.
const common: ReadonlySet<string> = new Set(commonPasswords.trim().split('\n'))

/**
 * Why `password` may not be chosen, or undefined. `names` are those of the person and the service,
 * which are guessed first.
 */
export const passwordProblem = (
  password: string,
  names: readonly string[],
): PasswordProblem | undefined => {
  const normalized = password.normalize('NFC')
  const length = [...normalized].length
  if (length < MIN_CHARACTERS) return 'too_short'
  if (length > MAX_CHARACTERS) return 'too_long'
  const lower = normalized.toLowerCase()
  const core = repeatedPart(withoutPadding(lower))
  if (common.has(lower) || common.has(core)) return 'common'
  if (new Set(lower).size <= 3 || repeatedPart(lower).length <= 4) return 'repetitive'
  return names.some((name) => isBuiltFrom(core, name.toLowerCase())) ? 'personal' : undefined
}

// `password12345678` is `password`.
const withoutPadding = (text: string): string => text.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')

// The shortest part that, repeated, makes up the text: found where it meets itself again.
const repeatedPart = (text: string): string => text.slice(0, (text + text).indexOf(text, 1))

const isBuiltFrom = (core: string, name: string): boolean => {
  const parts = [name, ...name.split(/[^\p{L}\p{N}]+/u)].filter((part) => part.length >= 4)
  const rest = parts.reduce((text, part) => text.replaceAll(part, ''), core)
  return parts.length > 0 && rest !== core && withoutPadding(rest).length < 4
}
