// The settings of the approval API. Every invalid setting is an error that names its field.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { FRESH_SIGN_IN_MS } from '../../src/config/limits.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { HOUR } from '../../src/durations.ts'
import { problemsOf } from './setting-problems.ts'

const ISSUER = 'https://login.example'
const ENTRY = { issuer: 'https://acme.example', audience: ISSUER }
const CLIENT = {
  client_id: 'app',
  client_name: 'App',
  scope: 'openid device:approve',
  dpop_bound_access_tokens: true,
}

const parse = (vars: object) => parseConfig({ ISSUER, ...vars }, DEMO)
const mistakesIn = (vars: object) => problemsOf({ ISSUER, ...vars })

describe('APPROVAL_ISSUERS', () => {
  it.each<[string, object]>([
    ['issuer', { issuer: undefined }],
    ['issuer', { issuer: '' }],
    ['issuer', { issuer: 'acme.example' }],
    ['issuer', { issuer: 'http://acme.example' }],
    ['issuer', { issuer: 'https://ACME.example' }],
    ['issuer', { issuer: 'https://acme.example?' }],
    ['issuer', { issuer: ISSUER }],
    ['audience', { audience: undefined }],
    ['audience', { audience: '' }],
    ['audience', { audience: [ISSUER] }],
    ['scope', { scope: '' }],
    ['scope', { scope: 'two words' }],
    ['claim', { claim: 'permissions' }],
    ['claim.value', { claim: { name: 'permissions' } }],
    ['claim.name', { claim: { name: '', value: 'x' } }],
    ['max_sign_in_hours', { max_sign_in_hours: -1 }],
    ['max_sign_in_hours', { max_sign_in_hours: '12' }],
    ['max_sign_in_hours', { max_sign_in_hours: 9000 }],
  ])('AP-16 an error names %s: %j', (field, more) => {
    const named = mistakesIn({ APPROVAL_ISSUERS: [{ ...ENTRY, ...more }] })
    expect(named).toContain(`APPROVAL_ISSUERS[0].${field}: `)
  })

  it('AP-16 refuses an unknown member and a repeated issuer', () => {
    expect(mistakesIn({ APPROVAL_ISSUERS: [{ ...ENTRY, scopes: 'x' }] })).toContain('scopes')
    expect(mistakesIn({ APPROVAL_ISSUERS: [ENTRY, { ...ENTRY, scope: 'x' }] })).toContain(
      'APPROVAL_ISSUERS[1].issuer: repeats https://acme.example',
    )
  })

  it.each<[object, object]>([
    [{}, { scope: 'device:approve', claim: undefined, maxSignInMs: FRESH_SIGN_IN_MS }],
    [{ max_sign_in_hours: 0 }, { maxSignInMs: undefined }],
    [{ max_sign_in_hours: 0.5 }, { maxSignInMs: HOUR / 2 }],
    [{ claim: { name: 'a', value: 'b' } }, { scope: undefined }],
    [{ claim: { name: 'a', value: 'b' }, scope: 'tv' }, { scope: 'tv' }],
    [{ issuer: 'http://localhost:3000' }, { issuer: 'http://localhost:3000' }],
  ])('AP-16 parses %j as %j', (more, read) => {
    const { approvalIssuers } = parse({ APPROVAL_ISSUERS: [{ ...ENTRY, ...more }] })
    expect(approvalIssuers[0]).toMatchObject(read)
  })

  it('AP-16 is empty by default', () => {
    expect([parse({}).approvalIssuers, parse({}).approvalOrigins]).toStrictEqual([[], []])
  })
})

describe('APPROVAL_ORIGINS', () => {
  it.each([
    '*',
    'null',
    '',
    'app.example',
    'https://app.example/',
    'https://app.example/path',
    'https://APP.example',
    'https://*.app.example',
    'http://app.example',
    'https://app.example:443',
    'https://user@app.example',
  ])('AP-16 refuses the origin %s', (origin) => {
    expect(mistakesIn({ APPROVAL_ORIGINS: [origin] })).toContain('APPROVAL_ORIGINS[0]: ')
  })

  it.each(['https://app.example', 'http://localhost:5173', 'capacitor://localhost'])(
    'AP-16 %s is one',
    (origin) => {
      expect(parse({ APPROVAL_ORIGINS: [origin] }).approvalOrigins).toStrictEqual([origin])
    },
  )
})

describe('the scope device:approve', () => {
  it('AP-16 exists only if a listed client has it', () => {
    expect(parse({ CLIENTS: [CLIENT] }).scopes.has('device:approve')).toBe(true)
    expect(parse({ CLIENTS: [{ ...CLIENT, scope: 'openid' }] }).scopes.has('device:approve')).toBe(
      false,
    )
  })

  it.each([false, undefined])(
    'AP-19 is never for a client with bearer tokens: dpop_bound_access_tokens = %s',
    (dpop_bound_access_tokens) => {
      expect(mistakesIn({ CLIENTS: [{ ...CLIENT, dpop_bound_access_tokens }] })).toContain(
        'CLIENTS[0].dpop_bound_access_tokens: must be true if scope has device:approve',
      )
    },
  )

  it('AP-16 can have a description of the operator', () => {
    const words = 'Sign in your televisions'
    const { scopes } = parse({ CLIENTS: [CLIENT], SCOPES: { 'device:approve': words } })
    expect(scopes.get('device:approve')).toBe(words)
  })

  it.each([[{ CLIENTS: [CLIENT] }], [{}], [{ SCOPES: { 'device:approve': 'Approve' } }]])(
    'AP-16 is never for clients that are not listed: %j',
    (more) => {
      const UNLISTED_CLIENT_SCOPE = 'openid device:approve'
      expect(mistakesIn({ ...more, UNLISTED_CLIENT_SCOPE })).toContain(
        'UNLISTED_CLIENT_SCOPE: device:approve is reserved for listed clients',
      )
    },
  )
})
