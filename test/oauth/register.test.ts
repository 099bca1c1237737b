// POST /register (RFC 7591): what a client is told, and what is kept. Conformance RG-1, RG-3, RG-5,
// CA-17, MD-4. What it can do then is in registered-client.test.ts, refusals in
// register-refusals.test.ts, RFC 7592 in register-management.test.ts.
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../src/config/client-settings.ts'
import { sha256 } from '../../src/crypto.ts'
import { mintClientId } from '../../src/tokens/client-id.ts'
import { mintSubject } from '../../src/objects/index.ts'
import { answerOf } from '../support/device.ts'
import { PUBLIC_KEYS } from '../support/key-pairs.ts'
import {
  RADIO,
  REGISTRATION,
  askForCode,
  connectRegistered,
  manage,
  proofOf,
  register,
  registered,
  storedOf,
} from '../support/registration.ts'
import { STRANGERS_SECRET, url, worker, workerWith } from '../support/worker.ts'
import { ISSUER } from '../support/settings.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** Everything that we understand, but jwks_uri, which jwks excludes. */
const FULL = {
  ...RADIO,
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  jwks: PUBLIC_KEYS,
  client_uri: 'https://radio.example',
  scope: 'openid offline_access',
  id_token_signed_response_alg: 'ES256',
  dpop_bound_access_tokens: true,
  response_types: ['code'],
  redirect_uris: ['https://radio.example/back', 'com.example.radio:/back', 'http://127.0.0.1/'],
  contacts: ['radio@example.com'],
  logo_uri: 'https://radio.example/logo.svg',
  tos_uri: 'https://radio.example/terms',
  policy_uri: 'https://radio.example/privacy',
  software_id: '4NRB1-0XZABZI9E6-5SM3R',
  software_version: '2.1',
}

const entropyOf = (text: string) => Buffer.from(text, 'base64url').length * 8

describe('the answer to a registration', () => {
  it('RG-1 is 201, no-store, with all of the stored metadata', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_999 })
    const { status, headers, body } = await register(FULL)
    expect(status).toBe(201)
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Content-Type')).toMatch(/^application\/json/)
    expect(body).toStrictEqual({
      ...FULL,
      client_id: expect.any(String),
      client_id_issued_at: 1_700_000_000,
      registration_access_token: expect.any(String),
      registration_client_uri: `${ISSUER}/register/${body.client_id}`,
    })
  })

  it('RG-1 has the grants, scope and defaults that we chose', async () => {
    const { body } = await register({
      ...RADIO,
      grant_types: ['authorization_code', DEVICE_CODE_GRANT, 'password'],
      scope: 'profile library:read nosuch openid email',
    })
    expect(body).toMatchObject({
      grant_types: [DEVICE_CODE_GRANT],
      scope: 'openid profile',
      id_token_signed_response_alg: 'RS256',
      dpop_bound_access_tokens: false,
    })
  })

  it.each<[string, object, string]>([
    ['names no method', {}, 'client_secret_basic'],
    ['is on the web', { application_type: 'web' }, 'client_secret_basic'],
    ['is native', { application_type: 'native' }, 'none'],
    ...['none', 'client_secret_basic', 'client_secret_post'].map(
      (method): [string, object, string] => [
        `asks for ${method}`,
        { token_endpoint_auth_method: method },
        method,
      ],
    ),
    [
      'is native and asks for a secret',
      { application_type: 'native', token_endpoint_auth_method: 'client_secret_post' },
      'client_secret_post',
    ],
    [
      'has keys',
      { token_endpoint_auth_method: 'private_key_jwt', jwks: PUBLIC_KEYS },
      'private_key_jwt',
    ],
    [
      'has keys elsewhere',
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://radio.example/keys' },
      'private_key_jwt',
    ],
  ])('RG-1 RG-3 CA-17 has the method of a client that %s', async (_who, metadata, method) => {
    const { status, body } = await register(metadata)
    expect([status, body.token_endpoint_auth_method]).toStrictEqual([201, method])
    const hasSecret = method.startsWith('client_secret')
    expect(['client_secret' in body, body.client_secret_expires_at]).toStrictEqual(
      hasSecret ? [true, 0] : [false, undefined],
    )
    if (hasSecret) expect(entropyOf(body.client_secret)).toBeGreaterThanOrEqual(128)
    expect(entropyOf(body.registration_access_token)).toBeGreaterThanOrEqual(128)
  })

  it('RG-1 has a new id, secret and token each time', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => registered({})))
    for (const member of ['client_id', 'client_secret', 'registration_access_token'])
      expect(new Set(clients.map((client) => client[member])).size).toBe(5)
  })

  it('RG-1 is stored with its secrets as SHA-256 only', async () => {
    const client = await registered({ client_name: 'Kitchen radio' })
    const stored = await storedOf(client)
    for (const secret of [client.client_secret, client.registration_access_token]) {
      expect(stored).not.toContain(secret)
      expect(stored).toContain(sha256(secret))
    }
    expect(stored).toContain('Kitchen radio')
  })

  it('RG-5 has an id unlike an address or the id of a person', () => {
    const subject = mintSubject(env)
    expect(subject).toMatch(/^[0-9a-f]{64}$/)
    const ids = Array.from({ length: 10_000 }, () => mintClientId(STRANGERS_SECRET))
    const odd = ids.filter(
      (id) =>
        !/^registered-[\w-]{43}$/.test(id) || /^[0-9a-f]{64}$/i.test(id) || /^https:/i.test(id),
    )
    expect(odd).toStrictEqual([])
    expect(new Set(ids).size).toBe(ids.length)
    // 128 bits, and as many of the seal.
    expect(entropyOf(ids[0]?.slice('registered-'.length) ?? '')).toBe(256)
  })
})

