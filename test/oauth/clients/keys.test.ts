// The keys of clients that sign, in their entry or at a jwks_uri: conformance CA-15, CA-16. What may
// be fetched at all is in public-fetch.test.ts.
import { type JWK, base64url, exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Answer, answerOf } from '../../support/device.ts'
import { Host, connectInternet } from '../../support/internet.ts'
import {
  type AssertionOptions,
  asKeyClient,
  carrying,
  nowInSeconds,
} from '../../support/key-client.ts'
import { KEY_PAIRS, PUBLIC_KEYS, kidOf, publicHalf, publicKeyOf } from '../../support/key-pairs.ts'
import { ISSUER, TEST_VARS } from '../../support/settings.ts'
import { type Fetch, formRequest, worker, workerWith } from '../../support/worker.ts'

const MINUTE = 60_000

let asked: readonly string[] = []
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  asked = connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

const publishing = (keys: object[]) => new Host(() => Response.json({ keys }))

/** A Worker with these keys for the client `key-tv`. */
const workerFor = (where: { jwks: object } | { jwks_uri: string }): Fetch => {
  const { jwks: _jwks, ...entry } = { jwks: {}, ...entryOf('key-tv') }
  return workerWith({ CLIENTS: [{ ...entry, ...where }] })
}
const entryOf = (id: string) => TEST_VARS.CLIENTS.find(({ client_id }) => client_id === id)

const startWith = async (fields: Record<string, string>, fetch: Fetch): Promise<Answer> =>
  answerOf(await fetch(formRequest('/device_authorization', fields)))
const start = async (fetch: Fetch, options: AssertionOptions = {}): Promise<number> => {
  const { status, headers, body } = await startWith(await asKeyClient(options), fetch)
  if (status !== 200) {
    expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
    expect(headers.get('WWW-Authenticate')).toMatch(/^Basic realm="[^"]+"/)
  }
  return status
}

const ES256 = publicHalf(KEY_PAIRS.ES256)
const NAMED = { ...ES256, kid: kidOf('ES256') }

describe.each<[string, (keys: object[]) => Fetch]>([
  ['in its entry', (keys) => workerFor({ jwks: { keys } })],
  ['at its jwks_uri', (keys) => workerFor({ jwks_uri: publishing(keys).uri })],
])('a client with keys %s', (_where, workerHaving) => {
  it.each(PUBLIC_KEYS.keys.map(({ alg, kid }) => [alg, kid] as const))(
    'CA-15 is authenticated by its key for %s',
    async (alg, kid) => {
      const name = alg as keyof typeof KEY_PAIRS
      expect(await start(workerHaving(PUBLIC_KEYS.keys), { alg: name, header: { kid } })).toBe(200)
    },
  )

  it('CA-15 may omit kid if one key matches', async () => {
    const fetch = workerHaving([publicKeyOf('RS256'), ES256])
    expect(await start(fetch, { header: { kid: undefined } })).toBe(200)
  })

  it('CA-15 must send kid if two keys match', async () => {
    const fetch = workerHaving([{ ...ES256, kid: 'a' }, NAMED])
    expect(await start(fetch, { header: { kid: undefined } })).toBe(401)
    expect(await start(fetch)).toBe(200)
  })

  it.each<[string, object]>([
    ['is for another algorithm', { alg: 'ES384' }],
    ['is for encryption', { use: 'enc' }],
    ['is not for verifying', { key_ops: ['sign'] }],
    ['is of another curve', { crv: 'P-384' }],
    ['is of an unknown curve', { crv: 'P-1' }],
    ['is not a point of its curve', { x: KEY_PAIRS.ES256.y }],
    ['has a coordinate too short', { x: 'AA' }],
    ['has a coordinate that is not base64url', { x: '*' }],
  ])('CA-15 is refused with a key that %s', async (_name, more) => {
    expect(await start(workerHaving([{ ...NAMED, ...more }]))).toBe(401)
  })

  it('CA-15 is refused with a key of 1024 bits', async () => {
    const weak = await newWeakKey()
    const fetch = workerHaving([weak.publicJwk])
    const { status, body } = await startWith(carrying(await weak.assertion()), fetch)
    expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
  })

  it('CA-15 is authenticated by a valid key beside an invalid one', async () => {
    const fetch = workerHaving([{ ...ES256, kid: 'a', x: ES256.y }, NAMED])
    expect(await start(fetch)).toBe(200)
  })
})

