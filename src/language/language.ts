// The languages of the pages, and which one a person reads.
import { parseAccept } from 'hono/utils/accept'
import { cutText } from '../text/cut-text.ts'
import { ar } from './messages/ar.ts'
import { de } from './messages/de.ts'
import { en } from './messages/en.ts'
import { es } from './messages/es.ts'
import { fr } from './messages/fr.ts'
import { ja } from './messages/ja.ts'
import { ptBr } from './messages/pt-br.ts'

/** The texts of one language. */
export type Messages = typeof en

export interface Language {
  /** BCP 47. */
  readonly tag: string
  readonly direction: 'ltr' | 'rtl'
  readonly messages: Messages
}

const ENGLISH: Language = { tag: 'en', direction: 'ltr', messages: en }

export const LANGUAGES: readonly Language[] = [
  ENGLISH,
  { tag: 'de', direction: 'ltr', messages: de },
  { tag: 'es', direction: 'ltr', messages: es },
  { tag: 'fr', direction: 'ltr', messages: fr },
  { tag: 'pt-BR', direction: 'ltr', messages: ptBr },
  { tag: 'ja', direction: 'ltr', messages: ja },
  { tag: 'ar', direction: 'rtl', messages: ar },
]

/** The language for readers of unknown preference. */
export const DEFAULT_LANGUAGE = ENGLISH

// Both lists come from strangers; a real one fits in here.
const MAX_LIST_LENGTH = 256

/** The first language of `ui_locales` that the browser accepts, else the one it prefers. */
export const chooseLanguage = (
  uiLocales: string | undefined,
  acceptLanguage: string | undefined,
): Language =>
  languageInUiLocales(uiLocales, acceptLanguage) ??
  acceptedLanguages(acceptLanguage)[0] ??
  DEFAULT_LANGUAGE

/**
 * The first of these space-separated tags (`ui_locales`, OpenID Connect Core §3.1.2.1) that we speak
 * and the browser accepts. A stranger's link must not turn warnings into a language that the person
 * does not read.
 */
export const languageInUiLocales = (
  uiLocales: string | undefined,
  acceptLanguage: string | undefined,
): Language | undefined => {
  const accepted = acceptedLanguages(acceptLanguage)
  return cut(uiLocales)
    .split(' ')
    .map(lookUp)
    .find((language) => language !== undefined && accepted.includes(language))
}

// RFC 9110 §12.5.4: without the header, any.
const acceptedLanguages = (acceptLanguage: string | undefined): readonly Language[] => {
  const ranges = parseAccept(cut(acceptLanguage))
  if (ranges.length === 0) return LANGUAGES
  const rejected = ranges.filter(({ q }) => q === 0).map(({ type }) => lookUp(type))
  return ranges
    .filter(({ q }) => q > 0)
    .flatMap(({ type }) => (type === '*' ? LANGUAGES : (lookUp(type) ?? [])))
    .filter((language) => !rejected.includes(language))
}

const cut = (list = ''): string => cutText(list, MAX_LIST_LENGTH)

const lookUp = (range: string): Language | undefined => {
  const found = lookUpTag(
    range,
    LANGUAGES.map(({ tag }) => tag),
  )
  return LANGUAGES.find(({ tag }) => tag === found)
}

/**
 * The tag that suits a reader of `range` (RFC 4647 §3.4): the range loses its last part until a tag
 * matches. A tag of the same language in another region matches too, because a reader of one
 * Portuguese reads another rather than English.
 */
export const lookUpTag = (range: string, tags: readonly string[]): string | undefined => {
  const parts = range.toLowerCase().split('-')
  for (let length = parts.length; length > 0; length -= 1) {
    const shorter = parts.slice(0, length).join('-')
    const tag =
      tags.find((each) => each.toLowerCase() === shorter) ??
      tags.find((each) => each.toLowerCase().startsWith(`${shorter}-`))
    if (tag !== undefined) return tag
  }
  return undefined
}
