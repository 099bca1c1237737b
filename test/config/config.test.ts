// The settings: their defaults, and what is said of them at start.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { ConfigError, configWarnings, issuerFor, parseConfig } from '../../src/config/config.ts'
import { requireRateLimits } from '../../src/config/rate-limits.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { isLoopback } from '../../src/config/loopback.ts'
import { SECRET_HASH, TEST_VARS } from '../support/settings.ts'
import { problemsOf } from './setting-problems.ts'

const CLIENT = { client_id: 'tv', client_name: 'TV', scope: 'openid' }
const parse = (vars: object) => parseConfig(vars, DEMO)
const parseClient = (more: object) => parse({ CLIENTS: [{ ...CLIENT, ...more }] })

describe('a warning at start', () => {
  it.each<[string, object, number]>([
    ['without ISSUER', {}, 1],
    ['with ISSUER', { ISSUER: 'https://login.example.com' }, 0],
    ['without ISSUER in the demo', { DEMO: 'on' }, 0],
  ])('%s', (_what, vars, count) => {
    expect(configWarnings(parse(vars))).toHaveLength(count)
  })
})

describe('the settings', () => {
  it('may all be missing', () => {
    const config = parse({})
    expect(config).toMatchObject({ issuer: undefined, basePath: '', isDemo: false })
    expect(config.clients.size).toBe(0)
    expect([...config.scopes.keys()]).toStrictEqual([
      'openid',
      'profile',
      'email',
      'offline_access',
    ])
  })

  it('CA-17 default to a public client with limits that suit most devices', () => {
    expect(parseClient({}).clients.get('tv')).toMatchObject({
      authentication: { method: 'none' },
      intervalMs: 3000,
      holdMs: 2000,
      codeLifetimeMs: 600_000,
      accessTokenLifetimeMs: 600_000,
      resource: undefined,
      refreshLimits: { idleMs: 90 * 86_400_000, lifetimeMs: 400 * 86_400_000 },
      idTokenAlgorithm: 'RS256',
      hasVerificationUriComplete: true,
      userCodeCharset: 'letters',
    })
  })

  it.each<object>([
    { access_token_seconds: 60 },
    { access_token_seconds: 3600 },
    { refresh_idle_days: 1, refresh_lifetime_days: 1 },
    { refresh_idle_days: 400, refresh_lifetime_days: 1100 },
    { grant_types: ['refresh_token'] },
    { grant_types: [], scope: undefined, resource: 'https://api.test' },
    { interval_seconds: 60 },
    { hold_seconds: 0 },
    { hold_seconds: 25 },
    { code_lifetime_seconds: 60 },
    { code_lifetime_seconds: 900 },
    { client_name: 'x'.repeat(64) },
    { client_id: 'x'.repeat(255) },
    { client_uri: 'https://example.com' },
    { scope: ' openid  profile ' },
    { token_endpoint_auth_method: 'client_secret_basic', client_secret_sha256: SECRET_HASH },
  ])('may reach their bounds: %j', (more) => {
    expect(parseClient(more).clients.size).toBe(1)
  })

  it.each([
    ['https://login.example.com', ''],
    ['https://login.example.com:8443', ''],
    ['https://login.example.com/t1', '/t1'],
    ['http://localhost:8787', ''],
    ['http://127.0.0.1:8787/t1', '/t1'],
    ['http://[::1]:8787', ''],
  ])('MD-1 may have the issuer %s', (issuer, basePath) => {
    const config = parse({ ISSUER: issuer })
    expect(config).toMatchObject({ issuer, basePath })
    expect(issuerFor(config, 'https://other.example/token')).toBe(issuer)
  })

  it('RG-1 CM-1 refuse clients that are not listed by default', () => {
    expect(parse({})).toMatchObject({
      registrationTokenHash: undefined,
      hasClientMetadataDocuments: false,
      unlistedScope: ['openid', 'profile', 'offline_access'],
    })
    const vars = {
      REGISTRATION_TOKEN_SHA256: SECRET_HASH,
      CLIENT_ID_METADATA_DOCUMENTS: 'on',
      UNLISTED_CLIENT_SCOPE: ' a:b  openid ',
      SCOPES: { 'a:b': 'Do a to b' },
    }
    expect(parse(vars)).toMatchObject({
      registrationTokenHash: Buffer.from(SECRET_HASH, 'hex').toString('base64url'),
      hasClientMetadataDocuments: true,
      unlistedScope: ['a:b', 'openid'],
    })
  })

  it('may describe a built-in scope and add further scopes', () => {
    const { scopes } = parse({ SCOPES: { email: 'Write to you', 'a:b': 'Do a to b' } })
    expect([scopes.get('email'), scopes.get('a:b')]).toStrictEqual(['Write to you', 'Do a to b'])
  })

  it('include the demo client only while the demo is on', () => {
    expect(parse({ ...TEST_VARS, DEMO: 'on' }).clients.has('demo-tv')).toBe(true)
    expect(parse(TEST_VARS).clients.has('demo-tv')).toBe(false)
    expect(problemsOf({ DEMO: 'on', CLIENTS: [{ ...CLIENT, client_id: 'demo-tv' }] })).toContain(
      'repeats demo-tv',
    )
  })

  it.each([
    ['localhost', true],
    ['tv.localhost', true],
    ['127.0.0.1', true],
    ['[::1]', true],
    ['localhost.example.com', false],
    ['notlocalhost', false],
    ['127.0.0.1.example.com', false],
    ['192.168.0.1', false],
  ])('HH-14 treat %s as a loopback host: %s', (hostname, expected) => {
    expect(isLoopback(hostname)).toBe(expected)
  })
})

describe('a rate limit of wrangler.toml', () => {
  const limits = Object.keys(env).filter((name) => name.endsWith('_LIMIT'))

  it.each(limits)('that is missing is named at start: %s', (name) => {
    expect(() => requireRateLimits({ ...env, [name]: undefined })).toThrow(
      new ConfigError([`${name}: this rate limit is missing in ratelimits`]),
    )
  })

  it('is named with the others that are missing; with all of them there is nothing to say', () => {
    expect(() => requireRateLimits({})).toThrow(/START_LIMIT: .*; EVERYONE_LIMIT: /)
    expect(() => requireRateLimits(env)).not.toThrow()
    expect(limits).toHaveLength(15)
  })
})
