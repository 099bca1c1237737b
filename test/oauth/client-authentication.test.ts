// Client authentication (RFC 6749 §2.3), the same at every endpoint: conformance CA-1 to CA-9.
import { describe, expect, it } from 'vitest'
import { type Answer, DEVICE_CODE_GRANT, answerOf } from '../support/device.ts'
import { ODD_ID, SECRET, SECRET_HASH } from '../support/settings.ts'
import { formRequest, worker } from '../support/worker.ts'

type Fields = Readonly<Record<string, string>>
type Attempt = { fields?: Fields; headers?: Fields; query?: string }

const PASSED = [200, undefined] as const

/** What each endpoint is asked, and how it answers a client that it knows. */
const ENDPOINTS = [
  { path: '/device_authorization', fields: {}, passed: PASSED, passedInPublic: PASSED },
  {
    path: '/token',
    fields: { grant_type: DEVICE_CODE_GRANT, device_code: 'nosuch' },
    passed: [400, 'invalid_grant'],
    passedInPublic: [400, 'invalid_grant'],
  },
  { path: '/revoke', fields: { token: 'nosuch' }, passed: PASSED, passedInPublic: PASSED },
  // IN-1: whoever proves nothing is told nothing.
  {
    path: '/introspect',
    fields: { token: 'nosuch' },
    passed: PASSED,
    passedInPublic: [401, 'invalid_client'],
  },
] as const
type Endpoint = (typeof ENDPOINTS)[number]

const ask = async (endpoint: Endpoint, { fields, headers, query = '' }: Attempt): Promise<Answer> =>
  answerOf(
    await worker(formRequest(endpoint.path + query, { ...endpoint.fields, ...fields }, headers)),
  )

const everywhere = <Row extends readonly unknown[]>(rows: Row[]) =>
  ENDPOINTS.flatMap((endpoint) => rows.map((row) => [endpoint.path, ...row, endpoint] as const))

const encode = (text: string) => new URLSearchParams({ a: text }).toString().slice(2)
const basic = (pair: string) => ({ Authorization: `Basic ${btoa(pair)}` })
const basicOf = (id: string, secret: string) => basic(`${encode(id)}:${encode(secret)}`)
const post = (id: string, secret: string) => ({ client_id: id, client_secret: secret })

describe.each(ENDPOINTS)('a client that proves itself at $path', (endpoint) => {
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
  ])('%s: accepted', async (_name, attempt) => {
    const { status, body } = await ask(endpoint, attempt)
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
  ])('%s: accepted where that is enough', async (_name, attempt) => {
    const { status, body } = await ask(endpoint, attempt)
    expect([status, body.error]).toStrictEqual(endpoint.passedInPublic)
  })
})

function percent(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

describe('a client that does not', () => {
  it.each(
    everywhere<[string, Attempt]>([
      [
        'CA-1 confidential client, assertion',
        {
          fields: {
            client_id: 'post',
            client_assertion: 'a.b.c',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          },
        },
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
    const { status, headers, body } = await ask(endpoint, attempt)
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
      [
        'CA-4 Basic and assertion',
        { fields: { client_assertion: 'a.b.c' }, headers: basicOf('basic', SECRET) },
      ],
      [
        'CA-4 client_secret and assertion',
        { fields: { ...post('post', SECRET), client_assertion: 'a.b.c' } },
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
    const { status, headers, body } = await ask(endpoint, attempt)
    expect([status, body.error]).toStrictEqual([400, 'invalid_request'])
    expect(headers.has('WWW-Authenticate')).toBe(false)
  })

  it.each(ENDPOINTS)('CA-9 $path: is slowed down when it guesses', async (endpoint) => {
    const headers = {
      ...basicOf('basic', 'guess'),
      'CF-Connecting-IP': `2001:db8:ffff:${endpoint.path.length}::1`,
    }
    // Twice the limit, because its minute may turn in between.
    const answers = await Promise.all(Array.from({ length: 82 }, () => ask(endpoint, { headers })))
    const refused = answers.filter(({ status }) => status === 429)
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(40)
    expect(refused[0]?.body.error).toBe('temporarily_unavailable')
    expect(Number(refused[0]?.headers.get('Retry-After'))).toBeGreaterThan(0)
  })
})
