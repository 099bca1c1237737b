// The messages of the pages in every language: complete, translated, names isolated, each with its
// own punctuation and plurals.
import { describe, expect, it } from 'vitest'
import { DEFAULT_LANGUAGE, LANGUAGES } from '../../src/language/language.ts'

const CLIENT = 'Zvěřinec'
const DEVICE = 'Øresund 7'
const HOSTS = ['a.test', 'b.test']

/** Sample arguments for each message with parameters. */
const ARGUMENTS: Readonly<Record<string, readonly unknown[]>> = {
  'layout.footer': [CLIENT],
  'enterCode.inNoCode.letters': [HOSTS],
  'enterCode.inNoCode.digits': [HOSTS],
  'enterCode.inNoCode.either': [HOSTS],
  'signIn.wait': [45],
  'device.television': [7],
  'confirm.title': [CLIENT],
  'confirm.timeLeft': [7],
  'confirm.until': [CLIENT],
  'confirm.resources': [HOSTS],
  'confirm.tooFar.text': [CLIENT],
  'ended.clientGone.text': [CLIENT],
  'result.approved.detail': [CLIENT, DEVICE],
  'result.denied.detail': [CLIENT, DEVICE],
  'result.reported.detail': [CLIENT, DEVICE],
  'result.withdrawn.detail': [CLIENT, DEVICE],
  'sure.device.title': [DEVICE],
  'sure.passkey.title': [DEVICE],
  'sure.notMe.title': [DEVICE],
  'devices.done.removed': [DEVICE],
  'devices.done.passkeyRemoved': [DEVICE],
  'devices.renameLabel': [DEVICE],
  'devices.removeLabel': [DEVICE],
  'devices.newPasskey': [DEVICE],
  'devices.endSessionLabel': [DEVICE],
  'devices.prompts.stopLabel': [DEVICE],
  'devices.events.signed_in': [DEVICE],
  'devices.events.device_allowed': [DEVICE],
  'devices.events.device_lapsed': [DEVICE],
  'devices.events.device_removed': [DEVICE],
  'devices.events.device_reported': [DEVICE],
  'devices.events.request_reported': [DEVICE],
  'devices.events.passkey_added': [DEVICE],
  'devices.events.passkey_removed': [DEVICE],
  'notification.title': [DEVICE],
  'notification.text': [CLIENT, DEVICE],
  'problem.tooMany.text': [7],
  'placeAndTime.place': [HOSTS],
}

const PLACE = 'placeAndTime.place'

type Text = readonly [path: string, text: string]

const textsOf = (message: unknown, path = ''): readonly Text[] => {
  if (typeof message === 'string') return [[path, message]]
  if (typeof message === 'function') return [[path, message(...(ARGUMENTS[path] ?? []))]]
  return Object.entries(message as object).flatMap(([name, inner]) =>
    textsOf(inner, path === '' ? name : `${path}.${name}`),
  )
}

const ENGLISH = new Map(textsOf(DEFAULT_LANGUAGE.messages))
const OTHERS = LANGUAGES.filter(({ tag }) => tag !== DEFAULT_LANGUAGE.tag)

/** Words that a language shares with English. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  de: ['enterCode.label', 'createAccount.name', 'confirm.deviceName', 'devices.passkeys'],
  fr: ['enterCode.label', 'devices.service'],
}

// These stand around something else, or speak to the ear alone.
const MAY_BE_EMPTY = /^(form\.(show|hide)\.(before|after))$/

const ISOLATED = /\u2068[^\u2068\u2069]*\u2069/g
const withoutNames = (text: string): string => text.replaceAll(ISOLATED, 'X')

const MARKS: Readonly<Record<string, string>> = { '。': '.', '：': ':', '？': '?', '؟': '?' }

/** The mark at the end, as English has it. */
const end = (text = ''): string => {
  const mark = /[.:?。：？؟]$/.exec(text.replaceAll('\u2069', ''))?.[0] ?? ''
  return MARKS[mark] ?? mark
}

describe.each(OTHERS)('the messages in $tag', ({ tag, messages }) => {
  const texts = textsOf(messages)

  it('are complete', () => {
    expect(texts.map(([path]) => path)).toEqual([...ENGLISH.keys()])
    const empty = texts.filter(([path, text]) => text.trim() === '' && !MAY_BE_EMPTY.test(path))
    expect(empty).toEqual([])
    for (const { before, after } of Object.values(messages.form))
      expect(`${before}${after}`).not.toBe('')
  })

  it('differ from the English ones', () => {
    const same = texts.filter(
      ([path, text]) => text.trim() === ENGLISH.get(path)?.trim() && !MAY_BE_EMPTY.test(path),
    )
    const allowed = [...(SAME[tag] ?? []), ...(tag === 'ja' || tag === 'ar' ? [] : [PLACE])]
    expect(same.map(([path]) => path)).toEqual(allowed)
  })

  it('end sentences, questions and labels as the English ones do', () => {
    expect(texts.filter(([path, text]) => end(text) !== end(ENGLISH.get(path)))).toEqual([])
  })
})

describe.each(LANGUAGES)('names in $tag', ({ messages }) => {
  const texts = textsOf(messages)

  it('VP-16 are isolated and cannot reverse the sentence around them', () => {
    for (const [path, names] of Object.entries(ARGUMENTS)) {
      const text = texts.find(([other]) => other === path)?.[1]
      for (const name of names.flat())
        expect(text).toContain(
          typeof name === 'number' || path === PLACE ? String(name) : `\u2068${String(name)}\u2069`,
        )
    }
    expect(texts.filter(([, text]) => /[\u2066-\u2069]/.test(withoutNames(text)))).toEqual([])
  })
})

