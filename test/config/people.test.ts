// The settings that people notice: sign-in, brand and proximity. Every invalid one is an error that
// names its field.
import { describe, expect, it } from 'vitest'
import { exportPKCS8, generateKeyPair } from 'jose'
import { HOUR } from '../../src/durations.ts'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { problemsOf } from './setting-problems.ts'

const CLIENT = { client_id: 'tv', client_name: 'TV', scope: 'openid' }
const PROVIDER = {
  id: 'acme',
  name: 'Acme',
  issuer: 'https://acme.example',
  client_id: 'antenna',
}
const pemOf = async (algorithm: string): Promise<string> =>
  exportPKCS8((await generateKeyPair(algorithm, { extractable: true })).privateKey)
const KEYS = {
  P256_KEY: await pemOf('ES256'),
  P384_KEY: await pemOf('ES384'),
  NO_KEY: '-----BEGIN PRIVATE KEY-----\nhunter2',
}
const JWT = { private_key: 'P256_KEY', key_id: 'key', team_id: 'team' }

const parse = (vars: object) => parseConfig(vars, DEMO)
const parseProvider = (more: object, vars: object = {}) =>
  parse({ IDENTITY_PROVIDERS: [{ ...PROVIDER, ...more }], ...vars }).identityProviders[0]

describe('an invalid identity provider', () => {
  it.each<[string, object]>([
    ['id', { id: undefined }],
    ['id', { id: '' }],
    ['id', { id: 'Acme' }],
    ['id', { id: 'acme/x' }],
    ['id', { id: '..' }],
    ['id', { id: 'x'.repeat(33) }],
    ['name', { name: undefined }],
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(41) }],
    ['response_mode', { response_mode: 'fragment' }],
    ['client_secret_jwt.private_key', { client_secret_jwt: { ...JWT, private_key: 'hunter2' } }],
    ['client_secret_jwt.private_key', { client_secret_jwt: { ...JWT, private_key: 'UNSET' } }],
    ['client_secret_jwt.private_key', { client_secret_jwt: { ...JWT, private_key: 'NO_KEY' } }],
    ['client_secret_jwt.private_key', { client_secret_jwt: { ...JWT, private_key: 'P384_KEY' } }],
    ['client_secret_jwt.key_id', { client_secret_jwt: { ...JWT, key_id: '' } }],
    ['client_secret_jwt.team_id', { client_secret_jwt: { ...JWT, team_id: undefined } }],
    ['client_secret_jwt', { client_secret_jwt: JWT, client_secret: 'NO_KEY' }],
    ['max_sign_in_hours', { max_sign_in_hours: -1 }],
    ['max_sign_in_hours', { max_sign_in_hours: 13 }],
    ['max_sign_in_hours', { max_sign_in_hours: '12' }],
    ['issuer', { issuer: undefined }],
    ['issuer', { issuer: '' }],
    ['issuer', { issuer: 'acme.example' }],
    ['issuer', { issuer: 'http://acme.example' }],
    ['issuer', { issuer: 'http://localhost.acme.example' }],
    ['issuer', { issuer: 'ftp://acme.example' }],
    ['client_id', { client_id: undefined }],
    ['client_id', { client_id: '' }],
    // The secret itself must not be in wrangler.toml.
    ['client_secret', { client_secret: 'hunter2' }],
    ['client_secret', { client_secret: '' }],
    ['client_secret', { client_secret: 'ACME_SECRET' }],
    ['client_secret', { client_secret: 'EMPTY_SECRET' }],
    ['client_secret', { client_secret: 'NUMBER' }],
    ['scope', { scope: '' }],
    ['scope', { scope: 'profile email' }],
    ['scope', { scope: 'openid-connect' }],
  ])('is an error that names IDENTITY_PROVIDERS[0].%s: %j', (field, more) => {
    const vars = {
      ...KEYS,
      EMPTY_SECRET: '',
      NUMBER: 7,
      IDENTITY_PROVIDERS: [{ ...PROVIDER, ...more }],
    }
    const named = problemsOf(vars)
    expect(named).toContain(`IDENTITY_PROVIDERS[0].${field}: `)
    expect(named).not.toContain('hunter2')
  })

  it('is an error that names an unknown member', () => {
    const providers = [PROVIDER, { ...PROVIDER, id: 'b', clientid: 'x' }]
    expect(problemsOf({ IDENTITY_PROVIDERS: providers })).toMatch(
      /IDENTITY_PROVIDERS\[1\].*clientid/,
    )
  })

  it('is an error that names a repeated provider', () => {
    const providers = [PROVIDER, { ...PROVIDER, id: 'b' }, PROVIDER]
    expect(problemsOf({ IDENTITY_PROVIDERS: providers })).toContain(
      'IDENTITY_PROVIDERS[2].id: repeats acme',
    )
  })
})

