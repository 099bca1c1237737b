// The one structure that passkeys need of ASN.1, beside the library that it stands in for.
import { generateKeyPairSync, sign } from 'node:crypto'
import { ECDSASigValue as TheirSigValue } from '@peculiar/asn1-ecc'
import { AsnParser as TheirParser } from '@peculiar/asn1-schema'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AsnParser, ECDSASigValue } from '../../src/identity/ecdsa-sig-value.cjs'

interface Numbers {
  readonly r: Uint8Array
  readonly s: Uint8Array
}

const ours = (der: Uint8Array): Numbers => AsnParser.parse(der, ECDSASigValue)
const theirs = (der: Uint8Array): Numbers => {
  const { r, s } = TheirParser.parse(der, TheirSigValue)
  return { r: new Uint8Array(r), s: new Uint8Array(s) }
}

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const GOOD = '3006020101020102'

it.each(['P-256', 'P-384', 'P-521'])('SS-9 reads every signature of %s', (namedCurve) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve })
  for (let turn = 0; turn < 100; turn += 1) {
    const der = new Uint8Array(sign('sha256', Buffer.from(`message ${turn}`), privateKey))
    expect(ours(der)).toEqual(theirs(der))
  }
})

it('SS-9 reads exactly what the library reads', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = new Uint8Array(sign('sha256', Buffer.from('message'), privateKey))
  const changed = fc
    .array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { maxLength: 3 })
    .map((changes) => {
      const copy = new Uint8Array(der)
      for (const [at, value] of changes) copy[at] = value
      return copy
    })
  const any = fc.oneof(changed, fc.uint8Array({ maxLength: 80 }))
  let accepted = 0
  fc.assert(
    fc.property(any, (data) => {
      let read: Numbers
      try {
        read = ours(data)
      } catch {
        return
      }
      accepted += 1
      expect(read).toEqual(theirs(data))
    }),
    { numRuns: 3000, seed: 9 },
  )
  expect(accepted).toBeGreaterThan(1000)
})

describe('SS-9 refuses', () => {
  it.each([
    ['nothing', ''],
    ['another tag', '3106020101020102'],
    ['another tag within', '3006030101020102'],
    ['one number only', '3003020101'],
    ['three numbers', '3009020101020102020103'],
    ['something behind it', `${GOOD}00`],
    ['something behind the numbers', '300702010102010200'],
    ['less than it says', '3006020101020202'],
    ['a sequence that goes on', '3008020101020102'],
    ['a length of indefinite form', '3080020101020102'],
    ['a length that is longer than need be', '308106020101020102'],
    ['a length of three bytes', '30820006020101020102'],
    ['an empty number', '30050200020102'],
    ['a negative number', '3006020181020102'],
    ['a number with a zero too many', '300702020001020102'],
  ])('%s', (_, hex) => {
    expect(ours(bytes(GOOD))).toEqual({ r: bytes('01'), s: bytes('02') })
    expect(() => ours(bytes(hex))).toThrow('not an ECDSA signature')
  })

  it('any other structure, which only attestation has', () => {
    expect(() => AsnParser.parse(bytes(GOOD), Symbol('another'))).toThrow(
      'attestation is not supported',
    )
  })
})
