// GET /device/authorizations/{user_code}: what the app shows its person. And what both endpoints share:
// methods, headers, and pages of other origins.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MINUTE } from '../../src/durations.ts'
import { ApprovalApp } from '../support/approval-app.ts'
import { type Device, startDevice } from '../support/device.ts'
import { connectInternet } from '../support/internet.ts'
import { type Network, RECIFE, TURKU } from '../support/places.ts'
import { API, ISSUER, TEST_VARS } from '../support/settings.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { type Fetch, freshAddress, url, workerWith } from '../support/worker.ts'

const acme = new TrustedIssuer()
const settings = {
  APPROVAL_ISSUERS: [acme.entry()],
  RESOURCE: API,
  TERMS_URI: 'https://northlight.example/terms',
  SCOPES: { ...TEST_VARS.SCOPES, 'library:read': { en: 'See films', de: 'Filme sehen' } },
  CLIENTS: [
    ...TEST_VARS.CLIENTS,
    {
      ...TEST_VARS.CLIENTS[0],
      client_id: 'cinema',
      client_name: 'The cinema',
      client_uri: 'https://cinema.example/',
      logo: 'cinema.svg',
      support_uri: 'https://cinema.example/help',
      policy_uri: 'https://cinema.example/privacy',
      proximity: { far: 'refuse', same_city: 'confirm' },
    },
  ],
}
const fetch = workerWith(settings)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const from =
  (network: Network): Fetch =>
  (request) =>
    fetch(new Request(request, { cf: { ...network } as never }))

const appIn = async (network: Network): Promise<ApprovalApp> =>
  new ApprovalApp(from(network), `Bearer ${await acme.token(crypto.randomUUID())}`)

const startIn = (network: Network, clientId = 'cinema'): Promise<Device> =>
  startDevice(clientId, {
    fetch: from(network),
    fields: { device_name: 'Den \u202ETV', scope: 'openid offline_access library:read' },
  })

describe('a review', () => {
  it('VP-4 is found by a code in digits of another script', async () => {
    const device = await startIn(TURKU, 'digits-tv')
    const arabic = device.userCode.replaceAll(/\d/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)] ?? '')
    const app = await appIn(TURKU)
    expect((await app.review(arabic)).body).toMatchObject({ status: 'pending' })
  })

  it('AP-11 has what the page shows, as words and as data', async () => {
    const device = await startIn(TURKU)
    vi.setSystemTime(Date.now() + MINUTE)
    const { status, body, headers } = await (await appIn(RECIFE)).review(device.userCode)
    expect(status).toBe(200)
    expect(body).toStrictEqual({
      status: 'pending',
      client: {
        client_id: 'cinema',
        client_name: 'The cinema',
        verified: true,
        client_uri: 'https://cinema.example/',
        logo_uri: `${ISSUER}/device/logo?client_id=cinema`,
        support_uri: 'https://cinema.example/help',
        tos_uri: 'https://northlight.example/terms',
        policy_uri: 'https://cinema.example/privacy',
      },
      scopes: [
        { scope: 'library:read', text: 'See films' },
        { scope: 'openid', text: 'Know that it is you' },
        { scope: 'offline_access', text: 'Stay signed in on this device' },
      ],
      resources: [API],
      device: {
        name: 'Den TV',
        place: {
          text: 'Turku, Southwest Finland, Finland',
          city: 'Turku',
          region: 'Southwest Finland',
          country: 'FI',
        },
        proximity: { level: 'far', text: 'In a different country from you' },
        network: 'Aura Net',
        asked_at: 1_800_000_000,
      },
      policy: 'refuse',
      expires_in: 540,
      shown_proof: expect.stringMatching(/^[\w-]{30}$/),
    })
    expect(headers.get('Content-Language')).toBe('en')
    expect(headers.get('Vary')).toContain('Accept-Language')
  })

  it.each<[string, Network, string]>([
    ['near', TURKU, 'allow'],
    ['in the same city', { ...TURKU, asn: 1 }, 'confirm'],
    ['far', RECIFE, 'refuse'],
  ])('AP-11 states the check that the policy demands: %s', async (_name, network, policy) => {
    const device = await startIn(TURKU)
    expect((await (await appIn(network)).review(device.userCode)).body.policy).toBe(policy)
  })

  it('AP-11 leaves out unknown values', async () => {
    const device = await startIn({}, 'tv')
    const { body } = await (await appIn({})).review(device.userCode)
    expect(body.device).toStrictEqual({
      name: 'Den TV',
      proximity: { level: 'far' },
      asked_at: 1_800_000_000,
    })
    expect(body.client).toStrictEqual({
      client_id: 'tv',
      client_name: 'The tv',
      verified: true,
      tos_uri: 'https://northlight.example/terms',
    })
  })

  it.each([
    ['', 'de, en;q=0.5', 'de', 'Filme sehen'],
    ['?ui_locales=de', 'en', 'en', 'See films'],
    ['?ui_locales=de', 'en, de;q=0.1', 'de', 'Filme sehen'],
    ['?ui_locales=xx+de', undefined, 'de', 'Filme sehen'],
    ['', 'xx', 'en', 'See films'],
    ['', undefined, 'en', 'See films'],
  ])('AP-11 is in the person’s language: %s %s', async (query, accept, tag, text) => {
    const device = await startIn(TURKU)
    const headersSent: Record<string, string> =
      accept === undefined ? {} : { 'Accept-Language': accept }
    const options = { query, headers: headersSent }
    const { body, headers } = await (await appIn(TURKU)).review(device.userCode, options)
    expect([headers.get('Content-Language'), body.scopes[0].text]).toStrictEqual([tag, text])
  })

  it('AP-11 decides nothing, however often it is read', async () => {
    const device = await startIn(TURKU)
    const app = await appIn(TURKU)
    for (let times = 0; times < 3; times += 1) await app.review(device.userCode)
    expect((await device.poll()).body.error).toBe('authorization_pending')
  })

  it('AP-11 ends a code that three people open', async () => {
    const device = await startIn(TURKU)
    const statuses = []
    for (let times = 0; times < 3; times += 1)
      statuses.push((await (await appIn(TURKU)).review(device.userCode)).status)
    expect(statuses).toStrictEqual([200, 200, 404])
    expect((await device.poll()).body.error).toBe('access_denied')
  })
})

