// Client ID Metadata Documents: which addresses there are, and how one is fetched. Conformance CM-1,
// CM-2, CM-4. What a document may say is in client-metadata-document.test.ts.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../../src/config/client-settings.ts'
import type { Answer } from '../../support/device.ts'
import { Host, connectInternet } from '../../support/internet.ts'
import { askForCode } from '../../support/registration.ts'
import { formRequest, freshAddress, workerWith } from '../../support/worker.ts'

const fetch = workerWith({ CLIENT_ID_METADATA_DOCUMENTS: 'on' })

let asked: readonly string[] = []
beforeEach(() => {
  asked = connectInternet()
})
afterEach(() => {
  vi.restoreAllMocks()
})

const JSON_TYPE = { 'Content-Type': 'application/json' }

const documentOf = (clientId: string) =>
  JSON.stringify({ client_id: clientId, client_name: 'Radio', grant_types: [DEVICE_CODE_GRANT] })

/** A host with a valid document for this client_id, or else for its own address. */
const publish = (clientId?: string, address?: string): Host => {
  const host: Host = new Host(
    () => new Response(documentOf(clientId ?? host.uri), { headers: JSON_TYPE }),
    address,
  )
  return host
}

const start = (clientId: string) => askForCode({ client_id: clientId }, fetch)

const expectUnknown = ({ status, headers, body }: Answer) => {
  expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
  expect(headers.get('WWW-Authenticate')).toMatch(/^Basic realm="[^"]+"/)
}

const expectLater = ({ status, headers, body }: Answer) => {
  expect([status, body.error]).toStrictEqual([503, 'temporarily_unavailable'])
  expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
  expect(headers.has('WWW-Authenticate')).toBe(false)
}

const ORIGIN = 'https://radio.example'
const ofLength = (length: number) => `${ORIGIN}/`.padEnd(length, 'x')

describe('a client_id', () => {
  it.each([
    `${ORIGIN}/client.json`,
    `${ORIGIN}/a/b/`,
    `${ORIGIN}/client?version=2&a=../b`,
    `${ORIGIN}:8443/client`,
    `${ORIGIN}/Client%20Radio`,
    `${ORIGIN}/.well-known/client`,
    `${ORIGIN}/a..b/...`,
    `${ORIGIN}/@radio/client.json`,
    'https://xn--rdi-rna.example/client',
    ofLength(255),
  ])('CM-1 may be %s', async (clientId) => {
    publish(clientId, clientId)
    expect((await start(clientId)).status).toBe(200)
    expect(asked).toContain(clientId)
  })

  it.each([
    'http://radio.example/client',
    'ftp://radio.example/client',
    'HTTPS://radio.example/client',
    'radio.example/client',
    '//radio.example/client',
    'https:radio.example/client',
    'https:/radio.example/client',
    'https:\\\\radio.example\\client',
    ORIGIN,
    `${ORIGIN}?client`,
    `${ORIGIN}/client#`,
    `${ORIGIN}/client#a`,
    'https://me@radio.example/client',
    'https://me:secret@radio.example/client',
    'https://@radio.example/client',
    'https://:@radio.example/client',
    `${ORIGIN}/./client`,
    `${ORIGIN}/a/../client`,
    `${ORIGIN}/client/..`,
    `${ORIGIN}/client/.`,
    `${ORIGIN}/%2e/client`,
    `${ORIGIN}/a/%2E%2e/client`,
    `${ORIGIN}/a/.%2E/client`,
    `${ORIGIN}:443/client`,
    `${ORIGIN}:/client`,
    'https://Radio.example/client',
    'https://RADIO.EXAMPLE/client',
    'https://rädio.example/client',
    'https://radio%2Eexample/client',
    ` ${ORIGIN}/client`,
    `${ORIGIN}/client `,
    `${ORIGIN}/cli\tent`,
    `${ORIGIN}/client radio`,
    `${ORIGIN}/a\\client`,
    'https://',
    'https:///client',
    ofLength(256),
  ])('CM-1 is not %s, and nothing is fetched', async (clientId) => {
    publish(clientId, `${ORIGIN}/client`)
    expectUnknown(await start(clientId))
    expect(asked).toStrictEqual([])
  })
})

describe('a host', () => {
  it.each<{ addresses: readonly string[] }>([
    { addresses: ['10.0.0.1'] },
    { addresses: ['127.0.0.1'] },
    { addresses: ['169.254.169.254'] },
    { addresses: ['::1'] },
    { addresses: ['fd00::1'] },
    { addresses: ['::ffff:10.0.0.1'] },
    { addresses: ['93.184.216.34', '10.0.0.1'] },
    { addresses: ['93.184.216.34', 'fd00::1'] },
    { addresses: ['2606:2800:220:1::1', '127.0.0.1'] },
    { addresses: [] },
  ])('CM-4 at $addresses is never contacted', async ({ addresses }) => {
    const host = publish()
    host.addresses = addresses
    expectUnknown(await start(host.uri))
    expect(host.asked).toBe(0)
    expect(asked.length, 'but looked up').toBeGreaterThan(0)
  })

  it('CM-4 that does not exist is never contacted', async () => {
    expectUnknown(await start('https://nosuch.example/client'))
    expect(asked.every((address) => address.startsWith('https://cloudflare-dns.com/'))).toBe(true)
  })

  it.each(['https://93.184.216.34/client', 'https://127.0.0.1/client', 'https://[::1]/client'])(
    'CM-4 is not an IP address: %s',
    async (clientId) => {
      publish(clientId, clientId)
      expectUnknown(await start(clientId))
      expect(asked).toStrictEqual([])
    },
  )

  it('CM-4 is contacted sixty times a minute, for any of its documents', async () => {
    const host = new Host(() => new Response('', { status: 404 }))
    const ask = (_: unknown, index: number) => start(`${host.uri}?${index}`)
    // Twice the limit and more, because its minute may turn in between.
    const answers = await Promise.all(Array.from({ length: 125 }, ask))
    expect(host.asked).toBeGreaterThanOrEqual(60)
    expect(host.asked).toBeLessThanOrEqual(120)
    const refused = answers.filter(({ status }) => status !== 401)
    expect(refused).toHaveLength(125 - host.asked)
    for (const answer of refused) expectLater(answer)
    expect((await start(publish().uri)).status, 'another host').toBe(200)
  })
})

