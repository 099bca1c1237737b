// Passwords and addresses have a length before anything is computed from them. Conformance SS-15, HH-18.
import { describe, expect, it } from 'vitest'
import { hashPassword, verifyPassword } from '../../src/objects/login/password.ts'
import { passwordProblem } from '../../src/identity/password-policy.ts'
import { PASSWORD, Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { freshAddress, worker } from '../support/worker.ts'

const newPerson = () => new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
const newAddress = () => `${crypto.randomUUID()}@example.com`

/** As many characters, each one different from the one before. */
const charactersFrom = (first: number, count: number, kinds: number): string =>
  Array.from({ length: count }, (_, index) =>
    String.fromCodePoint(first + ((7 * index) % kinds)),
  ).join('')

/** Two UTF-16 units each. */
const EMOJI = charactersFrom(0x1f400, 256, 60)
/** Four units each where they are decomposed, as some keyboards send them. */
const GREEK = ['ᾂ', 'ᾃ', 'ᾄ', 'ᾅ', 'ᾆ', 'ᾇ', 'ᾒ', 'ᾓ'].map((letter) => letter.normalize('NFD'))
const DECOMPOSED = Array.from({ length: 256 }, (_, index) => GREEK[(index * index) % 7] ?? '').join(
  '',
)

/** Longer than any password of 256 characters can be written. */
const TOO_LONG = `${PASSWORD}${'x'.repeat(1024)}`

const noticed = (html: string) => /role="alert"[^>]*>([^<]*)/.exec(html)?.[1]

// The clock of a Worker stands still until it waits for something.
const now = async (): Promise<number> => {
  await scheduler.wait(0)
  return performance.now()
}

describe('a password of 256 characters', () => {
  it.each([
    ['of two units each', EMOJI, 512],
    ['of up to four units each', DECOMPOSED, 1024],
  ])('SS-15 %s may be chosen, and is verified', (_what, password, length) => {
    expect(password.length).toBeLessThanOrEqual(length)
    expect([...password.normalize('NFC')]).toHaveLength(256)
    expect(passwordProblem(password, ['Northlight'])).toBeUndefined()
    expect(verifyPassword(password, hashPassword(password))).toBe(true)
  })

  it('SS-15 signs in to the account that was created with it', async () => {
    const email = newAddress()
    expect((await newPerson().createAccount('Ada', email, EMOJI)).url.pathname).toBe('/device')
    expect((await newPerson().signIn(email, EMOJI)).url.pathname).toBe('/device')
  })
})

describe('an overlong password', () => {
  it.each([
    ['by one character', `${EMOJI}x`],
    ['by far', TOO_LONG],
    ['in marks out of order', '\u0315\u0334'.repeat(5000)],
  ])('HH-18 %s is refused for a new account, with the reason', async (_what, password) => {
    const page = await newPerson().createAccount('Ada', newAddress(), password)
    expect([page.status, page.html]).toStrictEqual([
      400,
      expect.stringContaining('Use at most 256 characters.'),
    ])
  })

  it('HH-18 is refused like a wrong one, and counts like one', async () => {
    const email = newAddress()
    await newPerson().createAccount('Ada', email)
    const wrong = await newPerson().signIn(email, 'correct horse battery staple')
    for (let tried = 1; tried < 5; tried += 1) {
      const { status, html } = await newPerson().signIn(email, TOO_LONG)
      expect([status, noticed(html)]).toStrictEqual([wrong.status, noticed(wrong.html)])
    }
    expect((await newPerson().signIn(email, TOO_LONG)).status).toBe(429)
  })

  it('HH-18 is not hashed', async () => {
    const stored = hashPassword(PASSWORD)
    const costOf = async (times: number, password: string): Promise<number> => {
      const before = await now()
      for (let time = 0; time < times; time += 1) verifyPassword(password, stored)
      return (await now()) - before
    }
    expect(await costOf(100, TOO_LONG)).toBeLessThan(await costOf(1, `${PASSWORD}x`))
    expect(verifyPassword(TOO_LONG, hashPassword(PASSWORD))).toBe(false)
    expect(() => hashPassword(TOO_LONG)).toThrow(RangeError)
  })
})

describe('an overlong address', () => {
  const longAddress = `${'a'.repeat(250)}@example.com`

  it('HH-18 is refused for a new account, with the reason', async () => {
    const page = await newPerson().createAccount('Ada', longAddress)
    expect([page.status, page.html]).toStrictEqual([
      400,
      expect.stringContaining('Enter a shorter address, up to 254 characters.'),
    ])
  })

  it('HH-18 is refused at sign-in like a wrong password', async () => {
    const { status, html } = await newPerson().signIn(longAddress)
    expect([status, html]).toStrictEqual([403, expect.stringContaining('don’t belong together')])
  })
})

it.each([
  ['/device/sign-in', 'email', 254],
  ['/device/sign-in', 'password', 1024],
  ['/device/create-account', 'name', 64],
  ['/device/create-account', 'email', 254],
  ['/device/create-account', 'password', 1024],
])(
  'HH-18 the form at %s limits the %s to the length that the server accepts',
  async (path, name, length) => {
    const { html } = await newPerson().open(path)
    const input = new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(html)?.[0]
    expect(input).toContain(`maxlength="${length}"`)
  },
)
