// The authentication of clients of wrangler.toml: a secret, or public keys, inline or over https.
// Conformance CA-1, CA-15, CA-16. The other members are in config.test.ts.
import { describe, expect, it } from 'vitest'
import { CLIENT_ALGORITHMS, HASHED_SECRET_METHODS } from '../../src/config/client-settings.ts'
import { ConfigError, parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { KEY_PAIRS, PUBLIC_KEYS, publicKeyOf } from '../support/key-pairs.ts'
import { SECRET_HASH } from '../support/settings.ts'

const CLIENT = { client_id: 'tv', client_name: 'TV', scope: 'openid' }
const parse = (more: object) => parseConfig({ CLIENTS: [{ ...CLIENT, ...more }] }, DEMO)

const problemsOf = (more: object): string => {
  try {
    parse(more)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return String(error)
  }
  throw new Error('nothing was wrong')
}

const signing = (more: object) => ({ token_endpoint_auth_method: 'private_key_jwt', ...more })
const withKey = (key: unknown) => signing({ jwks: { keys: [publicKeyOf('RS256'), key] } })
const withAlgorithm = (algorithm: string) =>
  signing({ jwks: PUBLIC_KEYS, token_endpoint_auth_signing_alg: algorithm })

const KEYS_URI = 'https://keys.example/jwks.json'
const ES256 = publicKeyOf('ES256')

describe('an invalid client authentication setting', () => {
  it.each<[string, object]>([
    ['jwks', signing({})],
    ['jwks', signing({ jwks: PUBLIC_KEYS, jwks_uri: KEYS_URI })],
    ['jwks', signing({ jwks: KEYS_URI })],
    ['jwks.keys', signing({ jwks: {} })],
    ['jwks.keys', signing({ jwks: { keys: [] } })],
    ['jwks.keys', signing({ jwks: { keys: ES256 } })],
    ['jwks.keys[1]', withKey('key')],
    ['jwks.keys[1]', withKey(KEY_PAIRS.ES256)],
    ['jwks.keys[1]', withKey(KEY_PAIRS.RS256)],
    ['jwks.keys[1]', withKey(KEY_PAIRS.Ed25519)],
    ['jwks.keys[1]', withKey({ ...ES256, k: 'c2VjcmV0' })],
    ['jwks.keys[1].kty', withKey({ kty: 'oct', k: 'c2VjcmV0' })],
    ['jwks.keys[1].kty', withKey({ ...ES256, kty: undefined })],
    ['jwks.keys[1].y', withKey({ ...ES256, y: undefined })],
    ['jwks.keys[1].n', withKey({ kty: 'RSA', e: 'AQAB' })],
    ['jwks_uri', signing({ jwks_uri: KEYS_URI.replace('https', 'http') })],
    ['jwks_uri', signing({ jwks_uri: 'keys.example/jwks.json' })],
    ['jwks_uri', signing({ jwks_uri: 'file:///etc/passwd' })],
    ['jwks_uri', signing({ jwks_uri: '' })],
    ['token_endpoint_auth_signing_alg', withAlgorithm('none')],
    ['token_endpoint_auth_signing_alg', withAlgorithm('HS256')],
    ['token_endpoint_auth_signing_alg', withAlgorithm('RS512')],
    ['token_endpoint_auth_signing_alg', withAlgorithm('EdDSA')],
    ['client_secret_sha256', signing({ jwks: PUBLIC_KEYS, client_secret_sha256: SECRET_HASH })],
  ])('is an error that names CLIENTS[0].%s and shows no secret: %j', (field, more) => {
    const named = problemsOf(more)
    expect(named).toContain(`CLIENTS[0].${field}: `)
    for (const secret of ['c2VjcmV0', KEY_PAIRS.ES256.d, KEY_PAIRS.RS256.d, KEY_PAIRS.Ed25519.d])
      expect(named).not.toContain(secret)
  })
})

const authenticationOf = (more: object) => parse(more).clients.get('tv')?.authentication

describe('a client', () => {
  it('CA-17 is public by default', () => {
    expect(authenticationOf({})).toStrictEqual({ method: 'none' })
  })

  it.each(['client_secret_basic', 'client_secret_post'])('CA-1 has a secret for %s', (method) => {
    const secret = { token_endpoint_auth_method: method, client_secret_sha256: SECRET_HASH }
    expect(authenticationOf(secret)).toStrictEqual({
      method: 'client_secret',
      secretHash: Buffer.from(SECRET_HASH, 'hex').toString('base64url'),
    })
  })

  it.each([
    ['client_secret_basic', true],
    ['client_secret_post', true],
    ['client_secret_jwt', false],
    ['private_key_jwt', false],
    ['none', false],
  ])('CA-1 has a hashed secret only if its method sends the secret: %s', (method, is) => {
    expect(HASHED_SECRET_METHODS.has(method)).toBe(is)
  })

  it('CA-1 CA-15 may have inline keys, which allow every supported algorithm', () => {
    expect(authenticationOf(signing({ jwks: PUBLIC_KEYS }))).toStrictEqual({
      method: 'private_key_jwt',
      keys: { jwks: PUBLIC_KEYS },
      algorithms: CLIENT_ALGORITHMS,
    })
  })

  it('CA-1 CA-16 may have keys at its own host', () => {
    expect(authenticationOf(signing({ jwks_uri: KEYS_URI }))).toStrictEqual({
      method: 'private_key_jwt',
      keys: { jwksUri: KEYS_URI },
      algorithms: CLIENT_ALGORITHMS,
    })
  })

  it.each(CLIENT_ALGORITHMS)('CA-15 may restrict itself to %s', (algorithm) => {
    expect(authenticationOf(withAlgorithm(algorithm))).toMatchObject({ algorithms: [algorithm] })
  })
})