const PATHS = ['/device/authorizations/ZZZZ-ZZZZ', '/device/authorizations/ZZZZ-ZZZZ/decision']

const send = (path: string, init: RequestInit, by = fetch): Promise<Response> =>
  by(
    new Request(url(path), {
      redirect: 'manual',
      ...init,
      headers: { 'CF-Connecting-IP': freshAddress(), ...(init.headers as object) },
    }),
  )

describe('the endpoints', () => {
  it.each([
    [PATHS[0], 'GET', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']],
    [PATHS[1], 'POST', ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']],
  ])('AP-12 %s has the method %s only', async (path = '', allowed, methods) => {
    for (const method of methods) {
      const response = await send(path, { method })
      expect([method, response.status]).toStrictEqual([method, 405])
      expect(response.headers.get('Allow')).toBe(allowed)
      expect(response.headers.get('Cache-Control')).toBe('no-store')
      expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    }
  })

  it.each([
    ...PATHS,
    '/device/authorizations',
    '/device/authorizations/',
    '/device/authorizations/ZZZZ-ZZZZ/nothing',
    '/device/authorizations/ZZZZ-ZZZZ/decision/nothing',
  ])('AP-12 %s is answered as JSON, without cookies or headers of pages', async (path) => {
    const response = await send(path, { method: path.endsWith('decision') ? 'POST' : 'GET' })
    expect(response.status).toBe(PATHS.includes(path) ? 401 : 404)
    expect(response.headers.get('Content-Type')).toContain('application/json')
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(response.headers.has('Set-Cookie')).toBe(false)
    expect(response.headers.has('Content-Security-Policy')).toBe(false)
    expect(response.headers.get('Strict-Transport-Security')).toContain('max-age=')
  })

  it.each(PATHS)('AP-12 %s requires TLS', async (path) => {
    const request = new Request(`http://antenna.test${path}`, {
      method: path.endsWith('decision') ? 'POST' : 'GET',
      headers: { Authorization: `Bearer ${await acme.token('somebody')}` },
    })
    expect((await fetch(request)).status).toBe(403)
  })

  it('AP-12 stand below the path of the issuer', async () => {
    const by = workerWith({ ...settings, ISSUER: `${ISSUER}/t1` })
    expect((await send(`/t1${PATHS[0]}`, {}, by)).status).toBe(401)
    expect((await send(PATHS[0] ?? '', {}, by)).status).toBe(404)
  })
})

const preflight = (path: string, origin: string, by: Fetch): Promise<Response> =>
  send(
    path,
    {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization, content-type, traceparent',
      },
    },
    by,
  )

const corsOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))

describe('a page of another origin', () => {
  const APP = 'https://app.example'
  const WEB_VIEW = 'capacitor://localhost'
  const open = workerWith({ ...settings, APPROVAL_ORIGINS: [APP, WEB_VIEW] })

  it.each(PATHS)('AP-13 is refused unless it is listed: %s', async (path) => {
    const answers = [
      await preflight(path, APP, fetch),
      await send(path, { headers: { Origin: APP } }),
    ]
    for (const answer of answers) expect(corsOf(answer)).toStrictEqual({})
  })

  it.each([
    [PATHS[0], APP, 'GET'],
    [PATHS[1], APP, 'POST'],
    [PATHS[1], WEB_VIEW, 'POST'],
  ])('AP-13 is accepted if it is listed: %s from %s', async (path = '', origin, method) => {
    const asked = await preflight(path, origin, open)
    expect(asked.status).toBe(204)
    expect(asked.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(asked.headers.get('Cache-Control')).toBe('no-store')
    expect(corsOf(asked)).toStrictEqual({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': method,
      'access-control-allow-headers': 'authorization,content-type,traceparent',
      'access-control-expose-headers': 'DPoP-Nonce,WWW-Authenticate,Retry-After',
      'access-control-max-age': '86400',
    })
    const answer = await send(path, { method, headers: { Origin: origin } }, open)
    expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toStrictEqual([
      401,
      origin,
    ])
    expect(answer.headers.get('Vary')).toContain('Origin')
  })

  it.each(['https://app.example.evil', 'http://app.example', 'https://APP.example', 'null', '*'])(
    'AP-13 is refused if another is listed: %s',
    async (origin) => {
      for (const path of PATHS)
        for (const answer of [
          await preflight(path, origin, open),
          await send(path, { headers: { Origin: origin } }, open),
        ])
          expect(answer.headers.has('Access-Control-Allow-Origin')).toBe(false)
    },
  )
})
