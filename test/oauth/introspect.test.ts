// Introspection (RFC 7662): conformance IN-1 to IN-8.
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { passSeconds } from '../support/clock.ts'
import { answerOf } from '../support/device.ts'
import { newPerson, somebody } from '../support/member.ts'
import {
  accountBehind,
  altered,
  as,
  connectConfidential,
  introspect,
  refreshed,
  revoke,
} from '../support/grants.ts'
import { API, ISSUER, SECRET } from '../support/settings.ts'
import { connectDevice } from '../support/tokens.ts'
import { formRequest, freshAddress, url, worker, workerWith } from '../support/worker.ts'

afterEach(() => {
  vi.useRealTimers()
})

const INACTIVE = '{"active":false}'

/** The answer as it is sent. */
const bytesOf = async (
  token: string,
  { clientId = 'issuer-api', fetch = worker, fields = {} } = {},
): Promise<string> => {
  const response = await fetch(formRequest('/introspect', { token, ...as(clientId), ...fields }))
  expect(response.status).toBe(200)
  expect(response.headers.get('Content-Type')).toMatch(/^application\/json/)
  expect(response.headers.get('Cache-Control')).toBe('no-store')
  return response.text()
}

describe('an active token', () => {
  it('IN-4 IN-5 IN-7 has exactly its claims if it is an access token', async () => {
    const { tokens } = await connectDevice()
    const { iat, exp, jti } = decodeJwt(tokens.access_token)
    expect(await introspect(tokens.access_token)).toStrictEqual({
      active: true,
      token_type: 'Bearer',
      scope: 'openid profile email offline_access library:read',
      client_id: 'tv',
      sub: (await somebody()).subject,
      aud: [ISSUER],
      iss: ISSUER,
      exp,
      iat,
      jti,
    })
  })

  it('IN-5 IN-6 is visible to its own client if it is a refresh token', async () => {
    const { tokens } = await connectConfidential()
    expect(await introspect(tokens.refresh_token, { clientId: 'post' })).toStrictEqual({
      active: true,
      scope: 'openid profile email offline_access library:read',
      client_id: 'post',
      sub: (await somebody()).subject,
      iss: ISSUER,
    })
  })

  it('IN-6 is visible to its own client if it is an access token', async () => {
    const { tokens } = await connectConfidential()
    expect((await introspect(tokens.access_token, { clientId: 'post' })).active).toBe(true)
  })

  it('IN-4 RF-6 may be a refresh token until a minute after its successor was used', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { tokens } = await connectConfidential()
    const options = { clientId: 'post' }
    const second = await refreshed(tokens.refresh_token, options)
    const isActive = async (token: string) => (await introspect(token, options)).active
    expect(await isActive(tokens.refresh_token)).toBe(true)
    expect(await isActive(second.refresh_token)).toBe(true)
    await refreshed(second.refresh_token, options)
    passSeconds(60)
    expect(await isActive(tokens.refresh_token)).toBe(true)
    passSeconds(1)
    expect(await isActive(tokens.refresh_token)).toBe(false)
    expect(await isActive(second.refresh_token), 'asking is no replay').toBe(true)
  })

  it('IN-5 has the scope and the audience of a narrowed refresh', async () => {
    const { tokens } = await connectDevice()
    const narrow = await refreshed(tokens.refresh_token, { fields: { scope: 'library:read' } })
    expect((await introspect(narrow.access_token)).scope).toBe('library:read')
  })

  it.each(['access_token', 'refresh_token', 'foo', ''])(
    'IN-3 is found with any hint: "%s"',
    async (hint) => {
      const { tokens } = await connectConfidential()
      for (const token of [tokens.access_token, tokens.refresh_token]) {
        const fields = { token_type_hint: hint }
        expect((await introspect(token, { clientId: 'post', fields })).active).toBe(true)
      }
    },
  )

  it('IN-1 IN-5 is readable by a strict client', async () => {
    const { tokens } = await connectDevice()
    const server = { issuer: ISSUER, introspection_endpoint: `${ISSUER}/introspect` }
    const client = { client_id: 'issuer-api' }
    const response = await oauth.introspectionRequest(
      server,
      client,
      oauth.ClientSecretBasic(SECRET),
      tokens.access_token,
      {
        [oauth.customFetch]: (address: string, init: object) => worker(new Request(address, init)),
      },
    )
    const answer = await oauth.processIntrospectionResponse(server, client, response)
    expect(answer).toMatchObject({ active: true, client_id: 'tv' })
  })
})

type Connected = Awaited<ReturnType<typeof connectDevice>>