describe('an identity provider', () => {
  it('has this server as a public client by default', () => {
    expect(parseProvider({})).toStrictEqual({
      id: 'acme',
      name: 'Acme',
      issuer: 'https://acme.example',
      clientId: 'antenna',
      clientSecret: undefined,
      clientSecretKey: undefined,
      responseMode: 'query',
      scope: 'openid profile email',
      maxSignInMs: 12 * HOUR,
    })
  })

  it.each([
    ['a file', (pem: string) => pem],
    ['a variable with escaped line breaks', (pem: string) => pem.replaceAll('\n', '\\n')],
  ])('reads the key that signs its client secrets from %s', (_, stored) => {
    const vars = { P256_KEY: stored(KEYS.P256_KEY) }
    const { clientSecretKey } = parseProvider({ client_secret_jwt: JWT }, vars) ?? {}
    expect(clientSecretKey).toStrictEqual({
      privateKey: KEYS.P256_KEY.trim(),
      keyId: 'key',
      teamId: 'team',
    })
  })

  it('reads the named Worker secret', () => {
    const secret = { client_secret: 'ACME_SECRET' }
    const { clientSecret } = parseProvider(secret, { ACME_SECRET: 'hunter2' }) ?? {}
    expect(clientSecret).toBe('hunter2')
  })

  it.each([
    [0, undefined],
    [1, HOUR],
    [12, 12 * HOUR],
  ])('with max_sign_in_hours = %s takes a sign-in of the last %s ms', (hours, ms) => {
    expect(parseProvider({ max_sign_in_hours: hours })?.maxSignInMs).toBe(ms)
  })

  it.each([
    { issuer: 'http://localhost:9000' },
    { issuer: 'http://127.0.0.1:9000' },
    { issuer: 'http://[::1]:9000' },
    { issuer: 'https://acme.example/realms/1' },
    { id: 'x'.repeat(32) },
    { id: '0-9' },
    { name: 'x'.repeat(40) },
    { scope: 'openid' },
    { scope: 'email openid' },
  ])('may be %j', (more) => {
    expect(parseProvider(more)).toMatchObject(more)
  })
})

describe('people', () => {
  it.each([
    [{}, true],
    [{ BUILT_IN_ACCOUNTS: 'on' }, true],
    [{ IDENTITY_PROVIDERS: [PROVIDER] }, true],
    [{ BUILT_IN_ACCOUNTS: 'off', IDENTITY_PROVIDERS: [PROVIDER] }, false],
  ])('have built-in accounts with %j: %s', (vars, expected) => {
    expect(parse(vars).hasBuiltInAccounts).toBe(expected)
  })

  it('must have at least one way to sign in', () => {
    for (const providers of [undefined, []])
      expect(problemsOf({ BUILT_IN_ACCOUNTS: 'off', IDENTITY_PROVIDERS: providers })).toContain(
        'BUILT_IN_ACCOUNTS: is off and IDENTITY_PROVIDERS is empty',
      )
  })
})

