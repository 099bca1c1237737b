// The two codes (RFC 8628 §3.2, §6.1): conformance DA-12, DA-13, VP-4.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  charactersInNoCode,
  displayUserCode,
  mintDeviceCode,
  mintUserCode,
  parseDeviceCode,
  parseUserCode,
} from '../src/codes.ts'
import { fromBase64url, randomBytes, seal, sha256, toBase64url, unseal } from '../src/crypto.ts'
import { named } from './support/named.ts'

const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
const DIGITS = '0123456789'
const SECRET = randomBytes(32)
const SEAL_BYTES = 16
const PURPOSE = 'device_code'

const anyUserCode = fc.oneof(
  fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 8, maxLength: 8 }),
  fc.string({ unit: fc.constantFrom(...DIGITS), minLength: 9, maxLength: 9 }),
)
// Whole seconds of the next few centuries.
const anyExpiry = fc.integer({ min: 0, max: 2 ** 34 }).map((seconds) => seconds * 1000)

describe('a user code', () => {
  it.each([
    // The 0.9999999 quantiles of chi-square with 19 and with 9 degrees of freedom, and then some.
    ['letters', LETTERS, /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/, 75],
    ['digits', DIGITS, /^\d{9}$/, 60],
  ] as const)(
    'DA-13 of %s has every character as often as any other',
    (charset, alphabet, form, limit) => {
      const counts = new Map([...alphabet].map((character) => [character, 0]))
      const codes = Array.from({ length: 130_000 }, () => mintUserCode(charset))
      expect(codes.find((code) => !form.test(code))).toBeUndefined()
      for (const code of codes)
        for (const character of code) counts.set(character, (counts.get(character) ?? 0) + 1)
      const expected = (codes.length * (codes[0]?.length ?? 0)) / alphabet.length
      const chiSquare = [...counts.values()].reduce(
        (sum, count) => sum + (count - expected) ** 2 / expected,
        0,
      )
      expect(chiSquare).toBeLessThan(limit)
      // 34.6 bits: of so many, a few meet by chance, and of 29.9 bits some more.
      expect(new Set(codes).size).toBeGreaterThan(codes.length - 60)
    },
  )

  it('DA-13 drops the random bytes that would favour some characters', () => {
    // 240 to 255 would be the first sixteen letters once more.
    const bytes = [255, 240, 0, 19, 20, 239, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]
    const code = mintUserCode('letters', (length) => Uint8Array.from(bytes.slice(0, length)))
    expect(code).toBe('BZBZCDFG')
  })

  it('DA-13 draws again when too many random bytes were dropped', () => {
    const draws = [new Uint8Array(16).fill(255), new Uint8Array(16).fill(1)]
    const code = mintUserCode('letters', () => draws.shift() ?? new Uint8Array())
    expect(code).toBe('CCCCCCCC')
  })

  it.each([
    ['WDJBMJHT', 'WDJB-MJHT'],
    ['019450730', '019-450-730'],
  ])('%s is displayed as %s', (code, shown) => {
    expect(displayUserCode(named(code))).toBe(shown)
  })

  it('VP-4 is parsed from its displayed form', () => {
    fc.assert(
      fc.property(anyUserCode, (code) => {
        expect(parseUserCode(displayUserCode(named(code)))).toBe(code)
      }),
    )
  })
})

describe('what a person types', () => {
  it.each([
    ['as stored', 'WDJBMJHT', 'WDJBMJHT'],
    ['as displayed', 'WDJB-MJHT', 'WDJBMJHT'],
    ['in lower case, with a space', 'wdjb mjht', 'WDJBMJHT'],
    ['with spaces around', '  WDJB-MJHT\n', 'WDJBMJHT'],
    ['with a typographic dash', 'WDJB–MJHT', 'WDJBMJHT'],
    ['letter by letter', 'w.d.j.b.m.j.h.t', 'WDJBMJHT'],
    ['in full width', 'ＷＤＪＢ－ＭＪＨＴ', 'WDJBMJHT'],
    ['in full width and lower case', 'ｗｄｊｂｍｊｈｔ', 'WDJBMJHT'],
    ['with vowels between its letters', 'aWDJBeMJHTi', 'WDJBMJHT'],
    ['digits', '019450730', '019450730'],
    ['digits as displayed', '019-450-730', '019450730'],
    ['digits in full width', '０１９ ４５０ ７３０', '019450730'],
    ['digits as written in Arabic', '٠١٩-٤٥٠-٧٣٠', '019450730'],
    ['digits as written in Persian', '۰۱۹۴۵۰۷۳۰', '019450730'],
    ['digits as written in Hindi, some in Latin', '०१९ 450 ७३०', '019450730'],
  ])('VP-4 is parsed: %s', (_name, typed, code) => {
    expect(parseUserCode(typed)).toBe(code)
  })

  // Unicode's data about numbering systems is the judge here.
  it.each(Intl.supportedValuesOf('numberingSystem'))(
    'VP-4 is parsed in the digits of the numbering system %s',
    (system) => {
      const numerals = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false })
      const typed = [...'019450738'].map((digit) => numerals.format(Number(digit)))
      if (!typed.every((digit) => /^\p{Nd}$/u.test(digit))) return
      expect(parseUserCode(typed.join(''))).toBe('019450738')
    },
  )

  it.each([
    ['nothing', ''],
    ['one letter missing', 'WDJB-MJH'],
    ['one letter too many', 'WDJB-MJHTT'],
    ['one digit missing', '019-450-73'],
    ['one digit too many', '019-450-7300'],
    ['only separators', '---- ----'],
    ['only vowels', 'AEIOUY'],
    ['a text far too long', `WDJBMJHT${' '.repeat(64)}`],
    ['Cyrillic look-alike letters', 'ВСВСВСВС'],
  ])('VP-4 is not a user code: %s', (_name, typed) => {
    expect(parseUserCode(typed)).toBeUndefined()
  })
})

