// The requirements of a client assertion (OpenID Connect Core §9, RFC 7523 §3, RFC 10070 §4):
// conformance CA-9, CA-11 to CA-15, TK-15. Single use is in assertion-replay.test.ts, valid keys
// are in keys.test.ts.
import { type JWK, base64url, exportSPKI, generateKeyPair, importJWK } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CLIENT_ALGORITHMS } from '../../../src/config/client-settings.ts'
import { ENDPOINTS, askAs, everywhere } from './endpoints.ts'
import { introspect, refresh, revoke } from '../../support/grants.ts'
import {
  type AssertionOptions,
  asKeyClient,
  assertion,
  carrying,
} from '../../support/key-client.ts'
import { KEY_PAIRS, kidOf, publicHalf } from '../../support/key-pairs.ts'
import { ISSUER } from '../../support/settings.ts'
import { askUserinfo, connectDevice } from '../../support/tokens.ts'
import { formRequest, worker } from '../../support/worker.ts'

// Bounds are met to the second.
const NOW = Math.floor(Date.now() / 1000)
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(NOW * 1000)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const start = (text: string): Promise<Response> =>
  worker(formRequest('/device_authorization', carrying(text)))

const expectRefusal = async (response: Response) => {
  const { error } = await response.json<{ error: string }>()
  expect([response.status, error]).toStrictEqual([401, 'invalid_client'])
  expect(response.headers.get('WWW-Authenticate')).toMatch(/^Basic realm="[^"]+"/)
  expect(response.headers.get('Cache-Control')).toBe('no-store')
}

const typed = (typ: string | undefined): AssertionOptions => ({ header: { typ } })
const claiming = (claims: AssertionOptions['claims'] = {}): AssertionOptions => ({ claims })

describe('a client assertion is accepted', () => {
  it.each(CLIENT_ALGORITHMS)('CA-15 signed with %s', async (alg) => {
    expect((await start(await assertion({ alg }))).status).toBe(200)
  })

  it.each<[string, AssertionOptions]>([
    ['CA-12 aud is an array of the issuer alone', claiming({ aud: [ISSUER] })],
    ['CA-13 exp in a second', claiming({ exp: NOW + 1 })],
    ['CA-13 exp within the skew', claiming({ exp: NOW - 59 })],
    ['CA-13 exp at its upper limit', claiming({ exp: NOW + 660 })],
    ['CA-13 exp with a fraction', claiming({ exp: NOW + 30.5 })],
    ['CA-13 nbf now', claiming({ nbf: NOW })],
    ['CA-13 nbf within the skew', claiming({ nbf: NOW + 60 })],
    ['CA-13 no iat', claiming({ iat: undefined })],
    ['CA-14 the longest jti', claiming({ jti: 'x'.repeat(256) })],
    ['CA-14 a jti that is not ASCII', claiming({ jti: 'ключ 🔑' })],
    ['CA-15 additional claims', claiming({ nonce: 'n', client_id: 'tv', scope: 'openid' })],
    ['CA-15 no kid and one matching key', { header: { kid: undefined } }],
    ['CA-15 no typ', typed(undefined)],
    ['CA-15 typ JWT', typed('JWT')],
    ['CA-15 typ jwt', typed('jwt')],
    ['CA-15 typ client-authentication+jwt', typed('client-authentication+jwt')],
    ['CA-15 the same as a full media type', typed('application/client-authentication+jwt')],
    ['CA-15 its only allowed algorithm', { clientId: 'es256-key-tv', alg: 'ES256' }],
  ])('%s', async (_name, options) => {
    expect((await start(await assertion(options))).status).toBe(200)
  })
})

