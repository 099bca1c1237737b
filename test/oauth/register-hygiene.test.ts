// Common rules of all answers of /register and /register/{id}, errors included: conformance HH-1,
// HH-9 to HH-12, HH-14, HH-16.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ClientRecord } from '../../src/objects/index.ts'
import type { Answer } from '../support/device.ts'
import { RADIO, manage, register, registered, registrar } from '../support/registration.ts'
import { freshAddress, url } from '../support/worker.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** As a web page sends it, and a browser that would rather have HTML. */
const BROWSER = { Origin: 'https://tv.example', Accept: 'text/html', 'User-Agent': 'Mozilla/5.0' }
const asBrowser = { headers: BROWSER }

const withFault = async (method: 'register' | 'read', ask: () => Promise<Answer>) => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(ClientRecord.prototype, method).mockRejectedValue(new Error('the disk is gone'))
  return ask()
}

const guessing = async () => {
  const headers = { ...BROWSER, 'CF-Connecting-IP': freshAddress() }
  const answers = await Promise.all(
    Array.from({ length: 82 }, () => register(RADIO, { token: 'wrong', headers })),
  )
  return answers.find(({ status }) => status === 429) ?? register(RADIO)
}

it.each<[string, () => Promise<Answer>, number]>([
  ['a client', () => register(RADIO, asBrowser), 201],
  ['refused metadata', () => register({ ...RADIO, scope: '' }, asBrowser), 400],
  ['no token', () => register(RADIO, { ...asBrowser, token: null }), 401],
  ['a wrong token', () => register(RADIO, { ...asBrowser, token: 'wrong' }), 401],
  ['too large a body', () => register('x'.repeat(65_537), asBrowser), 413],
  ['too many guesses', guessing, 429],
  ['a fault of the storage', () => withFault('register', () => register(RADIO, asBrowser)), 503],
  ['a registration', async () => manage('GET', await registered(), asBrowser), 200],
  [
    'a replaced registration',
    async () => {
      const client = await registered()
      return manage('PUT', client, { ...asBrowser, body: { client_id: client.client_id } })
    },
    200,
  ],
  [
    'a refused replacement',
    async () => manage('PUT', await registered(), { ...asBrowser, body: {} }),
    400,
  ],
  [
    'a wrong token of a client',
    async () => manage('DELETE', await registered(), { ...asBrowser, token: 'wrong' }),
    401,
  ],
  ['a wrong method', async () => manage('PATCH', await registered(), asBrowser), 405],
  [
    'a storage with a fault',
    async () => {
      const client = await registered()
      return withFault('read', () => manage('GET', client, asBrowser))
    },
    503,
  ],
])(
  'HH-9 HH-10 HH-12 %s: JSON, no-store, nosniff, and readable by every web page',
  async (_answer, ask, status) => {
    const { headers, ...answer } = await ask()
    expect(answer.status).toBe(status)
    expect(headers.get('Content-Type')).toMatch(/^application\/json/)
    expectSharedHeaders(headers)
  },
)

it('HH-10 HH-12 a removed registration has no content, and the same headers', async () => {
  const { status, headers, body } = await manage('DELETE', await registered(), asBrowser)
  expect([status, body]).toStrictEqual([204, {}])
  expectSharedHeaders(headers)
})

function expectSharedHeaders(headers: Headers) {
  expect(headers.get('Cache-Control')).toBe('no-store')
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(headers.get('Strict-Transport-Security')).toMatch(/^max-age=\d{8,}/)
  expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(headers.has('Access-Control-Allow-Credentials')).toBe(false)
  const exposed = (headers.get('Access-Control-Expose-Headers') ?? '').toLowerCase().split(',')
  expect(exposed).toEqual(expect.arrayContaining(['retry-after', 'www-authenticate']))
  expect(headers.has('Set-Cookie')).toBe(false)
}

const request = (method: string, path: string, headers: Record<string, string> = {}) =>
  new Request(url(path), {
    method,
    headers: { 'CF-Connecting-IP': freshAddress(), ...BROWSER, ...headers },
    redirect: 'manual',
  })

describe.each([
  ['/register', ['POST']],
  ['/register/registered-AAAAAAAAAAAAAAAAAAAAAA', ['GET', 'PUT', 'DELETE']],
])('%s', (path, methods) => {
  // A HEAD is a GET.
  const served = methods.includes('GET') ? [...methods, 'HEAD'] : methods
  const wrong = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
    (method) => !served.includes(method),
  )

  it.each(wrong)('HH-1 RG-4 refuses %s with 405, Allow and a JSON error', async (method) => {
    const response = await registrar(request(method, path))
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')).toBe([...methods, 'OPTIONS'].join(', '))
    if (method !== 'HEAD') expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  it.each(served)('HH-1 serves %s', async (method) => {
    expect((await registrar(request(method, path))).status).toBe(401)
  })

  it('HH-11 allows every web page, without credentials', async () => {
    const { status, headers } = await registrar(
      request('OPTIONS', path, {
        'Access-Control-Request-Method': methods[0] ?? '',
        'Access-Control-Request-Headers': 'authorization, content-type',
      }),
    )
    expect(status).toBe(204)
    const list = (name: string) => (headers.get(name) ?? '').split(',').map((item) => item.trim())
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(list('Access-Control-Allow-Methods')).toStrictEqual(methods)
    expect(list('Access-Control-Allow-Headers')).toEqual(
      expect.arrayContaining(['authorization', 'content-type']),
    )
    expect(headers.has('Access-Control-Allow-Credentials')).toBe(false)
  })

  it('HH-14 refuses plain http with 403, and does not redirect', async () => {
    for (const method of methods) {
      const response = await registrar(
        new Request(url(path).replace('https', 'http'), { method, redirect: 'manual' }),
      )
      expect(response.status).toBe(403)
      expect(response.headers.has('Location')).toBe(false)
    }
  })

  it('HH-16 has no second spelling', async () => {
    for (const twin of [
      `${path}/`,
      `/${path}`,
      path.replace('register', 'REGISTER'),
      `${path}/x/y`,
    ])
      for (const method of ['GET', 'POST', 'PUT']) {
        const response = await registrar(request(method, twin, { Accept: '*/*' }))
        expect([method, twin, response.status]).toStrictEqual([method, twin, 404])
        expect(response.headers.get('Content-Type')).toMatch(/^application\/json/)
      }
  })
})

it('HH-16 a registration has one address: its id is not decoded, folded or cut', async () => {
  const client = await registered()
  const { pathname } = new URL(client.registration_client_uri)
  for (const twin of [
    pathname.replace('registered-', 'registered%2D'),
    pathname.replace('registered', 'REGISTERED'),
    `${pathname}.json`,
    `${pathname}%20`,
    pathname.slice(0, -1),
  ]) {
    const answer = await manage('GET', { ...client, registration_client_uri: url(twin) })
    expect([twin, answer.status]).toStrictEqual([twin, 401])
  }
})
