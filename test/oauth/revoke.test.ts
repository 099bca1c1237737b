// Revocation (RFC 7009): conformance RV-1 to RV-7. Client authentication is the same as everywhere,
// and tested in client-authentication.test.ts.
import * as oauth from 'oauth4webapi'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newPerson } from '../support/member.ts'
import {
  accountBehind,
  altered,
  as,
  connectConfidential,
  introspect,
  refresh,
  refreshed,
  revoke,
} from '../support/grants.ts'
import { ISSUER } from '../support/settings.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { formRequest, worker } from '../support/worker.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** The remaining tokens of a device: at UserInfo, at introspection, at the token endpoint. */
const goodOf = async (tokens: { access_token: string; refresh_token: string }) => ({
  userinfo: (await askUserinfo(tokens.access_token)).status === 200,
  introspection: (await introspect(tokens.access_token)).active,
  refresh: (await refresh(tokens.refresh_token)).status === 200,
})
const ALL = { userinfo: true, introspection: true, refresh: true }
const NONE = { userinfo: false, introspection: false, refresh: false }
const ONLY_REFRESH = { ...NONE, refresh: true }

describe('a revoked refresh token', () => {
  it('RV-2 RV-6 ends its access tokens at once', async () => {
    const { tokens } = await connectDevice()
    expect(await goodOf(tokens)).toStrictEqual(ALL)
    const next = await refreshed(tokens.refresh_token)
    expect(await revoke(next.refresh_token)).toBe('200')
    for (const access of [tokens, next])
      expect(await goodOf({ ...next, access_token: access.access_token })).toStrictEqual(NONE)
  })

  it('RV-2 may be the previous one, whose successor never arrived', async () => {
    const { tokens } = await connectDevice()
    const next = await refreshed(tokens.refresh_token)
    expect(await revoke(tokens.refresh_token)).toBe('200')
    expect(await goodOf(next)).toStrictEqual(NONE)
  })

  it('RV-2 RV-6 ends nothing on the person’s other devices', async () => {
    const [one, other] = [await connectDevice(), await connectDevice()]
    await revoke(one.tokens.refresh_token)
    expect(await goodOf(other.tokens)).toStrictEqual(ALL)
  })

  it('RV-1 RV-2 RV-6 may be that of a confidential client', async () => {
    const { tokens } = await connectConfidential()
    expect(await revoke(tokens.refresh_token, { clientId: 'post' })).toBe('200')
    expect((await refresh(tokens.refresh_token, { clientId: 'post' })).body.error).toBe(
      'invalid_grant',
    )
  })

  it('RV-6 stays ended after its account was disabled and enabled', async () => {
    const { subject } = await newPerson()
    const { tokens } = await connectDevice('tv', { approval: { subject } })
    await accountBehind(subject).disable(true)
    expect(await revoke(tokens.refresh_token)).toBe('200')
    await accountBehind(subject).disable(false)
    expect(await goodOf(tokens)).toStrictEqual(NONE)
  })
})

describe('a revoked access token', () => {
  it('RV-2 RV-6 RV-7 ends at once, and the refresh token stays valid', async () => {
    const { tokens } = await connectDevice()
    expect(await revoke(tokens.access_token)).toBe('200')
    expect(await goodOf(tokens)).toStrictEqual(ONLY_REFRESH)
  })

  it('RV-7 ends alone: those before and after it stay valid', async () => {
    const { tokens } = await connectDevice()
    const second = await refreshed(tokens.refresh_token)
    const third = await refreshed(second.refresh_token)
    expect(await revoke(second.access_token)).toBe('200')
    const active = await Promise.all(
      [tokens, second, third].map(async ({ access_token: token }) => {
        const { status } = await askUserinfo(token)
        return [status, (await introspect(token)).active]
      }),
    )
    expect(active).toStrictEqual([
      [200, true],
      [401, false],
      [200, true],
    ])
  })

  it('RV-7 is remembered until it expires, whatever else is revoked', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { tokens } = await connectDevice()
    await revoke(tokens.access_token)
    vi.setSystemTime(Date.now() + 590_000)
    const next = await refreshed(tokens.refresh_token)
    await revoke(next.access_token)
    for (const { access_token: token } of [tokens, next])
      expect((await askUserinfo(token)).status).toBe(401)
  })

  it('RV-7 may be one of many that are revoked at the same time', async () => {
    const { tokens } = await connectDevice()
    const next = await refreshed(tokens.refresh_token)
    const all = [tokens.access_token, next.access_token]
    await Promise.all(all.map((token) => revoke(token)))
    for (const token of all) expect((await askUserinfo(token)).status).toBe(401)
  })
})

