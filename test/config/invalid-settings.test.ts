// Invalid settings: each is an error that names its field.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { SECRET_HASH } from '../support/settings.ts'
import { problemsOf } from './setting-problems.ts'

const CLIENT = { client_id: 'tv', client_name: 'TV', scope: 'openid' }
const parse = (vars: object) => parseConfig(vars, DEMO)

describe('an invalid setting of a client', () => {
  it.each<[string, object]>([
    // RFC 6749 appendix A.1, and a length that every HTTP stack can send.
    ['client_id', { client_id: undefined }],
    ['client_id', { client_id: '' }],
    ['client_id', { client_id: 'living room' }],
    ['client_id', { client_id: 'büro' }],
    ['client_id', { client_id: 'x'.repeat(256) }],
    ['client_name', { client_name: undefined }],
    ['client_name', { client_name: '' }],
    ['client_name', { client_name: 'x'.repeat(65) }],
    ['client_uri', { client_uri: 'http://example.com' }],
    ['client_uri', { client_uri: 'example.com' }],
    // TK-12, CA-1
    ['token_endpoint_auth_method', { token_endpoint_auth_method: 'client_secret_jwt' }],
    ['token_endpoint_auth_method', { token_endpoint_auth_method: 'tls_client_auth' }],
    ['id_token_signed_response_alg', { id_token_signed_response_alg: 'none' }],
    ['id_token_signed_response_alg', { id_token_signed_response_alg: 'HS256' }],
    ['id_token_signed_response_alg', { id_token_signed_response_alg: 'EdDSA' }],
    ['grant_types[0]', { grant_types: ['authorization_code'] }],
    ['grant_types[1]', { grant_types: ['refresh_token', 'device_code'] }],
    ['scope', { scope: undefined }],
    ['scope', { scope: undefined, grant_types: ['refresh_token'] }],
    ['scope', { scope: '', grant_types: [] }],
    ['scope', { scope: '' }],
    ['scope', { scope: ' ' }],
    ['scope', { scope: 'openid nosuch' }],
    ['scope', { scope: 'openid a"b' }],
    // A secret without its hash, a hash without a secret, and malformed hashes.
    ['client_secret_sha256', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['client_secret_sha256', { token_endpoint_auth_method: 'client_secret_post' }],
    ['client_secret_sha256', { client_secret_sha256: SECRET_HASH }],
    [
      'client_secret_sha256',
      { token_endpoint_auth_method: 'client_secret_post', client_secret_sha256: 'the secret' },
    ],
    [
      'client_secret_sha256',
      {
        token_endpoint_auth_method: 'client_secret_post',
        client_secret_sha256: SECRET_HASH.toUpperCase(),
      },
    ],
    // Keys are in client-settings.test.ts.
    // Bounds: TK-6, DA-3, LP-1, DA-15.
    ['access_token_seconds', { access_token_seconds: 59 }],
    ['access_token_seconds', { access_token_seconds: 3601 }],
    // RF-9
    ['refresh_idle_days', { refresh_idle_days: 0 }],
    ['refresh_idle_days', { refresh_idle_days: 401 }],
    ['refresh_idle_days', { refresh_idle_days: 0.5 }],
    ['refresh_lifetime_days', { refresh_lifetime_days: 0 }],
    ['refresh_lifetime_days', { refresh_lifetime_days: 1101 }],
    ['refresh_lifetime_days', { refresh_lifetime_days: '400' }],
    // IN-6
    ['resource', { resource: 'api' }],
    ['resource', { resource: '' }],
    ['interval_seconds', { interval_seconds: 0 }],
    ['interval_seconds', { interval_seconds: 61 }],
    ['interval_seconds', { interval_seconds: 1.5 }],
    ['interval_seconds', { interval_seconds: '5' }],
    ['hold_seconds', { hold_seconds: -1 }],
    ['hold_seconds', { hold_seconds: 26 }],
    ['code_lifetime_seconds', { code_lifetime_seconds: 59 }],
    ['code_lifetime_seconds', { code_lifetime_seconds: 901 }],
    ['user_code', { user_code: 'hex' }],
    ['verification_uri_complete', { verification_uri_complete: 'yes' }],
  ])('is an error that names CLIENTS[0].%s: %j', (field, more) => {
    const named = problemsOf({ CLIENTS: [{ ...CLIENT, ...more }] })
    expect(named).toContain(`CLIENTS[0].${field}: `)
    expect(named).not.toContain('the secret')
  })

  it('is an error that names an unknown member', () => {
    expect(problemsOf({ CLIENTS: [CLIENT, { ...CLIENT, client_id: 'b', intervall: 5 }] })).toMatch(
      /CLIENTS\[1\].*intervall/,
    )
  })

  it('is an error that names a repeated client', () => {
    const clients = [CLIENT, { ...CLIENT, client_id: 'b' }, CLIENT]
    expect(problemsOf({ CLIENTS: clients })).toContain('CLIENTS[2].client_id: repeats tv')
  })

  it('does not hide other errors', () => {
    const named = problemsOf({
      BRAND_ACCENT: 'blue',
      CLIENTS: [{ ...CLIENT, hold_seconds: 99, interval_seconds: 0 }],
    })
    for (const field of ['BRAND_ACCENT', 'CLIENTS[0].hold_seconds', 'CLIENTS[0].interval_seconds'])
      expect(named).toContain(`${field}: `)
  })
})

describe('an invalid setting outside the clients', () => {
  it.each<[string, object]>([
    ['ISSUER', { ISSUER: 'login.example.com' }],
    ['ISSUER', { ISSUER: '' }],
    ['ISSUER', { ISSUER: 'http://login.example.com' }],
    ['ISSUER', { ISSUER: 'ftp://login.example.com' }],
    ['ISSUER', { ISSUER: 'https://login.example.com/' }],
    ['ISSUER', { ISSUER: 'https://login.example.com/t1/' }],
    ['ISSUER', { ISSUER: 'https://login.example.com/?a=b' }],
    ['ISSUER', { ISSUER: 'https://login.example.com/t1?a=b' }],
    ['ISSUER', { ISSUER: 'https://login.example.com#a' }],
    ['ISSUER', { ISSUER: 'https://login.example.com?' }],
    ['ISSUER', { ISSUER: 'https://Login.example.com' }],
    ['ISSUER', { ISSUER: 'HTTPS://login.example.com' }],
    ['ISSUER', { ISSUER: 'https://login.example.com:443' }],
    ['ISSUER', { ISSUER: 'https://user@login.example.com' }],
    ['ISSUER', { ISSUER: 'https://login.example.com/a/../t1' }],
    ['ISSUER', { ISSUER: ' https://login.example.com' }],
    ['VERIFICATION_URI', { VERIFICATION_URI: 'example.tv' }],
    ['VERIFICATION_URI', { VERIFICATION_URI: '' }],
    ['VERIFICATION_URI', { VERIFICATION_URI: 'http://example.tv' }],
    ['VERIFICATION_URI', { VERIFICATION_URI: 'https://example.tv/' }],
    ['VERIFICATION_URI', { VERIFICATION_URI: 'https://example.tv/go?a=b' }],
    ['VERIFICATION_URI', { VERIFICATION_URI: 'https://example.tv/go#a' }],
    ['VERIFICATION_URI', { VERIFICATION_URI: 'https://user@example.tv' }],
    ['VERIFICATION_URI', { VERIFICATION_URI: 'https://Example.tv' }],
    ['VERIFICATION_URI', { VERIFICATION_URI: `https://example.tv/${'x'.repeat(40)}` }],
    ...['/go', '/device', '/token'].map((path): [string, object] => [
      'VERIFICATION_URI',
      { ISSUER: 'https://example.tv', VERIFICATION_URI: `https://example.tv${path}` },
    ]),
    [
      'VERIFICATION_URI',
      { ISSUER: 'https://example.tv/a', VERIFICATION_URI: 'https://example.tv/.well-known/go' },
    ],
    ['RESOURCE', { RESOURCE: 'api' }],
    ['RESOURCE', { RESOURCE: 'https://api.example.com/#films' }],
    ['DEMO', { DEMO: 'yes' }],
    ['BRAND_NAME', { BRAND_NAME: '' }],
    ['BRAND_NAME', { BRAND_NAME: 'x'.repeat(41) }],
    ['BRAND_LOGO', { BRAND_LOGO: '../secret.svg' }],
    ['BRAND_LOGO', { BRAND_LOGO: 'https://example.com/logo.svg' }],
    ['BRAND_LOGO', { BRAND_LOGO: 'logo.gif' }],
    ['BRAND_ACCENT', { BRAND_ACCENT: 'blue' }],
    ['BRAND_ACCENT', { BRAND_ACCENT: '#fff' }],
    ['BRAND_ACCENT', { BRAND_ACCENT: '#1f4ed8; }' }],
    ['BRAND_ACCENT_DARK', { BRAND_ACCENT_DARK: '#12345g' }],
    ['SCOPES.library:read', { SCOPES: { 'library:read': '' } }],
    ['SCOPES.a b', { SCOPES: { 'a b': 'Do a and b' } }],
    ['SCOPES.a"b', { SCOPES: { 'a"b': 'Do a and b' } }],
    ['CLIENTS', { CLIENTS: {} }],
    ['CLIENTS[0]', { CLIENTS: ['tv'] }],
    ['REGISTRATION_TOKEN_SHA256', { REGISTRATION_TOKEN_SHA256: '' }],
    ['REGISTRATION_TOKEN_SHA256', { REGISTRATION_TOKEN_SHA256: 'the secret' }],
    ['REGISTRATION_TOKEN_SHA256', { REGISTRATION_TOKEN_SHA256: SECRET_HASH.slice(1) }],
    ['REGISTRATION_TOKEN_SHA256', { REGISTRATION_TOKEN_SHA256: SECRET_HASH.toUpperCase() }],
    ['REGISTRATION_TOKEN_SHA256', { REGISTRATION_TOKEN_SHA256: `${SECRET_HASH}\n` }],
    ['CLIENT_ID_METADATA_DOCUMENTS', { CLIENT_ID_METADATA_DOCUMENTS: 'yes' }],
    ['CLIENT_ID_METADATA_DOCUMENTS', { CLIENT_ID_METADATA_DOCUMENTS: true }],
    ['UNLISTED_CLIENT_SCOPE', { UNLISTED_CLIENT_SCOPE: 'openid nosuch' }],
    ['UNLISTED_CLIENT_SCOPE', { UNLISTED_CLIENT_SCOPE: 'openid,profile' }],
    ['UNLISTED_CLIENT_SCOPE', { UNLISTED_CLIENT_SCOPE: ['openid'] }],
  ])('is an error that names %s and shows no secret: %j', (field, vars) => {
    const named = problemsOf(vars)
    expect(named).toContain(`${field}: `)
    expect(named).not.toContain('the secret')
  })
})

describe('a misspelt name of a setting', () => {
  it.each([
    ['ISUER', 'ISSUER'],
    ['Issuer', 'ISSUER'],
    ['CLIENT', 'CLIENTS'],
    ['BRAND_COLOUR_ACCENT', undefined],
    ['BRAND_ACENT', 'BRAND_ACCENT'],
    ['BRAND_ACCENT_DRAK', 'BRAND_ACCENT_DARK'],
    ['SCOPE', 'SCOPES'],
    ['IDENTITY_PROVIDER', 'IDENTITY_PROVIDERS'],
    ['APPROVAL_ORIGIN', 'APPROVAL_ORIGINS'],
    ['SUPPORT_URL', 'SUPPORT_URI'],
    ['push', 'PUSH'],
  ])('is an error with the nearest name: %s', (name, nearest) => {
    const vars = { [name]: 'the secret' }
    if (nearest === undefined) expect(parse(vars)).toBeDefined()
    else expect(problemsOf(vars)).toContain(`${name}: is not a setting; did you mean ${nearest}?`)
  })

  // `wrangler secret put` deploys the settings of before, which do not name the secret yet.
  it.each(['EXAMPLE_SECRET', 'GOOGLE', 'MY_KEY'])(
    'may be a secret of the next deployment: %s',
    (name) => {
      expect(parse({ [name]: 'x' })).toBeDefined()
    },
  )

  it('may be the name of a secret in the settings', () => {
    const provider = {
      id: 'x',
      name: 'X',
      issuer: 'https://x.example',
      client_id: 'x',
      client_secret: 'CLIENT',
    }
    expect(parse({ IDENTITY_PROVIDERS: [provider], CLIENT: 'x' })).toBeDefined()
  })
})
