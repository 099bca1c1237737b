// The cost of each proof of a key (DPoP) or a client (private_key_jwt): see budget.test.ts.
import type { Subject } from '../src/ids.ts'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { holdClock, pass } from './support/clock.ts'
import { NOTHING, costOf, fetch, startCounting } from './support/cost.ts'
import { type Device, approve, startDevice } from './support/device.ts'
import { newPerson } from './support/member.ts'
import { type KeyHolder, readyKeyHolder, sha256 } from './support/dpop.ts'
import { asKeyClient } from './support/key-client.ts'
import { connectDevice } from './support/tokens.ts'
import { formRequest, url } from './support/worker.ts'

let subject: Subject

beforeAll(async () => {
  ;({ subject } = await newPerson())
  await startCounting()
})
holdClock()

const answering = (request: Request, status: number) => async () =>
  expect((await fetch(request)).status).toBe(status)

// Proofs are signed before anything is counted, or their signatures would be too.

describe('a device with a key', () => {
  let holder: KeyHolder
  beforeEach(async () => {
    holder = await readyKeyHolder(fetch)
  })

  const connected = async () => {
    const options = { fetch: holder.fetch, approval: { subject } }
    return (await connectDevice('tv', options)).tokens
  }
  const refreshing = async (token: string) => {
    const fields = { grant_type: 'refresh_token', client_id: 'tv', refresh_token: token }
    return formRequest('/token', fields, { DPoP: await holder.proof() })
  }
  it('DA-17 that starts costs one object, one write and one alarm more', async () => {
    const headers = { DPoP: await holder.proof({ address: url('/device_authorization') }) }
    const cost = await costOf(() => startDevice('tv', { fetch, headers }))
    expect(cost).toEqual({ ...NOTHING, objects: 2, writes: 2, alarms: 2 })
  })

  it('DP-4 that polls costs one object and one write more, and an alarm the first time', async () => {
    const device = await startDevice('tv', { fetch })
    pass(500)
    const poll = async (error: string) => {
      const headers = { DPoP: await holder.proof() }
      return costOf(async () => expect((await device.poll({}, headers)).body.error).toBe(error))
    }
    const cost = { ...NOTHING, objects: 2, writes: 1 }
    expect(await poll('authorization_pending')).toEqual({ ...cost, alarms: 1 })
    expect(await poll('slow_down')).toEqual(cost)
  })

  it('DP-1 that collects costs that much more', async () => {
    const device = await startDevice('tv', { fetch })
    await approve(device.userCode, { subject })
    const headers = { DPoP: await holder.proof() }
    const cost = await costOf(async () => expect((await device.poll({}, headers)).status).toBe(200))
    expect(cost).toEqual({ ...NOTHING, objects: 3, writes: 3, alarms: 1, signatures: 2 })
  })

  it('DC-22 whose proof is refused costs nothing, or one object if the proof was used before', async () => {
    const device = await startDevice('tv', { fetch })
    const used = await holder.proof()
    await device.poll({}, { DPoP: used })
    const refused: [string, string, number][] = [
      ['nosuch', 'invalid_dpop_proof', 0],
      [await holder.proof({ method: 'GET' }), 'invalid_dpop_proof', 0],
      [await holder.proof({ claims: { nonce: 'nosuch' } }), 'use_dpop_nonce', 0],
      [used, 'invalid_dpop_proof', 1],
    ]
    for (const [proof, error, objects] of refused) {
      const poll = async () =>
        expect((await device.poll({}, { DPoP: proof })).body.error).toBe(error)
      expect(await costOf(poll)).toEqual({ ...NOTHING, objects })
    }
  })

  it('RF-8 that refreshes costs one object and one write more', async () => {
    const { refresh_token: token } = await connected()
    const cost = await costOf(answering(await refreshing(token), 200))
    expect(cost).toEqual({ ...NOTHING, objects: 2, writes: 2, signatures: 2 })
  })

  it('DP-7 that asks UserInfo costs one object and one write more', async () => {
    const { access_token: token } = await connected()
    const ask = async () => {
      const proof = { method: 'GET', address: url('/userinfo'), token }
      const headers = { Authorization: `DPoP ${token}`, DPoP: await holder.proof(proof) }
      return costOf(answering(new Request(url('/userinfo'), { headers }), 200))
    }
    expect(await ask()).toEqual({ ...NOTHING, objects: 2, writes: 2 })
    expect(await ask()).toEqual({ ...NOTHING, objects: 2, writes: 1 })
  })
})

// Those that one object remembers: the values of a client are spread over several.
const assertions = (clientId: string, count: number) => {
  const all = Array.from({ length: 1000 }, () => crypto.randomUUID())
  const shard = sha256(all[0] ?? '')[0]
  const near = all.filter((jti) => sha256(jti)[0] === shard).slice(0, count)
  return Promise.all(near.map((jti) => asKeyClient({ clientId, claims: { jti } })))
}

describe('a client with a key', () => {
  it('CA-14 pays one object and one write for each request, and an alarm the first time', async () => {
    const clientId = 'es256-key-tv'
    const [starting, polling, again] = await assertions(clientId, 3)
    let device: Device | undefined
    const start = async () => {
      device = await startDevice(clientId, { fetch, fields: starting ?? {} })
    }
    const poll = (fields: typeof polling, error: string) => async () =>
      expect((await device?.poll(fields))?.body.error).toBe(error)
    expect(await costOf(start)).toEqual({ ...NOTHING, objects: 2, writes: 2, alarms: 2 })
    pass(500)
    const cost = { ...NOTHING, objects: 2, writes: 1 }
    expect(await costOf(poll(polling, 'authorization_pending'))).toEqual(cost)
    expect(await costOf(poll(again, 'slow_down'))).toEqual(cost)
    expect(await costOf(poll(again, 'invalid_client'))).toEqual({ ...NOTHING, objects: 1 })
  })

  it('CA-14 pays as much for a refresh', async () => {
    const [starting, polling, refreshing] = await assertions('key-tv', 3)
    const device = await startDevice('key-tv', { fetch, fields: starting ?? {} })
    await approve(device.userCode, { subject })
    const { body } = await device.poll(polling)
    const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token, ...refreshing }
    const cost = await costOf(async () =>
      expect((await fetch(formRequest('/token', fields))).status).toBe(200),
    )
    expect(cost).toEqual({ ...NOTHING, objects: 2, writes: 2, signatures: 2 })
  })
})
