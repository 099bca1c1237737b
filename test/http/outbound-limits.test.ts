// Limits on fetches on behalf of strangers, and their effect on the operator's own addresses:
// conformance CA-16, CM-4.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../src/config/client-settings.ts'
import { answerOf } from '../support/device.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { asKeyClient } from '../support/key-client.ts'
import { PUBLIC_KEYS } from '../support/key-pairs.ts'
import { formRequest, freshAddress, useUp, workerWith } from '../support/worker.ts'
import { TEST_VARS } from '../support/settings.ts'

beforeEach(() => void connectInternet())
afterEach(() => void vi.restoreAllMocks())

const strangers = workerWith({ CLIENT_ID_METADATA_DOCUMENTS: 'on' })

/** A host with the document of a client. */
const publish = (more: object = {}, uri?: string): Host => {
  const host: Host = new Host(
    () =>
      Response.json({
        client_id: host.uri,
        client_name: 'Radio',
        grant_types: [DEVICE_CODE_GRANT],
        ...more,
      }),
    uri,
  )
  return host
}

const start = async (clientId: string, address = freshAddress(), fields = {}) => {
  const headers = { 'CF-Connecting-IP': address }
  const all = { client_id: clientId, ...fields }
  return (await answerOf(await strangers(formRequest('/device_authorization', all, headers))))
    .status
}

describe('fetches on behalf of strangers', () => {
  it('CM-4 are limited by sender, whatever the names', async () => {
    useUp(env.OUTBOUND_ASKER_LIMIT, 'fetch 2001:db8:a1:1')
    const [one, another] = [publish(), publish()]
    expect(await start(one.uri, '2001:db8:a1:1::1')).toBe(503)
    expect(await start(another.uri, '2001:db8:a1:1::2')).toBe(503)
    expect([one.asked, another.asked]).toStrictEqual([0, 0])
    expect(await start(one.uri, '2001:db8:a1:2::1'), 'others').toBe(200)
  })

  it('CM-4 use at most half of a host’s limit for one sender', async () => {
    const host = new Host(() => new Response('', { status: 404 }))
    const ask = (_: unknown, index: number) => start(`${host.uri}?${index}`, '2001:db8:a2::1')
    // Twice the limit, and one: the minute may turn in between.
    const statuses = await Promise.all(Array.from({ length: 61 }, ask))
    expect(host.asked).toBeGreaterThanOrEqual(30)
    expect(host.asked).toBeLessThanOrEqual(60)
    expect(statuses.filter((status) => status === 503)).toHaveLength(61 - host.asked)
    expect(await start(`${host.uri}?other`, '2001:db8:a3::1'), 'others').toBe(401)
  })

  it.each([
    ['203.0.113.9', ['203.0.114.9'], ['203.0.114.9'], '203.0.114.9'],
    ['an IPv6 /64', ['2606:4700:1:2::a'], ['2606:4700:1:2::b'], '2606:4700:1:2'],
    ['one of several', ['93.184.216.40', '8.8.8.8'], ['8.8.8.8'], '8.8.8.8'],
  ])('CM-4 are limited by the network of the host, for any number of names: %s', async (...row) => {
    const [, addresses, others, network] = row
    const [one, another] = [publish(), publish()]
    one.addresses = addresses
    another.addresses = others
    useUp(env.OUTBOUND_NETWORK_LIMIT, network)
    expect(await start(one.uri)).toBe(503)
    expect(await start(another.uri)).toBe(503)
    expect([one.asked, another.asked]).toStrictEqual([0, 0])
    expect(await start(publish().uri), 'elsewhere').toBe(200)
  })

  it('CM-4 are refused if a name has more addresses than a host needs', async () => {
    const host = publish()
    const addresses = Array.from({ length: 17 }, (_, index) => `93.184.216.${index}`)
    host.addresses = addresses
    expect([await start(host.uri), host.asked]).toStrictEqual([401, 0])
    host.addresses = addresses.slice(1)
    expect(await start(host.uri)).toBe(200)
  })

  it('CM-4 beyond the limit of a host keep the client as it was', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const host = publish()
    expect(await start(host.uri)).toBe(200)
    useUp(env.OUTBOUND_LIMIT, host.name)
    vi.setSystemTime(Date.now() + 60_000)
    expect(await start(host.uri)).toBe(200)
    expect(host.asked).toBe(1)
    vi.useRealTimers()
  })

  it('CM-4 keep a withdrawn client for an hour at most, whatever limit they reach', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const host = publish()
    expect(await start(host.uri)).toBe(200)
    host.answer = () => new Response('', { status: 404 })
    useUp(env.OUTBOUND_LIMIT, host.name)
    vi.setSystemTime(Date.now() + 3_599_000)
    expect(await start(host.uri), 'for the others, as the host may well be there').toBe(200)
    vi.setSystemTime(Date.now() + 2000)
    expect(await start(host.uri)).toBe(503)
    expect(host.asked).toBe(1)
    vi.useRealTimers()
  })

  it('CM-4 beyond the sender’s own limit do not keep a withdrawn client', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const host = publish()
    expect(await start(host.uri)).toBe(200)
    host.answer = () => new Response('', { status: 404 })
    useUp(env.OUTBOUND_ASKER_LIMIT, 'fetch 2001:db8:a9:1')
    vi.setSystemTime(Date.now() + 60_000)
    expect(await start(host.uri, '2001:db8:a9:1::1')).toBe(503)
    expect(await start(host.uri), 'and asks for the next').toBe(401)
    vi.useRealTimers()
  })
})

