// Access tokens of issuers that the operator trusts (RFC 9068 §4): which decide, and for which
// person.
import { base64url, decodeJwt, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApprovalApp } from '../support/approval-app.ts'
import { type Answer, type Device, startDevice } from '../support/device.ts'
import { connectInternet } from '../support/internet.ts'
import { nowInSeconds } from '../support/key-client.ts'
import { KEY_PAIRS, publicKeyOf } from '../support/key-pairs.ts'
import { ISSUER } from '../support/settings.ts'
import { connectDevice } from '../support/tokens.ts'
import { type IssuedToken, TrustedIssuer } from '../support/trusted-issuer.ts'
import { workerWith } from '../support/worker.ts'

const HOUR = 3600

const acme = new TrustedIssuer()
/** States in a claim of its own that a token may decide. */
const globex = new TrustedIssuer()
/** Wants a sign-in of the last hour. */
const hasty = new TrustedIssuer()
/** Does not look at the sign-in. */
const patient = new TrustedIssuer()
/** Is not trusted. */
const stranger = new TrustedIssuer()

const permissions = { name: 'permissions', value: 'approve:devices' }
const fetch = workerWith({
  APPROVAL_ISSUERS: [
    acme.entry(),
    globex.entry({ audience: 'https://tv.globex.example', claim: permissions }),
    hasty.entry({ scope: 'tv', max_sign_in_hours: 1 }),
    patient.entry({ max_sign_in_hours: 0 }),
  ],
})

let asked: readonly string[] = []
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  asked = connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

let people = 0
const newSub = () => `member-${(people += 1)}`

const approveWith = (token: string, device: Device, scheme = 'Bearer'): Promise<Answer> =>
  new ApprovalApp(fetch, `${scheme} ${token}`).decide(device.userCode, { decision: 'approve' })

const refuses = (answer: Answer, status: number, error: string): void => {
  expect([answer.status, answer.body.error]).toStrictEqual([status, error])
  const challenge = answer.headers.get('WWW-Authenticate') ?? ''
  expect(challenge).toMatch(new RegExp(`^(Bearer|DPoP) realm="antenna", error="${error}"`))
}

const isWaiting = async (device: Device): Promise<boolean> =>
  (await device.poll()).body.error === 'authorization_pending'

const unsigned = (header: object, claims: object): string =>
  `${[header, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.')}.`

const secret = new TextEncoder().encode(JSON.stringify(publicKeyOf('ES256')))

describe('a valid token', () => {
  it.each<[string, IssuedToken]>([
    ['as it is', {}],
    ['for us, in a list', { claims: { aud: [ISSUER] } }],
    ['with a full media type as its type', { header: { typ: 'application/at+jwt' } }],
    ['signed with RS256', { alg: 'RS256' }],
    ['signed with PS256', { alg: 'PS256' }],
    ['signed with ES384', { alg: 'ES384' }],
    ['signed with Ed25519', { alg: 'Ed25519' }],
    ['from a clock a little ahead', { claims: { iat: nowInSeconds() + 30 } }],
  ])('AP-7 decides: %s', async (_name, more) => {
    const device = await startDevice()
    const answer = await approveWith(await acme.token(newSub(), more), device)
    expect([answer.status, answer.body]).toStrictEqual([200, { status: 'approved' }])
    expect((await device.poll()).status).toBe(200)
  })
})

