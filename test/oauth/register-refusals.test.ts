// Refusals of POST /register: conformance RG-2, CA-9. HTTP hygiene is in register-hygiene.test.ts.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ClientRecord } from '../../src/objects/index.ts'
import type { Answer } from '../support/device.ts'
import { KEY_PAIRS, PUBLIC_KEYS, publicKeyOf } from '../support/key-pairs.ts'
import {
  INITIAL_ACCESS_TOKEN,
  RADIO,
  manage,
  register,
  registered,
} from '../support/registration.ts'
import { freshAddress } from '../support/worker.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const expectRefusal = ({ status, headers, body }: Answer, expected: [number, string]) => {
  expect([status, body.error]).toStrictEqual(expected)
  // HH-8: no echo of what was sent.
  expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
  expect(headers.get('Cache-Control')).toBe('no-store')
}

const nobody = 'unapproved_software_statement'
const invalid = 'invalid_client_metadata'
const withKeys = (keys: unknown) => ({ jwks: { keys } })
const signing = { token_endpoint_auth_method: 'private_key_jwt' }

describe('refused metadata', () => {
  it.each<[string, string, object]>([
    ['invalid_redirect_uri', 'no address', { redirect_uris: ['back'] }],
    ['invalid_redirect_uri', 'an empty address', { redirect_uris: [''] }],
    ['invalid_redirect_uri', 'a fragment', { redirect_uris: ['https://radio.example/#a'] }],
    ['invalid_redirect_uri', 'a script', { redirect_uris: ['JavaScript:alert(1)'] }],
    ['invalid_redirect_uri', 'data', { redirect_uris: ['data:text/html,x'] }],
    ['invalid_redirect_uri', 'one of two', { redirect_uris: ['https://a.example/', 'b'] }],
    ['invalid_redirect_uri', 'not a list', { redirect_uris: 'https://radio.example/' }],
    ['invalid_redirect_uri', 'not text', { redirect_uris: [7] }],
    [nobody, 'a software statement of anybody', { software_statement: 'e30.e30.c2ln' }],
    ['invalid_software_statement', 'a statement that is no JWT', { software_statement: 'e30' }],
    ['invalid_software_statement', 'an unsigned statement', { software_statement: 'e30.e30.' }],
    ['invalid_software_statement', 'a statement that is an object', { software_statement: {} }],
    [invalid, 'no keys to sign with', signing],
    [invalid, 'no key among the keys', { ...signing, ...withKeys([]) }],
    [invalid, 'keys in two places', { jwks: PUBLIC_KEYS, jwks_uri: 'https://radio.example/k' }],
    [
      invalid,
      'keys in two places, to sign with',
      { ...signing, jwks: PUBLIC_KEYS, jwks_uri: 'https://radio.example/k' },
    ],
    [invalid, 'a private EC key', withKeys([publicKeyOf('RS256'), KEY_PAIRS.ES256])],
    [invalid, 'a private RSA key', withKeys([KEY_PAIRS.RS256])],
    [invalid, 'a private Ed25519 key', withKeys([KEY_PAIRS.Ed25519])],
    [invalid, 'a private exponent that is empty', withKeys([{ ...publicKeyOf('ES256'), d: '' }])],
    [invalid, 'a symmetric key', withKeys([{ kty: 'oct', k: 'c2VjcmV0' }])],
    [invalid, 'keys over plain http', { ...signing, jwks_uri: 'http://radio.example/k' }],
    [invalid, 'keys at no address', { ...signing, jwks_uri: '/keys' }],
    [invalid, 'a home page over plain http', { client_uri: 'http://radio.example' }],
    [invalid, 'a home page that is a script', { client_uri: 'javascript:alert(1)' }],
    [invalid, 'a scope of nothing that is for it', { scope: 'library:write nosuch' }],
    [invalid, 'an empty scope', { scope: '' }],
    [invalid, 'a shared secret to sign with', { token_endpoint_auth_method: 'client_secret_jwt' }],
    [invalid, 'a certificate', { token_endpoint_auth_method: 'tls_client_auth' }],
    [invalid, 'assertions without a signature', { token_endpoint_auth_signing_alg: 'none' }],
    [invalid, 'symmetric assertions', { token_endpoint_auth_signing_alg: 'HS256' }],
    [invalid, 'ID tokens without a signature', { id_token_signed_response_alg: 'none' }],
    [invalid, 'symmetric ID tokens', { id_token_signed_response_alg: 'HS256' }],
    [invalid, 'another kind of app', { application_type: 'fridge' }],
    [invalid, 'a name too long', { client_name: 'x'.repeat(1025) }],
    [invalid, 'too many grants', { grant_types: Array.from({ length: 33 }, () => 'password') }],
    // Each member with a wrong type.
    ...['client_name', 'scope', 'logo_uri', 'tos_uri', 'policy_uri', 'client_uri', 'jwks_uri']
      .concat('software_id', 'software_version', 'application_type', 'token_endpoint_auth_method')
      .concat('token_endpoint_auth_signing_alg', 'id_token_signed_response_alg')
      .flatMap((member): [string, string, object][] => [
        [invalid, `a number as ${member}`, { [member]: 7 }],
        [invalid, `a list as ${member}`, { [member]: ['none'] }],
      ]),
    ...['grant_types', 'response_types', 'contacts'].flatMap(
      (member): [string, string, object][] => [
        [invalid, `text as ${member}`, { [member]: 'code' }],
        [invalid, `a number in ${member}`, { [member]: [7] }],
        [invalid, `an object as ${member}`, { [member]: { 0: 'code' } }],
      ],
    ),
    [invalid, 'text as dpop_bound_access_tokens', { dpop_bound_access_tokens: 'true' }],
    [invalid, 'text as jwks', { jwks: 'keys' }],
    [invalid, 'a list as jwks', { jwks: PUBLIC_KEYS.keys }],
    [invalid, 'text as a key', withKeys(['key'])],
    [invalid, 'a key without a type', withKeys([{ ...publicKeyOf('ES256'), kty: undefined }])],
  ])('RG-2 %s: %s', async (error, _what, metadata) => {
    const kept = vi.spyOn(ClientRecord.prototype, 'register')
    expectRefusal(await register({ ...RADIO, ...metadata }), [400, error])
    expect(kept).not.toHaveBeenCalled()
  })
})