const OPENID_PATH = '/.well-known/openid-configuration'
const OAUTH_PATH = '/.well-known/oauth-authorization-server'

describe('registration', () => {
  it('RG-1 is off by default: no endpoint, and no registered client', async () => {
    const client = await registered()
    for (const [method, path] of [
      ['POST', '/register'],
      ['GET', '/register'],
      ['GET', `/register/${client.client_id}`],
      ['OPTIONS', '/register'],
    ] as const) {
      const response = await worker(new Request(url(path), { method }))
      expect([path, response.status]).toStrictEqual([path, 404])
    }
    const fields = await proofOf(client)
    expect((await askForCode(fields)).status, 'where it is on').toBe(200)
    expect((await askForCode(fields, worker)).body.error).toBe('invalid_client')
  })

  it.each([
    [ISSUER, ''],
    [`${ISSUER}/t1`, '/t1'],
  ])('MD-4 RG-1 is named in the metadata of %s while it is on', async (issuer, base) => {
    const fetch = workerWith({ ...REGISTRATION, ISSUER: issuer })
    const documents = await Promise.all(
      [`${base}${OPENID_PATH}`, `${OAUTH_PATH}${base}`].map(async (path) =>
        answerOf(await fetch(new Request(url(path)))),
      ),
    )
    for (const { body } of documents) {
      expect(body.registration_endpoint).toBe(`${issuer}/register`)
      const path = new URL(body.registration_endpoint).pathname
      const { status, body: client } = await register(RADIO, { path, fetch })
      expect(status).toBe(201)
      expect(client.registration_client_uri).toBe(`${issuer}/register/${client.client_id}`)
      expect((await manage('GET', client, { fetch })).status).toBe(200)
    }
  })

  it('RG-1 gives no more scope than the operator does, and all of it by default', async () => {
    const fetch = workerWith({
      ...REGISTRATION,
      UNLISTED_CLIENT_SCOPE: 'library:read offline_access',
    })
    const { body: all } = await register(RADIO, { fetch })
    expect(all.scope).toBe('library:read offline_access')
    const { body: some } = await register({ ...RADIO, scope: 'openid library:read' }, { fetch })
    expect(some.scope).toBe('library:read')
    const fields = { scope: 'openid offline_access library:read library:write' }
    expect((await connectRegistered(some, { fields, fetch })).tokens.scope).toBe('library:read')
  })
})