describe('a client assertion is refused', () => {
  it.each(
    everywhere<[string, unknown]>([
      ['no audience', undefined],
      ['the endpoint itself', `${ISSUER}/token`],
      ['another endpoint', `${ISSUER}/device_authorization`],
      ['the issuer and another', [ISSUER, 'https://other.test']],
      ['the issuer and an endpoint', [ISSUER, `${ISSUER}/token`]],
      ['the issuer twice', [ISSUER, ISSUER]],
      ['the issuer with a slash', `${ISSUER}/`],
      ['the issuer in another case', ISSUER.toUpperCase()],
      ['the issuer in an array in an array', [[ISSUER]]],
      ['an empty array', []],
      ['another server', 'https://other.test'],
      ['the client itself', 'key-tv'],
    ]),
  )('CA-12 %s: aud is %s', async (_path, _name, aud, endpoint) => {
    const { status, headers, body } = await askAs(endpoint, { assertion: claiming({ aud }) })
    expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
    expect(headers.get('WWW-Authenticate')).toMatch(/^Basic realm="[^"]+"/)
  })

  it.each<[string, AssertionOptions]>([
    ['CA-11 iss of another client', claiming({ iss: 'es256-key-tv' })],
    ['CA-11 an unknown iss', claiming({ iss: 'https://other.test' })],
    ['CA-11 iss is ours', claiming({ iss: ISSUER })],
    ['CA-11 no iss', claiming({ iss: undefined })],
    ['CA-11 iss in an array', claiming({ iss: ['key-tv'] })],
    ['CA-11 sub of another client', claiming({ sub: 'es256-key-tv' })],
    ['CA-11 sub of a public client', claiming({ sub: 'tv' })],
    ['CA-11 an unknown sub', claiming({ sub: 'nobody' })],
    ['CA-11 sub in another case', claiming({ sub: 'KEY-TV' })],
    ['CA-11 no sub', claiming({ sub: undefined })],
    ['CA-11 sub in an array', claiming({ sub: ['key-tv'] })],
    ['CA-11 sub is a number', claiming({ sub: 5 })],
    ['CA-11 sub is an object', claiming({ sub: { id: 'key-tv' } })],
    ['CA-13 no exp', claiming({ exp: undefined })],
    ['CA-13 exp past the skew', claiming({ exp: NOW - 60 })],
    ['CA-13 exp too far ahead', claiming({ exp: NOW + 661 })],
    ['CA-13 exp in milliseconds', claiming({ exp: (NOW + 60) * 1000 })],
    ['CA-13 exp is a text', claiming({ exp: String(NOW + 60) })],
    ['CA-13 exp is null', claiming({ exp: null })],
    ['CA-13 not yet valid', claiming({ nbf: NOW + 61 })],
    ['CA-13 nbf is a text', claiming({ nbf: String(NOW) })],
    ['CA-14 no jti', claiming({ jti: undefined })],
    ['CA-14 jti is empty', claiming({ jti: '' })],
    ['CA-14 jti is null', claiming({ jti: null })],
    ['CA-14 jti is a number', claiming({ jti: 5 })],
    ['CA-14 jti is an array', claiming({ jti: ['a'] })],
    ['CA-14 jti is too long', claiming({ jti: 'x'.repeat(257) })],
    ['CA-15 typ of an access token', typed('at+jwt')],
    ['CA-15 typ of a DPoP proof', typed('dpop+jwt')],
    ['CA-15 typ of an event', typed('application/secevent+jwt')],
    ['CA-15 an empty typ', typed('')],
    [
      'CA-15 an algorithm other than its only allowed one',
      { clientId: 'es256-key-tv', alg: 'RS256' },
    ],
    ['CA-15 an algorithm that no client may use', { alg: 'RS256', header: { alg: 'RS512' } }],
    ['CA-15 the old name of an algorithm', { alg: 'Ed25519', header: { alg: 'EdDSA' } }],
    ['CA-15 one key for two algorithms', { alg: 'RS256', header: { alg: 'PS256' } }],
    ['CA-15 kid of another key', { header: { kid: kidOf('ES384') } }],
    ['CA-15 kid of another key, with a signature by it', { key: KEY_PAIRS.RS256, alg: 'PS256' }],
    ['CA-15 kid of no key', { header: { kid: 'nosuch' } }],
    ['CA-15 kid is a number', { header: { kid: 5 } }],
    ['CA-15 an unknown crit', { header: { crit: ['urn:x'], 'urn:x': true } }],
  ])('%s', async (_name, options) => {
    await expectRefusal(await start(await assertion(options)))
  })

  it.each<[string, (good: string[]) => string]>([
    ['no signature', ([header, payload]) => `${header}.${payload}.`],
    ['two parts', ([header, payload]) => `${header}.${payload}`],
    ['five parts', (good) => [...good, 'AA', 'AA'].join('.')],
    ['another payload', ([header, , signature]) => `${header}.${forgedPayload()}.${signature}`],
    ['alg none', () => `${encode({ alg: 'none' })}.${forgedPayload()}.`],
    ['alg None', () => `${encode({ alg: 'None' })}.${forgedPayload()}.AA`],
    ['no alg', ([, payload, signature]) => `${encode({})}.${payload}.${signature}`],
    ['padding', (good) => `${good.join('.')}=`],
    ['a payload that is not an object', ([header, , signature]) => `${header}.W10.${signature}`],
    ['a text that is not a JWT', () => 'assertion'],
    ['dots', () => '..'],
  ])('CA-15 %s', async (_name, altered) => {
    await expectRefusal(await start(altered((await assertion()).split('.'))))
  })

  it.each<[string, () => Promise<Uint8Array> | Uint8Array]>([
    ['as PEM', async () => bytes(await exportSPKI(await publicKey('RS256')))],
    ['as PEM, trimmed', async () => bytes((await exportSPKI(await publicKey('RS256'))).trim())],
    ['as JWK', () => bytes(JSON.stringify(publicHalf(KEY_PAIRS.RS256)))],
    ['as modulus', () => base64url.decode(KEY_PAIRS.RS256.n)],
  ])('CA-15 HS256 with the public key %s as the secret', async (_form, secret) => {
    const header = { alg: 'HS256', kid: kidOf('RS256') }
    await expectRefusal(await start(await assertion({ header, key: await secret() })))
  })

  it.each<[string, (stranger: JWK) => AssertionOptions['header']]>([
    ['with the client’s kid', () => ({})],
    ['in the header', (jwk) => ({ jwk })],
    ['in the header, without kid', (jwk) => ({ jwk, kid: undefined })],
    ['at an address', () => ({ kid: 'a', jku: 'https://keys.example/jwks.json' })],
    ['with a certificate at an address', () => ({ kid: 'a', x5u: 'https://keys.example/a.pem' })],
  ])('CA-15 an untrusted key %s', async (_name, headerOf) => {
    const asked = vi.spyOn(globalThis, 'fetch')
    const { privateKey, publicKey: stranger } = await generateKeyPair('ES256')
    const jwk = (await crypto.subtle.exportKey('jwk', stranger)) as JWK
    const header = headerOf({ ...jwk, kid: 'a', alg: 'ES256' }) ?? {}
    await expectRefusal(await start(await assertion({ header, key: privateKey })))
    expect(asked).not.toHaveBeenCalled()
  })

  it('CA-9 after 40 wrong ones in a minute, with 429', async () => {
    const headers = { 'CF-Connecting-IP': '2001:db8:ffff:1::1' }
    const wrong = { headers, assertion: claiming({ aud: 'https://other.test' }) }
    // Twice the limit, because its minute may turn in between.
    const answers = await Promise.all(Array.from({ length: 82 }, () => askAs(ENDPOINTS[1], wrong)))
    const refused = answers.filter(({ status }) => status === 429)
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(40)
    expect(refused[0]?.body.error).toBe('temporarily_unavailable')
    expect(Number(refused[0]?.headers.get('Retry-After'))).toBeGreaterThan(0)
  })
})