const word = (words: string): RegExp => new RegExp(`(?<!\\p{L})(${words})(?!\\p{L})`, 'iu')

// One row for each way to set a language badly: what must not occur in it.
const ALL = 'en de es fr pt-BR ja ar'
const FAULTS: readonly (readonly [tags: string, fault: string, pattern: RegExp])[] = [
  [ALL, 'a typewriter’s quote, dash or ellipsis', /['"`´]| - |--|\.\.\./],
  [ALL, 'a space too many', /^ | $| {2}| [.,)]|\( |\n/],
  ['en de es pt-BR ja ar', 'a space before a mark', /\s[:?!;،؟]/],
  ['fr', 'a mark without the narrow no-break space before it', /[^\u202f][:?!;]/],
  ['es', 'a question or exclamation without its opening', /^[^¿]*\?|^[^¡]*!/],
  ['ja', 'half-width punctuation', /[,?!:;()]|\.(?!com)/],
  ['ja', 'a space that is not beside a figure', /(?<!\d) (?!\d)/],
  ['ar', 'Latin punctuation', /[,?;]/],
  ['de es fr pt-BR', 'English', word('the|you|your|with|and|that|is|try|again|wait|not')],
  ['ja', 'Latin letters', /(?!WDJB|MJHT|name|example|com|Cookie|unsupp)(?<![A-Za-z_])[A-WYZa-z]/],
  ['ar', 'Latin letters outside of isolates', /[A-WYZa-z]/],
  ['ar', 'codes outside of isolates', /\d-\d/],
  ['de', 'an address as among strangers', /\b(Sie|Ihr|Ihre|Ihren|Ihrem|Ihnen)\b/],
  ['es', 'an address as among strangers', word('usted|ustedes|vos')],
  ['fr', 'an address as among friends', word('tu|toi|te|ton|ta|tes')],
  ['pt-BR', 'an address as in Portugal', word('tu|teu|tua|te|ti')],
]

describe('the messages', () => {
  it.each(
    FAULTS.flatMap(([tags, fault, pattern]) => tags.split(' ').map((tag) => [tag, fault, pattern])),
  )('in %s have no %s', (tag, _fault, pattern) => {
    const messages = LANGUAGES.find((language) => language.tag === tag)?.messages
    const texts = textsOf(messages).filter(([path]) => !path.startsWith('placeAndTime'))
    expect(texts.length).toBeGreaterThan(100)
    const found = texts.filter(([, text]) => (pattern as RegExp).test(withoutNames(text)))
    expect(found).toEqual([])
  })
})

// For 0, 1, 2, 3, 11 and 100.
const COUNTS = [0, 1, 2, 3, 11, 100]
const MINUTES: Readonly<Record<string, string>> = {
  de: '0 Minuten|1 Minute|2 Minuten|3 Minuten|11 Minuten|100 Minuten',
  es: '0 minutos|1 minuto|2 minutos|3 minutos|11 minutos|100 minutos',
  fr: '0 minute|1 minute|2 minutes|3 minutes|11 minutes|100 minutes',
  'pt-BR': '0 minuto|1 minuto|2 minutos|3 minutos|11 minutos|100 minutos',
  ja: '0 分|1 分|2 分|3 分|11 分|100 分',
  ar: '0 دقيقة|دقيقة واحدة|دقيقتين|3 دقائق|11 دقيقة|100 دقيقة',
}
// A hundred seconds are told as minutes.
const WAITS: Readonly<Record<string, string>> = {
  de: '0 Sekunden|1 Sekunde|2 Sekunden|3 Sekunden|11 Sekunden|2 Minuten',
  es: '0 segundos|1 segundo|2 segundos|3 segundos|11 segundos|2 minutos',
  fr: '0 seconde|1 seconde|2 secondes|3 secondes|11 secondes|2 minutes',
  'pt-BR': '0 segundo|1 segundo|2 segundos|3 segundos|11 segundos|2 minutos',
  ja: '0 秒|1 秒|2 秒|3 秒|11 秒|2 分',
  ar: '0 ثانية|ثانية واحدة|ثانيتين|3 ثوانٍ|11 ثانية|دقيقتين',
}

// A line break at such a space is up to the platform.
const plainSpaces = (text: string): string => text.replaceAll(/\s/g, ' ')
const phrase = (words = 'none'): RegExp =>
  new RegExp(`(?<![\\p{L}\\d])${words}(?![\\p{Script=Latin}\\p{Script=Arabic}])`, 'u')

describe.each(OTHERS)('counted nouns in $tag', ({ tag, messages }) => {
  it.each(COUNTS)('have the form for %d', (count) => {
    const at = COUNTS.indexOf(count)
    const minutes = phrase(MINUTES[tag]?.split('|')[at])
    const wait = phrase(WAITS[tag]?.split('|')[at])
    for (const text of [messages.signIn.wait, messages.problem.tooMany.text])
      expect(plainSpaces(text(count))).toMatch(wait)
    if (count > 1) expect(plainSpaces(messages.confirm.timeLeft(count))).toMatch(minutes)
  })

  it('describe the last minute as about one', () => {
    expect(messages.confirm.timeLeft(0)).toBe(messages.confirm.timeLeft(1))
    expect(messages.confirm.timeLeft(0)).not.toContain('0')
  })
})
