// A client assertion is valid for one request (OpenID Connect Core §9): conformance CA-14. And the
// whole flow of a client that signs every request.
import {
  evictAllDurableObjects,
  listDurableObjectIds,
  runDurableObjectAlarm,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { importJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mintDeviceCode, mintUserCode } from '../../../src/codes.ts'
import { MINUTE } from '../../../src/durations.ts'
import { ReplayGuard } from '../../../src/objects/index.ts'
import {
  type Answer,
  DEVICE_CODE_GRANT,
  answerOf,
  approve,
  startDevice,
} from '../../support/device.ts'
import { ENDPOINTS, askAs } from './endpoints.ts'
import { refresh } from '../../support/grants.ts'
import {
  type AssertionOptions,
  asKeyClient,
  assertion,
  carrying,
  nowInSeconds,
} from '../../support/key-client.ts'
import { KEY_PAIRS, kidOf } from '../../support/key-pairs.ts'
import { formRequest, serverSecret, worker } from '../../support/worker.ts'
import { ISSUER } from '../../support/settings.ts'
import { connectDevice } from '../../support/tokens.ts'
import { somebody } from '../../support/member.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A poll that reaches an object: the device_code is ours, without a record. */
const pollOfNone = async () => ({
  grant_type: DEVICE_CODE_GRANT,
  device_code: mintDeviceCode(await serverSecret(), mintUserCode('letters'), Date.now() + MINUTE)
    .text,
})

const start = async (text: string, path = '/device_authorization'): Promise<Answer> =>
  answerOf(
    await worker(
      formRequest(path, { ...carrying(text), ...(await pollOfNone()), token: 'nosuch' }),
    ),
  )
const startWith = async (options: AssertionOptions): Promise<number> =>
  (await start(await assertion(options))).status

const REFUSED = [401, 'invalid_client']
const summary = ({ status, body }: Answer) => [status, body.error]

describe('a used assertion', () => {
  it.each(ENDPOINTS)('CA-14 at $path is refused everywhere afterwards', async (endpoint) => {
    const fields = { ...(await asKeyClient()), ...(await pollOfNone()) }
    expect(summary(await askAs(endpoint, { fields }))).toStrictEqual(endpoint.passed)
    for (const other of ENDPOINTS) {
      const answer = await askAs(other, { fields })
      expect(summary(answer)).toStrictEqual(REFUSED)
      expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Basic realm="[^"]+"/)
    }
  })

  it('CA-14 is remembered after an eviction of its object', async () => {
    const text = await assertion()
    expect((await start(text)).status).toBe(200)
    await evictAllDurableObjects()
    expect(summary(await start(text))).toStrictEqual(REFUSED)
  })

  it('CA-14 is accepted once of many simultaneous requests', async () => {
    const text = await assertion()
    const paths = Array.from({ length: 10 }, (_, index) => ENDPOINTS[index % 4]?.path)
    const answers = await Promise.all(paths.map((path) => start(text, path)))
    // At the token endpoint it is the device_code that is refused, once the client has passed.
    expect(answers.filter(({ status }) => status !== 401)).toHaveLength(1)
  })

  it('CA-14 is remembered for as long as it could be valid', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const text = await assertion()
    const other = await assertion()
    expect((await start(text)).status).toBe(200)
    vi.setSystemTime(Date.now() + 119_000)
    const guards = await listDurableObjectIds(env.REPLAY_GUARD)
    await Promise.all(guards.map((id) => runDurableObjectAlarm(env.REPLAY_GUARD.get(id))))
    expect(summary(await start(text))).toStrictEqual(REFUSED)
    expect((await start(other)).status, 'one of the same age').toBe(200)
  })

  it('CA-14 is not used up by a request that is refused before any object is called', async () => {
    const text = await assertion()
    const fields = { ...carrying(text), grant_type: 'password' }
    const answer = await answerOf(await worker(formRequest('/token', fields)))
    expect(summary(answer)).toStrictEqual([400, 'unsupported_grant_type'])
    expect((await start(text)).status).toBe(200)
    expect(summary(await start(text))).toStrictEqual(REFUSED)
  })

  it('CA-14 cannot be used again with another signature or other claims', async () => {
    const jti = crypto.randomUUID()
    expect(await startWith({ claims: { jti } })).toBe(200)
    expect(await startWith({ claims: { jti } })).toBe(401)
    expect(await startWith({ claims: { jti, exp: nowInSeconds() + 300 } })).toBe(401)
    expect(await startWith({ alg: 'RS256', claims: { jti } })).toBe(401)
  })
})

