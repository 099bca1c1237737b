// The demo API (RFC 6750, RFC 9068 §4, RFC 9728): it verifies tokens by their claims alone.
import { env } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import { library } from '../../src/demo/worker/library.ts'
import { issueAccessToken, mintTokenId } from '../../src/tokens/access-token.ts'
import { type Answer, answerOf, approve, startDevice } from '../support/device.ts'
import { ISSUER } from '../support/settings.ts'
import { somebody } from '../support/member.ts'
import { type Fetch, url, workerWith } from '../support/worker.ts'
import { named } from '../support/named.ts'

const METADATA = `${ISSUER}/.well-known/oauth-protected-resource`
const CHALLENGE = /^Bearer realm="library"(, .*)?, resource_metadata="([^"]+)"$/

const fetch = workerWith({ DEMO: 'on' })

/** The tokens of a demo television that a person approved. */
const connectTelevision = async (scope = 'openid library:read') => {
  const device = await startDevice('demo-tv', { fields: { scope }, fetch })
  await approve(device.userCode, { subject: (await somebody()).subject })
  return (await device.poll({}, { Prefer: 'wait=0' })).body
}

const ask = async (authorization?: string, send: Fetch = fetch): Promise<Answer> =>
  answerOf(
    await send(
      new Request(url('/library'), {
        headers: { ...(authorization !== undefined && { Authorization: authorization }) },
      }),
    ),
  )

/** A valid token with these changes. */
const issue = (
  { issuer = ISSUER, audience = [ISSUER], scope = ['library:read'] } = {},
  now = Date.now(),
) =>
  issueAccessToken(
    env,
    {
      issuer,
      audience,
      scope,
      subject: named('somebody'),
      clientId: 'demo-tv',
      grantId: named('grant'),
      dpopJkt: undefined,
      jti: mintTokenId(),
      issuedAtMs: now,
    },
    600_000,
    now,
  )

const isForAnyOrigin = ({ headers }: Answer) => {
  expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(headers.get('Access-Control-Expose-Headers')).toContain('WWW-Authenticate')
  expect(headers.get('Cache-Control')).toBe('no-store')
}

it.each(['Bearer', 'bearer'])(
  'shows the library to a token with library:read (%s)',
  async (scheme) => {
    const { access_token: token } = await connectTelevision()
    const answer = await ask(`${scheme} ${token}`)
    expect(answer.status).toBe(200)
    expect(answer.body.items[0]).toMatchObject({ title: 'The Long Tide', kind: 'film', year: 2024 })
    isForAnyOrigin(answer)
  },
)

it.each([
  ['no token', undefined],
  ['another scheme', 'Basic dHY6'],
])('PR-1 answers %s with a bare challenge that names the metadata', async (_name, header) => {
  const answer = await ask(header)
  expect([answer.status, answer.body]).toStrictEqual([401, {}])
  expect(answer.headers.get('WWW-Authenticate')).toBe(
    `Bearer realm="library", resource_metadata="${METADATA}"`,
  )
  isForAnyOrigin(answer)
})