describe('an inactive token', () => {
  it.each<[string, (connected: Connected) => string]>([
    ['IN-3 a random text', () => 'nosuch'],
    ['IN-3 a text of the length of a refresh token', () => 'A'.repeat(134)],
    ['IN-3 three parts that are not a JWT', () => 'a.b.c'],
    ['IN-3 a JWT without signature', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
    ['IN-4 a changed signature', ({ tokens }) => tokens.access_token.replace(/\.(.)[^.]*$/, '.$1')],
    ['IN-3 an ID token', ({ tokens }) => tokens.id_token],
    ['IN-8 a device_code', ({ device }) => device.deviceCode],
    ['IN-8 a user code', ({ device }) => device.userCode],
    ['IN-3 a refresh token of another grant', ({ tokens }) => altered(tokens.refresh_token, 32)],
    ['IN-3 a refresh token, one bit off', ({ tokens }) => altered(tokens.refresh_token, 99)],
    ['IN-3 a refresh token, another family', ({ tokens }) => altered(tokens.refresh_token, 52)],
  ])('%s: exactly {"active":false}', async (_name, tokenOf) => {
    const connected = await connectConfidential()
    for (const clientId of ['post', 'issuer-api'])
      expect(await bytesOf(tokenOf(connected), { clientId })).toBe(INACTIVE)
  })

  it('IN-8 a device_code that is undecided or redeemed', async () => {
    const { device } = await connectDevice()
    for (const hint of ['', 'device_code'])
      expect(await bytesOf(device.deviceCode, { fields: { token_type_hint: hint } })).toBe(INACTIVE)
  })

  it('IN-3 IN-4 an expired access token', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { tokens } = await connectDevice()
    vi.setSystemTime(Date.now() + 598_000)
    expect((await introspect(tokens.access_token)).active).toBe(true)
    vi.setSystemTime(Date.now() + 3000)
    expect(await bytesOf(tokens.access_token)).toBe(INACTIVE)
  })

  it('IN-3 IN-4 RV-6 a token revoked alone or with its grant', async () => {
    const options = { clientId: 'post' }
    const { tokens } = await connectConfidential()
    await revoke(tokens.access_token, options)
    expect(await bytesOf(tokens.access_token)).toBe(INACTIVE)
    expect((await introspect(tokens.refresh_token, options)).active).toBe(true)
    const next = await refreshed(tokens.refresh_token, options)
    await revoke(next.refresh_token, options)
    for (const token of [next.access_token, next.refresh_token, tokens.refresh_token])
      expect(await bytesOf(token, options)).toBe(INACTIVE)
  })

  it('IN-4 the tokens of a disabled account, until it is enabled again', async () => {
    const { subject } = await newPerson()
    const { tokens } = await connectConfidential('post', { approval: { subject } })
    const all = [tokens.access_token, tokens.refresh_token]
    await accountBehind(subject).disable(true)
    for (const token of all) expect(await bytesOf(token, { clientId: 'post' })).toBe(INACTIVE)
    await accountBehind(subject).disable(false)
    for (const token of all)
      expect((await introspect(token, { clientId: 'post' })).active).toBe(true)
  })
})

describe('a token of another caller', () => {
  const fetch = workerWith({ RESOURCE: API })

  it.each([
    ['both', {}, 'films-api', true],
    ['both', {}, 'issuer-api', true],
    ['the films', { resource: API }, 'films-api', true],
    ['the films', { resource: API }, 'issuer-api', false],
    ['the issuer', { resource: ISSUER }, 'issuer-api', true],
    ['the issuer', { resource: ISSUER }, 'films-api', false],
    ['both', {}, 'post', false],
  ])('IN-6 for %s, %j, asked by %s: active %s', async (_for, fields, clientId, isActive) => {
    const { tokens } = await connectDevice('tv', { fetch, fields })
    const answer = await bytesOf(tokens.access_token, { clientId, fetch })
    expect(JSON.parse(answer).active).toBe(isActive)
    if (!isActive) expect(answer).toBe(INACTIVE)
  })

  it('IN-3 IN-6 a refresh token is hidden from APIs and other clients', async () => {
    const { tokens } = await connectConfidential()
    for (const clientId of ['issuer-api', 'films-api', 'basic'])
      expect(await bytesOf(tokens.refresh_token, { clientId })).toBe(INACTIVE)
  })

  it('IN-6 an access token is visible to its client, whatever its audience', async () => {
    const { tokens } = await connectConfidential('post', { fetch, fields: { resource: API } })
    expect((await introspect(tokens.access_token, { clientId: 'post', fetch })).aud).toStrictEqual([
      API,
    ])
  })
})

describe('a refused caller', () => {
  it.each([
    ['IN-1 without a client_id', { client_id: '' }, 400, 'invalid_request'],
    ['IN-1 an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['IN-1 a public client, about its own token', { client_id: 'tv' }, 401, 'invalid_client'],
    ['IN-1 an API by its name alone', { client_id: 'issuer-api' }, 401, 'invalid_client'],
    [
      'IN-1 with a wrong secret',
      { client_id: 'issuer-api', client_secret: 'guess' },
      401,
      'invalid_client',
    ],
    ['IN-2 no token', { ...as('issuer-api'), token: '' }, 400, 'invalid_request'],
  ])('%s', async (_name, fields, status, error) => {
    const { tokens } = await connectDevice()
    const request = formRequest('/introspect', { token: tokens.access_token, ...fields })
    const answer = await answerOf(await worker(request))
    expect([answer.status, answer.body.error]).toStrictEqual([status, error])
    expect(answer.headers.has('WWW-Authenticate')).toBe(status === 401)
    expect(answer.body).not.toHaveProperty('active')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
  })

  it('IN-1 with the access token as the credential', async () => {
    const { tokens } = await connectDevice()
    const headers = { Authorization: `Bearer ${tokens.access_token}` }
    const request = formRequest('/introspect', { token: tokens.access_token }, headers)
    expect((await worker(request)).status).toBe(401)
  })

  it('IN-2 with a GET request', async () => {
    const { tokens } = await connectDevice()
    const address = url(`/introspect?token=${tokens.access_token}`)
    const headers = {
      Authorization: `Basic ${btoa(`issuer-api:${encodeURIComponent(SECRET)}`)}`,
      'CF-Connecting-IP': freshAddress(),
    }
    expect((await worker(new Request(address, { headers }))).status).toBe(405)
  })
})
