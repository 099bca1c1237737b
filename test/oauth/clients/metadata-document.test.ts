// Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document): what a document may
// say, how long it is believed, and what a client has of it. Conformance CM-2, CM-3, MD-10. Addresses
// and fetching are in client-metadata-document-fetch.test.ts.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEVICE_CODE_GRANT, REFRESH_TOKEN_GRANT } from '../../../src/config/client-settings.ts'
import { HOUR, MINUTE, SECOND } from '../../../src/durations.ts'
import { answerOf, startDevice } from '../../support/device.ts'
import { introspect, refresh, refreshed } from '../../support/grants.ts'
import { Host, connectInternet } from '../../support/internet.ts'
import { KEY_PAIRS, PUBLIC_KEYS, publicKeyOf } from '../../support/key-pairs.ts'
import { Person } from '../../support/person.ts'
import { askForCode, connectRegistered, proofOf } from '../../support/registration.ts'
import { ISSUER, TEST_VARS } from '../../support/settings.ts'
import { askUserinfo } from '../../support/tokens.ts'
import { freshAddress, url, worker, workerWith } from '../../support/worker.ts'

const ON = { CLIENT_ID_METADATA_DOCUMENTS: 'on' }
const fetch = workerWith(ON)

let asked: readonly string[] = []
beforeEach(() => {
  asked = connectInternet()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const RADIO = {
  client_name: 'Kitchen radio',
  grant_types: [DEVICE_CODE_GRANT, REFRESH_TOKEN_GRANT],
}

/** A host with the document of a client, which other members can go into. */
const publish = (more: object = {}, headers: Record<string, string> = {}): Host => {
  const host: Host = new Host(() =>
    Response.json({ client_id: host.uri, ...RADIO, ...more }, { headers }),
  )
  return host
}

const start = (host: Host) => askForCode({ client_id: host.uri }, fetch)

const expectUnknown = async (host: Host) => {
  const { status, headers, body } = await start(host)
  expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
  expect(headers.get('WWW-Authenticate')).toMatch(/^Basic realm="[^"]+"/)
}

const signing = { token_endpoint_auth_method: 'private_key_jwt' }
const withKeys = (keys: unknown) => ({ jwks: { keys } })

describe('an invalid document', () => {
  it.each<[string, (host: Host) => Response]>([
    ['not JSON', () => new Response('<html></html>')],
    ['half of it', ({ uri }) => new Response(JSON.stringify({ client_id: uri }).slice(0, -1))],
    ['nothing', () => new Response('')],
    ['a list', ({ uri }) => Response.json([{ client_id: uri, ...RADIO }])],
    ['null', () => Response.json(null)],
    ['text', ({ uri }) => Response.json(uri)],
    ['without client_id', () => Response.json(RADIO)],
    ...[
      ['of another client', (uri: string) => uri.replace('host', 'guest')],
      ['with capitals in client_id', (uri: string) => uri.replace('document', 'Document')],
      ['with a capital host in client_id', (uri: string) => uri.replace('host', 'HOST')],
      ['with a slash after client_id', (uri: string) => `${uri}/`],
      ['with a query after client_id', (uri: string) => `${uri}?`],
      ['with the port in client_id', (uri: string) => uri.replace('.example', '.example:443')],
      ['with a list as client_id', (uri: string) => [uri]],
    ].map(([name, change]): [string, (host: Host) => Response] => [
      String(name),
      ({ uri }) =>
        Response.json({ ...RADIO, client_id: typeof change === 'function' ? change(uri) : uri }),
    ]),
  ])('CM-2 (%s) is 401, and fetched again the next time', async (_what, answer) => {
    const host = publish()
    const good = host.answer
    host.answer = () => answer(host)
    await expectUnknown(host)
    host.answer = good
    expect((await start(host)).status).toBe(200)
    expect(host.asked).toBe(2)
  })

  it.each<[string, object]>([
    ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt'].map(
      (method): [string, object] => [
        `that asks for ${method}`,
        { token_endpoint_auth_method: method },
      ],
    ),
    ['that asks for an unknown method', { token_endpoint_auth_method: 'magic' }],
    ['with a client_secret', { client_secret: 'not so secret' }],
    ['with an empty client_secret', { client_secret: '' }],
    ['with an end of its client_secret', { client_secret_expires_at: 0 }],
    ['with a private EC key', withKeys([KEY_PAIRS.ES256])],
    ['with a private RSA key among others', withKeys([publicKeyOf('ES256'), KEY_PAIRS.RS256])],
    ['with a private key that signs', { ...signing, ...withKeys([KEY_PAIRS.Ed25519]) }],
    ['with a symmetric key', withKeys([{ kty: 'oct', k: 'c2VjcmV0' }])],
    ['without the keys it signs with', signing],
    ['with keys in two places', { ...signing, jwks: PUBLIC_KEYS, jwks_uri: 'https://a.example/' }],
    ['with keys over plain http', { ...signing, jwks_uri: 'http://a.example/' }],
    ['with a scope of nothing that is for it', { scope: 'library:write' }],
    ['with a number for a name', { client_name: 7 }],
    ['with an invalid address', { redirect_uris: ['back'] }],
  ])('CM-3 %s is 401', async (_what, metadata) => {
    const host = publish(metadata)
    await expectUnknown(host)
    await expectUnknown(host)
    expect(host.asked, 'it is not kept').toBe(2)
  })
})

const keysElsewhere = new Host(() => Response.json(PUBLIC_KEYS))

describe('a client with a document', () => {
  it.each<[string, object]>([
    ['names no method', {}],
    ['is public', { token_endpoint_auth_method: 'none' }],
    ['signs', { ...signing, jwks: PUBLIC_KEYS }],
    ['signs with keys at another host', { ...signing, jwks_uri: keysElsewhere.uri }],
  ])('CM-3 that %s goes through the whole flow', async (_how, metadata) => {
    const host = publish(metadata)
    const client = { ...metadata, client_id: host.uri }
    const { tokens } = await connectRegistered(client, { fetch })
    expect(tokens.scope).toBe('openid profile offline_access')
    const { access_token: next } = await refreshed(tokens.refresh_token, {
      clientId: host.uri,
      fields: await proofOf(client),
      fetch,
    })
    expect((await askUserinfo(next, { fetch })).status).toBe(200)
    expect(await introspect(next, { fetch })).toMatchObject({ active: true, client_id: host.uri })
    expect(host.asked, 'once for all of it').toBe(1)
  })

  it('CM-3 is refused without its signature, or with a secret if it is public', async () => {
    const host = publish({ ...signing, jwks: PUBLIC_KEYS })
    await expectUnknown(host)
    const fields = { client_id: publish().uri, client_secret: 'secret' }
    expect((await askForCode(fields, fetch)).body.error).toBe('invalid_client')
  })

  it.each<[string, object]>([
    ['names no grants', { grant_types: undefined }],
    ['is for browsers', { grant_types: ['authorization_code', REFRESH_TOKEN_GRANT] }],
  ])('CM-1 RG-3 that %s may not start', async (_how, metadata) => {
    const { status, body } = await start(publish(metadata))
    expect([status, body.error]).toStrictEqual([400, 'unauthorized_client'])
  })

  it('CM-1 may have redirect_uris, and needs none', async () => {
    const more = { redirect_uris: ['https://radio.example/back'], unknown_member: { a: 1 } }
    expect((await start(publish(more))).status).toBe(200)
  })

  it('XD-5 has no more scope than the operator gives unlisted clients', async () => {
    const narrow = workerWith({ ...ON, UNLISTED_CLIENT_SCOPE: 'openid library:read' })
    const host = publish({ scope: 'openid email library:read library:write' })
    const { tokens } = await connectRegistered({ client_id: host.uri }, { fetch: narrow })
    expect(tokens.scope).toBe('openid library:read')
  })

  it('CM-4 is shown by its name and the host of its address', async () => {
    const host = publish({ client_name: 'Bank<b>\u202E', client_uri: 'https://bank.example' })
    const device = await startDevice(host.uri, { fetch })
    const person = new Person(fetch, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
    const { html } = await person.open(`/device?user_code=${device.userCode}`)
    expect(html).toContain('<h1>Connect a device to \u2068Bank&lt;b&gt;\u2069?</h1>')
    expect(html).toContain(`>${host.name}<`)
    expect(html).not.toContain('bank.example')
  })

  it('CM-1 that is also in wrangler.toml is as listed there, and nothing is fetched', async () => {
    const host = publish()
    const listed = { client_id: host.uri, client_name: 'Listed', scope: 'library:read' }
    const both = workerWith({ ...ON, CLIENTS: [...TEST_VARS.CLIENTS, listed] })
    const { tokens } = await connectRegistered({ client_id: host.uri }, { fetch: both })
    expect(tokens.scope).toBe('library:read')
    expect(asked).toStrictEqual([])
  })
})

describe('a valid document', () => {
  it.each<[string | undefined, number]>([
    [undefined, 1 * MINUTE],
    ['no-store', 1 * MINUTE],
    ['max-age=0', 1 * MINUTE],
    ['max-age=59', 1 * MINUTE],
    ['max-age=61', 61 * SECOND],
    ['public, max-age=600', 10 * MINUTE],
    ['Max-Age=600,must-revalidate', 10 * MINUTE],
    ['s-maxage=1200', 1 * MINUTE],
    ['max-age=soon', 1 * MINUTE],
    ['max-age=3600', 1 * HOUR],
    ['max-age=3601', 1 * HOUR],
    ['max-age=99999999999999999999', 1 * HOUR],
  ])('CM-2 with Cache-Control %s is cached for %i ms', async (cacheControl, ms) => {
    const from = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: from })
    const host = publish({}, cacheControl === undefined ? {} : { 'Cache-Control': cacheControl })
    const timesAsked: number[] = []
    for (const later of [0, 0, ms - 1, ms, ms + 1]) {
      vi.setSystemTime(from + later)
      expect((await start(host)).status).toBe(200)
      timesAsked.push(host.asked)
    }
    expect(timesAsked).toStrictEqual([1, 1, 1, 2, 2])
  })

  it('CM-2 takes effect again when it is fetched again', async () => {
    const host = publish()
    const fields = { client_id: host.uri }
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    expect((await askForCode(fields, fetch)).status).toBe(200)
    host.answer = () => Response.json({ client_id: host.uri })
    expect((await askForCode(fields, fetch)).status).toBe(200)
    vi.setSystemTime(Date.now() + MINUTE)
    expect((await askForCode(fields, fetch)).body.error).toBe('unauthorized_client')
  })

  it('CM-2 DC-21 stays valid for twelve hours while its host is down', async () => {
    const host = publish({}, { 'Cache-Control': 'max-age=600' })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const { tokens } = await connectRegistered({ client_id: host.uri }, { fetch })
    const good = host.answer
    host.answer = () => new Response('', { status: 502 })
    vi.setSystemTime(Date.now() + 9 * MINUTE)
    const options = { clientId: host.uri, fetch }
    const next = await refreshed(tokens.refresh_token, options)
    vi.setSystemTime(Date.now() + 12 * HOUR - 10 * MINUTE)
    const { refresh_token: token } = await refreshed(next.refresh_token, options)
    vi.setSystemTime(Date.now() + 2 * MINUTE)
    const { status, headers, body } = await refresh(token, options)
    expect([status, body.error]).toStrictEqual([503, 'temporarily_unavailable'])
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
    host.answer = good
    expect((await refresh(token, options)).status, 'and goes on later').toBe(200)
  })
})

describe('the metadata', () => {
  const PATH = '/.well-known/oauth-authorization-server'
  const MEMBER = 'client_id_metadata_document_supported'

  it('MD-10 announces metadata documents only while they are supported', async () => {
    const on = await answerOf(await fetch(new Request(url(PATH))))
    expect(on.body).toMatchObject({ [MEMBER]: true })
    const off = await answerOf(await worker(new Request(url(PATH))))
    expect(off.body).not.toHaveProperty(MEMBER)
  })

  it('CM-1 omits them, and an address is not a client, while they are off', async () => {
    const host = publish()
    const { tokens } = await connectRegistered({ client_id: host.uri }, { fetch })
    const before = asked.length
    for (const off of [worker, workerWith({ CLIENT_ID_METADATA_DOCUMENTS: 'off' })]) {
      const { status, body } = await askForCode({ client_id: host.uri }, off)
      expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
      expect((await askUserinfo(tokens.access_token, { fetch: off })).status).toBe(401)
      expect(await introspect(tokens.access_token, { fetch: off })).toEqual({ active: false })
    }
    expect(asked.length, 'nothing was fetched').toBe(before)
  })
})
