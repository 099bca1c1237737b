// The refresh grant (RFC 6749 §6): conformance RF-1 to RF-4, RF-7, RF-10, RF-11. What rotation means
// is in refresh-token-rotation.test.ts, how long it goes on in refresh-token-lifetime.test.ts.
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { holdClock, passSeconds } from '../support/clock.ts'
import { answerOf } from '../support/device.ts'
import { newPerson, somebody } from '../support/member.ts'
import {
  accountBehind,
  altered,
  as,
  connectConfidential,
  refresh,
  refreshed,
  revoke,
} from '../support/grants.ts'
import { API, ISSUER } from '../support/settings.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { formRequest, worker, workerWith } from '../support/worker.ts'

const FULL_SCOPE = 'openid profile email offline_access library:read'

holdClock()

const newToken = async (): Promise<string> => (await connectDevice()).tokens.refresh_token

describe('a refresh', () => {
  it('RF-4 RF-10 gets a new access token, the next refresh token, and a new ID token', async () => {
    const { tokens, grantId } = await connectDevice()
    passSeconds(300)
    const { status, headers, body } = await refresh(tokens.refresh_token)
    expect(status).toBe(200)
    expect(body).toStrictEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 600,
      scope: FULL_SCOPE,
      refresh_token: expect.stringMatching(/^[\w-]+$/),
      id_token: expect.any(String),
    })
    expect(body.refresh_token).not.toBe(tokens.refresh_token)
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Pragma')).toBe('no-cache')
    const [first, next] = [decodeJwt(tokens.access_token), decodeJwt(body.access_token)]
    const { sub, aud, client_id: clientId } = first
    expect(next).toMatchObject({ sub, aud, client_id: clientId, grant_id: grantId })
    expect(next.jti).not.toBe(first.jti)
    expect((await askUserinfo(body.access_token)).body.sub).toBe((await somebody()).subject)
  })

  it('RF-10 gets an ID token of the same person and sign-in, issued now for this access token', async () => {
    const { tokens } = await connectDevice()
    passSeconds(300)
    const { body } = await refresh(tokens.refresh_token)
    const [first, next] = [decodeJwt(tokens.id_token), decodeJwt(body.id_token)]
    const { iss, sub, aud, auth_time: authTime, amr } = first
    expect(next).toMatchObject({ iss, sub, aud, auth_time: authTime, amr })
    expect(next).not.toHaveProperty('nonce')
    expect((next.iat ?? 0) - (first.iat ?? 0)).toBe(300)
    expect((next.exp ?? 0) - (next.iat ?? 0)).toBe((first.exp ?? 0) - (first.iat ?? 0))
    expect(next['at_hash']).not.toBe(first['at_hash'])
  })

  it.each([
    ['openid was not granted', 'offline_access library:read', {}],
    ['the refresh leaves openid out', FULL_SCOPE, { scope: 'offline_access library:read' }],
  ])('RF-10 gets no ID token if %s', async (_, scope, fields) => {
    const { tokens } = await connectDevice('tv', { fields: { scope } })
    const { status, body } = await refresh(tokens.refresh_token, { fields })
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('id_token')
  })

  it('RF-4 leaves the previous access token valid', async () => {
    const { tokens } = await connectDevice()
    await refreshed(tokens.refresh_token)
    expect((await askUserinfo(tokens.access_token)).status).toBe(200)
  })

  it('RF-4 rotates the token of a confidential client too', async () => {
    const { tokens } = await connectConfidential()
    const next = await refreshed(tokens.refresh_token, { clientId: 'post' })
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    await refreshed(next.refresh_token, { clientId: 'post' })
  })

  it('RF-2 is accepted by a strict client', async () => {
    const { tokens } = await connectDevice()
    const server = { issuer: ISSUER, token_endpoint: `${ISSUER}/token` }
    const response = await oauth.refreshTokenGrantRequest(
      server,
      { client_id: 'tv' },
      oauth.None(),
      tokens.refresh_token,
      {
        [oauth.customFetch]: (address: string, init: object) => worker(new Request(address, init)),
      },
    )
    const answer = await oauth.processRefreshTokenResponse(server, { client_id: 'tv' }, response)
    expect(answer.refresh_token).toBeTypeOf('string')
  })
})

