// Common rules of all protocol endpoints, errors included: conformance HH-1, HH-9 to HH-12, HH-14,
// HH-16. Reading of forms is in parameters.test.ts.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Account, DeviceAuthorization } from '../../src/objects/index.ts'
import { DEVICE_CODE_GRANT, startDevice } from '../support/device.ts'
import { as } from '../support/grants.ts'
import { connectDevice } from '../support/tokens.ts'
import { formRequest, freshAddress, url, worker, workerWith } from '../support/worker.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const FORM_ENDPOINTS = ['/device_authorization', '/token', '/revoke', '/introspect'] as const
const ENDPOINTS = [
  ['/device_authorization', ['POST']],
  ['/token', ['POST']],
  ['/revoke', ['POST']],
  ['/introspect', ['POST']],
  ['/userinfo', ['GET', 'POST']],
  ['/jwks.json', ['GET']],
  ['/.well-known/oauth-authorization-server', ['GET']],
  ['/.well-known/openid-configuration', ['GET']],
] as const

/** As a web page on a television sends it, and a browser that would rather have HTML. */
const BROWSER = { Origin: 'https://tv.example', Accept: 'text/html', 'User-Agent': 'Mozilla/5.0' }

const request = (method: string, path: string, headers: Record<string, string> = {}) =>
  new Request(url(path), {
    method,
    headers: { 'CF-Connecting-IP': freshAddress(), ...BROWSER, ...headers },
    redirect: 'manual',
  })
const form = (path: string, fields: Record<string, string> | string) =>
  formRequest(path, fields, BROWSER)

type Row = [answer: string, ask: () => Promise<Response>, status: number]

const poll = (fields: Record<string, string>) =>
  worker(form('/token', { grant_type: DEVICE_CODE_GRANT, client_id: 'tv', ...fields }))
const withFault = async (
  method: 'poll' | 'start',
  fault: () => Promise<never> | Promise<{ outcome: 'in_use' }>,
  ask: () => Promise<Response>,
) => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(DeviceAuthorization.prototype, method).mockImplementation(fault)
  return ask()
}

/** An answer of every kind that keeps a secret or tells of one. */
const PRIVATE_ANSWERS: Row[] = [
  ['codes', () => worker(form('/device_authorization', { client_id: 'tv' })), 200],
  ['a pending poll', async () => poll({ device_code: (await startDevice()).deviceCode }), 400],
  ['a refused poll', () => poll({ device_code: 'x' }), 400],
  ['a refused client', () => poll({ client_id: 'nobody' }), 401],
  [
    'plain http',
    () => worker(new Request('http://antenna.test/token', { method: 'POST', headers: BROWSER })),
    403,
  ],
  ...FORM_ENDPOINTS.flatMap((path): Row[] => [
    [`an empty form to ${path}`, () => worker(form(path, '')), 400],
    [`a wrong method at ${path}`, () => worker(request('GET', path)), 405],
    [`too large a body at ${path}`, () => worker(form(path, 'x'.repeat(65_537))), 413],
  ]),
  [
    'too many requests',
    async () => {
      const headers = { ...BROWSER, 'CF-Connecting-IP': '2001:db8:ffff:1::1' }
      const answers = await Promise.all(
        Array.from({ length: 82 }, () =>
          worker(formRequest('/token', { client_id: 'nobody' }, headers)),
        ),
      )
      return answers.find(({ status }) => status === 429) ?? new Response()
    },
    429,
  ],
  [
    'a fault of ours',
    () =>
      withFault(
        'start',
        async () => ({ outcome: 'in_use' }),
        () => worker(form('/device_authorization', { client_id: 'tv' })),
      ),
    500,
  ],
  [
    'a fault of the storage',
    async () => {
      const { deviceCode } = await startDevice()
      return withFault(
        'poll',
        () => Promise.reject(new Error('the disk is gone')),
        () => poll({ device_code: deviceCode }),
      )
    },
    503,
  ],
  [
    'a refresh',
    async () => {
      const { refresh_token: token } = (await connectDevice()).tokens
      return poll({ grant_type: 'refresh_token', refresh_token: token })
    },
    200,
  ],
  ['a refused refresh', () => poll({ grant_type: 'refresh_token', refresh_token: 'x' }), 400],
  [
    'an introspected token',
    async () => {
      const { access_token: token } = (await connectDevice()).tokens
      return worker(form('/introspect', { token, ...as('issuer-api') }))
    },
    200,
  ],
  [
    'a token that is not active',
    () => worker(form('/introspect', { token: 'x', ...as('issuer-api') })),
    200,
  ],
  [
    'a refused introspection',
    () => worker(form('/introspect', { token: 'x', client_id: 'tv' })),
    401,
  ],
  ['a refused revocation', () => worker(form('/revoke', { token: 'x', client_id: 'nobody' })), 401],
  [
    'a revocation at a storage with a fault',
    async () => {
      const { refresh_token: token } = (await connectDevice()).tokens
      vi.spyOn(console, 'error').mockImplementation(() => {})
      vi.spyOn(Account.prototype, 'revokeGrant').mockRejectedValue(new Error('the disk is gone'))
      return worker(form('/revoke', { token, client_id: 'tv' }))
    },
    503,
  ],
  ['UserInfo without a token', () => worker(request('GET', '/userinfo')), 401],
  [
    'UserInfo with a bad token',
    () => worker(request('GET', '/userinfo', { Authorization: 'Bearer x' })),
    401,
  ],
  [
    'UserInfo with a token for less',
    async () => {
      const { tokens } = await connectDevice('plain-tv')
      return worker(request('GET', '/userinfo', { Authorization: `Bearer ${tokens.access_token}` }))
    },
    403,
  ],
  [
    'UserInfo',
    async () => {
      const { tokens } = await connectDevice()
      return worker(request('GET', '/userinfo', { Authorization: `Bearer ${tokens.access_token}` }))
    },
    200,
  ],
  ['a wrong method at UserInfo', () => worker(request('PUT', '/userinfo')), 405],
]