it.each<[string, () => string | Promise<string>]>([
  ['missing', () => ''],
  ['malformed', () => 'abc'],
  ['not a JWT', () => 'a.b.c'],
  ['unsigned', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
  [
    'without a valid signature',
    async () => `${(await issue()).replace(/[^.]+$/, '')}${'A'.repeat(86)}`,
  ],
  ['for another resource', () => issue({ audience: ['https://api.example.com'] })],
  ['of another issuer', () => issue({ issuer: 'https://elsewhere.example' })],
  ['expired', () => issue({}, Date.now() - 601_000)],
  ['an ID token', async () => (await connectTelevision()).id_token],
  [
    'a refresh token',
    async () => (await connectTelevision('openid offline_access library:read')).refresh_token,
  ],
])('refuses a token that is %s: 401 invalid_token', async (_name, token) => {
  const answer = await ask(`Bearer ${await token()}`)
  expect([answer.status, answer.body.error]).toStrictEqual([401, 'invalid_token'])
  expect(answer.headers.get('WWW-Authenticate')).toMatch(CHALLENGE)
  expect(answer.headers.get('WWW-Authenticate')).toContain('error="invalid_token"')
  isForAnyOrigin(answer)
})

it('refuses a token that was not granted library:read: 403 insufficient_scope', async () => {
  const { access_token: token } = await connectTelevision('openid profile')
  const answer = await ask(`Bearer ${token}`)
  expect([answer.status, answer.body.error]).toStrictEqual([403, 'insufficient_scope'])
  const challenge = answer.headers.get('WWW-Authenticate')
  expect(challenge).toMatch(CHALLENGE)
  expect(challenge).toContain('error="insufficient_scope"')
  expect(challenge).toContain('scope="library:read"')
  isForAnyOrigin(answer)
})

const notFound: Fetch = async () => new Response(null, { status: 404 })

it('answers 503, not 401, while the keys are unavailable', async () => {
  const app = library({ basePath: '', issuer: ISSUER, fetchKeys: notFound })
  const answer = await ask(`Bearer ${await issue()}`, async (request) => app.fetch(request))
  expect([answer.status, answer.body.error]).toStrictEqual([503, 'temporarily_unavailable'])
  expect(answer.headers.get('WWW-Authenticate')).toBeNull()
  isForAnyOrigin(answer)
})

it('fetches the keys once, not for every token', async () => {
  const fetchKeys = vi.fn<Fetch>(fetch)
  const app = library({ basePath: '', issuer: ISSUER, fetchKeys })
  const token = await issue()
  for (let times = 0; times < 3; times += 1)
    expect((await ask(`Bearer ${token}`, async (request) => app.fetch(request))).status).toBe(200)
  expect(fetchKeys.mock.calls.map(([request]) => request.url)).toStrictEqual([url('/jwks.json')])
})

it.each(['POST', 'PUT', 'DELETE'])('answers %s with 405', async (method) => {
  const answer = await answerOf(await fetch(new Request(url('/library'), { method })))
  expect(answer.status).toBe(405)
  expect(answer.headers.get('Allow')).toBe('GET, HEAD, OPTIONS')
  isForAnyOrigin(answer)
})

it('lets web pages of any origin send the token', async () => {
  const { status, headers } = await fetch(
    new Request(url('/library'), {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://tv.example',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      },
    }),
  )
  expect([status, headers.get('Access-Control-Allow-Origin')]).toStrictEqual([204, '*'])
  expect(headers.get('Access-Control-Allow-Headers')).toContain('authorization')
})

it.each([
  ['the issuer', {}, '', ISSUER, ISSUER],
  ['an issuer with a path', { ISSUER: `${ISSUER}/auth` }, '/auth', `${ISSUER}/auth`, undefined],
  [
    'a resource with a path',
    { RESOURCE: `${ISSUER}/api/v1` },
    '/api/v1',
    ISSUER,
    `${ISSUER}/api/v1`,
  ],
])('PR-1 publishes its authorization server: %s', async (_name, vars, path, issuer, resource) => {
  const worker = workerWith({ DEMO: 'on', ...vars })
  const base = new URL(issuer).pathname.replace(/\/$/, '')
  const refusal = await worker(new Request(url(`${base}/library`)))
  const address = CHALLENGE.exec(refusal.headers.get('WWW-Authenticate') ?? '')?.[2] ?? ''
  expect(address).toBe(METADATA + path)
  const { status, headers, body } = await answerOf(await worker(new Request(address)))
  expect(status).toBe(200)
  expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(body).toMatchObject({
    resource: resource ?? issuer,
    authorization_servers: [issuer],
    scopes_supported: ['library:read'],
    bearer_methods_supported: ['header'],
  })
})

it('accepts tokens for the configured resource only', async () => {
  const resource = 'https://api.example.com'
  const worker = workerWith({ DEMO: 'on', RESOURCE: resource })
  expect((await ask(`Bearer ${await issue({ audience: [resource] })}`, worker)).status).toBe(200)
  expect((await ask(`Bearer ${await issue()}`, worker)).status).toBe(401)
})

it.each(['/library', '/.well-known/oauth-protected-resource'])(
  'is absent unless the demo is on: %s',
  async (path) => {
    const response = await workerWith({})(new Request(url(path)))
    expect(response.status).toBe(404)
  },
)
