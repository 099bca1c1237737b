// Text → QR picture, read back by a decoder that is not ours.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { qrModules, qrSvg } from '../src/qr-code.ts'
import { readQrPicture } from './support/qr-reader.ts'

describe('a QR picture', () => {
  it('decodes to its text at any length', () => {
    fc.assert(
      fc.property(
        fc
          .webUrl({ withQueryParameters: true, size: 'medium' })
          .filter((text) => text.length < 300),
        (text) => {
          expect(readQrPicture(qrSvg(text)).text).toBe(text)
        },
      ),
      { numRuns: 15 },
    )
  })

  it('decodes at every size of symbol that holds a web address', () => {
    const sides = new Set<number>()
    for (let length = 10; length <= 400; length += 1) {
      const text = `https://${'a1-'.repeat(length)}`.slice(0, length)
      const side = qrModules(text).length
      if (sides.has(side)) continue
      sides.add(side)
      expect(readQrPicture(qrSvg(text)).text).toBe(text)
    }
    // Versions 1 to 15 of the standard.
    expect([...sides]).toStrictEqual(Array.from({ length: 15 }, (_, index) => 21 + 4 * index))
  })

  it('has the same mask for every text, so that only one symbol is drawn', () => {
    const masks = fc.sample(fc.webUrl(), 50).map((text) => maskOf(qrModules(text)))
    expect(new Set(masks)).toStrictEqual(new Set([3]))
  })

  it('has a quiet zone of four light modules', () => {
    const svg = qrSvg('https://antenna.test/device?user_code=WDJB-MJHT')
    const side = qrModules('https://antenna.test/device?user_code=WDJB-MJHT').length
    expect(svg).toContain(`viewBox="0 0 ${side + 8} ${side + 8}"`)
    expect(readQrPicture(svg).quietZone).toStrictEqual({ left: 4, top: 4, right: 4, bottom: 4 })
  })

  it('is black on white and has nothing that a strict CSP blocks', () => {
    const svg = qrSvg('a')
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /)
    expect(svg).toContain('<path fill="#fff" d="M0 0h')
    expect(svg).not.toMatch(/style|script|href/)
  })
})

// ISO/IEC 18004 §7.9.1: three bits of the format information, which is XORed with a fixed pattern.
const maskOf = (modules: readonly (readonly boolean[])[]): number =>
  [2, 3, 4].reduce((bits, column) => bits * 2 + Number(modules[8]?.[column]), 0) ^ 0b101