describe('characters that no code has', () => {
  it.each([
    ['WDJB-MJA0', 'letters', ['A', '0']],
    ['wdjb mjaa', 'letters', ['A']],
    ['ＷＤＪＢ-ＭＪＨ０', 'letters', ['0']],
    ['WDJB-MJ٣Y', 'letters', ['3', 'Y']],
    ['ВDJB-MJHT', 'letters', ['В']],
    ['WDJB-MJH', 'letters', []],
    ['O19-45l', 'digits', ['O', 'L']],
    ['٠١٩-٤٥', 'digits', []],
    ['WDJB-MJA0', 'either', ['A']],
    ['', 'letters', []],
  ] as const)('VP-18 in %j of a service with %s are %j', (typed, charset, found) => {
    expect(charactersInNoCode(typed, charset)).toStrictEqual(found)
  })
})

describe('a device_code', () => {
  it('DA-12 holds its user code, its expiry and the hash of its secret', () => {
    fc.assert(
      fc.property(anyUserCode, anyExpiry, (userCode, expiresAtMs) => {
        const { text, deviceCode } = mintDeviceCode(SECRET, named(userCode), expiresAtMs)
        expect(text).toMatch(/^[\w-]+$/)
        expect(parseDeviceCode(SECRET, text)).toStrictEqual(deviceCode)
        const secret = (fromBase64url(text) ?? new Uint8Array()).subarray(
          -32 - SEAL_BYTES,
          -SEAL_BYTES,
        )
        expect(deviceCode).toStrictEqual({ userCode, expiresAtMs, secretHash: sha256(secret) })
      }),
    )
  })

  it('DA-12 is different every time', () => {
    const texts = Array.from(
      { length: 1000 },
      () => mintDeviceCode(SECRET, named('WDJBMJHT'), 0).text,
    )
    const secrets = texts.map((text) => parseDeviceCode(SECRET, text)?.secretHash)
    expect(new Set(secrets).size).toBe(1000)
  })

  it('DA-12 cannot be created for an invalid user code', () => {
    for (const userCode of ['WDJB-MJHT', 'wdjbmjht', '', 'WDJBMJH'])
      expect(() => mintDeviceCode(SECRET, named(userCode), 0)).toThrow(TypeError)
  })

  it('DA-12 is invalid with any changed bit of its head, its secret or its seal', () => {
    const { text } = mintDeviceCode(SECRET, named('WDJBMJHT'), 1_800_000_000_000)
    const bytes = fromBase64url(text) ?? new Uint8Array()
    fc.assert(
      fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
        const changed = Uint8Array.from(bytes, (byte, index) =>
          index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte,
        )
        expect(parseDeviceCode(SECRET, toBase64url(changed))).toBeUndefined()
      }),
      { numRuns: bytes.length * 8 },
    )
  })

  it('DA-12 has one valid encoding', () => {
    fc.assert(
      fc.property(
        anyUserCode,
        fc.constantFrom('=', '==', ' ', '\n', 'A', '.', '+', '/'),
        (code, more) => {
          const { text } = mintDeviceCode(SECRET, named(code), 0)
          expect(parseDeviceCode(SECRET, text + more)).toBeUndefined()
          expect(parseDeviceCode(SECRET, more + text)).toBeUndefined()
          expect(parseDeviceCode(SECRET, text.slice(0, -1))).toBeUndefined()
          expect(parseDeviceCode(SECRET, text.slice(1))).toBeUndefined()
        },
      ),
    )
  })

  it('DA-12 is invalid with changed spare bits in its last letter', () => {
    const { text } = mintDeviceCode(SECRET, named('WDJBMJHT'), 0)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const spellings = [...alphabet].map((letter) => text.slice(0, -1) + letter)
    const valid = spellings.filter((spelling) => parseDeviceCode(SECRET, spelling) !== undefined)
    expect(valid).toStrictEqual([text])
  })

  it('DA-12 is not parsed from arbitrary text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.base64String()),
        (text) => {
          expect(parseDeviceCode(SECRET, text)).toBeUndefined()
        },
      ),
    )
  })

  it.each([
    ['an unknown form', { 0: 2 }],
    ['another form’s number', { 0: 1, 1: 0xff }],
    ['a number that is no user code', { 1: 0xff, 2: 0xff }],
  ])(
    'DA-12 is invalid with %s, even with a valid seal',
    (_name, changes: Record<number, number>) => {
      const bytes = unseal(SECRET, PURPOSE, mintDeviceCode(SECRET, named('ZZZZZZZZ'), 0).text) ?? []
      const changed = Uint8Array.from(bytes, (byte, index) => changes[index] ?? byte)
      expect(changed).toHaveLength(43)
      expect(parseDeviceCode(SECRET, seal(SECRET, PURPOSE, changed))).toBeUndefined()
    },
  )

  it('DA-12 is invalid with a seal of another secret or for another purpose', () => {
    const forged = mintDeviceCode(randomBytes(32), named('WDJBMJHT'), 1_800_000_000_000).text
    expect(parseDeviceCode(SECRET, forged)).toBeUndefined()
    const { text } = mintDeviceCode(SECRET, named('WDJBMJHT'), 1_800_000_000_000)
    const bytes = unseal(SECRET, PURPOSE, text) ?? new Uint8Array()
    expect(parseDeviceCode(SECRET, seal(SECRET, 'client_id', bytes))).toBeUndefined()
    expect(parseDeviceCode(SECRET, seal(SECRET, PURPOSE, bytes)), 'and this is one').toBeDefined()
  })
})