it.each(PRIVATE_ANSWERS)(
  'HH-9 HH-10 HH-12 %s: JSON, no-store, nosniff, and readable by every web page',
  async (_answer, ask, status) => {
    const response = await ask()
    expect(response.status).toBe(status)
    const { headers } = response
    expect(headers.get('Content-Type')).toMatch(/^application\/json/)
    await expect(response.json()).resolves.toBeTypeOf('object')
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(headers.has('Access-Control-Allow-Credentials')).toBe(false)
    expect(exposed(headers)).toEqual(
      expect.arrayContaining([
        'dpop-nonce',
        'preference-applied',
        'retry-after',
        'www-authenticate',
      ]),
    )
    expect(headers.has('Set-Cookie')).toBe(false)
  },
)

function exposed(headers: Headers): string[] {
  return (headers.get('Access-Control-Expose-Headers') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
}

describe.each(ENDPOINTS)('%s', (path, methods) => {
  // A HEAD is a GET.
  const served: readonly string[] = [...methods, ...(methods[0] === 'GET' ? ['HEAD'] : [])]
  const wrong = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
    (method) => !served.includes(method),
  )

  it.each(wrong)('HH-1 refuses %s with 405, Allow and a JSON error', async (method) => {
    const response = await worker(request(method, path))
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')).toBe([...methods, 'OPTIONS'].join(', '))
    expect(response.headers.get('Content-Type')).toMatch(/^application\/json/)
    if (method !== 'HEAD') expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  it('HH-11 allows every web page with the headers that it asks for, without credentials', async () => {
    // The last three come from monitoring libraries.
    const asked = ['authorization', 'content-type', 'dpop', 'prefer', 'baggage', 'traceparent']
    const response = await worker(
      request('OPTIONS', path, {
        'Access-Control-Request-Method': methods[0],
        'Access-Control-Request-Headers': [...asked, 'x-requested-with'].join(', '),
      }),
    )
    expect([response.status, await response.text()]).toStrictEqual([204, ''])
    const list = (name: string) =>
      (response.headers.get(name) ?? '').split(',').map((item) => item.trim())
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(list('Access-Control-Allow-Methods')).toStrictEqual([...methods])
    expect(list('Access-Control-Allow-Headers')).toStrictEqual([...asked, 'x-requested-with'])
    expect(list('Vary')).toContain('Access-Control-Request-Headers')
    expect(response.headers.has('Access-Control-Allow-Credentials')).toBe(false)
  })

  it('HH-14 refuses plain http with 403, and does not redirect', async () => {
    for (const method of methods) {
      const response = await worker(
        new Request(`http://antenna.test${path}`, { method, redirect: 'manual' }),
      )
      expect(response.status).toBe(403)
      expect(response.headers.has('Location')).toBe(false)
      expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    }
  })

  it('HH-14 answers plain http on this machine', async () => {
    const fetch = workerWith({ ISSUER: undefined })
    const response = await fetch(
      new Request(`http://localhost:8787${path}`, { method: methods[0] }),
    )
    expect(response.status).not.toBe(403)
  })

  it('HH-9 HH-14 sends nosniff and HSTS, in answers and refusals', async () => {
    for (const method of [methods[0], 'PUT', 'OPTIONS']) {
      const { headers } = await worker(request(method, path))
      expect(headers.get('Strict-Transport-Security')).toMatch(/^max-age=\d{8,}/)
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    }
  })

  it('HH-16 has no second spelling', async () => {
    for (const twin of [`${path}/`, `/${path}`, path.toUpperCase(), `${path}/x`, `${path}.json`])
      for (const method of ['GET', 'POST']) {
        const response = await worker(request(method, twin, { Accept: '*/*' }))
        expect([method, twin, response.status]).toStrictEqual([method, twin, 404])
        expect(response.headers.get('Content-Type')).toMatch(/^application\/json/)
        expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
      }
  })
})