describe('an invalid token', () => {
  const brought = { kid: 'brought', jwk: publicKeyOf('ES384') }
  const now = nowInSeconds()
  it.each<[string, IssuedToken]>([
    ['names another audience', { claims: { aud: 'https://else.example' } }],
    ['is for us among others', { claims: { aud: ['https://else.example', ISSUER] } }],
    ['is for us first', { claims: { aud: [ISSUER, 'https://else.example'] } }],
    ['has no audience', { claims: { aud: undefined } }],
    ['has an empty audience', { claims: { aud: [] } }],
    ['is for the address of an endpoint', { claims: { aud: `${ISSUER}/token` } }],
    ['has expired', { claims: { exp: now - 61 } }],
    ['has no expiry', { claims: { exp: undefined } }],
    ['has an expiry in words', { claims: { exp: 'never' } }],
    ['is not valid yet', { claims: { nbf: now + 120 } }],
    ['was issued in the future', { claims: { iat: now + 120 } }],
    ['has no issue time', { claims: { iat: undefined } }],
    ['has an issue time in words', { claims: { iat: 'today' } }],
    ['has no subject', { claims: { sub: undefined } }],
    ['has an empty subject', { claims: { sub: '' } }],
    ['has a number as subject', { claims: { sub: 7 } }],
    ['has an overlong subject', { claims: { sub: 'x'.repeat(256) } }],
    ['has no jti', { claims: { jti: undefined } }],
    ['has no client', { claims: { client_id: undefined } }],
    ['is a client’s own token', { claims: { sub: 'the-app', client_id: 'the-app' } }],
    ['has the issuer in upper case', { claims: { iss: acme.issuer.toUpperCase() } }],
    ['has the issuer with a slash', { claims: { iss: `${acme.issuer}/` } }],
    ['has no issuer', { claims: { iss: undefined } }],
    ['names us as issuer', { claims: { iss: ISSUER } }],
    ['names another trusted issuer', { claims: { iss: globex.issuer } }],
    ['has the type JWT', { header: { typ: 'JWT' } }],
    ['has no type', { header: { typ: undefined } }],
    ['is a logout token', { header: { typ: 'logout+jwt' } }],
    ['is a DPoP proof', { header: { typ: 'dpop+jwt' } }],
    ['is an ID token', { claims: { aud: 'the-app', nonce: 'x' }, header: { typ: 'JWT' } }],
    ['is an ID token for us', { claims: { nonce: 'x', scope: undefined }, header: { typ: 'JWT' } }],
    ['names an unknown key', { header: { kid: 'nosuch' } }],
    ['is signed by another key', { key: KEY_PAIRS.RS256, header: { alg: 'RS256' } }],
    ['carries its own key', { key: KEY_PAIRS.ES384, header: { ...brought, alg: 'ES384' } }],
    ['is signed with the public key as a secret', { key: secret, header: { alg: 'HS256' } }],
    ['has an unknown critical header', { header: { crit: ['urn:x'], 'urn:x': true } }],
    ['has a sign-in time in the future', { claims: { auth_time: now + 120 } }],
    ['has a sign-in time in milliseconds', { claims: { auth_time: now * 1000 } }],
    ['is bound to a certificate', { claims: { cnf: { 'x5t#S256': 'x' } } }],
    ['is bound to a certificate and a key', { claims: { cnf: { 'x5t#S256': 'x', jkt: 'x' } } }],
    ['has a confirmation that is not an object', { claims: { cnf: 'something' } }],
  ])('AP-7 decides nothing if it %s', async (_name, more) => {
    const device = await startDevice()
    refuses(await approveWith(await acme.token(newSub(), more), device), 401, 'invalid_token')
    expect(await isWaiting(device)).toBe(true)
  })

  it('AP-7 decides nothing with a key that only claims the issuer’s kid', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const device = await startDevice()
    const token = await acme.token(newSub(), { key: privateKey })
    refuses(await approveWith(token, device), 401, 'invalid_token')
  })

  it('AP-7 decides nothing without a signature', async () => {
    const device = await startDevice()
    const claims = decodeJwt(await acme.token(newSub()))
    for (const alg of ['none', 'None', 'ES256'])
      refuses(
        await approveWith(unsigned({ alg, typ: 'at+jwt' }, claims), device),
        401,
        'invalid_token',
      )
    expect(await isWaiting(device)).toBe(true)
  })

  it('AP-7 decides nothing with changed claims', async () => {
    const device = await startDevice()
    const [header, , signature] = (await acme.token(newSub())).split('.')
    const claims = decodeJwt(await acme.token('somebody-else'))
    const forged = [header, base64url.encode(JSON.stringify(claims)), signature].join('.')
    refuses(await approveWith(forged, device), 401, 'invalid_token')
  })

  it('AP-7 decides nothing from an untrusted issuer, which is not contacted', async () => {
    const device = await startDevice()
    refuses(await approveWith(await stranger.token(newSub()), device), 401, 'invalid_token')
    expect(asked).toStrictEqual([])
  })

  it.each([
    ['nothing', ''],
    ['an opaque token', 'c2VjcmV0'],
    ['half a JWT', 'eyJhbGciOiJFUzI1NiJ9.e30'],
    ['an encrypted token', 'eyJhbGciOiJkaXIifQ..a.b.c'],
    ['two tokens', 'one two'],
    ['a text that is not a token', 'ä'],
  ])('AP-7 decides nothing: %s', async (_name, token) => {
    const device = await startDevice()
    const authorization = token === 'ä' ? 'Bearer %C3%A4' : `Bearer ${token}`
    const app = new ApprovalApp(fetch, authorization)
    refuses(await app.decide(device.userCode, { decision: 'approve' }), 401, 'invalid_token')
  })

  it('AP-7 decides nothing: a refresh token or an ID token of ours', async () => {
    const { tokens } = await connectDevice()
    for (const token of [tokens.refresh_token, tokens.id_token])
      refuses(await approveWith(token, await startDevice()), 401, 'invalid_token')
  })

  it.each<[string, RequestInit['headers']]>([
    ['no header', {}],
    ['a token in the address', {}],
    ['a cookie', { Cookie: '__Host-session=x' }],
  ])(
    'AP-7 a request with %s gets a challenge for each scheme, without an error',
    async (name, headers) => {
      const query = name.includes('address') ? `?access_token=${await acme.token(newSub())}` : ''
      const app = new ApprovalApp(fetch, '')
      const answer = await app.send(`/ZZZZ-ZZZZ${query}`, { headers: { ...(headers as object) } })
      expect([answer.status, answer.body]).toStrictEqual([401, {}])
      expect(answer.headers.get('WWW-Authenticate')).toMatch(
        /^Bearer realm="antenna", DPoP realm="antenna", algs="/,
      )
    },
  )
})

