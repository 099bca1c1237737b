// The documents that let the service's own app open what a device's picture says, in the formats of
// Google's Digital Asset Links and Apple's associated domains.
import { describe, expect, it } from 'vitest'
import { startDevice } from '../support/device.ts'
import { ISSUER } from '../support/settings.ts'
import { type Association, type Component, appsFor } from './universal-link.ts'
import { type Fetch, url, worker, workerWith } from '../support/worker.ts'

const ASSET_LINKS = '/.well-known/assetlinks.json'
const ASSOCIATION = '/.well-known/apple-app-site-association'
const PATHS = [ASSET_LINKS, ASSOCIATION]

const FINGERPRINTS = ['9F', '0A'].map((pair) => Array(32).fill(pair).join(':'))
const ANDROID_APPS = [
  { package_name: 'com.example.tv', sha256_cert_fingerprints: FINGERPRINTS },
  { package_name: 'com.example.tv.beta', sha256_cert_fingerprints: FINGERPRINTS.slice(1) },
]
const APPLE_APPS = ['ABCDE12345.com.example.tv', 'ABCDE12345.com.example.tv.beta']
const APPS = { ANDROID_APPS, APPLE_APPS }

const get = (fetch: Fetch, path: string, init: RequestInit = {}) =>
  fetch(new Request(url(path), { redirect: 'manual', ...init }))

const read = async <Document>(fetch: Fetch, path: string): Promise<Document> => {
  const response = await get(fetch, path)
  expect(response.status).toBe(200)
  return response.json<Document>()
}

/** The issuer at the root, and one below a path: both documents are at the root for either. */
const ISSUERS = [
  [ISSUER, ''],
  [`${ISSUER}/auth/tv`, '/auth/tv'],
] as const

describe.each(ISSUERS)('of the issuer %s', (issuer, base) => {
  const fetch = workerWith({ ISSUER: issuer, ...APPS })
  const below: Fetch = (request) => {
    const { pathname, search } = new URL(request.url)
    return fetch(new Request(url(base + pathname + search), request))
  }

  it('the Digital Asset Links are complete', async () => {
    const relation = ['delegate_permission/common.handle_all_urls']
    expect(await read(fetch, ASSET_LINKS)).toStrictEqual([
      {
        relation,
        target: {
          namespace: 'android_app',
          package_name: 'com.example.tv',
          sha256_cert_fingerprints: FINGERPRINTS,
        },
      },
      {
        relation,
        target: {
          namespace: 'android_app',
          package_name: 'com.example.tv.beta',
          sha256_cert_fingerprints: [FINGERPRINTS[1]],
        },
      },
    ])
  })

  it('the associated domain is complete', async () => {
    expect(await read(fetch, ASSOCIATION)).toStrictEqual({
      applinks: {
        details: [
          {
            appIDs: APPLE_APPS,
            components: [{ '/': `${base}/device`, '?': { user_code: '?*' } }],
          },
        ],
      },
    })
  })

  it.each(PATHS)('%s is at the root only', async (path) => {
    for (const twin of [`${path}/`, path + base, base + path].filter((other) => other !== path))
      expect([twin, (await get(fetch, twin)).status]).toEqual([twin, 404])
    expect((await get(fetch, '/apple-app-site-association')).status).toBe(404)
  })

  it('an app opens the address of /device_authorization', async () => {
    const document = await read<Association>(fetch, ASSOCIATION)
    const { answer } = await startDevice('tv', { fetch: below })
    const complete: string = answer.verification_uri_complete
    expect(complete.startsWith(`${issuer}/device?user_code=`)).toBe(true)
    expect(appsFor(document, complete)).toEqual(APPLE_APPS)
    // Parameters that a device may add for its person.
    expect(appsFor(document, `${complete}&ui_locales=de`)).toEqual(APPLE_APPS)
  })

  it.each([
    '/device',
    '/device?user_code',
    '/device?user_code=',
    '/device?USER_CODE=WDJB-MJHT',
    '/device?user_code=WDJB-MJHT&user_code=',
    '/device?ui_locales=de',
    '/device/?user_code=WDJB-MJHT',
    '/Device?user_code=WDJB-MJHT',
    '/device/confirm',
    '/device/confirm?user_code=WDJB-MJHT',
    '/device/sign-in?user_code=WDJB-MJHT',
    '/device/sign-in/at/example/callback?code=x',
    '/device/qr/WDJB-MJHT.svg',
    '/device/result',
    '/devices?user_code=WDJB-MJHT',
    '/x/device?user_code=WDJB-MJHT',
    '/authorize?user_code=WDJB-MJHT',
    '/',
  ])('no app opens %s', async (path) => {
    const document = await read<Association>(fetch, ASSOCIATION)
    expect(appsFor(document, `${issuer}${path}`)).toEqual([])
  })
})

