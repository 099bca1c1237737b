// The metadata of an identity provider: how long it is believed, and what happens while the provider is
// away. Signing in there is in e2e/upstream.test.ts.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { HOUR, MINUTE } from '../../src/durations.ts'
import { holdClock, pass } from '../support/clock.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { freshAddress, url, useUp, workerWith } from '../support/worker.ts'

holdClock()
beforeEach(() => void connectInternet())
afterEach(() => void vi.restoreAllMocks())

let providers = 0

/** A provider, and how signing in there begins: with 303 to it, or with a page that says it failed. */
const provider = () => {
  providers += 1
  const issuer = `https://provider-${providers}.example`
  const host = new Host(
    () => Response.json({ issuer, authorization_endpoint: `${issuer}/authorize` }),
    `${issuer}/`,
  )
  const id = `provider-${providers}`
  const fetch = workerWith({
    IDENTITY_PROVIDERS: [{ id, name: 'Acme', issuer, client_id: 'antenna' }],
  })
  const begin = async () => {
    const headers = { 'CF-Connecting-IP': freshAddress() }
    const request = new Request(url(`/device/sign-in/at/${id}`), { headers, redirect: 'manual' })
    const { status, headers: sent } = await fetch(request)
    return sent.get('Location')?.startsWith(`${issuer}/authorize?`) === true ? 'away' : status
  }
  return { host, begin }
}

it('provider metadata is fetched once an hour', async () => {
  const { host, begin } = provider()
  for (let times = 0; times < 3; times += 1) expect(await begin()).toBe('away')
  expect(host.asked).toBe(1)
  pass(HOUR)
  expect(await begin()).toBe('away')
  expect(host.asked).toBe(2)
})

it.each<[string, Host['answer']]>([
  ['does not answer', () => Promise.reject(new TypeError('connection refused'))],
  [
    'closes the connection',
    () => new Response(new ReadableStream({ pull: (body) => body.error('lost') })),
  ],
  ['is busy', () => new Response('', { status: 503 })],
  ['limits the rate', () => new Response('', { status: 429 })],
])('sign-in works for twelve hours while the provider %s', async (_, answer) => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const { host, begin } = provider()
  expect(await begin()).toBe('away')
  host.answer = answer
  pass(12 * HOUR - 1)
  expect(await begin()).toBe('away')
  pass(MINUTE)
  expect(await begin()).toBe(503)
})

it.each<[string, Host['answer']]>([
  ['answers 404', () => new Response('', { status: 404 })],
  ['names another issuer', () => Response.json({ issuer: 'https://other.example' })],
  ['answers with nothing', () => new Response('')],
])('sign-in stops once the provider %s', async (_, answer) => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const { host, begin } = provider()
  expect(await begin()).toBe('away')
  host.answer = answer
  pass(HOUR)
  expect(await begin()).toBe(502)
  host.answer = () => new Response('', { status: 503 })
  expect(await begin()).toBe(503)
})

it('provider metadata is fetched even if strangers have used up the limit of its host', async () => {
  const { host, begin } = provider()
  useUp(env.OUTBOUND_LIMIT, host.name)
  expect(await begin()).toBe('away')
})
