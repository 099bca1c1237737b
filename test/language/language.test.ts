// The language of the pages: what was asked for, what is spoken, and how long it lasts.
import { describe, expect, it } from 'vitest'
import { LANGUAGES, chooseLanguage } from '../../src/language/language.ts'
import { placeName, timeAgo } from '../../src/language/place-and-time.ts'
import { MINUTE } from '../../src/durations.ts'
import { startDevice } from '../support/device.ts'
import { type Page, Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { formRequest, freshAddress, worker, workerWith } from '../support/worker.ts'

const visitor = (acceptLanguage = 'ja') =>
  new Person(worker, ISSUER, {
    'CF-Connecting-IP': freshAddress(),
    'Accept-Language': acceptLanguage,
  })

const languageOf = ({ html }: Page) => /<html lang="([^"]*)" dir="([^"]*)"/.exec(html)?.slice(1)

const scan = (person: Person, userCode: string, uiLocales: string) => {
  const query = new URLSearchParams({ user_code: userCode, ui_locales: uiLocales })
  return person.open(`/device?${query.toString()}`)
}

const HOSTILE = [
  '*',
  '-',
  '--',
  '-de',
  'd',
  'p',
  'x-de',
  'i-default',
  '__proto__',
  'constructor',
  '"><script>',
  '../../en',
  '\u0000',
  '🏴‍☠️',
  'zh-'.repeat(10_000),
  `${'zh '.repeat(10_000)}de`,
]

describe('the choice of a language', () => {
  it.each([
    [undefined, undefined, 'en'],
    ['', '', 'en'],
    ['de', undefined, 'de'],
    ['de', 'fr', 'fr'],
    ['de', 'fr, de;q=0.1', 'de'],
    ['de', 'fr, de-AT;q=0.1', 'de'],
    ['de', 'fr, de;q=0', 'fr'],
    ['de', 'fr, *;q=0.1', 'de'],
    ['de', 'fr, *;q=0.1, de;q=0', 'fr'],
    ['ar', 'zh', 'en'],
    ['ar', 'en-US,en;q=0.9', 'en'],
    ['de-AT', undefined, 'de'],
    ['DE-at', undefined, 'de'],
    ['de-Latn-DE-1996', undefined, 'de'],
    ['pt-BR', undefined, 'pt-BR'],
    ['pt', undefined, 'pt-BR'],
    ['pt-PT', undefined, 'pt-BR'],
    ['ar-EG', undefined, 'ar'],
    ['zh', undefined, 'en'],
    ['zh fr-CA de', 'es, de, fr', 'fr'],
    ['zh fr-CA de', 'es, de', 'de'],
    ['  zh   ja ', undefined, 'ja'],
    ['zh', 'es', 'es'],
    ['deu', 'es', 'es'],
    [undefined, 'es-MX,es;q=0.9,en;q=0.8', 'es'],
    [undefined, 'zh-TW, zh;q=0.9, ja;q=0.3, fr;q=0.7', 'fr'],
    [undefined, 'de;q=0, fr;q=0.1', 'fr'],
    [undefined, 'de;q=0', 'en'],
    [undefined, '*', 'en'],
    [undefined, 'de;q=one, ,;;,fr', 'de'],
  ])('for ui_locales=%j and Accept-Language: %s is %s', (uiLocales, acceptLanguage, tag) => {
    expect(chooseLanguage(uiLocales, acceptLanguage).tag).toBe(tag)
  })

  it.each(HOSTILE)('ignores %.20j', (value) => {
    expect(chooseLanguage(value, undefined).tag).toBe('en')
    expect(chooseLanguage(value, 'fr').tag).toBe('fr')
    expect(chooseLanguage(undefined, value).tag).toBe('en')
  })
})

describe('a page', () => {
  it.each(LANGUAGES)('is marked as $tag', async ({ tag, direction }) => {
    const page = await visitor(tag).open('/device')
    expect(languageOf(page)).toEqual([tag, direction])
    expect(page.headers.get('Content-Language')).toBe(tag)
    expect(page.headers.get('Vary')).toBe('Accept-Language')
  })

  it.each(['/device/sign-in', '/device/create-account', '/device/nowhere', '/authorize'])(
    'at %s is in the language of the browser',
    async (path) => {
      const page = await visitor('ar-EG, en;q=0.5').open(path)
      expect(languageOf(page)).toEqual(['ar', 'rtl'])
      expect(page.headers.get('Content-Language')).toBe('ar')
      expect(page.headers.get('Vary')).toBe('Accept-Language')
    },
  )

  it('with the refusal of a form is in that language too', async () => {
    const page = await visitor('fr').post('/device', { user_code: 'WDJB-MJHT' })
    expect(page.status).toBe(403)
    expect(languageOf(page)).toEqual(['fr', 'ltr'])
    expect(page.headers.get('Content-Language')).toBe('fr')
  })
})

describe('ui_locales', () => {
  it('lasts from the scan through the account to the result', async () => {
    const { userCode } = await startDevice()
    const person = visitor('ja, de;q=0.5')
    const signIn = await scan(person, userCode, 'zh de-AT')
    expect(signIn.url.pathname).toBe('/device/sign-in')
    expect(signIn.url.searchParams.has('ui_locales')).toBe(false)
    const question = await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
    expect(question.url.pathname).toBe('/device/confirm')
    const result = await person.decide(question, 'allow')
    expect(result.url.pathname).toBe('/device/result')
    for (const page of [signIn, question, result]) expect(languageOf(page)).toEqual(['de', 'ltr'])
  })

  it.each(['en-US, en;q=0.9', 'ja', 'de;q=0', 'zh'])(
    'in a link has no effect if the browser’s Accept-Language: %s does not list it',
    async (accepted) => {
      const person = visitor(accepted)
      const expected = languageOf(await person.open('/device'))
      for (const tag of ['ar', 'de', 'fr ar'])
        expect(languageOf(await scan(person, 'BCDF-BCDF', tag))).toEqual(expected)
      expect(person.cookies.has('__Host-language')).toBe(false)
    },
  )

  it('gives way to a later one', async () => {
    const person = visitor('ja, de, ar')
    await person.open('/device?ui_locales=de')
    expect(languageOf(await person.open('/device?ui_locales=ar'))).toEqual(['ar', 'rtl'])
    expect(languageOf(await person.open('/device'))).toEqual(['ar', 'rtl'])
  })

  it.each([...HOSTILE, 'zh', ''].map((value) => value.slice(0, 2000)))(
    'of %.20j is ignored, and not stored',
    async (value) => {
      const person = visitor()
      expect(languageOf(await scan(person, 'BCDF-BCDF', value))).toEqual(['ja', 'ltr'])
      expect(person.setCookies.filter((header) => header.includes('language'))).toEqual([])
    },
  )

  it('of an unknown language keeps the previous one', async () => {
    const person = visitor('ja, de')
    await person.open('/device?ui_locales=de')
    expect(languageOf(await person.open('/device?ui_locales=zh'))).toEqual(['de', 'ltr'])
  })

  it('is stored as one of our tags, not as it was sent', async () => {
    const person = visitor('ja, pt')
    await person.open('/device?ui_locales=pt-PT-x-secret')
    expect(person.cookies.get('__Host-language')).toBe('pt-BR')
  })

  it.each(['zh', 'd', 'ar', '%22%3E%3Cscript%3E', '%E0%A4%A'])(
    'stored as %j by another party is ignored',
    async (value) => {
      const person = visitor()
      person.cookies.set('__Host-language', value)
      expect(languageOf(await person.open('/device'))).toEqual(['ja', 'ltr'])
    },
  )
})

describe('names of the platform', () => {
  it.each([
    ['en', 'Turku, Finland', '2 minutes ago'],
    ['de', 'Turku, Finnland', 'vor 2 Minuten'],
    ['fr', 'Turku, Finlande', 'il y a 2 minutes'],
    ['pt-BR', 'Turku, Finlândia', 'há 2 minutos'],
  ])('cover countries and times in %s', (tag, place, time) => {
    const turku = { city: 'Turku', region: 'Turku', country: 'FI' }
    const language = chooseLanguage(tag, undefined)
    expect(placeName(turku, language)).toBe(place)
    expect(timeAgo(2 * MINUTE, language)).toBe(time)
  })

  it('exclude unknown places', () => {
    const nowhere = { city: undefined, region: undefined, country: undefined }
    expect(placeName(nowhere, chooseLanguage('ja', undefined))).toBeUndefined()
  })
})

describe('foreign names', () => {
  const HEBREW = 'ערוץ'

  it('VP-16 cannot reverse the sentence around them', async () => {
    const hebrew = workerWith({
      CLIENTS: [{ client_id: 'x', client_name: HEBREW, scope: 'openid' }],
    })
    const headers = { 'CF-Connecting-IP': freshAddress() }
    const person = new Person(hebrew, ISSUER, headers)
    const started = await hebrew(
      formRequest('/device_authorization', { client_id: 'x', device_name: HEBREW }),
    )
    const { user_code } = await started.json<{ user_code: string }>()
    await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
    const question = await person.open(`/device?user_code=${user_code}`)
    expect(question.html).toContain(`<h1>Connect a device to \u2068${HEBREW}\u2069?</h1>`)
    const result = await person.decide(question, 'allow')
    expect(result.html).toContain(`\u2068${HEBREW}\u2069 is ready on \u2068${HEBREW}\u2069.`)
  })
})

describe('the description of a scope', () => {
  const SCOPES = {
    'library:read': 'See the library',
    'library:write': { en: 'Change the library', de: 'Die Bibliothek ändern' },
    email: { ja: '独自の説明' },
    'library:share': { 'en-GB': 'Share it', pt: 'Partilhar', 'de-DE': 'Sie teilen', DE: 'Teilen' },
    'library:lend': {
      fr: 'La prêter',
      'en-GB': 'Lend it',
      'pt-PT': 'Emprestar',
      'de-CH': 'Leihen',
    },
  }
  const asked = async (language: string) => {
    const fetch = workerWith({
      SCOPES,
      CLIENTS: [{ ...CLIENT, scope: Object.keys(SCOPES).join(' ') + ' openid' }],
    })
    const device = await startDevice('scoped-tv', { fetch })
    const person = new Person(fetch, ISSUER, { 'Accept-Language': language })
    await person.open(device.answer.verification_uri_complete)
    return (await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)).html
  }
  const CLIENT = { client_id: 'scoped-tv', client_name: 'TV', hold_seconds: 0 }

  it.each([
    ['en', ['See the library', 'Change the library', '独自の説明', 'Know that it is you']],
    ['de', ['See the library', 'Die Bibliothek ändern', '独自の説明', 'Wissen, dass du es bist']],
    ['fr', ['See the library', 'Change the library', 'Savoir que c’est vous']],
    // RFC 4647 §3.4, as the pages choose their own language.
    ['pt-BR', ['Partilhar', 'Emprestar', 'Change the library']],
    ['pt-PT', ['Partilhar', 'Emprestar', 'Change the library']],
    ['de-AT', ['Teilen', 'Leihen', 'Die Bibliothek ändern']],
    ['de', ['Teilen', 'Leihen', 'Die Bibliothek ändern']],
    ['es', ['Share it', 'Lend it', 'Change the library']],
  ])('VP-9 is the operator’s, or else ours: %s', async (language, words) => {
    const html = await asked(language)
    for (const text of words) expect(html).toContain(text)
  })
})

it.each([
  [0, 'just now'],
  [59 * MINUTE, '59 minutes ago'],
  [60 * MINUTE, '1 hour ago'],
  [25 * 60 * MINUTE, '1 day ago'],
  [45 * 24 * 60 * MINUTE, '1 month ago'],
  [800 * 24 * 60 * MINUTE, '2 years ago'],
])('a time %s ms ago is described by its largest unit: %s', (elapsedMs, text) => {
  const [english] = LANGUAGES
  if (english === undefined) throw new Error('there is no language')
  expect(timeAgo(elapsedMs, english)).toBe(text)
})
