// GET and POST /device, and the way of the code to the question.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MINUTE } from '../../src/durations.ts'
import { approve, authorizationBehind, deny, startDevice } from '../support/device.ts'
import { Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { freshAddress, worker, workerWith } from '../support/worker.ts'
import { named } from '../support/named.ts'

const NOT_VALID = 'This code is invalid or has expired.'

afterEach(() => {
  vi.useRealTimers()
})

const visitor = () => new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })

const signedIn = async (): Promise<Person> => {
  const person = visitor()
  await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
  return person
}

const enter = async (person: Person, userCode: string) =>
  person.submit(await person.open('/device'), '/device', { user_code: userCode })

/** The page without the code in its field. */
const withoutCode = ({ html }: { html: string }) => html.replace(/ value="[\w-]{9}"/, '')

describe('entering the code', () => {
  it.each([
    ['in lower case', (code: string) => code.toLowerCase()],
    ['with a space', (code: string) => code.replace('-', ' ')],
    ['without anything between', (code: string) => code.replace('-', '')],
    [
      'full-width',
      (code: string) =>
        code.replaceAll(/[A-Z]/g, (c) => String.fromCodePoint(c.charCodeAt(0) + 0xfee0)),
    ],
  ])('VP-4 accepts a code %s', async (_, typed) => {
    const device = await startDevice()
    const question = await enter(await signedIn(), typed(device.userCode))
    expect(question.url.pathname).toBe('/device/confirm')
    expect(question.html).toContain(device.userCode)
  })

  it.each([
    ['Arabic', '٠١٢٣٤٥٦٧٨٩'],
    ['Persian', '۰۱۲۳۴۵۶۷۸۹'],
    ['Bengali', '০১২৩৪৫৬৭৮৯'],
    ['full-width', '０１２３４５６７８９'],
  ])('VP-4 accepts a code in %s digits', async (_, digits) => {
    const device = await startDevice('digits-tv')
    const typed = device.userCode.replaceAll(/\d/g, (digit) => digits[Number(digit)] ?? '')
    const question = await enter(await signedIn(), typed)
    expect(question.url.pathname).toBe('/device/confirm')
    expect(question.html).toContain(device.userCode)
  })

  it.each([
    ['', 'The code has 8 letters or 9 digits.'],
    ['WDJB', 'The code has 8 letters or 9 digits.'],
    ['AEIO-UAEI', 'look again at \u2068A\u2069, \u2068E\u2069,'],
    ['WDJB-MJHT-WDJB', 'The code has 8 letters or 9 digits.'],
    ['B'.repeat(10_000), 'The code has 8 letters or 9 digits.'],
  ])(
    'VP-18 reports the problem beside the field for %j, and calls no object',
    async (typed, problem) => {
      const page = await enter(visitor(), typed)
      expect(page.status).toBe(400)
      expect(page.html).toContain(problem)
      expect(page.html).toMatch(/aria-invalid="true" aria-describedby="user_code-error/)
      expect(page.html).toContain(`value="${typed.slice(0, 20)}"`)
    },
  )

  it.each([
    ['letters', 'letters', 'WDJB-MJA0', 'Codes have no vowels (or Y) and no digits: look again at'],
    ['digits', 'digits', '019-45O-7', 'Codes have only digits: look again at \u2068O\u2069.'],
  ] as const)(
    'VP-18 names the characters that no code of a service with %s has',
    async (_, user_code, typed, problem) => {
      const one = workerWith({
        CLIENTS: [{ client_id: 'x', client_name: 'X', scope: 'openid', user_code }],
      })
      const person = new Person(one, ISSUER, { 'CF-Connecting-IP': freshAddress() })
      expect((await enter(person, typed)).html).toContain(problem)
    },
  )

  it('VP-18 a wrong code stays in its field', async () => {
    const page = await enter(await signedIn(), 'zzzz zzzb')
    expect(page.status).toBe(404)
    expect(page.html).toContain('value="ZZZZ-ZZZB"')
  })

  it('VP-20 has a labelled field without correction or suggestions', async () => {
    const { html } = await visitor().open('/device')
    expect(html).toContain('<label for="user_code">')
    for (const attribute of [
      'autocomplete="off"',
      'autocapitalize="characters"',
      'autocorrect="off"',
      'spellcheck="false"',
    ])
      expect(html).toContain(attribute)
    expect(html).not.toMatch(/one-time-code|onpaste/)
  })

  it('VP-1 VP-22 requires a sign-in before it looks the code up, and keeps the code meanwhile', async () => {
    const device = await startDevice()
    const person = visitor()
    const signIn = await enter(person, device.userCode)
    expect(signIn.url.pathname).toBe('/device/sign-in')
    const question = await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
    expect(question.html).toContain(device.userCode)
    expect(question.html).toMatch(/Works for \d+ more minutes/)
  })

  it('VP-2 changes nothing by GET, however often', async () => {
    const device = await startDevice()
    const person = await signedIn()
    for (let turn = 0; turn < 10; turn += 1)
      await person.open(device.answer.verification_uri_complete)
    expect(
      await authorizationBehind(device.userCode).open({
        subject: named('anyone'),
        country: undefined,
      }),
    ).toMatchObject({
      outcome: 'reviewable',
    })
  })

  it('VP-14 stays in the address until it is answered, and cannot be read there', async () => {
    const device = await startDevice()
    const person = await signedIn()
    const page = await person.open(device.answer.verification_uri_complete)
    const readable = new RegExp(device.userCode.replace('-', '-?'), 'i')
    expect(page.url.pathname).toBe('/device/confirm')
    expect(page.url.href).not.toMatch(readable)
    // A reload, after another tab has opened another code and cookies are gone.
    await person.open((await startDevice()).answer.verification_uri_complete)
    person.cookies.delete('__Host-user_code')
    expect((await person.open(page.url.href)).html).toContain(device.userCode)
    const result = await person.decide(page, 'allow')
    expect(result.url.href).toBe(`${ISSUER}/device/result`)
  })

  it('VP-14 goes along into another browser, from the sign-in page too', async () => {
    const device = await startDevice()
    const inApp = visitor()
    const signIn = await inApp.open(device.answer.verification_uri_complete)
    expect(signIn.url.pathname).toBe('/device/sign-in')
    expect(signIn.url.href).not.toContain(device.userCode)
    // Signed in already: not asked again.
    const question = await (await signedIn()).open(signIn.url.href)
    expect(question.url.pathname).toBe('/device/confirm')
    expect(question.html).toContain(device.userCode)
    const stranger = visitor()
    expect((await stranger.open(question.url.href)).url.pathname).toBe('/device/sign-in')
    const next = await stranger.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
    expect(next.html).toContain(device.userCode)
  })

  it('VP-14 the browser inside an app says how the code goes into the usual one', async () => {
    const hint = 'use its menu to open this page in your usual browser'
    const device = await startDevice()
    const inApp = new Person(worker, ISSUER, {
      'CF-Connecting-IP': freshAddress(),
      'User-Agent': 'Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) Chrome/126.0.0.0',
    })
    expect((await inApp.open(device.answer.verification_uri_complete)).html).toContain(hint)
    expect((await visitor().open(device.answer.verification_uri_complete)).html).not.toContain(hint)
  })

  it('VP-14 a link of another site to the question needs its tap', async () => {
    const device = await startDevice()
    const address = (await (await signedIn()).open(device.answer.verification_uri_complete)).url
    const person = await signedIn()
    const headers = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    }
    const page = await person.open(address.href, headers)
    expect(page.html).toContain('If someone sent you this link, close this page.')
    expect((await person.submit(page, '/device')).html).toContain(device.userCode)
    const signIn = await visitor().open(address.href.replace('confirm', 'sign-in'), headers)
    expect(signIn.html).not.toContain('A device is waiting')
  })

  it.each(['', 'QUFB', 'V0RKQi1NSkhU'.repeat(20), '%00', '"><script>'])(
    'VP-14 an address with %j in it leads to the page for codes',
    async (waiting) => {
      const page = await visitor().open(`/device/confirm?waiting=${encodeURIComponent(waiting)}`)
      expect(page.url.pathname).toBe('/device')
    },
  )

  it('accepts the pasted address of the picture', async () => {
    const device = await startDevice()
    const question = await enter(await signedIn(), device.answer.verification_uri_complete)
    expect(question.html).toContain(device.userCode)
  })

  it('shows people their own decision again, without counting a try', async () => {
    const person = await signedIn()
    const [allowed, declined] = [await startDevice(), await startDevice()]
    await person.decide(await enter(person, allowed.userCode), 'allow')
    await person.decide(await enter(person, declined.userCode), 'deny')
    for (let turn = 0; turn < 6; turn += 1) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3000 })
      expect((await enter(person, allowed.userCode)).html).toContain('You’re connected')
      expect((await enter(person, declined.userCode)).html).toContain('Nothing was shared')
    }
  })

  const DIGITS = { client_id: 'x', client_name: 'X', scope: 'openid', user_code: 'digits' }
  const LETTERS = { client_id: 'y', client_name: 'Y', scope: 'openid' }
  const API = { client_id: 'z', client_name: 'Z', grant_types: [] }
  const REGISTRATION = { REGISTRATION_TOKEN_SHA256: 'a'.repeat(64) }

  it.each([
    ['no device', {}, 'like WDJB-MJHT<', 'text'],
    ['devices with letters', { CLIENTS: [LETTERS, API] }, 'like WDJB-MJHT<', 'text'],
    ['devices with digits', { CLIENTS: [DIGITS, API] }, 'like 019-450-730<', 'numeric'],
    ['devices with either', { CLIENTS: [DIGITS, LETTERS] }, 'like WDJB-MJHT or 019-', 'text'],
    [
      'devices with digits, and others that register',
      { CLIENTS: [DIGITS], ...REGISTRATION },
      'like WDJB-MJHT or 019-',
      'text',
    ],
  ])('requests what %s show', async (_, settings, hint, inputmode) => {
    const { html } = await new Person(workerWith({ CLIENTS: [], ...settings }), ISSUER).open(
      '/device',
    )
    expect(html).toContain(hint)
    expect(html).toContain(`inputmode="${inputmode}"`)
  })

  it('VP-5 looks up at most five simultaneous codes', async () => {
    const person = await signedIn()
    vi.useFakeTimers({ toFake: ['Date'] })
    const codes = [...'BCDFGHJKLMNPQ'].map((letter) => letter.repeat(8))
    const lookUps = codes.map((code) => {
      const one = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
      for (const [name, value] of person.cookies) one.cookies.set(name, value)
      one.cookies.set('__Host-user_code', code)
      return one.open('/device/confirm')
    })
    const statuses = (await Promise.all(lookUps)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 404)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(codes.length - 5)
  })

  it('VP-6 answers alike for codes that are unknown, expired or used', async () => {
    const expired = await startDevice('short-tv')
    const [denied, used] = [await startDevice(), await startDevice()]
    await deny(denied.userCode)
    await approve(used.userCode)
    await used.poll()
    const person = await signedIn()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * MINUTE })
    const pages = []
    for (const code of ['BBBB-BBBB', expired.userCode, denied.userCode, used.userCode])
      pages.push(await enter(person, code))
    const [first] = pages.map(withoutCode)
    for (const page of pages) {
      expect(page.status).toBe(404)
      expect(withoutCode(page)).toBe(first)
      expect(page.html).toContain(NOT_VALID)
    }
  })

  it('VP-5 is limited by address, with any cookies', async () => {
    const address = { 'CF-Connecting-IP': freshAddress() }
    const statuses: number[] = []
    // Twice the limit, and one: the minute may turn in between.
    for (let turn = 0; turn < 242 && !statuses.includes(429); turn += 1) {
      const page = await enter(new Person(worker, ISSUER, address), 'BCDF-BCDF')
      statuses.push(page.status)
    }
    expect(statuses).toContain(429)
    expect(statuses[0]).toBe(200)
  })
})