describe('a refused refresh', () => {
  it.each([
    ['RF-1 no refresh_token', { refresh_token: '' }, 400, 'invalid_request'],
    ['RF-1 a random token', { refresh_token: 'nosuch' }, 400, 'invalid_grant'],
    [
      'RF-1 a random token of the right length',
      { refresh_token: 'A'.repeat(134) },
      400,
      'invalid_grant',
    ],
    ['RF-2 no client', { client_id: '' }, 400, 'invalid_request'],
    ['RF-2 an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['RF-2 a confidential client without its secret', { client_id: 'post' }, 401, 'invalid_client'],
    [
      'RF-2 a confidential client with a wrong secret',
      { client_id: 'post', client_secret: 'guess' },
      401,
      'invalid_client',
    ],
    ['RF-1 RF-2 another client', { client_id: 'other-tv' }, 400, 'invalid_grant'],
    ['RF-1 RF-2 another client that proves itself', as('post'), 400, 'invalid_grant'],
    ['RF-3 a client without the grant', { client_id: 'device-only' }, 400, 'unauthorized_client'],
    ['RF-3 an API', as('issuer-api'), 400, 'unauthorized_client'],
    ['RF-7 a scope that was not granted', { scope: 'openid library:write' }, 400, 'invalid_scope'],
    ['RF-7 an unknown scope', { scope: 'nosuch' }, 400, 'invalid_scope'],
    ['RF-7 a scope that is no scope', { scope: 'a"b' }, 400, 'invalid_scope'],
    ['RF-7 a scope without a word', { scope: ' ' }, 400, 'invalid_scope'],
    ['DC-23 a resource that was not granted', { resource: API }, 400, 'invalid_target'],
  ])('%s', async (_name, fields, status, error) => {
    const token = await newToken()
    const answer = await refresh(token, { fields })
    expect([answer.status, answer.body.error]).toStrictEqual([status, error])
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect((await refresh(token)).status, 'and changes nothing').toBe(200)
  })

  it('RF-1 an access token, an ID token or a device_code in its place', async () => {
    const { device, tokens } = await connectDevice()
    for (const token of [tokens.access_token, tokens.id_token, device.deviceCode]) {
      const { status, body } = await refresh(token)
      expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
    }
  })

  // The parts of a token: subject, grant, family, secret.
  it.each([0, 31, 32, 47, 52, 67, 68, 99])(
    'RF-1 a token with a bit changed in byte %i, which ends nothing',
    async (at) => {
      const token = await newToken()
      const { status, body } = await refresh(altered(token, at))
      expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
      expect((await refresh(token)).status).toBe(200)
    },
  )

  it('RF-1 RF-2 a token of a revoked grant', async () => {
    const token = await newToken()
    expect(await revoke(token)).toBe('200')
    const { status, body } = await refresh(token)
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
  })

  it('RF-2 a token of a disabled account, until it is enabled again', async () => {
    const { subject } = await newPerson()
    const { tokens } = await connectDevice('tv', { approval: { subject } })
    await accountBehind(subject).disable(true)
    const { status, body } = await refresh(tokens.refresh_token)
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
    await accountBehind(subject).disable(false)
    expect((await refresh(tokens.refresh_token)).status).toBe(200)
  })

  it('RF-1 a token in the URL', async () => {
    const token = await newToken()
    const fields = { grant_type: 'refresh_token', client_id: 'tv' }
    const request = formRequest(`/token?refresh_token=${token}`, fields)
    const { status, body } = await answerOf(await worker(request))
    expect([status, body.error]).toStrictEqual([400, 'invalid_request'])
  })
})

describe('a narrower scope', () => {
  it('RF-7 is that of the access token alone, and the next refresh has all of it again', async () => {
    const narrow = await refreshed(await newToken(), { fields: { scope: 'library:read openid' } })
    expect(narrow.scope.split(' ').toSorted()).toStrictEqual(['library:read', 'openid'])
    expect(decodeJwt(narrow.access_token)['scope']).toBe(narrow.scope)
    expect((await askUserinfo(narrow.access_token)).body).not.toHaveProperty('email')
    const full = await refreshed(narrow.refresh_token)
    expect(full.scope).toBe(FULL_SCOPE)
    expect((await askUserinfo(full.access_token)).body).toHaveProperty('email')
  })

  it('RF-7 is not more than the person approved, although the client may request more', async () => {
    const { tokens } = await connectDevice('tv', { fields: { scope: 'openid offline_access' } })
    const { body } = await refresh(tokens.refresh_token, { fields: { scope: 'openid email' } })
    expect(body.error).toBe('invalid_scope')
    expect((await refreshed(tokens.refresh_token)).scope).toBe('openid offline_access')
  })

  it('RF-7 has each word once', async () => {
    const { scope } = await refreshed(await newToken(), { fields: { scope: 'openid  openid' } })
    expect(scope).toBe('openid')
  })
})

describe('a narrower resource', () => {
  const fetch = workerWith({ RESOURCE: API })

  it('DC-23 is the audience of the access token, and the next refresh has all of them again', async () => {
    const { tokens } = await connectDevice('tv', { fetch })
    const narrow = await refreshed(tokens.refresh_token, { fetch, fields: { resource: API } })
    expect(decodeJwt(narrow.access_token).aud).toBe(API)
    expect(narrow.scope).toBe('offline_access library:read')
    const full = await refreshed(narrow.refresh_token, { fetch })
    expect(decodeJwt(full.access_token).aud).toStrictEqual([API, ISSUER])
    expect(full.scope).toBe(FULL_SCOPE)
  })

  it('DC-23 is listed once in the token, however often in the request', async () => {
    const { tokens } = await connectDevice('tv', { fetch })
    const again = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'tv',
      refresh_token: tokens.refresh_token,
    })
    again.append('resource', API)
    again.append('resource', API)
    const { body } = await answerOf(await fetch(formRequest('/token', again.toString())))
    expect(decodeJwt(body.access_token).aud).toBe(API)
  })

  it('DC-23 is the only one if the device requested no more', async () => {
    const { tokens } = await connectDevice('tv', { fetch, fields: { resource: API } })
    const { body } = await refresh(tokens.refresh_token, { fetch, fields: { resource: ISSUER } })
    expect(body.error).toBe('invalid_target')
    const { access_token: token } = await refreshed(tokens.refresh_token, { fetch })
    expect(decodeJwt(token).aud).toBe(API)
  })
})

describe('a refresh token', () => {
  it.each([
    ['tv', 'openid offline_access', true],
    ['tv', 'offline_access library:read', true],
    ['tv', 'openid library:read', false],
    ['device-only', 'openid offline_access', false],
  ])('RF-11 for %s with scope "%s": issued %s', async (clientId, scope, isIssued) => {
    const { tokens } = await connectDevice(clientId, { fields: { scope } })
    expect(Object.hasOwn(tokens, 'refresh_token')).toBe(isIssued)
  })
})
