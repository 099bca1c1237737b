// Headers that claim another host, method or address: we ignore them, so a cache cannot be poisoned
// with them.
import { describe, expect, it } from 'vitest'
import { startDevice } from '../support/device.ts'
import { type KeyHolder, newKeyHolder } from '../support/dpop.ts'
import { ISSUER } from '../support/settings.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { visitorAt } from '../support/visitor.ts'
import {
  type Fetch,
  formRequest,
  freshAddress,
  url,
  worker,
  workerWith,
} from '../support/worker.ts'

const EVIL = 'evil.test'

/** Headers of proxies, and of attackers through them. */
const MISLEADING: Readonly<Record<string, string>> = {
  Host: EVIL,
  Forwarded: `for=127.0.0.1;host=${EVIL};proto=http`,
  'X-Forwarded-For': '127.0.0.1',
  'X-Forwarded-Host': EVIL,
  'X-Forwarded-Port': '1337',
  'X-Forwarded-Prefix': '/evil',
  'X-Forwarded-Proto': 'http',
  'X-Forwarded-Scheme': 'nothttps',
  'X-Forwarded-Server': EVIL,
  'X-Host': EVIL,
  'X-HTTP-Host-Override': EVIL,
  'X-Original-Host': EVIL,
  'X-Original-URL': '/evil',
  'X-Real-IP': '127.0.0.1',
  'X-Rewrite-URL': '/evil',
  'X-URL-Scheme': 'http',
  'True-Client-IP': '127.0.0.1',
  Origin: `https://${EVIL}`,
  Referer: `https://${EVIL}/`,
}

/** Of a page that may ask for codes: that is not decided here (DA-19). */
const MISLEADING_DEVICE = { ...MISLEADING, Origin: 'https://tv.example' }

/** A Worker without ISSUER: each origin is an issuer. */
const anyHost: Fetch = workerWith({ ISSUER: undefined })

const get = (fetch: Fetch, path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(
    new Request(url(path), {
      headers: { 'CF-Connecting-IP': freshAddress(), ...headers },
      redirect: 'manual',
    }),
  )

const CACHEABLE = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
  '/jwks.json',
  '/device/qr/BCDF-BCDF.svg',
  '/device/style.css',
  '/device/icon.svg',
  '/device/passkey.js',
  '/device/passkey-library.js',
  '/device/show-password.js',
]

describe.each([
  ['with an issuer', worker],
  ['without an issuer', anyHost],
] as const)('a Worker %s', (_, fetch) => {
  it.each(CACHEABLE)('answers %s alike, whatever the headers say', async (path) => {
    const told = async (headers: Readonly<Record<string, string>>) => {
      const response = await get(fetch, path, headers)
      const kept = [...response.headers].filter(([name]) => name !== 'set-cookie')
      return { status: response.status, kept, body: await response.text() }
    }
    const honest = await told({})
    expect(honest.status).toBe(200)
    for (const [name, value] of Object.entries({
      ...MISLEADING,
      'Accept-Language': 'ar',
      Cookie: '__Host-language=de; __Host-session=x',
      'User-Agent': EVIL,
    }))
      expect(await told({ [name]: value }), name).toStrictEqual(honest)
  })

  it('tells a device its own addresses', async () => {
    const answer = await fetch(
      formRequest('/device_authorization', { client_id: 'tv' }, MISLEADING_DEVICE),
    )
    const body = await answer.json<Record<string, string>>()
    expect(body['verification_uri']).toBe(`${ISSUER}/device`)
    expect(body['verification_uri_complete']).toMatch(`${ISSUER}/device?user_code=`)
    expect(JSON.stringify(body)).not.toContain('evil')
  })

  it.each(['/device', '/device/sign-in', '/', '/device/confirm', '/devices', '/authorize'])(
    'redirects %s nowhere else, and does not echo the header',
    async (path) => {
      const response = await get(fetch, path, MISLEADING)
      expect(response.headers.get('Location') ?? '/').toMatch(/^\/(?!\/)/)
      expect(`${await response.text()}${[...response.headers].join(' ')}`).not.toContain('evil')
    },
  )

  it('names itself in tokens', async () => {
    const { tokens } = await connectDevice('tv', { headers: MISLEADING_DEVICE, fetch })
    const { iss, aud } = JSON.parse(
      Buffer.from(String(tokens.access_token).split('.')[1], 'base64url').toString(),
    )
    expect([iss, aud]).toStrictEqual([ISSUER, ISSUER])
  })
})

