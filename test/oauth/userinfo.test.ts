// UserInfo (OpenID Connect Core §5.3, RFC 6750): conformance UI-1 to UI-7, UI-9, TK-15. Tokens that are
// bound to a key are in dpop-userinfo.test.ts.
import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { SignJWT, decodeJwt, importJWK } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { keyringOf } from '../../src/objects/index.ts'
import { type Answer, answerOf } from '../support/device.ts'
import { newPerson, somebody } from '../support/member.ts'
import { ISSUER } from '../support/settings.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { formRequest, url, worker, workerWith } from '../support/worker.ts'

afterEach(() => {
  vi.useRealTimers()
})

const refusesToken = ({ status, headers, body }: Answer) => {
  expect([status, body.error]).toStrictEqual([401, 'invalid_token'])
  expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="[^"]+", error="invalid_token"/)
  expect(headers.get('Cache-Control')).toBe('no-store')
  expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(headers.get('Access-Control-Expose-Headers')).toContain('WWW-Authenticate')
}

const accountBehind = (subject: string) => env.ACCOUNT.get(env.ACCOUNT.idFromString(subject))

describe('the claims', () => {
  it.each([
    ['GET', 'Bearer'],
    ['GET', 'bearer'],
    ['POST', 'Bearer'],
    ['POST', 'BEARER'],
  ])('UI-1 UI-9 are returned for %s with scheme %s', async (method, scheme) => {
    const { tokens } = await connectDevice()
    const { status, headers, body } = await askUserinfo(tokens.access_token, { method, scheme })
    expect(status).toBe(200)
    expect(body.sub).toBe((await somebody()).subject)
    expect(headers.get('Content-Type')).toMatch(/^application\/json/)
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  it('UI-2 are returned for a token in the form', async () => {
    const { tokens } = await connectDevice()
    const answer = await worker(formRequest('/userinfo', { access_token: tokens.access_token }))
    expect(answer.status).toBe(200)
  })

  it.each([
    ['openid', ['sub']],
    ['openid profile', ['name', 'sub']],
    ['openid email', ['email', 'email_verified', 'sub']],
    ['openid profile email', ['email', 'email_verified', 'name', 'sub']],
  ])('UI-7 are limited to the scope "%s"', async (scope, claims) => {
    const { tokens } = await connectDevice('tv', { fields: { scope } })
    const { body } = await askUserinfo(tokens.access_token)
    expect(Object.keys(body).toSorted()).toStrictEqual(claims)
  })
})

describe('a request without a valid token', () => {
  it.each([
    ['nothing', () => new Request(url('/userinfo'))],
    ['a POST without a body', () => new Request(url('/userinfo'), { method: 'POST' })],
    ['an empty form', () => formRequest('/userinfo', '')],
    [
      'UI-2 a token in the URL',
      (token: string) => new Request(url(`/userinfo?access_token=${token}`)),
    ],
    [
      'UI-2 a token in the URL of a form',
      (token: string) => formRequest(`/userinfo?access_token=${token}`, ''),
    ],
  ])('UI-3 %s: 401, bare challenges, and no error', async (_name, request) => {
    const { tokens } = await connectDevice()
    const { status, headers, body } = await answerOf(await worker(request(tokens.access_token)))
    expect([status, body]).toStrictEqual([401, {}])
    expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="[^"]+", DPoP realm=/)
    expect(headers.get('WWW-Authenticate')).not.toContain('error')
    expect(headers.get('Access-Control-Expose-Headers')).toContain('WWW-Authenticate')
  })

  it('UI-2 is refused with a token in two places', async () => {
    const { tokens } = await connectDevice()
    const { status, body } = await answerOf(
      await worker(
        formRequest(
          '/userinfo',
          { access_token: tokens.access_token },
          { Authorization: `Bearer ${tokens.access_token}` },
        ),
      ),
    )
    expect([status, body.error]).toStrictEqual([400, 'invalid_request'])
  })

  it.each([
    ['malformed', 'abc'],
    ['not a JWT', 'a.b.c'],
    ['a JWT without signature', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
    ['empty', ''],
    ['more than one', 'a b'],
  ])('UI-4 is refused with a token that is %s', async (_name, token) => {
    refusesToken(await askUserinfo(token))
  })

  it('UI-4 is refused with another scheme', async () => {
    refusesToken(await askUserinfo('dHY6', { scheme: 'Basic' }))
  })

  it('TK-15 is refused with an ID token', async () => {
    for (const clientId of ['tv', 'es256-tv'])
      refusesToken(await askUserinfo((await connectDevice(clientId)).tokens.id_token))
  })

  it('UI-4 is refused with a changed signature', async () => {
    const { tokens } = await connectDevice()
    const [head, payload, signature = ''] = tokens.access_token.split('.')
    const changed = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
    refusesToken(await askUserinfo(`${head}.${payload}.${changed}`))
  })

  it('UI-4 is refused with an expired token', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { tokens } = await connectDevice()
    vi.setSystemTime(Date.now() + 599_000)
    expect((await askUserinfo(tokens.access_token)).status).toBe(200)
    vi.setSystemTime(Date.now() + 2000)
    refusesToken(await askUserinfo(tokens.access_token))
  })

  it('UI-4 is refused with a token of a removed grant', async () => {
    const { tokens, grantId } = await connectDevice()
    const { subject } = await somebody()
    await runInDurableObject(accountBehind(subject), async (_instance, state) => {
      expect(await state.storage.delete(`grant:${grantId}`)).toBe(true)
    })
    refusesToken(await askUserinfo(tokens.access_token))
  })

  it('UI-4 is refused with a token of a disabled account, until it is enabled again', async () => {
    const { subject } = await newPerson()
    const { tokens } = await connectDevice('tv', { approval: { subject } })
    await accountBehind(subject).disable(true)
    refusesToken(await askUserinfo(tokens.access_token))
    await accountBehind(subject).disable(false)
    expect((await askUserinfo(tokens.access_token)).status).toBe(200)
  })

  it('UI-5 is refused without openid with 403 insufficient_scope', async () => {
    const { tokens } = await connectDevice('plain-tv')
    const { status, headers, body } = await askUserinfo(tokens.access_token)
    expect([status, body.error]).toStrictEqual([403, 'insufficient_scope'])
    expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer .*error="insufficient_scope"/)
    expect(headers.get('WWW-Authenticate')).toContain('scope="openid"')
  })

  it('UI-6 is refused with a token for another resource alone', async () => {
    const fetch = workerWith({ RESOURCE: 'https://api.test' })
    const fields = { resource: 'https://api.test' }
    const { tokens } = await connectDevice('tv', { fetch, fields })
    refusesToken(await askUserinfo(tokens.access_token, { fetch }))
  })
})

