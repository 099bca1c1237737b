// Bodies that are too much, too deep, too many or packed: refused without being read whole, or read
// in a time that grows with their length and no faster.
import { describe, expect, it } from 'vitest'
import { connectDevice } from '../support/tokens.ts'
import { DEVICE_CODE_GRANT, answerOf, startDevice } from '../support/device.ts'
import { everything } from './support/machine-requests.ts'
import { Person } from '../support/person.ts'
import { INITIAL_ACCESS_TOKEN, RADIO, register } from '../support/registration.ts'
import { ISSUER } from '../support/settings.ts'
import { formRequest, freshAddress, url } from '../support/worker.ts'

const LIMIT = 64 * 1024
const FORM = 'application/x-www-form-urlencoded'

/** Never ends, and counts what was taken of it. */
const endless = () => {
  const taken = { bytes: 0 }
  const chunk = Buffer.from('a=b&'.repeat(256))
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      taken.bytes += chunk.length
      controller.enqueue(new Uint8Array(chunk))
    },
  })
  return { body, taken }
}

const send = (method: string, path: string, body: BodyInit, headers = {}) =>
  everything(
    new Request(url(path), {
      method,
      body,
      redirect: 'manual',
      headers: {
        'Content-Type': FORM,
        'CF-Connecting-IP': freshAddress(),
        'Sec-Fetch-Site': 'same-origin',
        ...headers,
      },
    }),
  )

const REGISTRAR = {
  'Content-Type': 'application/json',
  Authorization: `Bearer ${INITIAL_ACCESS_TOKEN}`,
}

describe('an endless body', () => {
  it.each<[method: string, path: string, status: number, headers?: Record<string, string>]>([
    ['POST', '/device_authorization', 413],
    ['POST', '/token', 413],
    ['POST', '/revoke', 413],
    ['POST', '/introspect', 413],
    ['POST', '/userinfo', 413],
    ['POST', '/register', 413, REGISTRAR],
    ['POST', '/register', 401, { 'Content-Type': 'application/json' }],
    ['POST', '/device', 413],
    ['POST', '/device/sign-in', 413],
    ['POST', '/device/sign-in/passkey', 413],
    ['POST', '/device/create-account', 413],
    ['POST', '/device/confirm', 413],
    ['POST', '/device/result', 413],
    ['POST', '/device/sign-out', 413],
    ['POST', '/devices/passkey/add', 413],
    ['POST', '/devices/nowhere', 413],
    ['POST', '/authorize', 413],
    ['PUT', '/device', 413],
    // Not read at all.
    ['POST', '/jwks.json', 405],
    ['PUT', '/token', 405],
    ['POST', '/nowhere', 404],
    ['POST', '/userinfo', 401, { 'Content-Type': 'application/json' }],
  ])('to %s %s is answered with %i after 64 KiB at most', async (method, path, status, headers) => {
    const { body, taken } = endless()
    expect((await send(method, path, body, headers)).status).toBe(status)
    // A chunk or two are taken ahead.
    expect(taken.bytes).toBeLessThanOrEqual(status === 413 ? LIMIT + 8 * 1024 : 8 * 1024)
  })
})

type Packing = 'gzip' | 'deflate'

const packed = async (text: string, how: Packing): Promise<Uint8Array> =>
  new Uint8Array(
    await new Response(
      new Blob([text]).stream().pipeThrough(new CompressionStream(how)),
    ).arrayBuffer(),
  )

describe('a compressed body', () => {
  it.each<[string, Packing]>([
    ['gzip', 'gzip'],
    ['deflate', 'deflate'],
  ])('is not decompressed: %s', async (encoding, how) => {
    const bomb = await packed(`client_id=tv&device_name=${'x'.repeat(20_000_000)}`, how)
    expect(bomb.length).toBeLessThan(LIMIT)
    const { status, body } = await answerOf(
      await send('POST', '/device_authorization', bomb, { 'Content-Encoding': encoding }),
    )
    expect([status, body.error]).toStrictEqual([400, 'invalid_request'])
  })

  it('is refused as a form of a page', async () => {
    const bomb = await packed(`csrf=${'x'.repeat(20_000_000)}`, 'gzip')
    expect((await send('POST', '/device', bomb, { 'Content-Encoding': 'gzip' })).status).toBe(403)
  })

  it('is refused as JSON', async () => {
    const bomb = await packed(JSON.stringify({ ...RADIO, x: ' '.repeat(20_000_000) }), 'gzip')
    const headers = { ...REGISTRAR, 'Content-Encoding': 'gzip' }
    expect((await send('POST', '/register', bomb, headers)).status).toBe(400)
  })
})

