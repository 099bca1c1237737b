// GET and PUT of a registration (RFC 7592 §2.1, §2.2): conformance RG-4. DELETE and authorization
// are in register-removal.test.ts, other methods in register-hygiene.test.ts.
import { describe, expect, it } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../src/config/client-settings.ts'
import { sha256 } from '../../src/crypto.ts'
import { mintClientId } from '../../src/tokens/client-id.ts'
import type { Answer } from '../support/device.ts'
import { KEY_PAIRS, PUBLIC_KEYS } from '../support/key-pairs.ts'
import {
  RADIO,
  askForCode,
  connectRegistered,
  manage,
  proofOf,
  registered,
  replace,
  storedOf,
} from '../support/registration.ts'
import { STRANGERS_SECRET } from '../support/worker.ts'

type Client = Answer['body']

const WITH_SECRET = { ...RADIO, token_endpoint_auth_method: 'client_secret_basic' }
const WITH_KEYS = { ...RADIO, token_endpoint_auth_method: 'private_key_jwt', jwks: PUBLIC_KEYS }

const replaced = async (client: Client, metadata: object): Promise<Client> => {
  const { status, body } = await replace(client, metadata)
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

/** The returned metadata: all but the secret, which is stored as a hash only. */
const withoutSecret = ({
  client_secret: _secret,
  client_secret_expires_at: _end,
  ...client
}: Client) => client

describe('GET', () => {
  it.each([RADIO, WITH_SECRET, WITH_KEYS])(
    'RG-4 returns the registered metadata, and changes nothing',
    async (metadata) => {
      const client = await registered(metadata)
      const stored = await storedOf(client)
      for (let times = 0; times < 2; times += 1) {
        const { status, body } = await manage('GET', client)
        expect([status, body]).toStrictEqual([200, withoutSecret(client)])
      }
      expect(await storedOf(client)).toBe(stored)
    },
  )
})

describe('PUT', () => {
  it('RG-4 replaces everything: an omitted member is cleared or set to its default', async () => {
    const client = await registered({
      ...WITH_KEYS,
      scope: 'openid',
      client_uri: 'https://radio.example',
      redirect_uris: ['https://radio.example/back'],
      contacts: ['radio@example.com'],
      id_token_signed_response_alg: 'ES256',
      dpop_bound_access_tokens: true,
      software_version: '1',
    })
    const body = await replaced(client, {
      client_name: 'Bathroom radio',
      token_endpoint_auth_method: 'none',
      software_version: '2',
    })
    expect(body).toStrictEqual({
      client_name: 'Bathroom radio',
      token_endpoint_auth_method: 'none',
      software_version: '2',
      grant_types: [],
      scope: 'openid profile offline_access',
      id_token_signed_response_alg: 'RS256',
      dpop_bound_access_tokens: false,
      client_id: client.client_id,
      client_id_issued_at: client.client_id_issued_at,
      registration_access_token: client.registration_access_token,
      registration_client_uri: client.registration_client_uri,
    })
    expect((await manage('GET', client)).body).toStrictEqual(body)
  })

  it('RG-4 takes effect at once in the isolate that handled it', async () => {
    const client = await registered()
    const connected = await connectRegistered(client)
    expect(connected.tokens.scope).toBe('openid profile offline_access')
    await replaced(client, { ...RADIO, scope: 'openid' })
    expect((await connectRegistered(client)).tokens.scope).toBe('openid')
    await replaced(client, { ...RADIO, grant_types: [] })
    expect((await askForCode(await proofOf(client))).body.error).toBe('unauthorized_client')
  })

  it('RG-4 may repeat every returned member except our own', async () => {
    const client = await registered(WITH_SECRET)
    const {
      registration_access_token: _token,
      registration_client_uri: _uri,
      client_secret_expires_at: _end,
      client_id_issued_at: _start,
      ...metadata
    } = client
    const { status, body } = await replace(client, metadata)
    expect([status, body]).toStrictEqual([200, withoutSecret(client)])
    expect((await askForCode(await proofOf(client))).status).toBe(200)
  })

  it('RG-4 can give the device grant to a client without it', async () => {
    const client = await registered({})
    const after = await replaced(client, { grant_types: [DEVICE_CODE_GRANT] })
    expect(after.grant_types).toStrictEqual([DEVICE_CODE_GRANT])
  })

  it.each<[string, object | ((client: Client) => object)]>([
    ['no client_id', { client_id: undefined }],
    ['an unknown client_id', { client_id: mintClientId(STRANGERS_SECRET) }],
    ['the client_id of a client of wrangler.toml', { client_id: 'tv' }],
    ['a client_id that is a list', (client) => ({ client_id: [client.client_id] })],
    ['its token', (client) => ({ registration_access_token: client.registration_access_token })],
    ['its address', (client) => ({ registration_client_uri: client.registration_client_uri })],
    ['its time of registration', (client) => ({ client_id_issued_at: client.client_id_issued_at })],
    ['the expiry of its secret', { client_secret_expires_at: 0 }],
    ['a member of ours that is null', { registration_access_token: null }],
    ['a secret of its own choice', { client_secret: 'x'.repeat(43) }],
    ['a longer secret', ({ client_secret: secret }) => ({ client_secret: `${secret}x` })],
    ['the digest of its secret', (client) => ({ client_secret: sha256(client.client_secret) })],
    ['a null secret', { client_secret: null }],
    ['a private key', { jwks: { keys: [KEY_PAIRS.ES256] } }],
    ['missing keys', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['a scope that it may not have', { scope: 'library:write' }],
    ['a number for a name', { client_name: 7 }],
  ])('RG-4 with %s is refused, and changes nothing', async (_what, metadata) => {
    const client = await registered(WITH_SECRET)
    const stored = await storedOf(client)
    const more = typeof metadata === 'function' ? metadata(client) : metadata
    const { status, body } = await replace(client, { ...WITH_SECRET, client_name: 'x', ...more })
    expect([status, body.error]).toStrictEqual([400, 'invalid_client_metadata'])
    expect(await storedOf(client)).toBe(stored)
    expect((await askForCode(await proofOf(client))).status).toBe(200)
  })

  it.each<[string, string, number, string]>([
    ['not JSON', '{', 400, 'invalid_client_metadata'],
    ['a list', '[]', 400, 'invalid_client_metadata'],
    ['null', 'null', 400, 'invalid_client_metadata'],
    ['too large a body', ' '.repeat(65_537), 413, 'invalid_request'],
  ])('RG-4 with %s is refused', async (_what, body, status, error) => {
    const answer = await manage('PUT', await registered(), { body })
    expect([answer.status, answer.body.error]).toStrictEqual([status, error])
  })

  it('RG-4 with redirect URIs or a software statement is refused by its own error code', async () => {
    const client = await registered()
    const codes = [{ redirect_uris: ['x'] }, { software_statement: 'e30.e30.c2ln' }].map(
      async (metadata) => (await replace(client, { ...RADIO, ...metadata })).body.error,
    )
    expect(await Promise.all(codes)).toStrictEqual([
      'invalid_redirect_uri',
      'unapproved_software_statement',
    ])
  })
})

describe('a secret', () => {
  it.each([RADIO, WITH_KEYS])('RG-4 comes with a method that needs one', async (before) => {
    const client = await registered(before)
    expect((await askForCode(await proofOf(client))).status).toBe(200)
    const after = await replaced(client, WITH_SECRET)
    expect(after.client_secret_expires_at).toBe(0)
    expect(Buffer.from(after.client_secret, 'base64url').length).toBeGreaterThanOrEqual(16)
    expect(await storedOf(client)).not.toContain(after.client_secret)
    expect((await askForCode(await proofOf(after))).status).toBe(200)
    expect((await askForCode(await proofOf(client))).body.error).toBe('invalid_client')
  })

  it('RG-4 survives a replacement, and a change between Basic and form', async () => {
    const client = await registered(WITH_SECRET)
    const after = await replaced(client, {
      ...WITH_SECRET,
      token_endpoint_auth_method: 'client_secret_post',
    })
    expect(after).not.toHaveProperty('client_secret')
    expect((await askForCode(await proofOf(client))).status).toBe(200)
  })

  it.each<[string, object]>([
    ['none', RADIO],
    ['keys', WITH_KEYS],
  ])(
    'RG-4 is deleted with a method that has %s, and does not return',
    async (_method, metadata) => {
      const client = await registered(WITH_SECRET)
      const after = await replaced(client, metadata)
      expect(await storedOf(client)).not.toContain(sha256(client.client_secret))
      expect((await askForCode(await proofOf(client))).body.error).toBe('invalid_client')
      expect((await askForCode(await proofOf(after))).status).toBe(200)
      const again = await replaced(client, WITH_SECRET)
      expect(again.client_secret).not.toBe(client.client_secret)
      expect((await askForCode(await proofOf(client))).body.error).toBe('invalid_client')
    },
  )
})
