// DPoP nonces (RFC 9449 §8) as pure functions: conformance DP-4, DP-5. How they are asked for and used
// is in dpop-replay.test.ts.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { issueNonce, nonceIssuedAtMs } from '../../src/http/dpop-nonce.ts'

const MINUTE = 60_000
// Times that four bytes of seconds can say, with room around them.
const aTime = fc.integer({ min: 10 * MINUTE, max: (2 ** 32 - 1) * 1000 - 10 * MINUTE })
const aSecret = fc.uint8Array({ minLength: 32, maxLength: 32 })

const bytesOf = (nonce: string) => Buffer.from(nonce, 'base64url')
const wholeSecond = (time: number) => Math.floor(time / 1000) * 1000

it('DP-4 a nonce states the second of its issue for five minutes', () => {
  fc.assert(
    fc.property(aSecret, aTime, fc.nat({ max: 5 * MINUTE - 1 }), (secret, time, ageMs) => {
      const issuedAtMs = wholeSecond(time)
      const nonce = issueNonce(secret, time)
      expect(nonceIssuedAtMs(secret, nonce, issuedAtMs + ageMs)).toBe(issuedAtMs)
    }),
  )
})

it.each([
  [-60_001, false],
  [-60_000, true],
  [0, true],
  [5 * MINUTE - 1, true],
  [5 * MINUTE, false],
  [24 * 60 * MINUTE, false],
])('DP-4 DP-5 the validity of a nonce of %i ms ago is %s', (ageMs, isGood) => {
  const secret = new Uint8Array(32).fill(7)
  const issuedAtMs = 1_800_000_000_000
  const nonce = issueNonce(secret, issuedAtMs)
  const expected = isGood ? issuedAtMs : undefined
  expect(nonceIssuedAtMs(secret, nonce, issuedAtMs + ageMs)).toBe(expected)
})

it('DP-5 a nonce with any bit changed is invalid', () => {
  fc.assert(
    fc.property(aSecret, aTime, fc.nat({ max: 20 * 8 - 1 }), (secret, time, bit) => {
      const bytes = bytesOf(issueNonce(secret, time))
      expect(bytes).toHaveLength(20)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(nonceIssuedAtMs(secret, bytes.toString('base64url'), time)).toBeUndefined()
    }),
    { numRuns: 1000 },
  )
})

it('DP-5 a nonce cannot be moved to another time', () => {
  fc.assert(
    fc.property(aSecret, aTime, fc.integer({ min: 1, max: 299 }), (secret, time, seconds) => {
      const forged = bytesOf(issueNonce(secret, time))
      forged.writeUInt32BE(forged.readUInt32BE() + seconds)
      const later = time + seconds * 1000
      expect(nonceIssuedAtMs(secret, forged.toString('base64url'), later)).toBeUndefined()
    }),
  )
})

it('DP-5 a nonce made with another secret is invalid', () => {
  fc.assert(
    fc.property(aSecret, aSecret, aTime, (secret, other, time) => {
      fc.pre(Buffer.compare(secret, other) !== 0)
      expect(nonceIssuedAtMs(secret, issueNonce(other, time), time)).toBeUndefined()
    }),
  )
})

it('DP-5 no other spelling of a nonce is valid', () => {
  const secret = new Uint8Array(32).fill(7)
  const now = 1_800_000_000_000
  const nonce = issueNonce(secret, now)
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
      expect(nonceIssuedAtMs(secret, text, now)).toBeUndefined()
    }),
  )
  for (const text of ['', `${nonce}=`, ` ${nonce}`, `${nonce}A`, nonce.slice(0, -1)])
    expect(nonceIssuedAtMs(secret, text, now)).toBeUndefined()
  expect(nonceIssuedAtMs(secret, nonce, now), 'and this is one').toBe(now)
})

it('DP-5 the next nonce cannot be predicted from a nonce', () => {
  const secret = new Uint8Array(32).fill(7)
  const macs = Array.from({ length: 1000 }, (_, second) =>
    bytesOf(issueNonce(secret, 1_800_000_000_000 + second * 1000)).subarray(4),
  )
  expect(new Set(macs.map((mac) => mac.toString('hex'))).size).toBe(1000)
  // Each of 128 bits is set in about half of them: 500 ± 16, so 400 to 600 is beyond any bad luck.
  for (let bit = 0; bit < 128; bit += 1) {
    const ones = macs.filter((mac) => ((mac[bit >> 3] ?? 0) >> (bit & 7)) & 1).length
    expect(ones).toBeGreaterThan(400)
    expect(ones).toBeLessThan(600)
  }
})
