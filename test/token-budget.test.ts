// The cost of each request about tokens: see budget.test.ts.
import type { Subject } from '../src/ids.ts'
import { beforeAll, describe, expect, it } from 'vitest'
import { holdClock, passSeconds } from './support/clock.ts'
import { NOTHING, costOf, fetch, startCounting, timesAsked } from './support/cost.ts'
import { approve, startDevice } from './support/device.ts'
import { newPerson } from './support/member.ts'
import { altered, as } from './support/grants.ts'
import { formRequest, url } from './support/worker.ts'

let subject: Subject

beforeAll(async () => {
  ;({ subject } = await newPerson())
  await startCounting()
})
holdClock()

const connected = async (scope = 'openid offline_access') => {
  const device = await startDevice('tv', { fetch, fields: { scope } })
  await approve(device.userCode, { subject })
  return (await device.poll()).body
}
const asking = (path: string, fields: Record<string, string>) =>
  fetch(formRequest(path, { client_id: 'tv', ...fields }))
const refresh = async (token: string, status: number) => {
  const fields = { grant_type: 'refresh_token', refresh_token: token }
  expect((await asking('/token', fields)).status).toBe(status)
}

describe('an access token', () => {
  it('costs no object when an API verifies it: the key set is cached', async () => {
    const cost = await costOf(() => fetch(new Request(url('/jwks.json'))))
    expect(cost).toEqual(NOTHING)
  })

  it('costs the account, and one write the first time, when it is used here', async () => {
    const { access_token: token } = await connected()
    const headers = { Authorization: `Bearer ${token}` }
    const use = async () =>
      expect((await fetch(new Request(url('/userinfo'), { headers }))).status).toBe(200)
    expect(await costOf(use)).toEqual({ ...NOTHING, objects: 1, writes: 1 })
    expect(await costOf(use)).toEqual({ ...NOTHING, objects: 1 })
  })
})

describe('a refresh token', () => {
  it.each([
    ['offline_access', 1],
    ['openid offline_access', 2],
  ])(
    'RF-4 RF-10 costs one call, one write and a signature for each token: %s',
    async (scope, signatures) => {
      const { refresh_token: token } = await connected(scope)
      const cost = await costOf(() => refresh(token, 200))
      expect(cost).toEqual({ ...NOTHING, objects: 1, writes: 1, signatures })
      expect(timesAsked()).toBe(1)
    },
  )

  it('RF-6 costs no write when it is repeated, except for one when it is late', async () => {
    const { refresh_token: token } = await connected()
    await refresh(token, 200)
    const again = () => costOf(() => refresh(token, 200))
    const cost = { ...NOTHING, objects: 1, signatures: 2 }
    expect(await again()).toEqual(cost)
    passSeconds(61)
    expect(await again()).toEqual({ ...cost, writes: 1 })
    expect(await again()).toEqual(cost)
  })

  it.each(['nosuch', 'A'.repeat(134)])(
    'that cannot be ours starts no object: %s',
    async (token) => {
      expect(await costOf(() => refresh(token, 400))).toEqual(NOTHING)
      const revoke = () => asking('/revoke', { token })
      expect(await costOf(revoke)).toEqual(NOTHING)
      const introspect = () => asking('/introspect', { token, ...as('issuer-api') })
      expect(await costOf(introspect)).toEqual(NOTHING)
    },
  )

  it('of another server costs nothing', async () => {
    const { refresh_token: token } = await connected()
    expect(await costOf(() => refresh(altered(token, 99), 400))).toEqual(NOTHING)
  })

  it('RV-6 costs one object and one write when it is revoked', async () => {
    const { refresh_token: token } = await connected()
    const cost = await costOf(() => asking('/revoke', { token }))
    expect(cost).toEqual({ ...NOTHING, objects: 1, writes: 1 })
  })
})

it('an introspected access token costs the account, and no write', async () => {
  const { access_token: token } = await connected()
  const cost = await costOf(async () => {
    const response = await fetch(formRequest('/introspect', { token, ...as('issuer-api') }))
    expect(await response.json()).toMatchObject({ active: true })
  })
  expect(cost).toEqual({ ...NOTHING, objects: 1 })
})
