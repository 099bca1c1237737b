// Client authentication (RFC 6749 §2.3), the same at every endpoint: conformance CA-1 to CA-10. The
// requirements of an assertion are in assertion.test.ts.
import { describe, expect, it } from 'vitest'
import { type Attempt, ENDPOINTS, askAs, everywhere } from './endpoints.ts'
import { JWT_BEARER } from '../../support/key-client.ts'
import { ODD_ID, SECRET, SECRET_HASH } from '../../support/settings.ts'

const encode = (text: string) => new URLSearchParams({ a: text }).toString().slice(2)
const basic = (pair: string) => ({ Authorization: `Basic ${btoa(pair)}` })
const basicOf = (id: string, secret: string) => basic(`${encode(id)}:${encode(secret)}`)
const post = (id: string, secret: string) => ({ client_id: id, client_secret: secret })

describe.each(ENDPOINTS)('a client with valid credentials at $path', (endpoint) => {
  it.each<[string, Attempt]>([
    ['CA-1 client_secret_basic', { headers: basicOf('basic', SECRET) }],
    ['CA-1 client_secret_post', { fields: post('post', SECRET) }],
    ['CA-1 basic for a client of post', { headers: basicOf('post', SECRET) }],
    ['CA-1 post for a client of basic', { fields: post('basic', SECRET) }],
    ['CA-2 both halves encoded', { headers: basicOf(ODD_ID, SECRET) }],
    [
      'CA-2 everything that may be is percent-encoded',
      { headers: basic(`${percent(ODD_ID)}:${percent(SECRET)}`) },
    ],
    [
      'CA-2 only the first colon separates',
      { headers: basic(`basic:${encode(SECRET).replace('%3A', ':')}`) },
    ],
    [
      'CA-2 scheme in another case',
      { headers: { Authorization: `bASIC  ${btoa(`basic:${encode(SECRET)}`)}` } },
    ],
    [
      'CA-5 client_id beside Basic',
      { fields: { client_id: 'basic' }, headers: basicOf('basic', SECRET) },
    ],
    ['CA-1 private_key_jwt', { assertion: {} }],
    ['CA-5 client_id beside an assertion', { assertion: {}, fields: { client_id: 'key-tv' } }],
    ['HH-6 empty secret beside an assertion', { assertion: {}, fields: post('key-tv', '') }],
    ['CA-6 Basic with empty password beside it', { assertion: {}, headers: basic('key-tv:') }],
  ])('%s: accepted', async (_name, attempt) => {
    const { status, body } = await askAs(endpoint, attempt)
    expect([status, body.error]).toStrictEqual(endpoint.passed)
  })

  it.each<[string, Attempt]>([
    ['CA-1 none', { fields: { client_id: 'tv' } }],
    ['CA-6 public client, Basic with empty password', { headers: basic('tv:') }],
    [
      'CA-6 public client, Basic with empty password, and client_id',
      { fields: { client_id: 'tv' }, headers: basic('tv:') },
    ],
    ['HH-6 empty client_secret', { fields: post('tv', '') }],
    [
      'HH-6 empty assertion and secret',
      {
        fields: {
          ...post('tv', ''),
          client_assertion: '',
          client_assertion_type: '',
        },
      },
    ],
  ])('%s: accepted without a secret', async (_name, attempt) => {
    const { status, body } = await askAs(endpoint, attempt)
    expect([status, body.error]).toStrictEqual(endpoint.passedInPublic)
  })
})