const publishKeys = () => new Host(() => Response.json(PUBLIC_KEYS))

const startListed = async (jwksUri: string) => {
  const entry = TEST_VARS.CLIENTS.find(({ client_id }) => client_id === 'remote-key-tv')
  const fetch = workerWith({ CLIENTS: [{ ...entry, jwks_uri: jwksUri }] })
  const fields = await asKeyClient({ clientId: 'remote-key-tv' })
  return (await answerOf(await fetch(formRequest('/device_authorization', fields)))).status
}

describe('the keys of a listed client', () => {
  it('CA-16 are fetched however much strangers have used their host’s limit', async () => {
    const host = publishKeys()
    useUp(env.OUTBOUND_LIMIT, host.name)
    vi.spyOn(env.OUTBOUND_NETWORK_LIMIT, 'limit').mockResolvedValue({ success: false })
    vi.spyOn(env.OUTBOUND_ASKER_LIMIT, 'limit').mockResolvedValue({ success: false })
    expect(await startListed(host.uri)).toBe(200)
  })

  it('CA-16 are fetched once for a burst of requests', async () => {
    const host = new Host(async () => {
      await scheduler.wait(100)
      return Response.json(PUBLIC_KEYS)
    })
    const statuses = await Promise.all(Array.from({ length: 20 }, () => startListed(host.uri)))
    expect(statuses.every((status) => status === 200)).toBe(true)
    expect(host.asked).toBe(1)
  })

  it('CA-16 are fetched once for a burst of requests while their host is down', async () => {
    const host = new Host(async () => {
      await scheduler.wait(100)
      return new Response('', { status: 502 })
    })
    const statuses = await Promise.all(Array.from({ length: 20 }, () => startListed(host.uri)))
    expect(statuses.every((status) => status === 503)).toBe(true)
    expect(host.asked).toBe(1)
  })

  it('CA-16 are renewed for the next sender if one is beyond its own limit', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const keys = publishKeys()
    const client = publish({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: keys.uri,
    })
    const send = async (address: string, kid?: string) => {
      const header = kid === undefined ? {} : { header: { kid } }
      return start(client.uri, address, await asKeyClient({ clientId: client.uri, ...header }))
    }
    expect(await send('2001:db8:aa:2::1')).toBe(200)
    useUp(env.OUTBOUND_ASKER_LIMIT, 'fetch 2001:db8:aa:1')
    vi.setSystemTime(Date.now() + 61_000)
    expect(await send('2001:db8:aa:3::1'), 'the document is known').toBe(200)
    const before = keys.asked
    expect(await send('2001:db8:aa:1::1', 'nosuch')).toBe(503)
    expect(await send('2001:db8:aa:2::1', 'nosuch')).toBe(401)
    expect(keys.asked).toBe(before + 1)
    vi.useRealTimers()
  })

  it('CA-16 are not available to a stranger who names the same address', async () => {
    const host = publishKeys()
    expect(await startListed(host.uri)).toBe(200)
    useUp(env.OUTBOUND_LIMIT, host.name)
    const stranger = publish({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: host.uri,
    })
    const fields = await asKeyClient({ clientId: stranger.uri })
    expect(await start(stranger.uri, undefined, fields)).toBe(503)
    expect(host.asked).toBe(1)
  })
})