describe('an invalid brand or proximity', () => {
  it.each<[string, object]>([
    ['BUILT_IN_ACCOUNTS', { BUILT_IN_ACCOUNTS: 'no' }],
    ['BUILT_IN_ACCOUNTS', { BUILT_IN_ACCOUNTS: false }],
    ['IDENTITY_PROVIDERS', { IDENTITY_PROVIDERS: {} }],
    ['IDENTITY_PROVIDERS[0]', { IDENTITY_PROVIDERS: ['acme'] }],
    ['SUPPORT_URI', { SUPPORT_URI: 'help' }],
    ['SUPPORT_URI', { SUPPORT_URI: 'http://example.com/help' }],
    ['SUPPORT_URI', { SUPPORT_URI: 'javascript:alert(1)' }],
    ['TERMS_URI', { TERMS_URI: '/terms' }],
    ['PRIVACY_URI', { PRIVACY_URI: '' }],
    // WCAG 1.4.11: 2.98, 1.07, and almost invisible.
    ['BRAND_ACCENT', { BRAND_ACCENT: '#959595' }],
    ['BRAND_ACCENT', { BRAND_ACCENT: '#ffff00' }],
    ['BRAND_ACCENT', { BRAND_ACCENT: '#ffffff' }],
    ['BRAND_ACCENT_DARK', { BRAND_ACCENT_DARK: '#1f4ed8' }],
    ['BRAND_ACCENT_DARK', { BRAND_ACCENT_DARK: '#14171e' }],
    ['BRAND_ACCENT_DARK', { BRAND_ACCENT_DARK: '#000000' }],
  ])('is an error that names %s: %j', (field, vars) => {
    expect(problemsOf(vars)).toContain(`${field}: `)
  })

  it.each<[string, object]>([
    ['accent', { accent: 'blue' }],
    ['accent', { accent: '#ffff00' }],
    ['accent_dark', { accent_dark: '#00f' }],
    ['accent_dark', { accent_dark: '#000080' }],
    ['logo', { logo: '../secret.svg' }],
    ['logo', { logo: 'https://example.com/logo.svg' }],
    ['support_uri', { support_uri: 'http://example.com/help' }],
    ['tos_uri', { tos_uri: 'terms' }],
    ['policy_uri', { policy_uri: 'javascript:alert(1)' }],
    ['proximity', { proximity: 'refuse' }],
    ['proximity.far', { proximity: { far: 'ask' } }],
    ['proximity.far', { proximity: { far: true } }],
    ['proximity.unknown', { proximity: { far: 'refuse', unknown: '' } }],
  ])('is an error that names CLIENTS[1].%s: %j', (field, more) => {
    const clients = [CLIENT, { ...CLIENT, client_id: 'b', ...more }]
    expect(problemsOf({ CLIENTS: clients })).toContain(`CLIENTS[1].${field}: `)
  })

  it('is an error that names an unknown proximity', () => {
    const clients = [{ ...CLIENT, proximity: { same_street: 'allow' } }]
    expect(problemsOf({ CLIENTS: clients })).toMatch(/CLIENTS\[0\]\.proximity.*same_street/)
  })

  it('is an error that states the contrast of a colour', () => {
    const clients = [{ ...CLIENT, accent: '#ffff00' }]
    const named = problemsOf({ BRAND_ACCENT_DARK: '#14171e', CLIENTS: clients })
    expect(named).toContain(
      'BRAND_ACCENT_DARK: #14171e has a contrast of 1.0 on #14171e, and buttons need 3',
    )
    expect(named).toContain('CLIENTS[0].accent: #ffff00 has a contrast of 1.1 on #ffffff')
  })
})

describe('the brand', () => {
  it.each([
    ['accent', { BRAND_ACCENT: '#949494' }],
    ['accent', { BRAND_ACCENT: '#000000' }],
    ['accentDark', { BRAND_ACCENT_DARK: '#FFFFFF' }],
    ['accentDark', { BRAND_ACCENT_DARK: '#6b6b6b' }],
    ['supportUri', { SUPPORT_URI: 'https://example.com/help' }],
    ['termsUri', { TERMS_URI: 'https://example.com/terms' }],
    ['privacyUri', { PRIVACY_URI: 'https://example.com/privacy' }],
  ])('may have the %s %j', (member, vars) => {
    expect(parse(vars).brand).toHaveProperty(member, Object.values(vars)[0])
  })

  it('is the client’s own where it has one', () => {
    const own = { logo: 'tv.svg', accent: '#7a1fa2', support_uri: 'https://tv.example/help' }
    const { clients } = parse({ CLIENTS: [{ ...CLIENT, ...own }] })
    expect(clients.get('tv')?.brand).toStrictEqual({
      logo: 'tv.svg',
      accent: '#7a1fa2',
      accentDark: undefined,
      supportUri: 'https://tv.example/help',
      termsUri: undefined,
      privacyUri: undefined,
    })
  })
})

const policyOf = (proximity?: object) =>
  parse({ CLIENTS: [{ ...CLIENT, proximity }] }).clients.get('tv')?.proximityPolicy

it('XD-3 confirms a device in a different country by default', () => {
  const standard = {
    same_network: 'allow',
    same_operator: 'allow',
    same_city: 'allow',
    same_country: 'allow',
    far: 'confirm',
    unknown: 'allow',
  }
  expect(policyOf()).toStrictEqual(standard)
  expect(policyOf({ far: 'refuse', same_city: 'confirm' })).toStrictEqual({
    ...standard,
    far: 'refuse',
    same_city: 'confirm',
  })
})