/** The claims of a real token and a header, with something changed, signed again. */
const resign = async (claims: object, header: object = {}, alg = 'ES256'): Promise<string> => {
  const { tokens } = await connectDevice()
  const keys = await keyringOf(env).keys()
  const key = keys.find((candidate) => candidate.alg === alg)
  if (key === undefined) throw new Error(`no key for ${alg}`)
  return new SignJWT({ ...decodeJwt(tokens.access_token), ...claims })
    .setProtectedHeader({ alg, typ: 'at+jwt', kid: key.kid, ...header })
    .sign(await importJWK(key.privateJwk))
}

describe('a token signed with our own key', () => {
  it('is valid unchanged, or the table below would prove nothing', async () => {
    expect((await askUserinfo(await resign({}))).status).toBe(200)
  })

  it.each<[string, object, object?, string?]>([
    ['TK-15 an ID token’s typ', {}, { typ: 'JWT' }],
    ['TK-15 no typ', {}, { typ: undefined }],
    ['TK-15 a proof’s typ', {}, { typ: 'dpop+jwt' }],
    ['MD-12 no kid', {}, { kid: undefined }],
    ['MD-12 an unknown kid', {}, { kid: 'nosuch' }],
    ['TK-2 a key that is for ID tokens', {}, {}, 'RS256'],
    ['another issuer', { iss: `${ISSUER}/` }],
    ['UI-6 another audience', { aud: 'https://api.test' }],
    ['its client as audience', { aud: 'tv' }],
    ['no audience', { aud: undefined }],
    ['no expiry', { exp: undefined }],
    ['no subject', { sub: undefined }],
    ['no grant', { grant_id: undefined }],
    ['an unknown grant', { grant_id: 'nosuch' }],
    ['an unknown subject', { sub: 'nosuch' }],
    ['a time before which it is not valid', { nbf: Math.floor(Date.now() / 1000) + 3600 }],
  ])('UI-4 is refused with %s', async (_name, claims, header = {}, alg = 'ES256') => {
    refusesToken(await askUserinfo(await resign(claims, header, alg)))
  })
})
