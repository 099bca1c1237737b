// XD-7: the question and the warnings of a phone, word for word, in the language of its browser.
import { describe, expect, it } from 'vitest'
import { startDevice } from '../support/device.ts'
import { Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { freshAddress, worker } from '../support/worker.ts'

/** The texts of the first page and the question, word for word; % is the client. */
const PAGES = [
  {
    tag: 'en',
    direction: 'ltr',
    start: 'Connect your device',
    question: 'Connect a device to %?',
    warning: 'Only allow if you started this on your own device.',
    never: 'Never approve a code someone sent you by email, chat or phone.',
    deny: 'Don’t allow',
    allow: 'Allow',
  },
  {
    tag: 'de',
    direction: 'ltr',
    start: 'Gerät verbinden',
    question: 'Ein Gerät mit % verbinden?',
    warning: 'Erlaube das nur, wenn du es auf deinem eigenen Gerät gestartet hast.',
    never:
      'Bestätige nie einen Code, den dir jemand per E\u2011Mail, Chat oder Telefon geschickt hat.',
    deny: 'Ablehnen',
    allow: 'Erlauben',
  },
  {
    tag: 'es',
    direction: 'ltr',
    start: 'Conecta tu dispositivo',
    question: '¿Conectar un dispositivo a %?',
    warning: 'Permítelo solo si tú has iniciado esto en tu propio dispositivo.',
    never: 'Nunca apruebes un código que alguien te haya enviado por correo, chat o teléfono.',
    deny: 'No permitir',
    allow: 'Permitir',
  },
  {
    tag: 'fr',
    direction: 'ltr',
    start: 'Associez votre appareil',
    question: 'Associer un appareil à %\u202f?',
    warning: 'N’autorisez l’accès que si vous avez lancé cette demande sur votre propre appareil.',
    never:
      'N’approuvez jamais un code que quelqu’un vous a envoyé par e\u2011mail, chat ou téléphone.',
    deny: 'Refuser',
    allow: 'Autoriser',
  },
  {
    tag: 'pt-BR',
    direction: 'ltr',
    start: 'Conecte seu dispositivo',
    question: 'Conectar um dispositivo a %?',
    warning: 'Permita somente se você iniciou isto no seu próprio dispositivo.',
    never: 'Nunca aprove um código que alguém enviou a você por e\u2011mail, chat ou telefone.',
    deny: 'Não permitir',
    allow: 'Permitir',
  },
  {
    tag: 'ja',
    direction: 'ltr',
    start: 'デバイスを接続',
    question: 'デバイスを%に接続しますか？',
    warning: 'ご自身のデバイスで、ご自身が始めた場合にのみ許可してください。',
    never: 'メール、チャット、電話で人から受け取ったコードは、決して承認しないでください。',
    deny: '許可しない',
    allow: '許可する',
  },
  {
    tag: 'ar',
    direction: 'rtl',
    start: 'ربط جهازك',
    question: 'ربط جهاز بخدمة %؟',
    warning: 'لا تسمح بهذا إلا إذا بدأته بنفسك على جهازك الخاص.',
    never: 'لا توافق أبدًا على رمز أرسله إليك أي شخص عبر البريد أو الدردشة أو الهاتف.',
    deny: 'عدم السماح',
    allow: 'السماح',
  },
]

describe('a phone with the language', () => {
  it.each(PAGES)(
    'XD-7 $tag gets the question and the warning in it',
    async ({ tag, direction, start, question, warning, never, deny, allow }) => {
      const headers = { 'CF-Connecting-IP': freshAddress(), 'Accept-Language': `${tag},en;q=0.5` }
      const person = new Person(worker, ISSUER, headers)
      const first = await person.open('/device')
      expect(first.html).toContain(`<html lang="${tag}" dir="${direction}"`)
      expect(first.html).toContain(`<h1>${start}</h1>`)
      const { userCode } = await startDevice()
      await person.open(`/device?user_code=${userCode}`)
      const { url, html } = await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
      expect(url.pathname).toBe('/device/confirm')
      expect(html).toContain(`<html lang="${tag}" dir="${direction}"`)
      expect(html).toContain(`<h1>${question.replace('%', '\u2068The tv\u2069')}</h1>`)
      expect(html).toContain(`<p><strong>${warning}</strong> ${never}</p>`)
      expect(html).toMatch(new RegExp(`value="deny"[^>]*>${deny}</button>`))
      expect(html).toMatch(new RegExp(`value="allow"[^>]*>${allow}</button>`))
      // Side by side on the narrowest phone.
      expect(Math.max(deny.length, allow.length)).toBeLessThan(14)
    },
  )
})
