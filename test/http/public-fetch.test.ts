// Fetching what a client published, seen through its jwks_uri: conformance CA-16. What the keys are
// good for is in client-keys.test.ts.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Answer, answerOf } from '../support/device.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { asKeyClient } from '../support/key-client.ts'
import { PUBLIC_KEYS } from '../support/key-pairs.ts'
import { TEST_VARS } from '../support/settings.ts'
import { type Fetch, formRequest, workerWith } from '../support/worker.ts'

let asked: readonly string[] = []
beforeEach(() => {
  asked = connectInternet()
})
afterEach(() => {
  vi.restoreAllMocks()
})

const keySet = () => Response.json(PUBLIC_KEYS)

const workerAsking = (jwksUri: string): Fetch => {
  const entry = TEST_VARS.CLIENTS.find(({ client_id }) => client_id === 'remote-key-tv')
  return workerWith({ CLIENTS: [{ ...entry, jwks_uri: jwksUri }] })
}

const start = async (fetch: Fetch): Promise<Answer> => {
  const fields = await asKeyClient({ clientId: 'remote-key-tv' })
  return answerOf(await fetch(formRequest('/device_authorization', fields)))
}

const expectRefusal = async (fetch: Fetch) => {
  const { status, headers, body } = await start(fetch)
  expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
  expect(headers.get('WWW-Authenticate')).toMatch(/^Basic realm="[^"]+"/)
}

const isLater = (answer: Answer | undefined): void => {
  expect([answer?.status, answer?.body.error]).toStrictEqual([503, 'temporarily_unavailable'])
  expect(Number(answer?.headers.get('Retry-After'))).toBeGreaterThan(0)
  expect(answer?.headers.has('WWW-Authenticate')).toBe(false)
}

const expectLater = async (fetch: Fetch) => isLater(await start(fetch))

const padded = (length: number) => JSON.stringify(PUBLIC_KEYS).padEnd(length)

describe('an invalid document', () => {
  it.each<[string, () => Response]>([
    ['not found', () => Response.json(PUBLIC_KEYS, { status: 404 })],
    ['forbidden', () => Response.json(PUBLIC_KEYS, { status: 403 })],
    ['gone', () => Response.json(PUBLIC_KEYS, { status: 410 })],
    ['created', () => Response.json(PUBLIC_KEYS, { status: 201 })],
    ['in parts', () => Response.json(PUBLIC_KEYS, { status: 206 })],
    ['without content', () => new Response(null, { status: 204 })],
    ['one byte too large', () => new Response(padded(64 * 1024 + 1))],
  ])('CA-16 %s: 401, and fetched again the next time', async (_name, answer) => {
    const host = new Host(answer)
    const fetch = workerAsking(host.uri)
    await expectRefusal(fetch)
    host.answer = () => new Response(padded(64 * 1024))
    expect((await start(fetch)).status).toBe(200)
    expect(host.asked).toBe(2)
  })

  it.each([301, 302, 303, 307, 308])(
    'CA-16 behind a redirect (%i) is not fetched',
    async (status) => {
      const target = new Host(keySet)
      const host = new Host(() => new Response(null, { status, headers: { Location: target.uri } }))
      await expectRefusal(workerAsking(host.uri))
      expect([host.asked, target.asked]).toStrictEqual([1, 0])
    },
  )

  it('CA-16 of five megabytes is not read to the end', async () => {
    let sent = 0
    const cancelled = vi.fn<() => void>()
    const host = new Host(() => {
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          sent += 1
          controller.enqueue(new Uint8Array(16 * 1024).fill(32))
          if (sent === 320) controller.close()
        },
        cancel: cancelled,
      })
      return new Response(body)
    })
    await expectRefusal(workerAsking(host.uri))
    expect(cancelled).toHaveBeenCalledOnce()
    // The chunks that fit, the one beyond, and those in flight.
    expect(sent).toBeLessThanOrEqual(8)
  })
})

