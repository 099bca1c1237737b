// Built-in accounts: making one, signing in, signing out.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DAY, MINUTE } from '../../src/durations.ts'
import { PASSWORD, Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { freshAddress, worker } from '../support/worker.ts'

afterEach(() => {
  vi.useRealTimers()
})

const visitor = () => new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
const newEmail = () => `${crypto.randomUUID()}@example.com`

const alertOn = (html: string) => /role="alert"[^>]*>([^<]+)</.exec(html)?.[1]

const isSignedIn = async (person: Person) =>
  (await person.open('/device/sign-in')).html.includes('Sign in again')

describe('creating an account', () => {
  it.each([
    ['no name', { name: ' ' }, 'Enter your name.'],
    ['a name without end', { name: 'x'.repeat(65) }, 'Use a shorter name'],
    ['no address', { email: '' }, 'Enter an address like'],
    ['half an address', { email: 'ada@' }, 'Enter an address like'],
    ['no password', { password: '' }, 'That is too short.'],
    ['SS-14 fourteen characters', { password: 'plums icebox 1' }, 'That is too short.'],
    ['SS-15 too many characters', { password: 'plum '.repeat(60) }, 'Use at most 256 characters'],
    [
      'SS-17 a common one',
      { password: 'passwordpassword' },
      'one of the first passwords an attacker tries',
    ],
    ['SS-17 the service', { password: 'northlight 12345' }, 'Don’t base it on your name'],
    ['two keys in turns', { password: 'qp'.repeat(10) }, 'Don’t repeat the same few characters'],
  ])('refuses %s beside the field, and keeps the other fields', async (_, wrong, text) => {
    const person = visitor()
    const fields = { name: 'Ada', email: newEmail(), password: PASSWORD, ...wrong }
    const form = await person.open('/device/create-account')
    const page = await person.submit(form, '/device/create-account', fields)
    expect(page.status).toBe(400)
    expect(page.html).toContain(text)
    expect(page.html).not.toContain(PASSWORD)
    if (fields.email !== '') expect(page.html).toContain(fields.email)
  })

  it('SS-16 accepts a long passphrase of lower-case letters only', async () => {
    const person = visitor()
    await person.createAccount('Ada', newEmail(), 'so much depends upon a red wheel barrow')
    expect(await isSignedIn(person)).toBe(true)
  })

  it('does not change an existing account', async () => {
    const email = newEmail()
    await visitor().createAccount('Ada', email)
    const page = await visitor().createAccount('Mallory', email, 'another long password')
    expect(page.status).toBe(400)
    expect(page.html).toContain('There is already an account with this address')
    const owner = visitor()
    await owner.signIn(email)
    expect(await isSignedIn(owner)).toBe(true)
  })
})

describe('signing in', () => {
  it('accepts the address in any case, with surrounding spaces', async () => {
    const email = newEmail()
    await visitor().createAccount('Ada', email)
    const person = visitor()
    await person.signIn(` ${email.toUpperCase()} `)
    expect(await isSignedIn(person)).toBe(true)
  })

  it('SS-22 answers alike for a wrong password and an unknown address', async () => {
    const email = newEmail()
    await visitor().createAccount('Ada', email)
    const wrong = await visitor().signIn(email, 'not the password')
    const nobody = await visitor().signIn(email.replace('@', 'x@'), 'not the password')
    const malformed = await visitor().signIn('not an address', 'not the password')
    for (const page of [wrong, nobody, malformed]) {
      expect(page.status).toBe(403)
      expect(alertOn(page.html)).toBe('That email and password don’t belong together.')
    }
  })

  it('SS-18 delays the sixth guess, even with the right password', async () => {
    const email = newEmail()
    await visitor().createAccount('Ada', email)
    for (let turn = 0; turn < 5; turn += 1) await visitor().signIn(email, 'not the password')
    const waiting = await visitor().signIn(email)
    expect(waiting.status).toBe(429)
    expect(waiting.headers.get('Retry-After')).toMatch(/^[12]$/)
    expect(waiting.html).toContain('Too many attempts')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + MINUTE })
    const person = visitor()
    await person.signIn(email)
    expect(await isSignedIn(person)).toBe(true)
  })

  it('SS-24 VP-19 VP-20 supports password managers', async () => {
    const signIn = await visitor().open('/device/sign-in')
    expect(signIn.html).toMatch(/autocomplete="username webauthn"/)
    expect(signIn.html).toMatch(/autocomplete="current-password"/)
    expect(signIn.html).toContain('data-reveals="password"')
    const create = await visitor().open('/device/create-account')
    expect(create.html).toMatch(/autocomplete="new-password"/)
    for (const page of [signIn, create]) expect(page.html).not.toMatch(/onpaste|autocomplete="off"/)
  })
})

describe('the session', () => {
  it('SS-1 SS-2 is a host-only, secure cookie that scripts cannot read', async () => {
    const person = visitor()
    await person.createAccount('Ada', newEmail())
    expect(person.setCookies.length).toBeGreaterThan(0)
    for (const cookie of person.setCookies) {
      expect(cookie).toMatch(/^__Host-/)
      for (const attribute of ['Secure', 'HttpOnly', 'Path=/', 'SameSite=Lax'])
        expect(cookie).toContain(attribute)
      expect(cookie).not.toMatch(/domain=/i)
    }
  })

  it('is a plain cookie on loopback, where browsers refuse Secure without TLS', async () => {
    const person = new Person(worker, 'http://localhost:8787', {
      'CF-Connecting-IP': freshAddress(),
    })
    await person.createAccount('Ada', newEmail())
    expect(person.cookies.has('session')).toBe(true)
    expect(await isSignedIn(person)).toBe(true)
  })

  it('SS-3 changes at sign-in, and the previous one ends', async () => {
    const email = newEmail()
    const person = visitor()
    await person.createAccount('Ada', email)
    const before = person.cookies.get('__Host-session') ?? ''
    await person.signIn(email)
    expect(person.cookies.get('__Host-session')).not.toBe(before)
    const thief = visitor()
    thief.cookies.set('__Host-session', before)
    expect(await isSignedIn(thief)).toBe(false)
  })

  it('SS-3 cannot be a planted one', async () => {
    const email = newEmail()
    const person = visitor()
    const planted = 'A'.repeat(96)
    person.cookies.set('__Host-session', planted)
    await person.createAccount('Ada', email)
    expect(person.cookies.get('__Host-session')).not.toBe(planted)
  })

  it('SS-4 ends on the server at sign-out', async () => {
    const email = newEmail()
    const person = visitor()
    await person.createAccount('Ada', email)
    const cookie = person.cookies.get('__Host-session') ?? ''
    const again = await person.open('/device/sign-in')
    const csrf = /name="csrf" value="([^"]+)"/.exec(again.html)?.[1] ?? ''
    await person.post('/device/sign-out', { csrf })
    expect(person.cookies.has('__Host-session')).toBe(false)
    person.cookies.set('__Host-session', cookie)
    expect(await isSignedIn(person)).toBe(false)
  })

  it('SS-4 expires after thirty days', async () => {
    const person = visitor()
    await person.createAccount('Ada', newEmail())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * DAY })
    expect(await isSignedIn(person)).toBe(false)
  })

  it.each(['', 'x', 'A'.repeat(96), '____'])('is not found by a cookie like %j', async (value) => {
    const person = visitor()
    person.cookies.set('__Host-session', value)
    expect(await isSignedIn(person)).toBe(false)
  })
})