const ask = async (path: string, fields: string, headers = {}) =>
  answerOf(await everything(formRequest(path, fields, headers)))

describe('an oversized request', () => {
  it('with a thousand scopes is granted only the known ones', async () => {
    const words = Array.from({ length: 1000 }, (_, index) => `scope:${index}`).join('+')
    const { status } = await ask('/device_authorization', `client_id=tv&scope=${words}+openid`)
    expect(status).toBe(200)
    expect((await ask('/device_authorization', `client_id=tv&scope=${words}`)).body.error).toBe(
      'invalid_scope',
    )
  })

  it('with ten thousand parameters is read by the known ones', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `p${index}`).join('&')
    expect((await ask('/device_authorization', `${many}&client_id=tv`)).status).toBe(200)
    expect((await ask('/token', `${many}&client_id=tv`)).body.error).toBe('invalid_request')
  })

  it('with thousands of resources is refused', async () => {
    const own = `&resource=${ISSUER}`.repeat(2000)
    expect((await ask('/device_authorization', `client_id=tv${own}`)).status).toBe(200)
    const { tokens } = await connectDevice('tv')
    const { status, body } = await ask(
      '/token',
      `grant_type=refresh_token&client_id=tv&refresh_token=${tokens.refresh_token}${own}`,
    )
    expect([status, body.token_type]).toStrictEqual([200, 'Bearer'])
    const foreign = '&resource=urn:x'.repeat(3000)
    expect((await ask('/device_authorization', `client_id=tv${foreign}`)).body.error).toBe(
      'invalid_target',
    )
  })

  it.each(['User-Agent', 'Prefer', 'Accept-Language', 'Cookie', 'X-Anything', 'Referer'])(
    'with a megabyte of %s is answered as usual',
    async (name) => {
      const { deviceCode } = await startDevice()
      const fields = { grant_type: DEVICE_CODE_GRANT, client_id: 'tv', device_code: deviceCode }
      const headers = { [name]: '("wait=1,a;q=0.1-'.repeat(65_536) }
      const polled = await answerOf(await everything(formRequest('/token', fields, headers)))
      expect(polled.body.error).toBe('authorization_pending')
      const person = new Person(everything, ISSUER, headers)
      expect((await person.open('/device')).status).toBe(200)
    },
  )

  it.each(['Authorization', 'DPoP'])('with a megabyte of %s is refused', async (name) => {
    const headers = { [name]: `Basic ${'A'.repeat(1_000_000)}` }
    const { status } = await ask('/token', 'client_id=tv&grant_type=x', headers)
    expect(status).toBe(name === 'DPoP' ? 400 : 401)
  })
})

const nested = (depth: number, open: string, close: string) =>
  open.repeat(depth) + close.repeat(depth)

describe('JSON nested thousands of levels deep', () => {
  const DEEP = {
    lists: nested(15_000, '[', ']'),
    objects: `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`,
  }
  const key = '"kty":"EC","crv":"P-256","x":"a","y":"b"'

  it.each(Object.entries(DEEP))('(%s) is ignored in an unknown member', async (_, deep) => {
    const { status } = await register(`{"client_name":"Radio","extension":${deep}}`)
    expect(status).toBe(201)
  })

  it.each(
    Object.entries(DEEP).flatMap(([kind, deep]) => [
      [kind, 'as a member', `{"client_name":${deep}}`],
      [kind, 'in a list', `{"contacts":[${deep}]}`],
      [kind, 'as keys', `{"jwks":${deep}}`],
      [kind, 'as a key', `{"jwks":{"keys":[${deep}]}}`],
      [kind, 'within a key', `{"jwks":{"keys":[{${key},"x5c":${deep}}]}}`],
    ]),
  )('(%s) is refused %s', async (_kind, _where, json) => {
    const { status, body } = await register(json)
    expect([status, body.error]).toStrictEqual([400, 'invalid_client_metadata'])
  })
})
