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