describe('the right to decide', () => {
  it.each([
    ['nothing', undefined],
    ['empty', ''],
    ['of other words', 'openid profile'],
    ['of similar words', 'device:approved device:approv'],
    ['in upper case', 'DEVICE:APPROVE'],
    ['a list', ['device:approve']],
  ])('AP-7 is missing if the scope is %s', async (_name, scope) => {
    const device = await startDevice()
    const answer = await approveWith(await acme.token(newSub(), { claims: { scope } }), device)
    refuses(answer, 403, 'insufficient_scope')
    expect(answer.headers.get('WWW-Authenticate')).toContain('scope="device:approve"')
    expect(await isWaiting(device)).toBe(true)
  })

  it('AP-7 can be a scope of the operator’s choice', async () => {
    const device = await startDevice()
    refuses(await approveWith(await hasty.token(newSub()), device), 403, 'insufficient_scope')
    const token = await hasty.token(newSub(), { claims: { scope: 'tv' } })
    expect((await approveWith(token, device)).status).toBe(200)
  })

  it.each([
    ['a list with it', ['read', 'approve:devices'], 200],
    ['it alone', 'approve:devices', 200],
    ['a list without it', ['read'], 403],
    ['a list in a list', [['approve:devices']], 403],
    ['longer words', 'approve:devices-not', 403],
    ['true', true, 403],
    ['nothing', undefined, 403],
  ])('AP-7 can be a claim of the operator’s choice: %s', async (_name, said, status) => {
    const claims = { permissions: said, aud: 'https://tv.globex.example' }
    const answer = await approveWith(await globex.token(newSub(), { claims }), await startDevice())
    expect(answer.status).toBe(status)
    if (status === 403) refuses(answer, 403, 'insufficient_scope')
  })
})

describe('the sign-in behind a token', () => {
  it.each<[string, TrustedIssuer, number | string | undefined, number | undefined]>([
    ['just now', acme, 0, undefined],
    ['nearly twelve hours ago', acme, 12 * HOUR - 60, undefined],
    ['twelve hours ago', acme, 12 * HOUR, 43_200],
    ['at an unknown time', acme, undefined, 43_200],
    ['at a time in words', acme, 'yesterday', 43_200],
    ['nearly an hour ago', hasty, HOUR - 60, undefined],
    ['an hour ago', hasty, HOUR, 3600],
    ['years ago, with the check disabled', patient, 20_000 * HOUR, undefined],
    ['at an unknown time, with the check disabled', patient, undefined, undefined],
  ])('AP-10 was %s', async (_name, issuer, ago, maxAge) => {
    const device = await startDevice()
    const claims = {
      auth_time: typeof ago === 'number' ? nowInSeconds() - ago : ago,
      ...(issuer === hasty && { scope: 'tv' }),
    }
    const answer = await approveWith(await issuer.token(newSub(), { claims }), device)
    if (maxAge === undefined) {
      expect(answer.status).toBe(200)
      // The television gets the true time, or none.
      const { auth_time: told } = decodeJwt((await device.poll()).body.id_token)
      expect(told).toBe(claims.auth_time)
    } else {
      refuses(answer, 401, 'insufficient_user_authentication')
      expect(answer.headers.get('WWW-Authenticate')).toContain(`max_age="${maxAge}"`)
      expect(await isWaiting(device)).toBe(true)
    }
  })

  it('AP-10 passes its methods on', async () => {
    const device = await startDevice()
    await approveWith(
      await acme.token(newSub(), { claims: { amr: ['face', 7, 'acme-magic'] } }),
      device,
    )
    expect(decodeJwt((await device.poll()).body.id_token)['amr']).toStrictEqual(['face'])
  })
})