describe('the document at a jwks_uri', () => {
  const set = JSON.stringify(PUBLIC_KEYS)
  it.each([
    ['nothing', ''],
    ['a text that is not JSON', '<html></html>'],
    ['half of it', set.slice(0, -1)],
    ['null', 'null'],
    ['an array', JSON.stringify(PUBLIC_KEYS.keys)],
    ['an object without keys', '{}'],
    ['keys that are not an array', '{"keys":{}}'],
    ['keys that are not objects', '{"keys":["key"]}'],
  ])('CA-16 is not a key set as %s, and is fetched again', async (_name, text) => {
    const host = new Host(() => new Response(text))
    const fetch = workerFor({ jwks_uri: host.uri })
    expect(await start(fetch)).toBe(401)
    host.answer = () => new Response(set)
    expect(await start(fetch)).toBe(200)
    expect(host.asked).toBe(2)
  })

  it.each<[string, object[]]>([
    ['no key', []],
    ['a symmetric key', [{ kty: 'oct', k: 'AAAA', kid: NAMED.kid }]],
    ['the private key', [{ ...KEY_PAIRS.ES256, kid: NAMED.kid }]],
    ['a key without a type', [{ kid: NAMED.kid }]],
  ])('CA-15 CA-16 authenticates no client as %s, until it changes', async (_name, keys) => {
    const host = publishing(keys)
    const fetch = workerFor({ jwks_uri: host.uri })
    expect(await start(fetch)).toBe(401)
    host.answer = () => new Response(set)
    later(10 * MINUTE)
    expect(await start(fetch)).toBe(200)
    expect(host.asked).toBe(2)
  })

  it('CA-16 cannot authenticate by a symmetric key', async () => {
    const secret = new Uint8Array(32).fill(7)
    const k = base64url.encode(secret)
    const fetch = workerFor({ jwks_uri: publishing([{ kty: 'oct', k, kid: 'a' }]).uri })
    expect(await start(fetch, { header: { alg: 'HS256', kid: 'a' }, key: secret })).toBe(401)
  })

  it('CA-16 is fetched once, for another Worker in the same isolate too', async () => {
    const host = publishing(PUBLIC_KEYS.keys)
    const fetch = workerFor({ jwks_uri: host.uri })
    expect(await start(fetch)).toBe(200)
    const first = asked.length
    expect(await start(fetch, { alg: 'RS256' })).toBe(200)
    expect(await start(workerFor({ jwks_uri: host.uri }))).toBe(200)
    expect(host.asked).toBe(1)
    expect(asked).toHaveLength(first)
  })

  it('CA-16 is kept for ten minutes, after which a withdrawn key is refused', async () => {
    const host = publishing([NAMED])
    const fetch = workerFor({ jwks_uri: host.uri })
    expect(await start(fetch)).toBe(200)
    host.answer = () => Response.json({ keys: [publicKeyOf('RS256')] })
    later(10 * MINUTE - 1)
    expect(await start(fetch)).toBe(200)
    expect(host.asked).toBe(1)
    later(1)
    expect(await start(fetch)).toBe(401)
    expect(host.asked).toBe(2)
    expect(await start(fetch, { alg: 'RS256' })).toBe(200)
  })

  it('CA-16 is fetched at most once a minute because of unknown keys', async () => {
    const host = publishing([NAMED])
    const fetch = workerFor({ jwks_uri: host.uri })
    const unknown = { header: { kid: 'nosuch' } }
    for (let times = 0; times < 3; times += 1) expect(await start(fetch, unknown)).toBe(401)
    expect(host.asked).toBe(1)
    later(MINUTE - 1)
    expect(await start(fetch, unknown)).toBe(401)
    expect(host.asked).toBe(1)
    later(1)
    for (let times = 0; times < 3; times += 1) expect(await start(fetch, unknown)).toBe(401)
    expect(host.asked).toBe(2)
    expect(await start(fetch), 'its own key all the while').toBe(200)
  })

  it('CA-16 may change: a new key is found, and an old one valid while it is listed', async () => {
    const next = await generateKeyPair('ES256', { extractable: true })
    const nextJwk = { ...publicHalf(await exportJWK(next.publicKey)), kid: 'next' }
    const signedByNext = { header: { kid: 'next' }, key: next.privateKey }
    const host = publishing([NAMED])
    const fetch = workerFor({ jwks_uri: host.uri })
    expect(await start(fetch)).toBe(200)
    host.answer = () => Response.json({ keys: [NAMED, nextJwk] })
    later(MINUTE)
    expect(await start(fetch, signedByNext)).toBe(200)
    expect(await start(fetch)).toBe(200)
    expect(host.asked).toBe(2)
  })

  it('CA-16 is shared by simultaneous first requests', async () => {
    const host = new Host(() => new Response(set), 'https://keys.example/jwks.json')
    const options = { clientId: 'remote-key-tv' }
    const all = Array.from({ length: 10 }, () => start(worker, options))
    const answers = await Promise.all(all)
    expect(answers).toStrictEqual(Array.from({ length: 10 }, () => 200))
    const first = host.asked
    expect(await start(worker, options)).toBe(200)
    expect(host.asked).toBe(first)
  })
})

const encode = (part: object) => base64url.encode(JSON.stringify(part))

/** A key pair that is too short, and an assertion signed with it. */
const newWeakKey = async () => {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const { privateKey, publicKey } = (await crypto.subtle.generateKey(
    { ...algorithm, modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )) as CryptoKeyPair
  const who = { iss: 'key-tv', sub: 'key-tv', aud: ISSUER, jti: crypto.randomUUID() }
  return {
    publicJwk: {
      ...publicHalf((await crypto.subtle.exportKey('jwk', publicKey)) as JWK),
      kid: 'weak',
    },
    assertion: async () => {
      const header = encode({ alg: 'RS256', kid: 'weak' })
      const input = `${header}.${encode({ ...who, exp: nowInSeconds() + 60 })}`
      const data = new TextEncoder().encode(input)
      const signature = await crypto.subtle.sign(algorithm, privateKey, data)
      return `${input}.${base64url.encode(new Uint8Array(signature))}`
    },
  }
}
