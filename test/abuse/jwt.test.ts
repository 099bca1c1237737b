// JWTs made to confuse their verifier (RFC 8725 §2, §3), at every place that accepts one. Other
// invalid assertions and proofs are in oauth/clients/assertion.test.ts and http/dpop-proof.test.ts.
import { createHmac } from 'node:crypto'
import { type JSONWebKeySet, exportSPKI, importJWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { answerOf, startDevice } from '../support/device.ts'
import { keyHolderOf } from '../support/dpop.ts'
import { as } from '../support/grants.ts'
import { connectInternet } from '../support/internet.ts'
import { carrying, nowInSeconds } from '../support/key-client.ts'
import { KEY_PAIRS, kidOf, publicHalf } from '../support/key-pairs.ts'
import { signedJwt } from './support/machine-requests.ts'
import { ISSUER } from '../support/settings.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { formRequest, url, worker } from '../support/worker.ts'

const encode = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url')

let token = ''
let keys: JSONWebKeySet['keys'] = []
let pems: string[] = []

beforeAll(async () => {
  ;({ access_token: token } = (await connectDevice()).tokens)
  ;({ keys } = await (await worker(new Request(url('/jwks.json')))).json<JSONWebKeySet>())
  pems = await Promise.all(keys.map(async (key) => exportSPKI((await importJWK(key)) as CryptoKey)))
})

const parts = () => token.split('.') as [string, string, string]
const header = () =>
  JSON.parse(Buffer.from(parts()[0], 'base64url').toString()) as Record<string, unknown>

/** The access token with another header, and what follows the payload. */
const withHeader = (more: object, signature = parts()[2]): string =>
  `${encode({ ...header(), ...more })}.${parts()[1]}.${signature}`

/** Signed with a secret that is public. */
const withHmac = (secret: string, more: object = {}): string => {
  const data = withHeader({ alg: 'HS256', ...more }, '').slice(0, -1)
  return `${data}.${createHmac('sha256', secret).update(data).digest('base64url')}`
}

const attackersKey = () => publicHalf(KEY_PAIRS.ES256)

/** Signed with a key of the attacker's, which the header recommends. */
const recommended = (more: object): Promise<string> =>
  signedJwt({ ...header(), ...more }, JSON.parse(Buffer.from(parts()[1], 'base64url').toString()))

const FORGERIES: [string, () => string | Promise<string>][] = [
  ['no algorithm', () => withHeader({ alg: 'none' }, '')],
  ['no algorithm, in capitals', () => withHeader({ alg: 'NONE' }, '')],
  ['no algorithm, and a signature', () => withHeader({ alg: 'none' })],
  ['no signature', () => withHeader({}, '')],
  ['no header', () => `.${parts()[1]}.${parts()[2]}`],
  ['an algorithm that is a list', () => withHeader({ alg: ['ES256', 'none'] })],
  ['an empty algorithm', () => withHeader({ alg: '' })],
  ['HS256 with the public key in PEM', () => withHmac(pems[0] ?? '')],
  ['HS256 with the public key in PEM, trimmed', () => withHmac((pems[0] ?? '').trim())],
  ['HS256 with the other public key', () => withHmac(pems[1] ?? '')],
  ['HS256 with the public key as JSON', () => withHmac(JSON.stringify(keys[0]))],
  ['HS256 with nothing', () => withHmac('')],
  ['a key that it brings along', () => recommended({ kid: undefined, jwk: attackersKey() })],
  ['a key that it brings along, by our name', () => recommended({ jwk: attackersKey() })],
  ['a key set of its own', () => recommended({ jku: 'https://evil.test/jwks.json' })],
  ['a certificate of its own', () => recommended({ x5c: ['AAAA'], x5t: 'AAAA' })],
  ['a certificate elsewhere', () => recommended({ x5u: 'https://evil.test/cert.pem' })],
  ['a name of a key that is a path', () => recommended({ kid: '../../../../dev/null' })],
  ['a name of a key that is SQL', () => recommended({ kid: "x' UNION SELECT 'AAAA" })],
  ['a name of a key that everything has', () => recommended({ kid: '__proto__' })],
  ['an invalid name of a key', () => recommended({ kid: ['x'] })],
  ['no name of a key', () => withHeader({ kid: undefined })],
  ['a payload that is not encoded', () => withHeader({ b64: false, crit: ['b64'] })],
  ['an unknown critical header', () => withHeader({ crit: ['exp'], exp: 1 })],
  ['nothing that is critical', () => withHeader({ crit: [] })],
  ['compression', () => withHeader({ zip: 'DEF' })],
  ['another algorithm of the same key', () => withHeader({ alg: 'ES384' })],
  ['the header of an encrypted one', () => withHeader({ alg: 'dir', enc: 'A128GCM' })],
  ['five parts', () => `${token}.AAAA.AAAA`],
  ['a signature of zeros (CVE-2022-21449)', () => withHeader({}, 'A'.repeat(86))],
  ['a signature in DER', () => withHeader({}, 'MAYCAQACAQA')],
  ['every signature half', () => withHeader({}, parts()[2].slice(0, 43))],
  ['another spelling of the signature', () => `${token}=`],
  ...['ES256', 'RS256'].flatMap((alg): [string, () => string][] => [
    // The name of a key of ours that signs otherwise.
    [`${alg} by the key for RS256`, () => withHeader({ alg, kid: kidFor('RS256') })],
    [
      `${alg} by the key for RS256, of its length`,
      () => withHeader({ alg, kid: kidFor('RS256') }, 'A'.repeat(342)),
    ],
  ]),
]

const kidFor = (alg: string): string | undefined => keys.find((key) => key.alg === alg)?.kid

describe('an access token', () => {
  it('is valid unchanged, or the table below would prove nothing', async () => {
    expect((await askUserinfo(token)).status).toBe(200)
  })

  it.each(FORGERIES)('TK-15 with %s is refused everywhere', async (_, forge) => {
    const asked = connectInternet()
    const forged = await forge()
    const { status, body } = await askUserinfo(forged)
    expect([status, body.error]).toStrictEqual([401, 'invalid_token'])
    const fields = { token: forged, ...as('issuer-api') }
    const introspected = await answerOf(await worker(formRequest('/introspect', fields)))
    expect([introspected.status, introspected.body]).toStrictEqual([200, { active: false }])
    const revoked = await worker(formRequest('/revoke', { token: forged, client_id: 'tv' }))
    expect(revoked.status).toBe(200)
    expect(asked).toStrictEqual([])
    expect((await askUserinfo(token)).status).toBe(200)
  })
})

const ODD: [string, string][] = [
  ['an object', '{}'],
  ['an object that is no text', '{"toString":1}'],
  ['a list', '["key-tv"]'],
  ['a list of lists', `${'['.repeat(15_000)}${']'.repeat(15_000)}`],
  ['a number', '1e400'],
  ['true', 'true'],
  ['null', 'null'],
  ['nothing', '""'],
  ['a prototype', '{"__proto__":{"toString":1}}'],
]

/** Each claim with each odd value; a time that we never check may be any number. */
const oddly = (claims: readonly string[]) =>
  claims
    .flatMap((claim) => ODD.map(([what, json]) => [claim, what, json] as const))
    .filter(([claim, what]) => claim !== 'iat' || what !== 'a number')

const assertionWith = (name: string, json: string) => {
  const now = nowInSeconds()
  const claims = { iss: 'key-tv', sub: 'key-tv', aud: ISSUER, exp: now + 60, iat: now }
  return signedJwt(
    { alg: 'ES256', kid: kidOf('ES256') },
    { ...claims, jti: crypto.randomUUID() },
    { header: [], claims: [[name, json]] },
  )
}

const show = async (jwt: string, path = '/token') => {
  const { status, body } = await answerOf(await worker(formRequest(path, carrying(jwt))))
  return `${status} ${body.error}`
}

describe('a client assertion', () => {
  it('is accepted unchanged', async () => {
    expect(await show(await assertionWith('more', '{}'))).toBe('400 invalid_request')
    expect(await show(await assertionWith('more', '{}'), '/device_authorization')).toBe(
      '200 undefined',
    )
  })

  it.each(oddly(['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti']))(
    'CA-12 whose %s is %s is refused',
    async (claim, _what, json) => {
      const answer = await show(await assertionWith(claim, json), '/device_authorization')
      expect(answer).toMatch(/^40[01] (?:invalid_client|invalid_request)$/)
    },
  )
})

describe('a DPoP proof', () => {
  it.each(oddly(['htm', 'htu', 'jti', 'iat', 'nonce']))(
    'DP-2 whose %s is %s is refused',
    async (claim, _what, json) => {
      const holder = keyHolderOf('ES256')
      const device = await startDevice()
      const proof = await signedJwt(
        { alg: 'ES256', typ: 'dpop+jwt', jwk: attackersKey() },
        {
          htm: 'POST',
          htu: url('/token'),
          jti: crypto.randomUUID(),
          iat: nowInSeconds(),
          nonce: await holder.learnNonce(),
        },
        { header: [], claims: [[claim, json]] },
      )
      const { status, body } = await device.poll({}, { DPoP: proof })
      expect(status).toBe(400)
      expect(['invalid_dpop_proof', 'use_dpop_nonce']).toContain(body.error)
    },
  )
})
