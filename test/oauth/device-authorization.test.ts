// The device authorization request (RFC 8628 §3.1 and §3.2): conformance DA-1 to DA-16, DA-18.
import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseUserCode } from '../../src/codes.ts'
import { parseConfig } from '../../src/config/config.ts'
import { fromBase64url, toBase64url } from '../../src/crypto.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { deviceAuthorization } from '../../src/oauth/device-authorization.ts'
import { OneTimeValues } from '../../src/http/one-time-values.ts'
import {
  type Answer,
  answerOf,
  approve,
  authorizationBehind,
  deny,
  startDevice,
} from '../support/device.ts'
import { ISSUER, TEST_VARS } from '../support/settings.ts'
import { connectDevice } from '../support/tokens.ts'
import { somebody } from '../support/member.ts'
import { formRequest, worker } from '../support/worker.ts'
import { named } from '../support/named.ts'

type Fields = Readonly<Record<string, string>>

const ask = async (fields: Fields | string, path = '/device_authorization'): Promise<Answer> =>
  answerOf(await worker(formRequest(path, fields)))

describe('a device authorization response', () => {
  let tv: Answer
  beforeAll(async () => {
    tv = await ask({ client_id: 'tv' })
  })

  it('DA-2 DA-3 DA-15 has codes, addresses, a lifetime of 600 and an interval, as numbers', () => {
    expect(tv.status).toBe(200)
    expect(tv.headers.get('Content-Type')).toMatch(/^application\/json/)
    expect(tv.body).toStrictEqual({
      device_code: expect.stringMatching(/^[\w-]{43,}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${ISSUER}/device`,
      verification_uri_complete: expect.any(String),
      verification_uri_qr: `${ISSUER}/device/qr/${tv.body.user_code}.svg`,
      expires_in: 600,
      interval: 1,
    })
  })

  it('DA-3 DA-15 has the interval and the lifetime that are configured for the client', async () => {
    expect((await startDevice('patient-tv')).answer.interval).toBe(5)
    expect((await startDevice('short-tv')).answer.expires_in).toBe(60)
  })

  it('DA-4 carries the user code in verification_uri_complete', () => {
    const complete = new URL(tv.body.verification_uri_complete)
    expect(complete.origin + complete.pathname).toBe(tv.body.verification_uri)
    expect(parseUserCode(complete.searchParams.get('user_code') ?? '')).toBe(
      parseUserCode(tv.body.user_code),
    )
  })

  it('DA-4 omits the complete address and its picture for a client with a typed code only', async () => {
    const { answer } = await startDevice('digits-tv')
    expect(Object.keys(answer).toSorted()).toStrictEqual([
      'device_code',
      'expires_in',
      'interval',
      'user_code',
      'verification_uri',
    ])
    expect(answer.user_code).toMatch(/^\d{3}-\d{3}-\d{3}$/)
  })

  it('DA-5 names an https verification_uri that is short and holds no code', () => {
    expect(tv.body.verification_uri).toMatch(/^https:/)
    expect(tv.body.verification_uri.length).toBeLessThan(30)
    expect(tv.body.verification_uri).not.toContain(tv.body.user_code)
  })

  it('DA-12 has its own secret of 32 bytes for every device', async () => {
    const codes = await Promise.all(Array.from({ length: 20 }, () => startDevice()))
    const secrets = codes.map(({ deviceCode }) =>
      toBase64url((fromBase64url(deviceCode) ?? new Uint8Array()).subarray(-32)),
    )
    expect(new Set(secrets).size).toBe(20)
    expect(secrets.every((secret) => secret.length === 43)).toBe(true)
  })

  it('DA-12 TK-1 stores no device_code, secret or token', async () => {
    const { device, tokens } = await connectDevice()
    const stored = await runInDurableObject(
      authorizationBehind(device.userCode),
      async (_instance, state) => JSON.stringify([...(await state.storage.list())]),
    )
    expect(stored).toContain('"redeemed"')
    const secret = (fromBase64url(device.deviceCode) ?? new Uint8Array()).subarray(-32)
    for (const issued of [
      device.deviceCode,
      toBase64url(secret),
      Buffer.from(secret).toString('hex'),
      tokens.access_token,
      tokens.id_token,
    ])
      expect(stored).not.toContain(issued)
  })
})

describe('a device authorization request', () => {
  it.each<[string, Fields, number, string]>([
    ['DA-7 names no client', {}, 400, 'invalid_request'],
    ['DA-7 names an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    [
      'DA-8 XD-10 client without the grant',
      { client_id: 'refresh-only' },
      400,
      'unauthorized_client',
    ],
    ['DA-9 quote in the scope', { scope: 'openid a"b' }, 400, 'invalid_scope'],
    ['DA-9 backslash in the scope', { scope: 'openid a\\b' }, 400, 'invalid_scope'],
    ['DA-9 line break in the scope', { scope: 'openid\nprofile' }, 400, 'invalid_scope'],
    ['DA-9 letter outside ASCII in the scope', { scope: 'openid é' }, 400, 'invalid_scope'],
    ['DA-9 only a scope of other clients', { scope: 'library:write' }, 400, 'invalid_scope'],
    ['DA-10 only unknown scopes', { scope: 'nosuch' }, 400, 'invalid_scope'],
    ['DA-10 nothing but a space as scope', { scope: ' ' }, 400, 'invalid_scope'],
    ['DA-11 request object', { request: 'e30.e30.' }, 400, 'request_not_supported'],
    ['DA-11 request_uri', { request_uri: 'https://a.test/r' }, 400, 'request_uri_not_supported'],
    ['DC-23 unknown resource', { resource: 'https://nosuch.test' }, 400, 'invalid_target'],
    [
      'DA-18 challenge that is no SHA-256',
      { code_challenge: 'short', code_challenge_method: 'S256' },
      400,
      'invalid_request',
    ],
    [
      'DA-18 challenge by the method plain',
      { code_challenge: 'A'.repeat(43), code_challenge_method: 'plain' },
      400,
      'invalid_request',
    ],
    [
      'DA-18 challenge without a method, which means plain',
      { code_challenge: 'A'.repeat(43) },
      400,
      'invalid_request',
    ],
    ['DA-18 method without a challenge', { code_challenge_method: 'S256' }, 400, 'invalid_request'],
  ])('%s: refused', async (name, fields, status, error) => {
    const all = name.startsWith('DA-7') ? fields : { client_id: 'tv', ...fields }
    const answer = await ask(all)
    expect([answer.status, answer.body.error]).toStrictEqual([status, error])
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(answer.body).not.toHaveProperty('device_code')
  })

  it('DA-1 is read from the body only', async () => {
    const inQuery = await ask('', '/device_authorization?client_id=tv&scope=openid')
    expect([inQuery.status, inQuery.body.error]).toStrictEqual([400, 'invalid_request'])
    const both = await ask({ client_id: 'tv' }, '/device_authorization?client_id=nobody&scope=x')
    expect(both.status).toBe(200)
  })

  it.each([
    ['DA-9 drops a known scope that is not for the client', 'openid library:write', 'openid'],
    ['DA-10 ignores unknown words', 'openid nosuch', 'openid'],
    ['DA-10 takes words in any order and twice', 'profile openid profile', 'openid profile'],
    [
      'DA-10 HH-6 gives what is registered for an empty scope',
      '',
      'openid profile email offline_access library:read',
    ],
  ])('%s', async (_name, scope, granted) => {
    expect((await connectDevice('tv', { fields: { scope } })).tokens.scope).toBe(granted)
  })

  it('DA-10 gets the registered scope if it names none', async () => {
    expect((await connectDevice('plain-tv')).tokens.scope).toBe('library:read')
  })

  it('DA-11 may have unknown parameters, repeated ones too', async () => {
    const ignored =
      'redirect_uri=https%3A%2F%2Felsewhere.example&response_type=code&state=s&nonce=n&nonce=n&prompt=none&' +
      'grant_type=password&client_info=1&code=c&dpop_jkt=x&expires_in=99999&interval=0&user_code=A'
    const answer = await ask(`client_id=tv&${ignored}`)
    const plain = await ask('client_id=tv')
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body)).toStrictEqual(Object.keys(plain.body))
    expect(answer.body).toMatchObject({ expires_in: 600, interval: 1 })
    expect(JSON.stringify(answer.body)).not.toContain('elsewhere')
  })
})

describe('a user code in use', () => {
  // Codes that no other test enters as wrong ones: these stay live.
  const config = parseConfig(TEST_VARS, DEMO)
  const startWith = async (...codes: string[]): Promise<Answer> =>
    answerOf(
      await deviceAuthorization(
        {
          request: formRequest('/device_authorization', { client_id: 'tv' }),
          arrivedAtMs: Date.now(),
          env,
          config,
          issuer: ISSUER,
          afterwards: () => undefined,
          oneTimeValues: new OneTimeValues(),
          headers: new Map(),
        },
        () => named(codes.shift() ?? 'ZZZZZZZZ'),
      ),
    )

  it('DA-14 is never issued again while its request is live', async () => {
    const first = await startWith('XBXBXBXB')
    const second = await startWith('XBXBXBXB', 'XBXBXBXB', 'XCXCXCXC')
    expect([first.body.user_code, second.body.user_code]).toStrictEqual(['XBXB-XBXB', 'XCXC-XCXC'])
  })

  it('DA-14 is never issued again shortly after its request has ended', async () => {
    await startWith('XDXDXDXD')
    await deny('XDXDXDXD')
    expect((await startWith('XDXDXDXD', 'XFXFXFXF')).body.user_code).toBe('XFXF-XFXF')
  })

  it('DA-14 ends the request without a code if no other is free', async () => {
    await startWith('XGXGXGXG')
    await expect(startWith(...Array.from({ length: 20 }, () => 'XGXGXGXG'))).rejects.toThrow(
      'no free user code',
    )
  })
})

const burst = async (clientId: string, address: string, size: number): Promise<Answer[]> =>
  Promise.all(
    Array.from({ length: size }, async () =>
      answerOf(
        await worker(
          formRequest(
            '/device_authorization',
            { client_id: clientId },
            { 'CF-Connecting-IP': address },
          ),
        ),
      ),
    ),
  )

describe('a burst of device authorization requests', () => {
  it('DA-16 DA-6 HH-12 is limited per client and network with a 429 that apps can read', async () => {
    // Twice the limit, because its minute may turn in between.
    const answers = [
      ...(await burst('tv', '2001:db8:ffff::1', 62)),
      ...(await burst('tv', '2001:db8:ffff::2', 62)),
    ]
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.body.error).toBe('temporarily_unavailable')
    expect(Number(refused?.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(refused?.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(refused?.headers.get('Access-Control-Expose-Headers')).toContain('Retry-After')
    expect(refused?.headers.get('Cache-Control')).toBe('no-store')
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(60)

    const [otherAddress] = await burst('tv', '2001:db8:fffe::1', 1)
    const [otherClient] = await burst('other-tv', '2001:db8:ffff::1', 1)
    expect([otherAddress?.status, otherClient?.status]).toStrictEqual([200, 200])
  })
})

describe('PKCE on the device flow', () => {
  // RFC 7636 appendix B.
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
  const s256 = { code_challenge: challenge, code_challenge_method: 'S256' }

  it('DA-18 refuses a poll without the right verifier, and uses nothing up', async () => {
    const device = await startDevice('tv', { fields: s256 })
    await approve(device.userCode, { subject: (await somebody()).subject })
    for (const wrong of ['', challenge, `${verifier}x`])
      expect((await device.poll({ code_verifier: wrong })).body.error).toBe('invalid_grant')
    expect((await device.poll()).body.error).toBe('invalid_grant')
    expect((await device.poll({ code_verifier: verifier })).status).toBe(200)
  })

  it('DA-18 tells its own client that the code_verifier is missing, and no other client', async () => {
    const device = await startDevice('tv', { fields: s256 })
    const unknown = await device.poll({ device_code: 'x'.repeat(43) })
    const own = await device.poll()
    expect(own.body.error).toBe('invalid_grant')
    expect(own.body.error_description).toContain('code_verifier')
    expect((await device.poll({ client_id: 'other-tv' })).body).toStrictEqual(unknown.body)
    const wrong = await device.poll({ code_verifier: `${verifier}x` })
    expect(wrong.body).toStrictEqual(unknown.body)
  })

  it('DA-18 refuses a verifier whose challenge was never sent, and uses nothing up', async () => {
    const device = await startDevice('tv')
    await approve(device.userCode, { subject: (await somebody()).subject })
    const { body } = await device.poll({ code_verifier: verifier })
    expect(body.error).toBe('invalid_grant')
    expect(body.error_description).toContain('code_challenge')
    expect((await device.poll()).status).toBe(200)
  })
})
