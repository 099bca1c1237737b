// What a refresh token is made of: it comes back as it went, and only as it went.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBase64url } from '../../src/crypto.ts'
import {
  type RefreshToken,
  claimOf,
  formatRefreshToken,
  mintGrantId,
  mintRefreshToken,
  parseRefreshToken,
  succeed,
} from '../../src/tokens/refresh-token.ts'

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
  const found = parseRefreshToken(text)
  return found && plain(found)
}

describe('a refresh token', () => {
  it('is read as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(token, (one) => {
        const text = formatRefreshToken(one)
        expect(text).toMatch(/^[\w-]{134}$/)
        expect(parsed(text)).toStrictEqual(plain(one))
      }),
    )
  })

  it('is another token, or none, with any letter changed', () => {
    const letters = [...'AZaz09-_=+/ .']
    fc.assert(
      fc.property(token, fc.nat({ max: 133 }), fc.constantFrom(...letters), (one, at, letter) => {
        const text = formatRefreshToken(one)
        fc.pre(text[at] !== letter)
        const other = parsed(text.slice(0, at) + letter + text.slice(at + 1))
        if (other !== undefined) expect(other).not.toStrictEqual(plain(one))
      }),
    )
  })

  it('is none with any other length, or as other text', () => {
    fc.assert(
      fc.property(token, fc.nat({ max: 133 }), fc.string({ minLength: 1 }), (one, end, more) => {
        const text = formatRefreshToken(one)
        expect(parseRefreshToken(text.slice(0, end))).toBeUndefined()
        expect(parseRefreshToken(text + more)).toBeUndefined()
        expect(parseRefreshToken(more)).toBeUndefined()
      }),
    )
  })
})

describe('the next refresh token', () => {
  it('belongs to the same family and has a secret of its own', () => {
    const first = mintRefreshToken('ab'.repeat(32), mintGrantId())
    const [a, b] = [claimOf(first), claimOf(succeed(first))]
    expect(first.generation).toBe(0)
    expect(b.familyHash).toBe(a.familyHash)
    expect(b.secretHash).not.toBe(a.secretHash)
    expect(parsed(formatRefreshToken(succeed(first)))).toMatchObject({
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