const redirectTo = (location: string, status: number) =>
  new Response(documentOf(location), { status, headers: { ...JSON_TYPE, Location: location } })
const withStatus = (status: number) => (uri: string) =>
  new Response(documentOf(uri), { status, headers: JSON_TYPE })
const fail = (error: Error) => () => {
  throw error
}

describe('an answer', () => {
  it.each([301, 302, 303, 307, 308])(
    'CM-2 with a redirect (%i) is not followed',
    async (status) => {
      const target = publish()
      const host = new Host(() => redirectTo(target.uri, status))
      expectUnknown(await start(host.uri))
      expect([host.asked, target.asked]).toStrictEqual([1, 0])
    },
  )

  it.each<[string, (uri: string) => Response]>([
    ...[201, 203, 206, 400, 401, 403, 404, 410].map(
      (status): [string, (uri: string) => Response] => [String(status), withStatus(status)],
    ),
    ['204', () => new Response(null, { status: 204 })],
    [
      'one byte too large',
      (uri) => new Response(documentOf(uri).padEnd(5 * 1024 + 1), { headers: JSON_TYPE }),
    ],
    [
      'of six kilobytes',
      (uri) => new Response(documentOf(uri).padEnd(6 * 1024), { headers: JSON_TYPE }),
    ],
  ])('CM-2 CM-4 that is %s is refused, and fetched again', async (_what, answer) => {
    const host = publish()
    const good = host.answer
    host.answer = () => answer(host.uri)
    expectUnknown(await start(host.uri))
    host.answer = good
    expect((await start(host.uri)).status).toBe(200)
    expect(host.asked).toBe(2)
  })

  it.each([
    ['application/json', 200],
    ['application/json; charset=utf-8', 200],
    ['APPLICATION/JSON', 200],
    ['application/oauth-client-metadata+json', 200],
    ['application/vnd.acme.client+json ; v=1', 200],
    ['text/plain', 401],
    ['text/plain; charset=utf-8', 401],
    ['text/html', 401],
    ['text/json', 401],
    ['image/svg+xml', 401],
    ['application/octet-stream', 401],
    ['application/jsonp', 401],
    ['application/+json', 401],
    ['application/json, text/plain', 401],
    ['text/plain; a=application/json', 401],
    ['', 401],
  ])('CM-6 of type "%s" is %i', async (type, status) => {
    const host: Host = new Host(
      () => new Response(documentOf(host.uri), { headers: { 'Content-Type': type } }),
    )
    expect((await start(host.uri)).status).toBe(status)
  })

  it('CM-4 may have five kilobytes', async () => {
    const host: Host = new Host(
      () => new Response(documentOf(host.uri).padEnd(5 * 1024), { headers: JSON_TYPE }),
    )
    expect((await start(host.uri)).status).toBe(200)
  })

  it.each<[string, Partial<Pick<Host, 'answer' | 'resolve'>>]>([
    ['too slow', { answer: fail(new DOMException('timed out', 'TimeoutError')) }],
    ['unreachable', { answer: fail(new TypeError('connection refused')) }],
    ...[500, 502, 503, 504].map((status): [string, { answer: Host['answer'] }] => [
      `an error of the host (${status})`,
      { answer: () => new Response('', { status }) },
    ]),
    ['looked up in vain', { resolve: fail(new TypeError('connection refused')) }],
    ['looked up too slowly', { resolve: fail(new DOMException('timed out', 'TimeoutError')) }],
    ['of a resolver with an error', { resolve: () => new Response('', { status: 503 }) }],
    ['of a name server with an error', { resolve: () => Response.json({ Status: 2 }) }],
  ])('CM-2 CM-4 DC-21 that is %s: 503, and fetched again', async (_what, fault) => {
    const host = publish()
    const good = host.answer
    Object.assign(host, fault)
    expectLater(await start(host.uri))
    Object.assign(host, { answer: good, resolve: undefined })
    expect((await start(host.uri)).status).toBe(200)
  })

  it('CM-4 times out after five seconds, look-up included', async () => {
    const clock = new AbortController()
    const timeouts = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(clock.signal)
    const host = new Host(
      (signal) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(clock.signal.reason))
          clock.abort(new DOMException('timed out', 'TimeoutError'))
        }),
    )
    expectLater(await start(host.uri))
    expect(timeouts.mock.calls).toStrictEqual([[5000]])
  })
})

it('CM-4 of many names is limited by sender before any fetch', async () => {
  const headers = { 'CF-Connecting-IP': freshAddress() }
  const host = publish()
  const ask = (clientId: string) =>
    fetch(formRequest('/device_authorization', { client_id: clientId }, headers))
  expect((await ask(host.uri)).status).toBe(200)
  const before = asked.length
  vi.spyOn(env.TOKEN_LIMIT, 'limit').mockResolvedValue({ success: false })
  expect((await ask(publish().uri)).status).toBe(429)
  expect((await ask(host.uri)).status, 'one that is known').toBe(200)
  expect(asked.length).toBe(before)
})
