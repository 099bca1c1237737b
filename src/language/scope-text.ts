// Descriptions of scopes in the person's language.
import type { Config } from '../config/config.ts'
import { DEFAULT_LANGUAGE, type Language, lookUpTag } from './language.ts'

/** The operator's text, else ours, else the bare scope token. */
export const scopeWords = (
  token: string,
  { scopes }: Config,
  { tag, messages }: Language,
): string => {
  const words = scopes.get(token)
  if (typeof words === 'string') return words
  const builtIn: Readonly<Record<string, string>> = messages.scopes
  return inLanguage(words ?? {}, tag) ?? builtIn[token] ?? token
}

const inLanguage = (words: Readonly<Record<string, string>>, tag: string): string | undefined => {
  const tags = Object.keys(words)
  const found = lookUpTag(tag, tags) ?? lookUpTag(DEFAULT_LANGUAGE.tag, tags) ?? tags[0]
  return found === undefined ? undefined : words[found]
}

/** The operator's own scopes first, before those of every sign-in. */
export const mostUnusualFirst = (
  scope: readonly string[],
  { scopes }: Config,
): readonly string[] => [
  ...scope.filter((token) => scopes.get(token) !== undefined),
  ...scope.filter((token) => scopes.get(token) === undefined),
]
