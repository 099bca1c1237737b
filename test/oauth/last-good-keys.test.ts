// The keys at a jwks_uri while its host does not answer, or answers otherwise: conformance CA-16. The
// same for metadata documents is in client-metadata-document.test.ts, for issuers in
// approval/issuer-keys.test.ts, for identity providers in identity/upstream-metadata.test.ts.
import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest'
import { HOUR, MINUTE } from '../../src/durations.ts'
import { holdClock, pass } from '../support/clock.ts'
import { answerOf } from '../support/device.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { type AssertionOptions, asKeyClient } from '../support/key-client.ts'
import { PUBLIC_KEYS, publicKeyOf } from '../support/key-pairs.ts'
import { TEST_VARS } from '../support/settings.ts'
import { formRequest, workerWith } from '../support/worker.ts'

holdClock()
beforeEach(() => void connectInternet())
afterEach(() => void vi.restoreAllMocks())

const keySet = () => Response.json(PUBLIC_KEYS)

/** A client with keys at this host, which has authenticated with them before. */
const knownClient = async () => {
  const host = new Host(keySet)
  const entry = TEST_VARS.CLIENTS.find(({ client_id }) => client_id === 'remote-key-tv')
  const fetch = workerWith({ CLIENTS: [{ ...entry, jwks_uri: host.uri }] })
  const start = async (options: AssertionOptions = {}) => {
    const fields = await asKeyClient({ clientId: 'remote-key-tv', ...options })
    return (await answerOf(await fetch(formRequest('/device_authorization', fields)))).status
  }
  expect(await start()).toBe(200)
  return { host, start }
}

const fail = (error: Error) => () => {
  throw error
}

const AWAY: [string, Partial<Pick<Host, 'answer' | 'resolve'>>][] = [
  ['cannot be reached', { answer: fail(new TypeError('connection refused')) }],
  ['is too slow', { answer: fail(new DOMException('timed out', 'TimeoutError')) }],
  ...[408, 429, 500, 502, 503, 504].map((status): (typeof AWAY)[number] => [
    `says ${status}`,
    { answer: () => new Response('', { status }) },
  ]),
  ['is not found by a resolver in trouble', { resolve: () => Response.json({ Status: 2 }) }],
]

describe('a host that', () => {
  it.each(AWAY)('CA-16 %s: the last valid keys stay in use for twelve hours', async (_, fault) => {
    const { host, start } = await knownClient()
    Object.assign(host, fault)
    pass(10 * MINUTE)
    expect(await start()).toBe(200)
    pass(12 * HOUR - 10 * MINUTE - 1)
    expect(await start()).toBe(200)
    pass(MINUTE)
    expect(await start()).toBe(503)
    Object.assign(host, { answer: keySet, resolve: undefined })
    expect(await start(), 'and are had again').toBe(200)
  })

  it.each<[string, Partial<Host>]>([
    ['says 404', { answer: () => new Response(JSON.stringify(PUBLIC_KEYS), { status: 404 }) }],
    ['says 403', { answer: () => new Response(JSON.stringify(PUBLIC_KEYS), { status: 403 }) }],
    ['leads elsewhere', { answer: () => Response.redirect('https://elsewhere.example/', 302) }],
    ['has no key set', { answer: () => new Response('<html></html>') }],
    ['has no key', { answer: () => Response.json({ keys: [] }) }],
    ['has other keys', { answer: () => Response.json({ keys: [publicKeyOf('RS256')] }) }],
    ['has lost its address', { addresses: [] }],
    ['is at an address of ours', { addresses: ['10.0.0.1'] }],
  ])('CA-16 %s: the client becomes unknown, even if the host fails later', async (_, change) => {
    const { host, start } = await knownClient()
    Object.assign(host, change)
    pass(10 * MINUTE)
    expect(await start()).toBe(401)
    Object.assign(host, { answer: AWAY[0]?.[1].answer, addresses: ['93.184.216.34'] })
    pass(10 * MINUTE)
    expect(await start()).not.toBe(200)
  })

  it('CA-16 is down is contacted once a minute, while the last valid keys stay in use', async () => {
    const { host, start } = await knownClient()
    host.answer = () => new Response('', { status: 502 })
    pass(10 * MINUTE)
    const before = host.asked
    for (let times = 0; times < 3; times += 1) expect(await start()).toBe(200)
    expect(host.asked).toBe(before + 1)
    pass(MINUTE)
    for (let times = 0; times < 3; times += 1) expect(await start()).toBe(200)
    expect(host.asked).toBe(before + 2)
  })

  it('CA-16 is down is contacted once a minute for an unknown key, which is neither found nor refused', async () => {
    const { host, start } = await knownClient()
    host.answer = () => new Response('', { status: 502 })
    pass(MINUTE)
    const before = host.asked
    const unknown = { header: { kid: 'nosuch' } }
    for (let times = 0; times < 3; times += 1) expect(await start(unknown)).toBe(503)
    expect(host.asked).toBe(before + 1)
    expect(await start(), 'its own all the while').toBe(200)
  })
})
