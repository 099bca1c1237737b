import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { mintDeviceCode, mintUserCode, parseUserCode } from '../../src/codes.ts'
import type { DeviceAuthorization } from '../../src/objects/device-authorization.ts'
import type { AuthorizationRequest, Poller } from '../../src/objects/device-authorization-state.ts'
import {
  type Device,
  DEVICE_CODE_GRANT,
  approve,
  authorizationBehind,
  deny,
  startDevice,
} from '../support/device.ts'
import { formRequest, worker } from '../support/worker.ts'

const MINUTE = 60_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

const requestFor = (userCode: string): AuthorizationRequest => {
  const expiresAtMs = Date.now() + 10 * MINUTE
  return {
    clientId: 'tv',
    clientName: 'The tv',
    clientUri: undefined,
    secretHash: mintDeviceCode(userCode, expiresAtMs).deviceCode.secretHash,
    scope: ['openid'],
    resource: ['https://antenna.test'],
    codeChallenge: undefined,
    dpopJkt: undefined,
    intervalSeconds: 5,
    requestedAtMs: Date.now(),
    expiresAtMs,
    origin: {
      deviceName: 'Television',
      city: 'Turku',
      region: undefined,
      country: 'FI',
      network: undefined,
    },
  }
}

const newAuthorization = async () => {
  const userCode = mintUserCode('letters')
  const object = env.DEVICE_AUTHORIZATION.getByName(userCode)
  const request = requestFor(userCode)
  expect(await object.start(request)).toEqual({ outcome: 'started' })
  const owner: Poller = { ...request, codeChallenge: undefined }
  return { userCode, object, request, owner }
}

const storedIn = (object: DurableObjectStub<DeviceAuthorization>) =>
  runInDurableObject(object, async (_, { storage }) => ({
    entries: [...(await storage.list())],
    alarm: await storage.getAlarm(),
  }))

const NOTHING = { entries: [], alarm: null }

const allowBy = (subject: string) => ({
  subject,
  grantId: `grant of ${subject}`,
  authTimeMs: Date.now(),
  amr: ['pwd'],
})

describe('start', () => {
  it.each<[string, (object: DurableObjectStub<DeviceAuthorization>) => Promise<unknown>]>([
    ['pending', async () => undefined],
    ['approved', (object) => object.approve(allowBy('anna'))],
    ['denied', (object) => object.deny('anna')],
    ['expired, but not yet forgotten', async () => pass(11 * MINUTE)],
  ])('refuses a user code that is %s, and leaves it alone (DA-14)', async (_, bring) => {
    const { userCode, object } = await newAuthorization()
    await bring(object)
    const before = await storedIn(object)
    expect(await object.start(requestFor(userCode))).toEqual({ outcome: 'in_use' })
    expect(await storedIn(object)).toEqual(before)
  })

  it('lets one of two win that start at the same time (DA-14)', async () => {
    const userCode = mintUserCode('letters')
    const object = env.DEVICE_AUTHORIZATION.getByName(userCode)
    const started = await Promise.all([1, 2, 3].map(() => object.start(requestFor(userCode))))
    expect(started.map(({ outcome }) => outcome).toSorted()).toEqual([
      'in_use',
      'in_use',
      'started',
    ])
  })

  it('takes a code again once it is forgotten', async () => {
    const { userCode, object, owner } = await newAuthorization()
    await runDurableObjectAlarm(object)
    expect(await object.start(requestFor(userCode))).toEqual({ outcome: 'started' })
    expect(await object.poll(owner)).toEqual({ outcome: 'invalid' })
  })
})

describe('what is stored', () => {
  it('is one record, without the device_code or its secret (DA-12)', async () => {
    const device = await startDevice('tv')
    const { entries } = await storedIn(authorizationBehind(device.userCode))
    expect(entries).toHaveLength(1)
    const text = JSON.stringify(entries)
    const secret = Buffer.from(device.deviceCode, 'base64url').subarray(-32)
    expect(secret).toHaveLength(32)
    for (const spelling of ['base64url', 'base64', 'hex'] as const)
      expect(text).not.toContain(secret.toString(spelling))
  })

  it('goes when nobody can ask for it any more', async () => {
    const { object, request } = await newAuthorization()
    const graceMs = 30_000
    expect((await storedIn(object)).alarm).toBe(request.expiresAtMs + graceMs + 5 * MINUTE)
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(await storedIn(object)).toEqual(NOTHING)
  })
})

describe('after it is gone', () => {
  const forgotten = async (after = 20 * MINUTE): Promise<Device> => {
    const device = await startDevice('tv')
    pass(after)
    expect(await runDurableObjectAlarm(authorizationBehind(device.userCode))).toBe(true)
    return device
  }

  it.each([
    ['just after its expiry', 10 * MINUTE + 1000],
    ['20 minutes later', 20 * MINUTE],
    ['a day later', 24 * 60 * MINUTE],
  ])('a device hears expired_token, %s (DC-12)', async (_, after) => {
    const device = await forgotten(after)
    expect(await device.poll()).toMatchObject({ status: 400, body: { error: 'expired_token' } })
    expect(await storedIn(authorizationBehind(device.userCode))).toEqual(NOTHING)
  })

  it('a forged code that claims to be live is invalid_grant (DC-4, DC-12)', async () => {
    const device = await forgotten()
    const userCode = parseUserCode(device.userCode) ?? ''
    const forged = mintDeviceCode(userCode, Date.now() + 5 * MINUTE).text
    const response = await worker(
      formRequest('/token', {
        grant_type: DEVICE_CODE_GRANT,
        client_id: 'tv',
        device_code: forged,
      }),
    )
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
    expect(await storedIn(authorizationBehind(device.userCode))).toEqual(NOTHING)
  })

  it('says so to whoever asks, and takes no decision', async () => {
    const { object, owner } = await newAuthorization()
    await runDurableObjectAlarm(object)
    expect(await object.poll(owner)).toEqual({ outcome: 'absent' })
    expect(await object.redeem(owner, [])).toEqual({ outcome: 'absent' })
    expect(await object.review('anyone')).toEqual({ outcome: 'not_valid' })
    expect(await object.approve(allowBy('anna'))).toEqual({ outcome: 'not_valid' })
    expect(await object.deny('anna')).toEqual({ outcome: 'not_valid' })
    expect(await storedIn(object)).toEqual(NOTHING)
  })
})

