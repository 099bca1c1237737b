import { describe, expect, it } from 'vitest'
import { passwordProblem } from '../../src/identity/password-policy.ts'

const NAMES = ['Northlight', 'Anna Virtanen', 'anna.virtanen@example.com']

const problemOf = (password: string) => passwordProblem(password, NAMES)

describe('the length, in characters (SS-14, SS-15)', () => {
  it.each([
    ['14', 'plums in iceboz', -1, 'too_short'],
    ['15', 'plums in iceboz', 0, undefined],
  ])('of %s characters', (_, text, change, problem) => {
    expect(problemOf(text.slice(0, text.length + change))).toBe(problem)
  })

  it.each([
    ['emoji count one each', '🍐🧊📦🌒🪁🎻🛶🪴🧦🧭🪵🐝🦊🥨', '🪐'],
    ['accented letters count one, composed', 'yönkähöinenräk'.normalize('NFC'), 'ä'],
    ['accented letters count one, decomposed', 'yönkähöinenräk'.normalize('NFD'), 'a\u0308'],
    ['Chinese counts one each', '月落乌啼霜满天江枫渔火对愁眠', '姑'],
    ['spaces count', 'a moon of snow', ' '],
  ])('%s: 14 are too short, 15 are enough', (_, fourteen, fifteenth) => {
    expect(problemOf(fourteen)).toBe('too_short')
    expect(problemOf(fourteen + fifteenth)).toBeUndefined()
  })

  it('accepts a passphrase of 64 characters, and up to 256', () => {
    const passphrase = 'the quick brown fox jumps over a lazy dog while seven wizards vex'
    expect(problemOf(passphrase.slice(0, 64))).toBeUndefined()
    const long = passphrase.repeat(4).slice(0, 256)
    expect(problemOf(long)).toBeUndefined()
    expect(problemOf(`${long}x`)).toBe('too_long')
  })

  it('reports an empty password as too short', () => {
    expect(problemOf('')).toBe('too_short')
  })
})

describe('no rules of composition (SS-16)', () => {
  it.each([
    ['lower case only', 'plumsintheiceboxwerecold'],
    ['upper case only', 'PLUMSINTHEICEBOXWERECOLD'],
    ['digits only', '831749205613870'],
    ['signs only', '#;]^{|`~<=?/.,:'],
    ['words with spaces', 'correct horse battery staple'],
    ['common words together', 'dragon sunshine monkey'],
    ['a common word inside', 'my dragon eats porridge'],
    ['a word twice', 'never say never again'],
    ['the own name inside a longer phrase', 'anna likes plums and sledges'],
    ['the service inside a longer phrase', 'northlight over a frozen lake'],
    ['generated', 'xK9#mQ2$vL7!pR4&'],
    ['generated, hex', '7f3a91c04be85d26'],
    ['a few letters between digits', 'a8392a1743a9981a'],
    ['digits around a double letter', '7291830ee19374517'],
  ])('accepts a strong one of %s', (_, password) => {
    expect(problemOf(password)).toBeUndefined()
  })
})

describe('easily guessed passwords (SS-17)', () => {
  it.each([
    'passwordpassword',
    'PasswordPassword',
    'password password',
    'password12345678',
    '12345678password',
    'Password123Password123',
    'p@ssw0rdp@ssw0rd',
    'P@$$w0rd12345678',
    'monkey monkey monkey',
    'letmeinletmein1',
    '123456789012345',
    '098765432109876',
    'qwertyuiopasdfgh',
    'asdfghjklqwerty',
    '1q2w3e4r5t6y7u8i',
    'abcdefghijklmno',
    'fedcba987654321',
  ])('refuses %s as common', (password) => {
    expect(problemOf(password)).toBe('common')
  })

  it.each([
    ['the e-mail address', 'anna.virtanen@example.com'],
    ['the e-mail address in capitals', 'ANNA.VIRTANEN@EXAMPLE.COM'],
    ['the name with a year', 'AnnaVirtanen1985'],
    ['the surname twice', 'virtanenvirtanen'],
    ['the service name doubled', 'northlightnorthlight'],
    ['the service name doubled, apart', 'Northlight Northlight'],
    ['the service name padded', 'northlight2026!!'],
    ['the service name disguised', 'n0rthl1ghtn0rthl1ght'],
    ['the service name and a common word', 'northlightpassword'],
  ])('refuses %s as personal', (_, password) => {
    expect(problemOf(password)).toBe('personal')
  })

  it.each([
    ['one letter', 'zzzzzzzzzzzzzzz'],
    ['two letters', 'xzxzxzxzxxzzxzx'],
    ['three letters', 'xzkxzkxzkkzxzkxz'],
    ['one emoji', '🪁'.repeat(15)],
    ['a short word three times', 'sledge sledge sledge'],
    ['a short password twice', 'kq7#vmx2kq7#vmx2'],
  ])('refuses %s as repetitive', (_, password) => {
    expect(problemOf(password)).toBe('repetitive')
  })

  it('ignores names that are short, empty or missing', () => {
    expect(passwordProblem('plums in the icebox', ['', 'Li', 'a@b.c'])).toBeUndefined()
    expect(passwordProblem('plums in the icebox', [])).toBeUndefined()
  })

  it('does not refuse the name of another person', () => {
    expect(passwordProblem('virtanen sledge race', ['Northlight', 'Li Na'])).toBeUndefined()
  })
})
