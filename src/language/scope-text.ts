// What a scope allows, in the person's language.
import type { Config } from '../config/config.ts'
import type { Language } from './language.ts'

/** The operator's words for it, or else ours; the bare scope token where there are none. */
export const scopeWords = (
  token: string,
  { scopes }: Config,
  { tag, messages }: Language,
): string => {
  const words = scopes.get(token)
  if (typeof words === 'string') return words
  const ours: Readonly<Record<string, string>> = messages.scopes
  return words?.[tag] ?? words?.['en'] ?? Object.values(words ?? {})[0] ?? ours[token] ?? token
}

/** What a service of the operator's allows is read before what every sign-in does. */
export const mostUnusualFirst = (
  scope: readonly string[],
  { scopes }: Config,
): readonly string[] => [
  ...scope.filter((token) => scopes.get(token) !== undefined),
  ...scope.filter((token) => scopes.get(token) === undefined),
]