describe('caching', () => {
  // A cache that judges by the form of an address would store these.
  it.each([
    '/device/nowhere.js',
    '/device/nowhere.css',
    '/device/confirm/x.js',
    '/device/sign-in/x.css',
    '/devices/x.js',
    '/devices;x.js',
    '/device/confirm%2fx.js',
    '/device/logo',
    '/device/passkey.js%2f',
    '/device/passkey.jsx',
    '/userinfo/x.js',
    '/token/x.css',
  ])('of %s is not allowed, and the answer shows no personal page', async (path) => {
    const person = await visitorAt(worker, 'Ada Lovelace')
    const page = await person.open(path)
    expect(page.status).toBe(404)
    expect(page.headers.get('Cache-Control') ?? 'no-store').toBe('no-store')
    expect(page.html).not.toContain('Lovelace')
  })

  it.each([...CACHEABLE, '/nowhere'])('of %s sets no cookie', async (path) => {
    const { headers } = await get(worker, path)
    expect(headers.getSetCookie()).toStrictEqual([])
  })
})

const withAll = (request: Request, headers: Readonly<Record<string, string>>): Request => {
  const more = new Request(request)
  for (const [name, value] of Object.entries(headers)) more.headers.set(name, value)
  return more
}

describe('a method override', () => {
  const OVERRIDES: Readonly<Record<string, string>> = {
    'X-HTTP-Method-Override': 'POST',
    'X-HTTP-Method': 'POST',
    'X-Method-Override': 'POST',
  }

  it.each(['/device_authorization', '/token', '/revoke', '/introspect'])(
    'does not turn a GET to %s into a POST',
    async (path) => {
      const response = await get(worker, `${path}?_method=POST&client_id=tv`, OVERRIDES)
      expect(response.status).toBe(405)
    },
  )

  it('in a link decides nothing', async () => {
    const device = await startDevice()
    const person = await visitorAt((request) => worker(withAll(request, OVERRIDES)))
    await person.open(`/device?user_code=${device.userCode}`)
    const query = `?_method=POST&decision=allow&user_code=${device.userCode}`
    const page = await person.open(`/device/confirm${query}`)
    expect(page.html).toContain('Allow')
    expect((await device.poll()).body.error).toBe('authorization_pending')
  })

  it('in a form deletes nothing', async () => {
    const { tokens } = await connectDevice()
    const headers = { 'X-HTTP-Method-Override': 'DELETE' }
    const asked = await worker(
      formRequest('/userinfo', { access_token: tokens.access_token, _method: 'DELETE' }, headers),
    )
    expect(asked.status).toBe(200)
  })
})

const at =
  (origin: string, fetch: Fetch = anyHost): Fetch =>
  (request) =>
    fetch(new Request(request.url.replace(ISSUER, origin), request))

const holderAt =
  (holder: KeyHolder, origin: string): Fetch =>
  (request) =>
    holder.fetch(new Request(request.url.replace(ISSUER, origin), request))

describe('two issuers on one Worker', () => {
  const first = at('https://one.test')
  const second = at('https://two.test')

  it('accept only their own tokens', async () => {
    const { tokens } = await connectDevice('tv', { fetch: first })
    expect((await askUserinfo(tokens.access_token, { fetch: first })).status).toBe(200)
    expect((await askUserinfo(tokens.access_token, { fetch: second })).status).toBe(401)
  })

  it('accept only their own tokens if one is below the other', async () => {
    const below = workerWith({ ISSUER: `${ISSUER}/t1` })
    const { tokens } = await connectDevice()
    const ask = new Request(url('/t1/userinfo'), {
      headers: { Authorization: `Bearer ${tokens.access_token}` },
    })
    expect((await below(ask)).status).toBe(401)
  })

  it('accept only their own proofs', async () => {
    const holder = await newKeyHolder(anyHost)
    await holder.learnNonce()
    const { tokens } = await connectDevice('tv', { fetch: holderAt(holder, 'https://one.test') })
    const ask = async (origin: string, address: string) =>
      (
        await anyHost(
          new Request(`${origin}/userinfo`, {
            headers: {
              Authorization: `DPoP ${tokens.access_token}`,
              DPoP: await holder.proof({ method: 'GET', address, token: tokens.access_token }),
            },
          }),
        )
      ).status
    expect(await ask('https://one.test', 'https://one.test/userinfo')).toBe(200)
    expect(await ask('https://two.test', 'https://one.test/userinfo')).toBe(401)
    expect(await ask('https://one.test', 'https://two.test/userinfo')).toBe(401)
  })
})