const streamed = (length: number) =>
  new ReadableStream({
    start: (controller) => {
      for (let sent = 0; sent < length; sent += 1024)
        controller.enqueue(new Uint8Array(Math.min(1024, length - sent)).fill(32))
      controller.close()
    },
  })

describe('a refused body', () => {
  it.each<[string, string | Uint8Array | ReadableStream, Record<string, string>?]>([
    ['nothing', ''],
    ['not JSON', '{"client_name":'],
    ['not quite JSON', "{'client_name': 'Radio'}"],
    ['a list', '[{}]'],
    ['null', 'null'],
    ['text', '"client_name"'],
    ['a number', '7'],
    ['not UTF-8', new Uint8Array([...Buffer.from('{"client_name":"'), 0xff, 0x22, 0x7d])],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['a form', 'client_name=Radio', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['JSON that says it is a form', '{}', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['JSON that says it is text', '{}', { 'Content-Type': 'text/plain' }],
    ['JSON with a similar type', '{}', { 'Content-Type': 'application/jsonp' }],
    ['the largest allowed, and not JSON', streamed(65_536)],
  ])('RG-2 %s: 400', async (_what, body, headers = {}) => {
    expectRefusal(await register(body, { headers }), [400, invalid])
  })

  it('RG-2 HH-7 a byte too large, whatever its Content-Length: 413', async () => {
    expectRefusal(await register(streamed(65_537)), [413, 'invalid_request'])
    const large = JSON.stringify({ x: '' }).padEnd(65_537)
    expectRefusal(await register(large), [413, 'invalid_request'])
    expect((await register(large.slice(0, -1))).status).toBe(201)
  })

  it.each(['application/json', 'Application/JSON; charset=utf-8', 'application/json ;x=y'])(
    'RG-2 HH-3 %s is accepted',
    async (type) => {
      expect((await register('{}', { headers: { 'Content-Type': type } })).status).toBe(201)
    },
  )
})

it('RG-2 unknown members are ignored, and not returned', async () => {
  const strange = `{"__proto__":{"scope":"email"},"constructor":1,"client_name#fi":"Radio",
    "client_id":"tv","client_secret":"mine","registration_access_token":"mine",
    "client_id_issued_at":1,"require_auth_time":"yes","refresh_idle_days":9999,"x":[null]}`
  const { status, body } = await register(strange)
  const { body: plain } = await register({})
  expect(status).toBe(201)
  expect(Object.keys(body).toSorted()).toStrictEqual(Object.keys(plain).toSorted())
  expect(body.scope).toBe(plain.scope)
  expect(body.client_id).not.toBe('tv')
  expect([body.client_secret, body.registration_access_token]).not.toContain('mine')
  expect(body.client_id_issued_at).toBeGreaterThan(1)
})

describe('a registration without a valid initial access token', () => {
  const basic = `Basic ${btoa(`registrar:${INITIAL_ACCESS_TOKEN}`)}`
  const query = `/register?access_token=${encodeURIComponent(INITIAL_ACCESS_TOKEN)}`

  it.each([
    ['has no token', null, '/register'],
    ['has it in the query', null, query],
    ['has a wrong token', 'wrong', '/register'],
    ['has a longer token', `${INITIAL_ACCESS_TOKEN}=`, '/register'],
    ['has it in capitals', INITIAL_ACCESS_TOKEN.toUpperCase(), '/register'],
    ['has it as Basic', basic, '/register'],
    ['has it as DPoP', `DPoP ${INITIAL_ACCESS_TOKEN}`, '/register'],
    ['has it twice', `Bearer ${INITIAL_ACCESS_TOKEN}, Bearer x`, '/register'],
    ['has nothing after the scheme', 'Bearer ', '/register'],
  ])('RG-2 that %s: 401 and a Bearer challenge', async (_who, token, path) => {
    const kept = vi.spyOn(ClientRecord.prototype, 'register')
    const answer = await register(RADIO, { token, path })
    expectRefusal(answer, [401, 'invalid_token'])
    // RFC 6750 §3.1: a request without a token is told no error.
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      token === null ? 'Bearer realm="antenna"' : 'Bearer realm="antenna", error="invalid_token"',
    )
    expect(kept).not.toHaveBeenCalled()
  })

  it('RG-2 is refused before its body is read', async () => {
    expectRefusal(await register('x'.repeat(65_537), { token: 'wrong' }), [401, 'invalid_token'])
  })

  it('RG-2 with the token of a client is refused', async () => {
    const { registration_access_token: token } = await registered()
    expectRefusal(await register(RADIO, { token }), [401, 'invalid_token'])
  })

  it.each(['bearer', 'BEARER', 'Bearer  '])(
    'RG-2 is accepted with the scheme %s',
    async (scheme) => {
      const token = `${scheme} ${INITIAL_ACCESS_TOKEN}`
      expect((await register(RADIO, { token })).status).toBe(201)
    },
  )

  it('CA-9 is limited after repeated guesses, without a limit for others', async () => {
    const client = await registered()
    const headers = { 'CF-Connecting-IP': freshAddress() }
    // Twice the limit and more, because its minute may turn in between.
    const answers = await Promise.all(
      Array.from({ length: 82 }, (_, index) =>
        index % 2 === 0
          ? register(RADIO, { token: `wrong${index}`, headers })
          : manage('GET', client, { token: `wrong${index}`, headers }),
      ),
    )
    const limited = answers.filter(({ status }) => status === 429)
    expect(limited.length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status === 401).length).toBe(82 - limited.length)
    for (const { headers: sent, body } of limited) {
      expect(Number(sent.get('Retry-After'))).toBeGreaterThan(0)
      expect(body.error).toBe('temporarily_unavailable')
    }
    expect((await register(RADIO, { headers })).status, 'who has the token').toBe(201)
    expect((await register(RADIO, { token: 'wrong' })).status, 'another network').toBe(401)
  })
})
