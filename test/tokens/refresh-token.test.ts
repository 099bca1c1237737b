// What a refresh token is made of: it comes back as it went, and only as it went. DC-6.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBase64url } from '../../src/crypto.ts'
import {
  type RefreshToken,
  claimOf,
  deriveRefreshToken,
  formatRefreshToken,
  mintGrantId,
  mintRefreshToken,
  parseRefreshToken,
  succeed,
} from '../../src/tokens/refresh-token.ts'

const SERVER = crypto.getRandomValues(new Uint8Array(32))

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const token: fc.Arbitrary<RefreshToken> = fc.record({
  subject: bytes(32).map((subject) => Buffer.from(subject).toString('hex')),
  grantId: bytes(16).map(toBase64url),
  generation: fc.nat({ max: 2 ** 32 - 1 }),
  family: bytes(16),
  secret: bytes(32),
})

/** The same with plain bytes, however they are kept. */
const plain = ({ family, secret, ...rest }: RefreshToken) => ({
  ...rest,
  family: [...family],
  secret: [...secret],
})
const parsed = (text: string) => {
  const found = parseRefreshToken(SERVER, text)
  return found && plain(found)
}

describe('a refresh token', () => {
  it('is read as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(token, (one) => {
        const text = formatRefreshToken(SERVER, one)
        expect(text).toMatch(/^[\w-]{155}$/)
        expect(parsed(text)).toStrictEqual(plain(one))
      }),
    )
  })

  it('is none with any letter changed', () => {
    const letters = [...'AZaz09-_=+/ .']
    fc.assert(
      fc.property(token, fc.nat({ max: 154 }), fc.constantFrom(...letters), (one, at, letter) => {
        const text = formatRefreshToken(SERVER, one)
        fc.pre(text[at] !== letter)
        expect(parsed(text.slice(0, at) + letter + text.slice(at + 1))).toBeUndefined()
      }),
    )
  })

  it('is none with the seal of another server', () => {
    fc.assert(
      fc.property(token, bytes(32), (one, other) => {
        expect(parsed(formatRefreshToken(other, one))).toBeUndefined()
      }),
    )
  })

  it('is none with any other length, or as other text', () => {
    fc.assert(
      fc.property(token, fc.nat({ max: 154 }), fc.string({ minLength: 1 }), (one, end, more) => {
        const text = formatRefreshToken(SERVER, one)
        expect(parseRefreshToken(SERVER, text.slice(0, end))).toBeUndefined()
        expect(parseRefreshToken(SERVER, text + more)).toBeUndefined()
        expect(parseRefreshToken(SERVER, more)).toBeUndefined()
      }),
    )
  })
})

const derived = (...about: Parameters<typeof deriveRefreshToken>) => {
  const text = formatRefreshToken(SERVER, deriveRefreshToken(...about))
  const { family = [], secret: own = [], ...rest } = parsed(text) ?? {}
  // In pieces of one size: what is in one of them is in no other.
  const secrets = [family, own.slice(0, 16), own.slice(16)].map(String)
  return { text, ...rest, secrets }
}

const pair = <T>(one: fc.Arbitrary<T>) => fc.tuple(one, one)

describe('the first refresh token, derived (DC-6)', () => {
  const subject = bytes(32).map((raw) => Buffer.from(raw).toString('hex'))
  const grantId = bytes(16).map(toBase64url)
  const secret = bytes(32)

  it('is the same for the same grant, and names it', () => {
    fc.assert(
      fc.property(secret, subject, grantId, (key, who, which) => {
        const first = derived(key, who, which)
        expect(first).toMatchObject({ subject: who, grantId: which, generation: 0 })
        expect(derived(key, who, which)).toEqual(first)
      }),
    )
  })

  it('has other secrets for another grant, another account, or with another key', () => {
    fc.assert(
      fc.property(pair(secret), pair(subject), pair(grantId), (keys, people, grants) => {
        const [key, otherKey] = keys
        const [who, other] = people
        const [which, otherGrant] = grants
        fc.pre(!Buffer.from(key).equals(otherKey) && who !== other && which !== otherGrant)
        const secrets = [
          derived(key, who, which),
          derived(otherKey, who, which),
          derived(key, other, which),
          derived(key, who, otherGrant),
        ].flatMap((one) => one.secrets)
        expect(new Set(secrets).size).toBe(4 * 3)
      }),
    )
  })

  it('cannot be made from what the device knows', () => {
    const [who, which] = ['ab'.repeat(32), mintGrantId()]
    const { secrets } = derived(crypto.getRandomValues(new Uint8Array(32)), who, which)
    const guesses = ['', who, which, `${who} ${which}`].map((text) => Buffer.from(text))
    for (const guess of [...guesses, new Uint8Array(32)])
      for (const one of derived(guess, who, which).secrets) expect(secrets).not.toContain(one)
  })
})

describe('the next refresh token', () => {
  it('belongs to the same family and has a secret of its own', () => {
    const first = mintRefreshToken('ab'.repeat(32), mintGrantId())
    const [a, b] = [claimOf(first), claimOf(succeed(first))]
    expect(first.generation).toBe(0)
    expect(b.familyHash).toBe(a.familyHash)
    expect(b.secretHash).not.toBe(a.secretHash)
    expect(parsed(formatRefreshToken(SERVER, succeed(first)))).toMatchObject({
      subject: first.subject,
      grantId: first.grantId,
    })
  })

  it('is kept as digests: nothing stored can be presented', () => {
    const first = mintRefreshToken('ab'.repeat(32), mintGrantId())
    const stored = JSON.stringify(claimOf(first))
    for (const secret of [first.family, first.secret])
      expect(stored).not.toContain(toBase64url(secret))
  })
})