describe('a host', () => {
  it.each([
    ['10.0.0.1'],
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['100.64.0.1'],
    ['172.16.0.1'],
    ['192.168.1.1'],
    ['192.0.0.1'],
    ['198.18.0.1'],
    ['0.0.0.0'],
    ['224.0.0.1'],
    ['240.0.0.1'],
    ['255.255.255.255'],
    ['::1'],
    ['::'],
    ['::10.0.0.1'],
    ['fc00::1'],
    ['fd12:3456::1'],
    ['fe80::1'],
    ['fec0::1'],
    ['ff02::1'],
    ['100::1'],
    ['::ffff:10.0.0.1'],
    ['::ffff:a00:1'],
    ['64:ff9b::a00:1'],
    ['64:ff9b:1::a00:1'],
    ['2002:a00:1::'],
    ['2001::a00:1'],
    ['2001:db8::1'],
    ['3fff::1'],
    ['5f00::1'],
    ['93.184.216.34', '10.0.0.1'],
    ['93.184.216.34', 'fc00::1'],
    ['2606:2800:220:1::1', '127.0.0.1'],
    ['10.0.0.1', '93.184.216.34'],
    ['not an address'],
  ])('CA-16 at %s %s is never contacted', async (...addresses) => {
    const host = new Host(keySet)
    host.addresses = addresses
    await expectRefusal(workerAsking(host.uri))
    expect(host.asked).toBe(0)
  })

  it.each([['93.184.216.34'], ['2606:2800:220:1::1'], ['93.184.216.34', '2606:2800:220:1::1']])(
    'CA-16 at %s %s is contacted',
    async (...addresses) => {
      const host = new Host(keySet)
      host.addresses = addresses
      expect((await start(workerAsking(host.uri))).status).toBe(200)
    },
  )

  it('CA-16 without an address, or that does not exist, is never contacted', async () => {
    const host = new Host(keySet)
    host.addresses = []
    await expectRefusal(workerAsking(host.uri))
    await expectRefusal(workerAsking('https://nosuch.example/jwks.json'))
    expect(host.asked).toBe(0)
    expect(asked.every((address) => address.startsWith('https://cloudflare-dns.com/'))).toBe(true)
  })

  it.each([
    'https://93.184.216.34/jwks.json',
    'https://127.0.0.1/jwks.json',
    'https://127.1/jwks.json',
    'https://2130706433/jwks.json',
    'https://0x7f000001/jwks.json',
    'https://0177.0.0.1/jwks.json',
    'https://[2606:2800:220:1::1]/jwks.json',
    'https://[::1]/jwks.json',
    'https://[::ffff:127.0.0.1]/jwks.json',
    'https://somebody@host.example/jwks.json',
    'https://somebody:secret@host.example/jwks.json',
  ])('CA-16 is not looked up for %s', async (address) => {
    await expectRefusal(workerAsking(address))
    expect(asked).toStrictEqual([])
  })
})

const reject = (error: Error) => (): Response => {
  throw error
}
const timeout = new DOMException('The operation timed out', 'TimeoutError')
const brokenOff = () =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"keys":[')),
      pull: (controller) => controller.error(new Error('connection lost')),
    }),
  )

describe('a document that is temporarily unavailable', () => {
  it.each<[string, Partial<Pick<Host, 'answer' | 'resolve'>>]>([
    ['no connection', { answer: reject(new TypeError('connection refused')) }],
    ['too slow', { answer: reject(timeout) }],
    ['a connection that breaks off', { answer: brokenOff }],
    ...[500, 502, 503, 504, 520].map((status): [string, { answer: Host['answer'] }] => [
      `an error of the host (${status})`,
      { answer: () => new Response('{}', { status }) },
    ]),
    ['no connection to the resolver', { resolve: reject(new TypeError('connection refused')) }],
    ['a resolver that is too slow', { resolve: reject(timeout) }],
    ['an error of the resolver', { resolve: () => new Response('', { status: 500 }) }],
    ['no answer of the resolver', { resolve: () => new Response('<html>') }],
    ['a name server that fails (SERVFAIL)', { resolve: () => Response.json({ Status: 2 }) }],
  ])('CA-16 DC-21 %s: 503, and fetched again the next time', async (_name, fault) => {
    const host = Object.assign(new Host(keySet), fault)
    const fetch = workerAsking(host.uri)
    await expectLater(fetch)
    Object.assign(host, { answer: keySet, resolve: undefined })
    expect((await start(fetch)).status).toBe(200)
  })

  it.each<[string, (hang: Host['answer']) => Partial<Host>]>([
    ['host', (hang) => ({ answer: hang })],
    ['resolver', (hang) => ({ resolve: hang })],
  ])('CA-16 from a silent %s times out after five seconds', async (_who, hanging) => {
    const clock = new AbortController()
    const hang: Host['answer'] = (signal) =>
      new Promise((_, rejected) => {
        signal?.addEventListener('abort', () => rejected(timeout))
        clock.abort(timeout)
      })
    const timeouts = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(clock.signal)
    const host = Object.assign(new Host(keySet), hanging(hang))
    await expectLater(workerAsking(host.uri))
    expect(timeouts.mock.calls.every(([ms]) => ms === 5000)).toBe(true)
  })

  it('CA-16 is fetched from its host at most sixty times a minute', async () => {
    const host = new Host(() => new Response('', { status: 404 }))
    // Each at an address of its own: requests for one address share what is fetched.
    const ask = (_: unknown, index: number) => start(workerAsking(`${host.uri}?${index}`))
    // Twice the limit, because its minute may turn in between.
    const answers = await Promise.all(Array.from({ length: 125 }, ask))
    expect(host.asked).toBeGreaterThanOrEqual(60)
    expect(host.asked).toBeLessThanOrEqual(120)
    const refused = answers.filter(({ status }) => status === 503)
    expect(refused).toHaveLength(125 - host.asked)
    isLater(refused[0])
    expect((await start(workerAsking(new Host(keySet).uri))).status, 'another host').toBe(200)
  })
})
