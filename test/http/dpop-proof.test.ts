// The requirements of a DPoP proof (RFC 9449 §4.2 and §4.3): conformance DP-2 and DC-22. Every row
// is a valid proof with one fault.
import { CompactSign, type JWK, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { DEVICE_CODE_GRANT, answerOf, startDevice } from '../support/device.ts'
import { type KeyHolder, type ProofOptions, readyKeyHolder } from '../support/dpop.ts'
import { KEY_PAIRS, publicHalf } from '../support/key-pairs.ts'
import { ISSUER } from '../support/settings.ts'
import { formRequest, url, worker } from '../support/worker.ts'

type Made = (holder: KeyHolder) => string | Promise<string>
type Parts = readonly [head: string, claims: string, signature: string]

const by =
  (options: ProofOptions): Made =>
  (holder) =>
    holder.proof(options)
const claims = (more: ProofOptions['claims'] = {}): Made => by({ claims: more })
const header = (more: ProofOptions['header'] = {}): Made => by({ header: more })
/** Another key and its private half, both as given. */
const keyed = (alg: string, jwk: JWK, secret: ProofOptions['signer'] = KEY_PAIRS.ES256): Made =>
  by({ header: { alg, jwk }, signer: secret })
/** A good proof, its text changed afterwards. */
const respelled =
  (change: (parts: Parts) => string): Made =>
  async (holder) => {
    const [head = '', payload = '', signature = ''] = (await holder.proof()).split('.')
    return change([head, payload, signature])
  }

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (text: string): object => JSON.parse(Buffer.from(text, 'base64url').toString())

/** Claims of any kind at all, duly signed. */
const signed = (payload: unknown): Made => {
  const bytes = new TextEncoder().encode(JSON.stringify(payload))
  return ({ alg, jwk, secret }) =>
    new CompactSign(bytes).setProtectedHeader({ alg, typ: 'dpop+jwt', jwk }).sign(secret)
}

/** A second key, of an algorithm that no test here uses. */
const byFreshKey =
  (alg: string): Made =>
  async (holder) => {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    return holder.proof({ header: { alg, jwk: await exportJWK(publicKey) }, signer: privateKey })
  }

/** By an RSA key that is too short to be one (RFC 7518 §3.3), which jose would not sign with. */
const byShortRsaKey: Made = async (holder) => {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign'])) as CryptoKeyPair
  const { kty, n, e } = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey
  const [, payload] = (await holder.proof()).split('.')
  const text = `${encode({ alg: 'RS256', typ: 'dpop+jwt', jwk: { kty, n, e } })}.${payload}`
  const signature = await crypto.subtle.sign(algorithm.name, pair.privateKey, Buffer.from(text))
  return `${text}.${Buffer.from(signature).toString('base64url')}`
}

const { ES256, ES384, RS256, Ed25519 } = KEY_PAIRS
const OCTETS = Buffer.alloc(32, 7)
const TARGET = url('/token')

const WRONG: [string, Made][] = [
  ['two JWTs in one header', async (of) => `${await of.proof()}, ${await of.proof()}`],
  ['two JWTs and a space', async (of) => `${await of.proof()} ${await of.proof()}`],
  ['nothing in the header', () => ''],
  ['no JWT', () => 'nosuch'],
  ['three parts that are none', () => 'a.b.c'],
  ['no signature', respelled(([head, payload]) => `${head}.${payload}.`)],
  ['five parts', respelled(([head, payload, end]) => `${head}.${payload}.${end}.a.b`)],
  [
    'a JWT as JSON',
    respelled(([head, payload, signature]) =>
      JSON.stringify({ protected: head, payload, signature }),
    ),
  ],
  ['no typ', header({ typ: undefined })],
  ['typ JWT', header({ typ: 'JWT' })],
  ['typ at+jwt', header({ typ: 'at+jwt' })],
  [
    'alg none',
    respelled(([head, payload]) => `${encode({ ...decode(head), alg: 'none' })}.${payload}.`),
  ],
  [
    'no alg',
    respelled(([head, ...rest]) =>
      [encode({ ...decode(head), alg: undefined }), ...rest].join('.'),
    ),
  ],
  [
    'alg HS256 and its key',
    keyed('HS256', { kty: 'oct', k: OCTETS.toString('base64url') }, new Uint8Array(OCTETS)),
  ],
  ['alg ES512, not in the list', byFreshKey('ES512')],
  ['alg RS512, not in the list', keyed('RS512', publicHalf(RS256), RS256)],
  ['alg EdDSA, the old name', keyed('EdDSA', publicHalf(Ed25519), Ed25519)],
  ['a signature by another key', by({ signer: ES256 })],
  [
    'a signature of something else',
    async (of) => {
      const [head, payload] = (await of.proof()).split('.')
      return `${head}.${payload}.${(await of.proof()).split('.')[2]}`
    },
  ],
  ['no jwk', header({ jwk: undefined })],
  ['a kid in place of the jwk', header({ jwk: undefined, kid: 'key-ES256' })],
  ['a jwk that is a text', header({ jwk: 'nosuch' })],
  ['a jwk of nothing', header({ jwk: {} })],
  ['a jwk with its private half', keyed('ES256', ES256)],
  ['an RSA jwk with its private half', keyed('RS256', RS256, RS256)],
  ['an Ed25519 jwk with its private half', keyed('Ed25519', Ed25519, Ed25519)],
  ['a jwk of another kind', header({ jwk: publicHalf(RS256) })],
  ['a jwk of another curve', header({ jwk: publicHalf(ES384) })],
  [
    'a jwk without a curve',
    async (of) => of.proof({ header: { jwk: { ...of.jwk, crv: undefined } } }),
  ],
  ['a jwk without y', async (of) => of.proof({ header: { jwk: { ...of.jwk, y: undefined } } })],
  [
    'a jwk that is no point',
    async (of) => of.proof({ header: { jwk: { ...of.jwk, y: of.jwk.x } } }),
  ],
  ['a jwk of bad base64url', async (of) => of.proof({ header: { jwk: { ...of.jwk, y: '?' } } })],
  ['an RSA key of 1024 bits', byShortRsaKey],
  [
    'an unknown critical member',
    respelled(([head, ...rest]) =>
      [encode({ ...decode(head), crit: ['x'], x: 1 }), ...rest].join('.'),
    ),
  ],
  ['no htm', claims({ htm: undefined })],
  ['htm of another method', claims({ htm: 'GET' })],
  ['htm in lower case', claims({ htm: 'post' })],
  ['no htu', claims({ htu: undefined })],
  ['htu of another path', claims({ htu: url('/device_authorization') })],
  ['htu with a slash more', claims({ htu: `${TARGET}/` })],
  ['htu in upper case', claims({ htu: url('/TOKEN') })],
  ['htu of the issuer', claims({ htu: ISSUER })],
  ['htu of another host', claims({ htu: 'https://evil.test/token' })],
  ['htu of another port', claims({ htu: `${ISSUER}:8443/token` })],
  ['htu of another scheme', claims({ htu: TARGET.replace('https', 'http') })],
  ['htu that is a path', claims({ htu: '/token' })],
  ['htu that is a list', claims({ htu: [TARGET] })],
  ['no jti', claims({ jti: undefined })],
  ['jti empty', claims({ jti: '' })],
  ['jti that is a number', claims({ jti: 7 })],
  ['jti of 257 letters', claims({ jti: 'x'.repeat(257) })],
  ['jti of 10 kB', claims({ jti: 'x'.repeat(10_000) })],
  ['no iat', claims({ iat: undefined })],
  ['iat that is a text', claims({ iat: 'now' })],
  ['iat that is null', claims({ iat: null })],
  ['more than 8 KiB', claims({ more: 'x'.repeat(8192) })],
  ['claims that are a list', signed([{ htm: 'POST', htu: TARGET }])],
  ['claims that are a text', signed('nosuch')],
  ['claims that are null', signed(null)],
]

describe('a proof', () => {
  it('DP-2 is valid unchanged, or the table below would prove nothing', async () => {
    const holder = await readyKeyHolder()
    const device = await startDevice()
    const { body } = await device.poll({}, { DPoP: await holder.proof() })
    expect(body.error).toBe('authorization_pending')
  })

  it.each(WRONG)(
    'DP-2 DC-22 with %s is refused, and does not count as a poll',
    async (_name, made) => {
      const holder = await readyKeyHolder()
      const device = await startDevice()
      const { status, headers, body } = await device.poll({}, { DPoP: await made(holder) })
      expect([status, body.error]).toStrictEqual([400, 'invalid_dpop_proof'])
      expect(headers.get('Cache-Control')).toBe('no-store')
      expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
      expect((await holder.poll(device)).body.error).toBe('authorization_pending')
    },
  )

  it('DP-2 DC-22 in two headers is refused, and does not count as a poll', async () => {
    const holder = await readyKeyHolder()
    const device = await startDevice()
    const fields = {
      grant_type: DEVICE_CODE_GRANT,
      client_id: 'tv',
      device_code: device.deviceCode,
    }
    const request = formRequest('/token', fields)
    for (const proof of [await holder.proof(), await holder.proof()])
      request.headers.append('DPoP', proof)
    const { status, body } = await answerOf(await worker(request))
    expect([status, body.error]).toStrictEqual([400, 'invalid_dpop_proof'])
    expect((await holder.poll(device)).body.error).toBe('authorization_pending')
  })

  it.each<[string, Made]>([
    ['jti of 256 letters', claims({ jti: 'x'.repeat(256) })],
    ['unexpected claims', claims({ iss: 'tv', sub: 'tv', aud: 'x', more: [1] })],
    ['a jwk that says more', async (of) => of.proof({ header: { jwk: { ...of.jwk, kid: 'a' } } })],
    ['typ in other letters', header({ typ: 'DPoP+JWT' })],
  ])('DP-2 is valid with %s', async (_name, made) => {
    const holder = await readyKeyHolder()
    const device = await startDevice()
    const { body } = await device.poll({}, { DPoP: await made(holder) })
    expect(body.error).toBe('authorization_pending')
  })
})
