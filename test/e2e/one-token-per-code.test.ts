// Many simultaneous polls of one approved code, as some clients send twice by design or by mistake:
// before the redemption, after it, and with answers in flight beside each other.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../src/config/client-settings.ts'
import { Person } from '../support/person.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'

type Json = Readonly<Record<string, string>>

const CODES = 50
const POLLS = 16
/**
 * A person may look up at most five codes a second, and an address may start only so many devices.
 */
const HOUSEHOLDS = 5

let server: Server
beforeAll(async () => {
  server = await startServer({ SCOPES: TEST_VARS.SCOPES, CLIENTS: TEST_VARS.CLIENTS })
})
afterAll(() => server.close())

const householdAt = async (address: string) => {
  const headers = { 'CF-Connecting-IP': address }
  const person = new Person(fetch, server.origin, headers)
  await person.createAccount('Hedy Lamarr', `${crypto.randomUUID()}@example.com`)
  const ask = async (path: string, fields: Json) => {
    const body = new URLSearchParams({ client_id: 'tv', ...fields })
    const response = await fetch(server.origin + path, { method: 'POST', body, headers })
    return { status: response.status, body: (await response.json()) as Json }
  }
  return { person, ask }
}

it('DC-6 DC-16 each of fifty codes gives one token to sixteen simultaneous polls', async () => {
  const households = await Promise.all(
    Array.from({ length: HOUSEHOLDS }, (_, index) => householdAt(`192.0.2.${index}`)),
  )
  let repeats = 0
  for (let count = 0; count < CODES; count += 1) {
    const { person, ask } = households[count % HOUSEHOLDS] ?? (await householdAt('192.0.2.99'))
    const { body } = await ask('/device_authorization', { scope: 'openid offline_access' })
    const { user_code: userCode, device_code = '' } = body
    await person.decide(await person.open(`/device?user_code=${userCode}`), 'allow')
    const poll = () => ask('/token', { grant_type: DEVICE_CODE_GRANT, device_code })
    const answers = await Promise.all(Array.from({ length: POLLS }, poll))
    for (const { status, body: answer } of answers)
      expect([status, answer.error]).toStrictEqual(
        status === 200 ? [200, undefined] : [400, 'invalid_grant'],
      )
    const tokens = answers.filter(({ status }) => status === 200).map((answer) => answer.body)
    repeats += tokens.length - 1
    const claimsOf = (name: string) => tokens.map(({ [name]: token = '' }) => decodeJwt(token))
    const [claims, ...others] = claimsOf('access_token')
    expect(claims?.jti).toBeTypeOf('string')
    for (const other of others) expect(other).toStrictEqual(claims)
    expect(new Set(claimsOf('id_token').map(({ iat, exp }) => `${iat} ${exp}`)).size).toBe(1)
    expect(new Set(tokens.map(({ refresh_token }) => refresh_token)).size).toBe(1)
  }
  expect(repeats, 'or nothing was tried').toBeGreaterThan(0)
})
