// DELETE of a registration (RFC 7592 §2.3), and authorization for its management: conformance RG-4.
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/crypto.ts'
import { mintClientId } from '../../src/tokens/client-id.ts'
import { type Answer, startDevice } from '../support/device.ts'
import { introspect, refresh, revoke } from '../support/grants.ts'
import {
  INITIAL_ACCESS_TOKEN,
  RADIO,
  askForCode,
  connectRegistered,
  manage,
  registered,
  registrar,
  replace,
  storedOf,
} from '../support/registration.ts'
import { STRANGERS_SECRET } from '../support/worker.ts'
import { ISSUER } from '../support/settings.ts'
import { askUserinfo } from '../support/tokens.ts'

type Client = Answer['body']

const WITH_SECRET = { ...RADIO, token_endpoint_auth_method: 'client_secret_basic' }

const expectRefusal = ({ status, headers, body }: Answer) => {
  expect([status, body.error]).toStrictEqual([401, 'invalid_token'])
  expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="antenna"/)
}

describe('DELETE', () => {
  it('RG-4 answers 204 without content, and leaves nothing behind', async () => {
    const client = await registered()
    const { status, body } = await manage('DELETE', client)
    expect([status, body]).toStrictEqual([204, {}])
    for (const method of ['GET', 'DELETE']) expectRefusal(await manage(method, client))
    expectRefusal(await replace(client, RADIO))
    expect(await storedOf(client)).toBe('[]')
  })

  it('RG-4 ends the client with all its tokens and codes', async () => {
    const client = await registered()
    const fetch = registrar
    const clientId = client.client_id
    const { tokens } = await connectRegistered(client)
    const pending = await startDevice(clientId, { fetch })
    expect((await askUserinfo(tokens.access_token, { fetch })).status).toBe(200)
    await manage('DELETE', client)

    const denied = [
      await refresh(tokens.refresh_token, { clientId, fetch }),
      await pending.poll(),
      await askForCode({ client_id: clientId }),
    ]
    for (const { status, body } of denied)
      expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
    expect(await revoke(tokens.refresh_token, { clientId, fetch })).toBe('401 invalid_client')
    const { status, headers } = await askUserinfo(tokens.access_token, { fetch })
    expect(status).toBe(401)
    expect(headers.get('WWW-Authenticate')).toContain('error="invalid_token"')
    for (const token of [tokens.access_token, tokens.refresh_token])
      expect(await introspect(token, { fetch })).toStrictEqual({ active: false })
  })

  it('RG-4 changes no other client', async () => {
    const [gone, other] = [await registered(), await registered()]
    const { tokens } = await connectRegistered(other)
    await manage('DELETE', gone)
    expect((await manage('GET', other)).status).toBe(200)
    expect((await askUserinfo(tokens.access_token, { fetch: registrar })).status).toBe(200)
  })

  it('RG-4 is final: a simultaneous replacement does not restore the client', async () => {
    const client = await registered()
    const read = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>()
    const body = new ReadableStream<Uint8Array>(
      { pull: (controller) => read.resolve(controller) },
      { highWaterMark: 0 },
    )
    const replacement = manage('PUT', client, { body })
    // The body is read after the token was found valid.
    const controller = await read.promise
    expect((await manage('DELETE', client)).status).toBe(204)
    const metadata = { ...RADIO, client_id: client.client_id }
    controller.enqueue(new TextEncoder().encode(JSON.stringify(metadata)))
    controller.close()
    expectRefusal(await replacement)
    expectRefusal(await manage('GET', client))
    expect((await askForCode({ client_id: client.client_id })).status).toBe(401)
  })
})

describe('a registration', () => {
  it.each<[string, (client: Client, other: Client) => string | null]>([
    ['no token', () => null],
    ['a wrong token', ({ registration_access_token: token }) => `${token}x`],
    ['the token of another client', (_, { registration_access_token: token }) => token],
    ['the initial access token', () => INITIAL_ACCESS_TOKEN],
    ['its client_secret', ({ client_secret: secret }) => secret],
    ['the digest of its token', (client) => sha256(client.registration_access_token)],
    [
      'its secret as Basic',
      ({ client_id: id, client_secret: secret }) => `Basic ${btoa(`${id}:${secret}`)}`,
    ],
    ['its token as Basic', (client) => `Basic ${btoa(`x:${client.registration_access_token}`)}`],
  ])('RG-4 is closed with %s', async (_what, tokenOf) => {
    const [client, other] = [await registered(WITH_SECRET), await registered()]
    const token = tokenOf(client, other)
    const stored = await storedOf(client)
    const body = { ...RADIO, client_id: client.client_id }
    for (const method of ['GET', 'PUT', 'DELETE'])
      expectRefusal(await manage(method, client, { token, ...(method === 'PUT' && { body }) }))
    expect(await storedOf(client)).toBe(stored)
    expect((await manage('GET', client)).status).toBe(200)
  })

  it('RG-4 is closed with its token in the query', async () => {
    const client = await registered()
    const { registration_client_uri: uri, registration_access_token: token } = client
    const inQuery = { registration_client_uri: `${uri}?access_token=${token}` }
    expectRefusal(await manage('GET', inQuery, { token: null }))
  })

  it.each([
    mintClientId(STRANGERS_SECRET),
    'tv',
    'registered-',
    'x'.repeat(500),
    '%00',
    '..%2Fregister',
  ])('RG-4 does not exist for %s, and gets the answer of a wrong token', async (clientId) => {
    const client = await registered()
    const registration_client_uri = `${ISSUER}/register/${clientId}`
    const answer = await manage('GET', { ...client, registration_client_uri })
    expectRefusal(answer)
    const wrong = await manage('GET', client, { token: 'wrong' })
    expect(answer.body).toStrictEqual(wrong.body)
  })
})
