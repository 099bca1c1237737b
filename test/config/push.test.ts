// PUSH in wrangler.toml, and the push setting of clients.
import { expect, describe, it } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { PUSH, PUSH_KEY, PUSH_SECRETS } from '../support/settings.ts'
import { problemsOf } from './setting-problems.ts'

const CLIENT = { client_id: 'tv', client_name: 'TV', scope: 'openid' }
const parse = (vars: object) => parseConfig({ ...PUSH_SECRETS, ...vars }, DEMO)

const mistakesIn = (vars: object) => problemsOf({ ...PUSH_SECRETS, ...vars })

// The public key of another pair.
const OTHER_KEY =
  'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'
const ORDER = '_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE'

describe('an invalid PUSH', () => {
  it.each<[string, object]>([
    ['public_key', { public_key: undefined }],
    ['public_key', { public_key: '' }],
    ['public_key', { public_key: PUSH_KEY.slice(1) }],
    ['public_key', { public_key: `${PUSH_KEY}=` }],
    // A compressed point, and one of another key.
    ['public_key', { public_key: `A${PUSH_KEY.slice(1)}` }],
    ['public_key', { public_key: OTHER_KEY }],
    ['private_key', { private_key: undefined }],
    ['private_key', { private_key: PUSH_SECRETS.PUSH_PRIVATE_KEY }],
    ['private_key', { private_key: 'NO_SUCH_SECRET' }],
    ['private_key', { private_key: 'EMPTY_SECRET' }],
    ['private_key', { private_key: 'SHORT_SECRET' }],
    ['private_key', { private_key: 'ZERO_SECRET' }],
    ['private_key', { private_key: 'ORDER_SECRET' }],
    ['private_key', { private_key: 'JWK_SECRET' }],
    ['sub', { sub: undefined }],
    ['sub', { sub: 'push@example.com' }],
    ['sub', { sub: 'mailto:nobody' }],
    ['sub', { sub: 'http://example.com' }],
    ['sub', { sub: 'tel:+358' }],
  ])('is an error that names PUSH.%s: %j', (field, more) => {
    const secrets = {
      EMPTY_SECRET: '',
      SHORT_SECRET: PUSH_SECRETS.PUSH_PRIVATE_KEY.slice(1),
      ZERO_SECRET: 'A'.repeat(43),
      ORDER_SECRET: ORDER,
      JWK_SECRET: '{"kty":"EC"}',
    }
    const named = mistakesIn({ ...secrets, PUSH: { ...PUSH, ...more } })
    expect(named).toContain(`PUSH.${field}: `)
    expect(named).not.toContain(PUSH_SECRETS.PUSH_PRIVATE_KEY)
  })

  it('is an error that names an unknown member', () => {
    expect(mistakesIn({ PUSH: { ...PUSH, subject: PUSH.sub } })).toMatch(/PUSH.*subject/)
  })
})

describe('PUSH', () => {
  it('is off by default, in the demo too', () => {
    expect(parse({}).push).toBeUndefined()
    expect(parse({ DEMO: 'on' }).push).toBeUndefined()
  })

  it.each(['mailto:push@example.com', 'https://example.com/contact'])('may have sub %s', (sub) => {
    expect(parse({ PUSH: { ...PUSH, sub } }).push).toStrictEqual({
      publicKey: PUSH_KEY,
      privateKey: PUSH_SECRETS.PUSH_PRIVATE_KEY,
      contact: sub,
    })
  })
})

describe('DEMO_PUSH_KEY', () => {
  const { PUSH_PRIVATE_KEY: DEMO_PUSH_PRIVATE_KEY } = PUSH_SECRETS
  const OWN = { ...PUSH, sub: 'https://own.example/contact' }
  const demo = { DEMO: 'on', DEMO_PUSH_KEY: PUSH_KEY, DEMO_PUSH_PRIVATE_KEY }

  it('is the demo’s key', () => {
    expect(parse(demo).push).toStrictEqual({
      publicKey: PUSH_KEY,
      privateKey: DEMO_PUSH_PRIVATE_KEY,
      contact: 'mailto:demo@example.com',
    })
  })

  it('has no effect while the demo is off', () => {
    expect(parse({ ...demo, DEMO: 'off' }).push).toBeUndefined()
    expect(parse({ ...demo, DEMO: undefined }).push).toBeUndefined()
  })

  it('has no effect if the operator has PUSH', () => {
    for (const DEMO_PUSH_KEY of [PUSH_KEY, OTHER_KEY])
      expect(parse({ ...demo, DEMO_PUSH_KEY, PUSH: OWN }).push?.contact).toBe(OWN.sub)
  })

  it.each<[string, string, object]>([
    ['that is empty', 'DEMO_PUSH_KEY: must be', { DEMO_PUSH_KEY: '' }],
    ['that is compressed', 'DEMO_PUSH_KEY: must be', { DEMO_PUSH_KEY: `A${PUSH_KEY.slice(1)}` }],
    ['of another pair', 'PUSH.public_key: does not match', { DEMO_PUSH_KEY: OTHER_KEY }],
    [
      'without a private one',
      'PUSH.private_key: the Worker secret',
      { DEMO_PUSH_PRIVATE_KEY: undefined },
    ],
    ['with no private key', 'PUSH.private_key: DEMO_PUSH_', { DEMO_PUSH_PRIVATE_KEY: 'A' }],
  ])('is refused as a key %s', (_, problem, more) => {
    const named = mistakesIn({ ...demo, ...more })
    expect(named).toContain(problem)
    expect(named).not.toContain(DEMO_PUSH_PRIVATE_KEY)
  })
})

const hintsOf = (more: object) =>
  parse({ CLIENTS: [{ ...CLIENT, ...more }] }).clients.get('tv')?.pushHints

describe('a client', () => {
  it('may name accounts by ID token, and by email address only if configured', () => {
    expect(hintsOf({})).toBe('id_token_hint')
    for (const push of ['off', 'id_token_hint', 'login_hint']) expect(hintsOf({ push })).toBe(push)
  })

  it.each(['on', '', true])('with push = %j is an error that names the field', (push) => {
    expect(mistakesIn({ CLIENTS: [{ ...CLIENT, push }] })).toContain('CLIENTS[0].push: ')
  })
})
