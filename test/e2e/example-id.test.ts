// The demo's identity provider by itself: its redirects, and its tokens.
import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { APP, AUDIENCE } from '../../src/demo/worker/client.ts'
import { type ExampleId, startExampleId } from '../../src/demo/local/example-id.ts'
import { Person } from '../support/person.ts'
import { fetchWithin } from './support/upstream-provider.ts'

const CALLBACK = 'http://localhost:8787/app'
const SCOPE = `openid profile ${APP.scope}`

let provider: ExampleId

beforeAll(async () => {
  provider = await startExampleId(0)
})
afterAll(() => provider.close())

const discover = ({ issuer }: ExampleId, clientId: string) =>
  openid.discovery(new URL(issuer), clientId, undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  })

interface SignIn {
  readonly name?: string
  readonly callback?: string
  readonly clientId?: string
  readonly at?: ExampleId
}

/** Signs a person in as the app does. */
const signIn = async ({
  name = 'Ada Lovelace',
  callback = CALLBACK,
  clientId = APP.client_id,
  at = provider,
}: SignIn = {}) => {
  const configuration = await discover(at, clientId)
  const pkceCodeVerifier = openid.randomPKCECodeVerifier()
  const address = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: callback,
    scope: SCOPE,
    resource: AUDIENCE,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  const browser = new Person(fetchWithin(at.issuer), at.issuer)
  const page = await browser.open(address.href)
  if (!page.html.includes('<form')) return { page, tokens: undefined }
  const back = await browser.post(page.url.pathname, { name, password: 'x' })
  // Asked again, for something that it may not have.
  if (back.url.origin === at.issuer) return { page, tokens: undefined }
  const tokens = await openid.authorizationCodeGrant(
    configuration,
    back.url,
    { pkceCodeVerifier },
    { resource: AUDIENCE },
  )
  return { page, tokens }
}

it('Example ID names the person and the time of sign-in in a JWT for Antenna', async () => {
  const before = Math.floor(Date.now() / 1000)
  const { tokens } = await signIn()
  const claims = decodeJwt(tokens?.access_token ?? '')
  expect(claims).toMatchObject({
    iss: provider.issuer,
    aud: AUDIENCE,
    scope: 'device:approve',
    client_id: APP.client_id,
    name: 'Ada Lovelace',
    email: 'ada.lovelace@example.com',
  })
  expect(claims['auth_time']).toBeGreaterThanOrEqual(before)
  expect(claims['auth_time']).toBeLessThanOrEqual(Date.now() / 1000)
  expect(tokens?.claims()).toMatchObject({ sub: claims.sub, name: 'Ada Lovelace' })
})

it('Example ID gives the same name the same subject, after a restart too', async () => {
  const later = await startExampleId(0)
  const subjects = await Promise.all(
    [{}, { name: 'ada lovelace ' }, { at: later }, { name: 'Grace Hopper' }].map(
      async (options) => (await signIn(options)).tokens?.claims()?.sub,
    ),
  )
  later.close()
  expect(subjects[1]).toBe(subjects[0])
  expect(subjects[2]).toBe(subjects[0])
  expect(subjects[3]).not.toBe(subjects[0])
})

describe('Example ID redirects people', () => {
  it.each(['http://localhost:9/app', 'http://127.0.0.1:9/auth/app', 'https://localhost:9/app'])(
    'to this machine on any port: %s',
    async (callback) => {
      expect((await signIn({ callback })).tokens).toBeDefined()
    },
  )

  it.each([
    ['https://app.example/app'],
    ['https://localhost.app.example/app'],
    ['http://localhost:9/app?next=elsewhere'],
    ['http://localhost:9/elsewhere'],
    // Of the other client.
    ['http://localhost:9/device/sign-in/at/example-id/callback'],
    ['tv.example://localhost/app'],
    ['nonsense'],
  ])('nowhere else: %s', async (callback) => {
    const { page } = await signIn({ callback })
    expect(page.status).toBe(400)
    expect(JSON.parse(page.html)).toMatchObject({ error: 'invalid_redirect_uri' })
  })
})

it('Example ID grants the right to decide to the app only', async () => {
  const callback = 'http://localhost:9/device/sign-in/at/example-id/callback'
  const { tokens } = await signIn({ clientId: 'antenna', callback })
  expect(tokens).toBeUndefined()
})

it('Example ID tells a browser without a pending sign-in to start again', async () => {
  const page = await fetch(`${provider.issuer}/interaction/unknown`)
  expect(page.status).toBe(400)
  expect(await page.text()).toContain('This sign-in has ended')
})

it.each([
  ['http://localhost:8787', 'http://localhost:8787'],
  ['https://app.example', null],
])('Example ID allows CORS to pages of this machine only: %s', async (origin, allowed) => {
  const response = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { Origin: origin },
    body: new URLSearchParams({ grant_type: 'authorization_code', client_id: APP.client_id }),
  })
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe(allowed)
})