describe('types of tokens', () => {
  it.each(['access_token', 'id_token', 'refresh_token'])(
    'TK-15 an %s of ours is not a client assertion',
    async (member) => {
      const { tokens } = await connectDevice('key-tv', {
        fields: await asKeyClient(),
        poll: await asKeyClient(),
      })
      await expectRefusal(await start(tokens[member]))
    },
  )

  it('TK-15 a client assertion is not a token', async () => {
    const text = await assertion()
    expect((await askUserinfo(text)).status).toBe(401)
    expect(await introspect(text)).toStrictEqual({ active: false })
    const options = { clientId: 'key-tv', fields: await asKeyClient() }
    expect((await refresh(text, options)).body.error).toBe('invalid_grant')
    expect(await revoke(text, { ...options, fields: await asKeyClient() })).toBe('200')
    // None of that has used it up.
    expect((await start(text)).status).toBe(200)
  })
})

const bytes = (text: string) => new TextEncoder().encode(text)

const encode = (part: object) => base64url.encode(JSON.stringify(part))

/** The claims of a valid assertion, without the signature. */
const forgedPayload = () =>
  encode({
    iss: 'key-tv',
    sub: 'key-tv',
    aud: ISSUER,
    exp: NOW + 60,
    jti: crypto.randomUUID(),
  })

const publicKey = async (name: 'RS256') =>
  (await importJWK(publicHalf(KEY_PAIRS[name]), name)) as CryptoKey
