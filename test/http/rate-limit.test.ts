// The limits per address, and those around them: per IPv6 /48, and per address whatever the client.
// Conformance VP-5, DA-16.
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Person } from '../support/person.ts'
import { formRequest, useUp, worker } from '../support/worker.ts'
import { ISSUER } from '../support/settings.ts'

afterEach(() => void vi.restoreAllMocks())

const start = async (address: string, client_id = 'tv') =>
  (
    await worker(
      formRequest('/device_authorization', { client_id }, { 'CF-Connecting-IP': address }),
    )
  ).status

const poll = async (address: string) =>
  (
    await worker(
      formRequest(
        '/token',
        { grant_type: 'refresh_token', client_id: 'nobody', refresh_token: 'x' },
        { 'CF-Connecting-IP': address },
      ),
    )
  ).status

const visitor = (address: string) => new Person(worker, ISSUER, { 'CF-Connecting-IP': address })

const enterCode = async (address: string) => {
  const person = visitor(address)
  const page = await person.submit(await person.open('/device'), '/device', { user_code: 'B' })
  return page.status
}

const makeAccount = async (address: string) => (await visitor(address).createAccount('', '')).status

const RINGS = [
  ['device authorizations', start, 'NETWORK_LIMIT', 'START_LIMIT tv', 200],
  ['device authorizations of any client', start, 'NETWORK_LIMIT', 'START_ADDRESS_LIMIT start', 200],
  ['failed client authentications', poll, 'NETWORK_LIMIT', 'SECRET_LIMIT nobody', 401],
  ['codes entered', enterCode, 'NETWORK_LIMIT', 'PERSON_LIMIT code', 400],
  ['new accounts', makeAccount, 'NETWORK_ACCOUNT_LIMIT', 'NEW_ACCOUNT_LIMIT account', 400],
] as const

describe('the limit of an IPv6 /48', () => {
  it.each(RINGS)('VP-5 DA-16 counts %s of all its /64s together', async (...row) => {
    const [, send, limit, name, status] = row
    useUp(env[limit], `${name} 2001:db8:beef`)
    expect(await send('2001:db8:beef:1::1')).toBe(429)
    expect(await send('2001:db8:beef:2::1')).toBe(429)
    expect(await send('2001:db8:beee:1::1'), 'another /48').toBe(status)
    expect(await send('192.0.2.1'), 'IPv4').toBe(status)
  })

  it('VP-5 is fifty new accounts a minute, from all its /64s', async () => {
    // Twice the limit, and one: the minute may turn in between.
    const addresses = Array.from({ length: 101 }, (_, index) => `2001:db8:cafe:${index}::1`)
    const statuses = await Promise.all(addresses.map(makeAccount))
    const refused = statuses.filter((status) => status === 429).length
    expect(refused).toBeGreaterThanOrEqual(1)
    expect(refused).toBeLessThanOrEqual(51)
    expect(await makeAccount('2001:db8:caff:1::1'), 'another /48').toBe(400)
  })

  it('VP-5 is not used up by one /64 beyond its own limit', async () => {
    const wider = vi.spyOn(env.NETWORK_LIMIT, 'limit')
    useUp(env.PERSON_LIMIT, 'code 2001:db8:dead:1')
    expect(await enterCode('2001:db8:dead:1::1')).toBe(429)
    expect(wider).not.toHaveBeenCalled()
    expect(await enterCode('2001:db8:dead:2::1')).toBe(400)
  })
})

describe('an address', () => {
  it.each([
    ['192.0.2.66', '192.0.2.66', '192.0.2.67'],
    ['2001:db8:66:1::1', '2001:db8:66:1', '2001:db8:66:2::1'],
  ])('DA-16 starts no more than its share, with any clients: %s', async (...row) => {
    const [address, network, another] = row
    useUp(env.START_ADDRESS_LIMIT, `start ${network}`)
    expect(await start(address)).toBe(429)
    expect(await start(address, 'plain-tv'), 'another client').toBe(429)
    expect(await start(another)).toBe(200)
  })
})
