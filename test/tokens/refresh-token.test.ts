// The format of a refresh token: it is read exactly as it was written. DC-6.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256, toBase64url } from '../../src/crypto.ts'
import {
  type RefreshToken,
  digestOf,
  firstRefreshToken,
  formatRefreshToken,
  mintGrantId,
  nextRefreshToken,
  parseRefreshToken,
} from '../../src/tokens/refresh-token.ts'
import { named } from '../support/named.ts'

const SERVER = crypto.getRandomValues(new Uint8Array(32))

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const token: fc.Arbitrary<RefreshToken> = fc.record({
  subject: bytes(32).map((id) => named(Buffer.from(id).toString('hex'))),
  grantId: bytes(16).map((id) => named(toBase64url(id))),
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
  it('is read as it was written, with any content', () => {
    fc.assert(
      fc.property(token, (one) => {
        const text = formatRefreshToken(SERVER, one)
        expect(text).toMatch(/^[\w-]{155}$/)
        expect(parsed(text)).toStrictEqual(plain(one))
      }),
    )
  })

  it('is invalid with any letter changed', () => {
    const letters = [...'AZaz09-_=+/ .']
    fc.assert(
      fc.property(token, fc.nat({ max: 154 }), fc.constantFrom(...letters), (one, at, letter) => {
        const text = formatRefreshToken(SERVER, one)
        fc.pre(text[at] !== letter)
        expect(parsed(text.slice(0, at) + letter + text.slice(at + 1))).toBeUndefined()
      }),
    )
  })

  it('is invalid with the seal of another server', () => {
    fc.assert(
      fc.property(token, bytes(32), (one, other) => {
        expect(parsed(formatRefreshToken(other, one))).toBeUndefined()
      }),
    )
  })

  it('is invalid with any other length, or as other text', () => {
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

/** The secrets of a token, in pieces of one size: what is in one of them is in no other. */
const secretsOf = (one: RefreshToken): string[] => {
  const { family, secret } = plain(one)
  return [family, secret.slice(0, 16), secret.slice(16)].map(String)
}

const pair = <T>(one: fc.Arbitrary<T>) =>
  fc.tuple(one, one).filter(([a, b]) => JSON.stringify(a) !== JSON.stringify(b))
const subject = bytes(32).map((raw) => named(Buffer.from(raw).toString('hex')))
const grantId = bytes(16).map((id) => named(toBase64url(id)))
const digest = bytes(32).map((hash) => named(toBase64url(hash)))
const serverSecret = bytes(32)

describe('the first refresh token of a grant (DC-6)', () => {
  it('is the same for the same redemption, and names the grant', () => {
    fc.assert(
      fc.property(serverSecret, subject, grantId, digest, (key, who, which, code) => {
        const first = firstRefreshToken(key, who, which, code)
        expect(first).toMatchObject({ subject: who, grantId: which, generation: 0 })
        expect(plain(firstRefreshToken(key, who, which, code))).toEqual(plain(first))
        expect(parsed(formatRefreshToken(SERVER, first))).toEqual(plain(first))
      }),
    )
  })

  it('has different secrets for another code, grant, account or server secret', () => {
    fc.assert(
      fc.property(
        pair(serverSecret),
        pair(subject),
        pair(grantId),
        pair(digest),
        ([key, otherKey], [who, other], [which, otherGrant], [code, otherCode]) => {
          const secrets = [
            firstRefreshToken(key, who, which, code),
            firstRefreshToken(otherKey, who, which, code),
            firstRefreshToken(key, other, which, code),
            firstRefreshToken(key, who, otherGrant, code),
            firstRefreshToken(key, who, which, otherCode),
          ].flatMap(secretsOf)
          expect(new Set(secrets).size).toBe(5 * 3)
        },
      ),
    )
  })

  it('cannot be derived from the data of the device', () => {
    const [who, which, code] = [named('ab'.repeat(32)), mintGrantId(), sha256('code')]
    const key = crypto.getRandomValues(new Uint8Array(32))
    const secrets = secretsOf(firstRefreshToken(key, who, which, code))
    const guesses = ['', who, which, code, `${who} ${which}`].map((text) => Buffer.from(text))
    for (const guess of [...guesses, new Uint8Array(32)])
      for (const one of secretsOf(firstRefreshToken(guess, who, which, code)))
        expect(secrets).not.toContain(one)
  })
})

describe('the next refresh token', () => {
  it('RF-6 is the same each time its predecessor is presented, and in the same family', () => {
    fc.assert(
      fc.property(serverSecret, token, (key, one) => {
        fc.pre(one.generation < 2 ** 32 - 1)
        const next = nextRefreshToken(key, one)
        expect(plain(nextRefreshToken(key, one))).toEqual(plain(next))
        expect(parsed(formatRefreshToken(SERVER, next))).toEqual(plain(next))
        const { subject: who, grantId: which, generation, family } = plain(one)
        const same = { subject: who, grantId: which, family, generation: generation + 1 }
        expect(plain(next)).toMatchObject(same)
        expect(digestOf(next).familyHash).toBe(digestOf(one).familyHash)
        expect(digestOf(next).secretHash).not.toBe(digestOf(one).secretHash)
      }),
    )
  })

  it('RF-6 differs for another predecessor or another server secret', () => {
    fc.assert(
      fc.property(
        pair(serverSecret),
        pair(bytes(32)),
        token,
        ([key, otherKey], [secret, otherSecret], one) => {
          const before = { ...one, secret }
          const others: RefreshToken[] = [
            { ...before, secret: otherSecret },
            { ...before, generation: one.generation + 1 },
            { ...before, grantId: mintGrantId() },
            { ...before, subject: named('ab'.repeat(32)) },
          ]
          const all = [
            nextRefreshToken(key, before),
            nextRefreshToken(otherKey, before),
            ...others.map((other) => nextRefreshToken(key, other)),
          ]
          expect(new Set(all.map((next) => digestOf(next).secretHash)).size).toBe(all.length)
        },
      ),
    )
  })

  it('is stored as digests: no stored value can be presented', () => {
    const key = crypto.getRandomValues(new Uint8Array(32))
    const first = firstRefreshToken(key, named('ab'.repeat(32)), mintGrantId(), sha256('code'))
    const stored = JSON.stringify(digestOf(first))
    for (const secret of [first.family, first.secret])
      expect(stored).not.toContain(toBase64url(secret))
  })
})