describe.each(PATHS)('%s', (path) => {
  const fetch = workerWith(APPS)

  it('is JSON without a redirect, cached for an hour', async () => {
    const { status, headers } = await get(fetch, path)
    expect([status, headers.get('Content-Type')]).toEqual([200, 'application/json'])
    expect(headers.get('Cache-Control')).toBe('public, max-age=3600')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.has('Set-Cookie')).toBe(false)
    const etag = headers.get('ETag') ?? ''
    const again = await get(fetch, path, { headers: { 'If-None-Match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('answers HEAD with the same headers and no body', async () => {
    const response = await get(fetch, path, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=3600')
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'HH-1 refuses %s with 405 and Allow',
    async (method) => {
      const response = await get(fetch, path, { method })
      expect([response.status, response.headers.get('Allow')]).toEqual([405, 'GET, OPTIONS'])
      expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    },
  )

  it('HH-14 is absent over plain http, without a redirect', async () => {
    const response = await fetch(new Request(`http://antenna.test${path}`, { redirect: 'manual' }))
    expect([response.status, response.headers.has('Location')]).toEqual([403, false])
  })

  it.each(['GET', 'HEAD', 'POST'])('is absent for %s without listed apps', async (method) => {
    const others = { ANDROID_APPS: [], APPLE_APPS: [] }
    for (const none of [worker, workerWith(others)]) {
      const response = await get(none, path, { method })
      expect(response.status).toBe(404)
      if (method !== 'HEAD') expect(await response.json()).toEqual({ error: 'not_found' })
    }
  })
})

const statuses = async (fetch: Fetch) =>
  Promise.all(PATHS.map(async (path) => (await get(fetch, path)).status))

it('each file exists without the other', async () => {
  const [android, apple] = [workerWith({ ANDROID_APPS }), workerWith({ APPLE_APPS })]
  expect(await statuses(android)).toEqual([200, 404])
  expect(await statuses(apple)).toEqual([404, 200])
})

const opens = (component: Component, path: string): boolean => {
  const details = [{ appIDs: ['app'], components: [component] }]
  return appsFor({ applinks: { details } }, ISSUER + path).length === 1
}

describe('the matcher of this test', () => {
  it.each([
    [{}, '/anything?a=b#c', true],
    [{ '/': '/buy/*' }, '/buy/', true],
    [{ '/': '/buy/*' }, '/buy', false],
    [{ '/': '/buy/*', exclude: true }, '/buy/it', false],
    [{ '/': '/b?y' }, '/buy', true],
    [{ '/': '/b?y' }, '/by', false],
    [{ '/': '*tv*' }, '/a/tv/b', true],
    [{ '?': { a: '????' } }, '/?a=1234', true],
    [{ '?': { a: '????' } }, '/?a=123', false],
    [{ '?': { a: '?*' } }, '/?b=1', false],
    [{ '?': { a: '*' } }, '/?b=1', true],
    [{ '?': { a: '?*' } }, '/?a=1&a=', false],
    [{ '?': { a: '%20' } }, '/?a=%20', true],
    [{ '?': 'a=*' }, '/?a=1', true],
    [{ '#': 'top' }, '/#top', true],
    [{ '#': 'top' }, '/', false],
  ])('matches %j with %s: %s', (component, path, expected) => {
    expect(opens(component, path)).toBe(expected)
  })
})