function percent(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

describe('a client with invalid credentials', () => {
  it.each(
    everywhere<[string, Attempt]>([
      ['CA-1 assertion of a client of basic', { assertion: { clientId: 'basic' } }],
      ['CA-1 assertion of a client of post', { assertion: { clientId: 'post' } }],
      ['CA-1 assertion of a public client', { assertion: { clientId: 'tv' } }],
      ['CA-1 secret of a client of assertions by Basic', { headers: basicOf('key-tv', SECRET) }],
      ['CA-1 secret of a client of assertions by post', { fields: post('key-tv', SECRET) }],
      ['CA-3 assertion of an unknown client', { assertion: { clientId: 'nobody' } }],
      ['CA-6 client of assertions, only client_id', { fields: { client_id: 'key-tv' } }],
      ['CA-6 client of assertions, Basic with empty password', { headers: basic('key-tv:') }],
      [
        'CA-10 an assertion that is not a JWT',
        { assertion: {}, fields: { client_id: 'key-tv', client_assertion: 'a.b.c' } },
      ],
      [
        'CA-5 Basic with empty password of a client other than the assertion’s',
        { assertion: {}, headers: basic('es256-key-tv:') },
      ],
      [
        'CA-11 assertion with another sub beside Basic with empty password',
        { assertion: { claims: { sub: 'es256-key-tv' } }, headers: basic('key-tv:') },
      ],
      [
        'CA-11 assertion without sub beside Basic with empty password',
        { assertion: { claims: { sub: undefined } }, headers: basic('key-tv:') },
      ],
      ['CA-2 secret that is not form-encoded', { headers: basic(`basic:${SECRET}`) }],
      ['CA-3 wrong secret by Basic', { headers: basicOf('basic', `${SECRET}x`) }],
      ['CA-3 wrong secret by post', { fields: post('post', `${SECRET}x`) }],
      ['CA-3 unknown client by Basic', { headers: basicOf('nobody', SECRET) }],
      ['CA-3 unknown client by post', { fields: post('nobody', SECRET) }],
      ['CA-3 unknown public client', { fields: { client_id: 'nobody' } }],
      ['CA-3 client_id in another case', { fields: { client_id: 'TV' } }],
      ['CA-3 hash of the secret as the secret', { fields: post('post', SECRET_HASH) }],
      ['CA-6 confidential client, only client_id', { fields: { client_id: 'basic' } }],
      ['CA-6 confidential client, Basic with empty password', { headers: basic('basic:') }],
      ['CA-6 public client, secret by post', { fields: post('tv', SECRET) }],
      ['CA-6 public client, secret by Basic', { headers: basicOf('tv', SECRET) }],
      ['CA-7 bad base64', { headers: { Authorization: 'Basic b=a=s=e' } }],
      ['CA-7 no base64 at all', { headers: { Authorization: 'Basic ***' } }],
      ['CA-7 Basic and nothing', { headers: { Authorization: 'Basic' } }],
      ['CA-7 no colon', { headers: basic('basic') }],
      ['CA-7 nothing before the colon', { headers: basic(`:${SECRET}`) }],
      ['CA-7 bad percent escape', { headers: basic('basic:%zz') }],
      ['CA-7 Bearer', { headers: { Authorization: 'Bearer abc' } }],
      [
        'CA-7 Bearer beside a public client_id',
        { fields: { client_id: 'tv' }, headers: { Authorization: 'Bearer abc' } },
      ],
      [
        'CA-8 secret in the URL',
        { fields: { client_id: 'post' }, query: `?client_secret=${encode(SECRET)}` },
      ],
    ]),
  )('%s: %s: 401 invalid_client with a challenge', async (_path, _name, attempt, endpoint) => {
    const { status, headers, body } = await askAs(endpoint, attempt)
    expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
    expect(headers.get('WWW-Authenticate')).toMatch(/^Basic realm="[^"]+"/)
    expect(headers.get('Cache-Control')).toBe('no-store')
  })

  it.each(
    everywhere<[string, Attempt]>([
      [
        'CA-4 Basic and client_secret',
        { fields: { client_secret: SECRET }, headers: basicOf('basic', SECRET) },
      ],
      ['CA-4 Basic and assertion', { assertion: {}, headers: basicOf('key-tv', SECRET) }],
      [
        'CA-4 Basic and assertion, each valid alone',
        { assertion: {}, headers: basicOf('basic', SECRET) },
      ],
      ['CA-4 client_secret and assertion', { assertion: {}, fields: post('key-tv', SECRET) }],
      [
        'CA-4 all three',
        { assertion: {}, fields: post('key-tv', SECRET), headers: basicOf('key-tv', SECRET) },
      ],
      [
        'CA-5 client_id other than that of the assertion',
        { assertion: {}, fields: { client_id: 'es256-key-tv' } },
      ],
      ['CA-10 no type', { fields: { client_id: 'key-tv', client_assertion: 'a.b.c' } }],
      ['CA-10 empty type', { assertion: {}, fields: { client_assertion_type: '' } }],
      [
        'CA-10 no assertion',
        { fields: { client_id: 'key-tv', client_assertion_type: JWT_BEARER } },
      ],
      ['CA-10 empty assertion', { assertion: {}, fields: { client_assertion: '' } }],
      [
        'CA-10 type of another assertion',
        {
          assertion: {},
          fields: { client_assertion_type: JWT_BEARER.replace('jwt-bearer', 'saml2-bearer') },
        },
      ],
      [
        'CA-10 type in another case',
        { assertion: {}, fields: { client_assertion_type: JWT_BEARER.toUpperCase() } },
      ],
      [
        'CA-10 type of a public client',
        { fields: { client_id: 'tv', client_assertion_type: JWT_BEARER } },
      ],
      [
        'CA-5 client_id of another client',
        { fields: { client_id: 'post' }, headers: basicOf('basic', SECRET) },
      ],
      [
        'CA-5 client_id of another public client',
        { fields: { client_id: 'other-tv' }, headers: basic('tv:') },
      ],
      ['CA-8 everything in the URL', { query: `?client_id=post&client_secret=${encode(SECRET)}` }],
      ['DA-7 no client named', {}],
      ['DA-7 secret without a client', { fields: { client_secret: SECRET } }],
    ]),
  )('%s: %s: 400 invalid_request', async (_path, _name, attempt, endpoint) => {
    const { status, headers, body } = await askAs(endpoint, attempt)
    expect([status, body.error]).toStrictEqual([400, 'invalid_request'])
    expect(headers.has('WWW-Authenticate')).toBe(false)
  })

  it.each(ENDPOINTS)('CA-9 $path: is limited after repeated failures', async (endpoint) => {
    const headers = {
      ...basicOf('basic', 'guess'),
      'CF-Connecting-IP': `2001:db8:ffff:${endpoint.path.length}::1`,
    }
    // Twice the limit, because its minute may turn in between.
    const answers = await Promise.all(
      Array.from({ length: 82 }, () => askAs(endpoint, { headers })),
    )
    const refused = answers.filter(({ status }) => status === 429)
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(40)
    expect(refused[0]?.body.error).toBe('temporarily_unavailable')
    expect(Number(refused[0]?.headers.get('Retry-After'))).toBeGreaterThan(0)
  })
})