describe('a jti', () => {
  it('CA-14 may be the same for two clients', async () => {
    const jti = crypto.randomUUID()
    expect(await startWith({ claims: { jti } })).toBe(200)
    expect(await startWith({ clientId: 'es256-key-tv', claims: { jti } })).toBe(200)
  })

  it.each<[string, AssertionOptions]>([
    ['its aud', { claims: { aud: 'https://other.test' } }],
    ['its iss', { claims: { iss: 'es256-key-tv' } }],
    ['its exp', { claims: { exp: 1 } }],
    ['its typ', { header: { typ: 'at+jwt' } }],
    ['its signature', { key: KEY_PAIRS.RS256, alg: 'PS256' }],
  ])('CA-14 is not used up by an assertion that is refused for %s', async (_name, wrong) => {
    const jti = crypto.randomUUID()
    expect(await startWith({ ...wrong, claims: { ...wrong.claims, jti } })).toBe(401)
    expect(await startWith({ claims: { jti } })).toBe(200)
  })

  it.each(['constructor', '__proto__', 'a b', '\0', '../..', ' a', 'a', 'A'])(
    'CA-14 may be %j',
    async (jti) => {
      expect(await startWith({ claims: { jti } })).toBe(200)
      expect(await startWith({ claims: { jti } })).toBe(401)
    },
  )
})

it('DC-21 CA-14 the client must retry while the used values are unavailable', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  const used = vi.spyOn(ReplayGuard.prototype, 'use').mockRejectedValue(new Error('storage'))
  const text = await assertion()
  const { status, headers, body } = await start(text)
  expect([status, body.error]).toStrictEqual([503, 'temporarily_unavailable'])
  expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
  expect(JSON.stringify(logged.mock.calls)).not.toContain(text)
  used.mockRestore()
  expect((await start(text)).status).toBe(200)
})

describe('a client with a key', () => {
  it('DC-19 CA-14 polls with a new assertion each time, and a used one does not count as a poll', async () => {
    const device = await startDevice('key-tv', { fields: await asKeyClient() })
    const used = await asKeyClient()
    expect((await device.poll(used)).body.error).toBe('authorization_pending')
    for (let times = 0; times < 3; times += 1)
      expect(summary(await device.poll(used))).toStrictEqual(REFUSED)
    await approve(device.userCode, { subject: (await somebody()).subject })
    expect(summary(await device.poll(used))).toStrictEqual(REFUSED)
    expect((await device.poll(await asKeyClient())).status).toBe(200)
  })

  it('CA-6 RF-2 needs its own assertion for its code and its refresh token', async () => {
    const device = await startDevice('key-tv', { fields: await asKeyClient() })
    expect(summary(await device.poll())).toStrictEqual(REFUSED)
    const { tokens } = await connectDevice('key-tv', {
      fields: await asKeyClient(),
      poll: await asKeyClient(),
    })
    const token = tokens.refresh_token
    expect(summary(await refresh(token, { clientId: 'key-tv' }))).toStrictEqual(REFUSED)
    const other = { clientId: 'es256-key-tv' }
    const stolen = await refresh(token, { ...other, fields: await asKeyClient(other) })
    expect(summary(stolen)).toStrictEqual([400, 'invalid_grant'])
    const own = await refresh(token, { clientId: 'key-tv', fields: await asKeyClient() })
    expect(own.status).toBe(200)
  })

  it.each(['ES256', 'RS256', 'Ed25519'] as const)(
    'CA-1 CA-12 completes the whole flow with a strict client library and %s',
    async (alg) => {
      const client: oauth.Client = { client_id: 'key-tv' }
      const options = {
        [oauth.customFetch]: (address: string, init: object) => worker(new Request(address, init)),
      }
      const key = await importJWK(KEY_PAIRS[alg], alg)
      const proof = oauth.PrivateKeyJwt({ key, kid: kidOf(alg) })
      const server = await oauth.processDiscoveryResponse(
        new URL(ISSUER),
        await oauth.discoveryRequest(new URL(ISSUER), options),
      )

      const device = await oauth.processDeviceAuthorizationResponse(
        server,
        client,
        await oauth.deviceAuthorizationRequest(
          server,
          client,
          proof,
          { scope: 'openid offline_access' },
          options,
        ),
      )
      const poll = async () =>
        oauth.processDeviceCodeResponse(
          server,
          client,
          await oauth.deviceCodeGrantRequest(server, client, proof, device.device_code, options),
        )
      await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' })
      await approve(device.user_code, { subject: (await somebody()).subject })
      const tokens = await poll()
      expect(oauth.getValidatedIdTokenClaims(tokens)?.aud).toBe('key-tv')

      const refreshed = await oauth.processRefreshTokenResponse(
        server,
        client,
        await oauth.refreshTokenGrantRequest(
          server,
          client,
          proof,
          tokens.refresh_token ?? '',
          options,
        ),
      )
      const isActive = async (token: string) =>
        (
          await oauth.processIntrospectionResponse(
            server,
            client,
            await oauth.introspectionRequest(server, client, proof, token, options),
          )
        ).active
      expect(await isActive(refreshed.access_token)).toBe(true)
      expect(await isActive(refreshed.refresh_token ?? '')).toBe(true)

      await oauth.processRevocationResponse(
        await oauth.revocationRequest(
          server,
          client,
          proof,
          refreshed.refresh_token ?? '',
          options,
        ),
      )
      expect(await isActive(refreshed.access_token)).toBe(false)
    },
  )
})