describe('a hint', () => {
  it.each(['access_token', 'refresh_token', 'foo', 'id_token', ''])(
    'RV-4 of "%s" changes nothing',
    async (hint) => {
      const fields = { token_type_hint: hint }
      const { tokens } = await connectDevice()
      expect(await revoke(tokens.access_token, { fields })).toBe('200')
      expect(await goodOf(tokens)).toStrictEqual(ONLY_REFRESH)
      const other = await connectDevice()
      expect(await revoke(other.tokens.refresh_token, { fields })).toBe('200')
      expect(await goodOf(other.tokens)).toStrictEqual(NONE)
    },
  )
})

type Connected = Awaited<ReturnType<typeof connectDevice>>

describe('an invalid token', () => {
  it.each<[string, (connected: Connected) => string]>([
    ['a random text', () => 'nosuch'],
    ['a text of the length of a refresh token', () => 'A'.repeat(134)],
    ['three parts that are no JWT', () => 'a.b.c'],
    ['a JWT of another issuer', () => 'eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.e30.AA'],
    ['an ID token', ({ tokens }) => tokens.id_token],
    ['a device_code', ({ device }) => device.deviceCode],
    ['a user code', ({ device }) => device.userCode],
    ['a refresh token with another subject', ({ tokens }) => altered(tokens.refresh_token, 0)],
    ['a refresh token with another grant', ({ tokens }) => altered(tokens.refresh_token, 32)],
    ['a refresh token with another family', ({ tokens }) => altered(tokens.refresh_token, 52)],
    ['an access token with a letter less', ({ tokens }) => tokens.access_token.slice(0, -1)],
  ])('RV-3 %s: 200, an empty body, and nothing else is revoked', async (_name, tokenOf) => {
    const connected = await connectDevice()
    const request = formRequest('/revoke', { token: tokenOf(connected), client_id: 'tv' })
    const response = await worker(request)
    expect([response.status, await response.text()]).toStrictEqual([200, ''])
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(await goodOf(connected.tokens)).toStrictEqual(ALL)
  })

  it('RV-3 a revoked token', async () => {
    const { tokens } = await connectDevice()
    for (const token of [tokens.access_token, tokens.refresh_token])
      for (let times = 0; times < 2; times += 1) expect(await revoke(token)).toBe('200')
  })

  it('RV-3 an expired token', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { tokens } = await connectDevice('brief-tv')
    vi.setSystemTime(Date.now() + 3 * 86_400_000)
    for (const token of [tokens.access_token, tokens.refresh_token])
      expect(await revoke(token, { clientId: 'brief-tv' })).toBe('200')
  })
})

describe('a refused revocation', () => {
  it.each([
    ['RV-1 no token', { token: '' }, '400 invalid_request'],
    ['RV-1 no client', { client_id: '' }, '400 invalid_request'],
    ['RV-1 an unknown client', { client_id: 'nobody' }, '401 invalid_client'],
    ['RV-1 a client without its secret', { client_id: 'post' }, '401 invalid_client'],
    ['RV-1 a bad secret', { ...as('post'), client_secret: 'guess' }, '401 invalid_client'],
    ['RV-5 another public client', { client_id: 'other-tv' }, '400 invalid_grant'],
    ['RV-5 another client that proves itself', as('post'), '400 invalid_grant'],
    ['RV-5 an API that may introspect it', as('issuer-api'), '400 invalid_grant'],
  ])('%s: the token stays valid', async (_name, fields, refusal) => {
    const { tokens } = await connectDevice()
    for (const token of [tokens.access_token, tokens.refresh_token])
      expect(await revoke(token, { fields: { token, ...fields } })).toBe(refusal)
    expect(await goodOf(tokens)).toStrictEqual(ALL)
  })

  it('RV-1 a token in the URL', async () => {
    const { tokens } = await connectDevice()
    const path = `/revoke?token=${tokens.refresh_token}`
    expect((await worker(formRequest(path, { client_id: 'tv' }))).status).toBe(400)
    expect(await goodOf(tokens)).toStrictEqual(ALL)
  })
})

it('RV-1 RV-3 a revocation works with a strict client', async () => {
  const { tokens } = await connectDevice()
  const response = await oauth.revocationRequest(
    { issuer: ISSUER, revocation_endpoint: `${ISSUER}/revoke` },
    { client_id: 'tv' },
    oauth.None(),
    tokens.refresh_token,
    { [oauth.customFetch]: (address: string, init: object) => worker(new Request(address, init)) },
  )
  await expect(oauth.processRevocationResponse(response)).resolves.toBeUndefined()
  expect(await goodOf(tokens)).toStrictEqual(NONE)
})
