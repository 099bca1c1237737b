// The contents of the tokens (RFC 9068, OpenID Connect Core §2): conformance TK-2 to TK-14, MD-12.
import type { Subject } from '../../src/ids.ts'
import { createHash } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { holdClock } from '../support/clock.ts'
import { approve, startDevice } from '../support/device.ts'
import { ISSUER } from '../support/settings.ts'
import { askUserinfo, connectDevice, publishedKeys } from '../support/tokens.ts'
import { somebody } from '../support/member.ts'
import { workerWith } from '../support/worker.ts'

holdClock()

const API = 'https://api.test'
const withApi = workerWith({ RESOURCE: API })

afterEach(() => {
  vi.useRealTimers()
})

let keys: Awaited<ReturnType<typeof publishedKeys>>
let subject: Subject
beforeAll(async () => {
  keys = await publishedKeys()
  subject = (await somebody()).subject
})

const verifyAccessToken = async (token: string, audience: string) =>
  (await jwtVerify(token, keys, { issuer: ISSUER, audience, typ: 'at+jwt', algorithms: ['ES256'] }))
    .payload

describe('an access token', () => {
  it('TK-2 TK-3 MD-12 is a JWT of its own kind that verifies with the key set', async () => {
    const { tokens } = await connectDevice()
    expect(decodeProtectedHeader(tokens.access_token)).toStrictEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: expect.stringMatching(/^[\w-]{43}$/),
    })
    const claims = await verifyAccessToken(tokens.access_token, ISSUER)
    expect(claims).toStrictEqual({
      iss: ISSUER,
      sub: subject,
      aud: ISSUER,
      client_id: 'tv',
      scope: 'openid profile email offline_access library:read',
      grant_id: expect.any(String),
      jti: expect.stringMatching(/^[\w-]{22}$/),
      iat: expect.any(Number),
      exp: expect.any(Number),
    })
    expect([claims.iat, claims.exp].every(Number.isInteger)).toBe(true)
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(tokens.expires_in)
  })

  it('TK-3 has a jti of its own', async () => {
    const [one, other] = [await connectDevice(), await connectDevice()]
    expect(decodeJwt(one.tokens.access_token).jti).not.toBe(
      decodeJwt(other.tokens.access_token).jti,
    )
  })

  it('TK-3 counts its lifetime from the redemption', async () => {
    const now = Date.now() + 5000
    vi.setSystemTime(now)
    const { tokens } = await connectDevice()
    expect(decodeJwt(tokens.access_token).iat).toBe(Math.floor(now / 1000))
  })

  it('TK-6 has the lifetime that is configured for its client', async () => {
    const { tokens } = await connectDevice('minute-tv')
    const { iat = 0, exp } = decodeJwt(tokens.access_token)
    expect([tokens.expires_in, exp]).toStrictEqual([60, iat + 60])
  })

  it.each<[string, string, Record<string, string>, string | string[], string]>([
    [
      'the default resource, and the issuer where claims are asked for',
      'tv',
      {},
      [API, ISSUER],
      'openid profile email offline_access library:read',
    ],
    ['the default resource alone where none are', 'plain-tv', {}, API, 'library:read'],
    ['the requested resource alone', 'tv', { resource: API }, API, 'offline_access library:read'],
    [
      'the issuer alone, if that is requested',
      'tv',
      { resource: ISSUER, scope: 'openid' },
      ISSUER,
      'openid',
    ],
    [
      'no word that means nothing there',
      'tv',
      { resource: API, scope: 'openid library:read' },
      API,
      'library:read',
    ],
  ])('TK-4 TK-5 is for %s', async (_name, clientId, fields, audience, scope) => {
    const { tokens } = await connectDevice(clientId, { fields, fetch: withApi })
    const claims = decodeJwt(tokens.access_token)
    expect(claims.aud).toStrictEqual(audience)
    expect(claims['scope']).toBe(scope)
    expect(tokens.scope).toBe(scope)
  })

  it('TK-4 DC-23 is for the approved resources that the poll names', async () => {
    const { tokens } = await connectDevice('tv', { poll: { resource: API }, fetch: withApi })
    await expect(verifyAccessToken(tokens.access_token, API)).resolves.toMatchObject({ aud: API })
  })
})

describe.each([
  ['tv', 'RS256'],
  ['es256-tv', 'ES256'],
])('an ID token of %s', (clientId, alg) => {
  it(`TK-7 TK-12 MD-12 is signed with ${alg} and names the person and the client`, async () => {
    const { tokens } = await connectDevice(clientId)
    expect(decodeProtectedHeader(tokens.id_token)).toStrictEqual({
      alg,
      typ: 'JWT',
      kid: expect.stringMatching(/^[\w-]{43}$/),
    })
    const { payload } = await jwtVerify(tokens.id_token, keys, {
      issuer: ISSUER,
      audience: clientId,
      algorithms: [alg],
    })
    // TK-10 TK-12 TK-13: no nonce, no azp, no name and no e-mail address.
    expect(payload).toStrictEqual({
      iss: ISSUER,
      sub: subject,
      aud: clientId,
      auth_time: expect.any(Number),
      amr: ['pwd'],
      at_hash: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
    })
    expect(payload.exp).toBeGreaterThan(payload.iat ?? Infinity)
  })

  it('TK-11 carries the at_hash of its access token', async () => {
    const { tokens } = await connectDevice(clientId)
    const half = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16)
    expect(decodeJwt(tokens.id_token)['at_hash']).toBe(half.toString('base64url'))
  })
})

describe('an ID token', () => {
  it.each([
    ['openid', true],
    ['openid library:read', true],
    ['profile email', false],
    ['library:read', false],
  ])('TK-7 for scope "%s": issued %s', async (scope, isIssued) => {
    const { tokens } = await connectDevice('tv', { fields: { scope } })
    expect(Object.hasOwn(tokens, 'id_token')).toBe(isIssued)
  })

  it('TK-9 states the time of sign-in, not of the approval or the poll', async () => {
    const signedInAt = Date.now()
    const device = await startDevice()
    vi.setSystemTime(signedInAt + 60_000)
    await approve(device.userCode, { subject, authTimeMs: signedInAt })
    vi.setSystemTime(signedInAt + 120_000)
    const { body } = await device.poll()
    const { auth_time: authTime, iat } = decodeJwt(body.id_token)
    expect(authTime).toBe(Math.floor(signedInAt / 1000))
    expect(iat).toBe(Math.floor((signedInAt + 120_000) / 1000))
  })

  it('TK-10 repeats no nonce', async () => {
    const { tokens } = await connectDevice('tv', { fields: { nonce: 'n' }, poll: { nonce: 'n' } })
    expect(decodeJwt(tokens.id_token)).not.toHaveProperty('nonce')
  })

  it('TK-14 states the methods of the sign-in', async () => {
    const { tokens } = await connectDevice('tv', { approval: { amr: ['swk', 'user'] } })
    expect(decodeJwt(tokens.id_token)['amr']).toStrictEqual(['swk', 'user'])
  })

  it('TK-8 TK-13 names the same subject as UserInfo, which also has the claims', async () => {
    const { tokens } = await connectDevice()
    const { sub = '' } = decodeJwt(tokens.id_token)
    expect(sub).toMatch(/^[\x21-\x7e]{1,255}$/)
    const { email, name } = await somebody()
    expect((await askUserinfo(tokens.access_token)).body).toStrictEqual({
      sub,
      name,
      email,
      email_verified: false,
    })
  })
})
