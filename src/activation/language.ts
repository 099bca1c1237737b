// The languages of the pages, and which one a person reads.
import { parseAccept } from 'hono/utils/accept'
import { ar } from './messages/ar.ts'
import { de } from './messages/de.ts'
import { en } from './messages/en.ts'
import { es } from './messages/es.ts'
import { fr } from './messages/fr.ts'
import { ja } from './messages/ja.ts'
import { ptBr } from './messages/pt-br.ts'

/** What a language has to say. */
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

/** Where nothing is known about who reads. */
export const DEFAULT_LANGUAGE = ENGLISH

// Both come from strangers. Nobody reads more languages than fit in here.
const MAX_LIST_CHARACTERS = 256

/**
 * What the app asked for (`ui_locales`, OpenID Connect Core §3.1.2.1) comes before what the browser
 * asks for.
 */
export const chooseLanguage = (
  uiLocales: string | undefined,
  acceptLanguage: string | undefined,
): Language =>
  languageInUiLocales(uiLocales) ?? languageInHeader(acceptLanguage) ?? DEFAULT_LANGUAGE

/** The first of these space-separated tags that we speak. */
export const languageInUiLocales = (uiLocales: string | undefined): Language | undefined =>
  firstSpoken(cut(uiLocales).split(' '))

const languageInHeader = (acceptLanguage: string | undefined): Language | undefined =>
  firstSpoken(
    parseAccept(cut(acceptLanguage))
      .filter(({ q }) => q > 0)
      .map(({ type }) => type),
  )

const cut = (list = ''): string => list.slice(0, MAX_LIST_CHARACTERS)

const firstSpoken = (tags: readonly string[]): Language | undefined => {
  for (const tag of tags) {
    const language = lookUp(tag.toLowerCase())
    if (language !== undefined) return language
  }
  return undefined
}

// RFC 4647 §3.4: without its last part, as often as it takes. Who reads another Portuguese reads
// ours rather than English.
const lookUp = (range: string): Language | undefined => {
  const parts = range.split('-')
  for (let length = parts.length; length > 0; length -= 1) {
    const shorter = parts.slice(0, length).join('-')
    const language = LANGUAGES.find(({ tag }) => `${tag.toLowerCase()}-`.startsWith(`${shorter}-`))
    if (language !== undefined) return language
  }
  return undefined
}