describe('across an eviction', () => {
  it('a pending authorization goes on', async () => {
    const { object, request, owner } = await newAuthorization()
    await evictDurableObject(object)
    expect(await object.review('anyone')).toEqual({ outcome: 'reviewable', request })
    expect(await object.poll(owner)).toEqual({ outcome: 'pending' })
  })

  it('an approval is kept, with who gave it', async () => {
    const { object, request, owner } = await newAuthorization()
    const approval = allowBy('anna')
    await object.approve(approval)
    await evictDurableObject(object)
    expect(await object.approve(allowBy('bert'))).toEqual({ outcome: 'not_valid' })
    expect(await object.redeem(owner, [])).toEqual({
      outcome: 'redeemed',
      request,
      approval,
      audience: request.resource,
    })
  })

  it('a redemption is not repeated at once, but after a second (DC-6)', async () => {
    const device = await startDevice('tv')
    await approve(device.userCode)
    expect((await device.poll()).status).toBe(200)
    await evictDurableObject(authorizationBehind(device.userCode))
    expect((await device.poll()).body.error).toBe('invalid_grant')
    pass(1000)
    expect((await device.poll()).status).toBe(200)
  })

  it('a denial stays one (DC-11)', async () => {
    const device = await startDevice('tv')
    await deny(device.userCode)
    await evictDurableObject(authorizationBehind(device.userCode))
    expect((await device.poll()).body.error).toBe('access_denied')
  })
})

it('shows what is asked until somebody decides or it runs out', async () => {
  const { object, request } = await newAuthorization()
  expect(await object.review('anyone')).toEqual({ outcome: 'reviewable', request })
  await object.deny('anna')
  expect(await object.review('anyone')).toEqual({ outcome: 'not_valid' })

  const other = await newAuthorization()
  pass(10 * MINUTE)
  expect(await other.object.review('anyone')).toEqual({ outcome: 'not_valid' })
})

describe('polls', () => {
  it('write nothing, whatever they hear', async () => {
    const { object, owner } = await newAuthorization()
    const writes = await runInDurableObject(object, (_, { storage }) =>
      (['put', 'delete', 'deleteAll', 'setAlarm', 'deleteAlarm'] as const).map((method) =>
        vi.spyOn(storage, method),
      ),
    )
    const count = () => writes.reduce((sum, { mock }) => sum + mock.calls.length, 0)
    const hear = async () => (await object.poll(owner)).outcome

    expect([await hear(), await hear()]).toEqual(['pending', 'slow_down'])
    pass(5000)
    expect(await hear()).toBe('pending')
    expect((await object.poll({ ...owner, clientId: 'other-tv' })).outcome).toBe('invalid')
    expect(count()).toBe(0)
    await object.approve(allowBy('anna'))
    expect(count(), 'and the spies see a write').toBe(1)
    expect(await hear()).toBe('redeemable')
    expect(count()).toBe(1)
  })

  it('that redeem nothing write nothing either', async () => {
    const { object, owner } = await newAuthorization()
    const put = await runInDurableObject(object, (_, { storage }) => vi.spyOn(storage, 'put'))
    expect((await object.redeem(owner, [])).outcome).toBe('pending')
    await object.approve(allowBy('anna'))
    expect((await object.redeem({ ...owner, clientId: 'other-tv' }, [])).outcome).toBe('invalid')
    expect((await object.redeem(owner, ['https://evil.test'])).outcome).toBe('invalid_target')
    expect(put, 'by the approval').toHaveBeenCalledOnce()
    expect((await object.redeem(owner, [])).outcome).toBe('redeemed')
    expect((await object.redeem(owner, [])).outcome).toBe('invalid')
    expect(put, 'and by the redemption').toHaveBeenCalledTimes(2)
  })

  it('of others do not count against the owner (DC-5)', async () => {
    const { object, owner } = await newAuthorization()
    await object.poll({ ...owner, secretHash: 'other' })
    await object.poll({ ...owner, clientId: 'other-tv' })
    expect(await object.poll(owner)).toEqual({ outcome: 'pending' })
  })

  it('that came too soon do not push the next one back (DC-8)', async () => {
    const { object, owner } = await newAuthorization()
    const hear = async (afterMs: number) => {
      pass(afterMs)
      return (await object.poll(owner)).outcome
    }
    expect(await hear(0)).toBe('pending')
    expect(await hear(1000)).toBe('slow_down')
    expect(await hear(2900)).toBe('slow_down')
    expect(await hear(100)).toBe('pending')
  })
})
