// The QR picture of verification_uri_complete (RFC 8628 §3.3.1).
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { displayUserCode, mintUserCode } from '../../src/codes.ts'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { startDevice } from '../support/device.ts'
import { readQrPicture } from '../support/qr-reader.ts'
import { ISSUER, TEST_VARS } from '../support/settings.ts'
import { url, worker, workerWith } from '../support/worker.ts'

const picture = (name: string) => worker(new Request(url(`/device/qr/${name}`)))

describe('the picture of a user code', () => {
  it('is read by a camera as verification_uri_complete', async () => {
    const { answer } = await startDevice()
    const response = await worker(new Request(answer.verification_uri_qr))
    expect(response.status).toBe(200)
    expect(readQrPicture(await response.text()).text).toBe(answer.verification_uri_complete)
  })

  it.each([
    ['digits', ISSUER, displayUserCode(mintUserCode('digits'))],
    ['a long issuer', `https://sign-in.television.example-company.test/auth`, 'WDJB-MJHT'],
  ])('is readable for %s', async (_name, issuer, code) => {
    const response = await workerWith({ ISSUER: issuer })(
      new Request(`${issuer}/device/qr/${code}.svg`),
    )
    expect(readQrPicture(await response.text()).text).toBe(`${issuer}/device?user_code=${code}`)
  })

  it('has a quiet zone of four modules on every side, and is about 4 KB', async () => {
    const svg = await (await picture('WDJB-MJHT.svg')).text()
    expect(readQrPicture(svg).quietZone).toStrictEqual({ left: 4, top: 4, right: 4, bottom: 4 })
    expect(svg.length).toBeLessThan(6000)
  })

  it('is an SVG that a page with a strict policy can show, from any origin, and cache', async () => {
    const { headers } = await picture('WDJB-MJHT.svg')
    expect(headers.get('Content-Type')).toBe('image/svg+xml')
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin')
    expect(headers.get('Cache-Control')).toMatch(/^public, max-age=\d+/)
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(await (await picture('WDJB-MJHT.svg')).text()).not.toMatch(/style=|<style|<script/)
  })

  it('exists for any code, without a look-up or a binding', async () => {
    const app = createApp(parseConfig(TEST_VARS, DEMO))
    const response = await app.fetch(new Request(url('/device/qr/WDJB-MJHT.svg')), {})
    expect(response.status).toBe(200)
    const { userCode } = await startDevice()
    // One after the other: the module that draws is loaded by one request, for which no other can wait here.
    const live = await picture(`${userCode}.svg`)
    const other = await picture('ZZZZ-ZZZZ.svg')
    expect([...live.headers]).toStrictEqual([...other.headers])
  })
})

describe('a name that is not a displayed user code', () => {
  it.each([
    'WDJBMJHT.svg',
    'wdjb-mjht.svg',
    'WDJB-MJHT',
    'WDJB-MJHT.png',
    'WDJB-MJHT.svg.svg',
    'WDJB-MJH.svg',
    'WDJB-MJHTT.svg',
    'WDJB--MJHT.svg',
    'WDJ-BMJ-HT.svg',
    'WDJB-MJHA.svg',
    'WDJB%20MJHT.svg',
    'WDJB-MJHT%20.svg',
    '0194-5073-0.svg',
    '019450730.svg',
    '%EF%BC%B7DJB-MJHT.svg',
    '.svg',
    'https%3A%2F%2Felsewhere.example.svg',
  ])('%s: 404', async (name) => {
    const response = await picture(name)
    expect(response.status).toBe(404)
    expect(response.headers.get('Content-Type')).toMatch(/^application\/json/)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
  })
})
