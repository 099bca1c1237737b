// The storage of a DeviceAuthorization across polls, evictions and alarms. People's actions are in
// people.test.ts.
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { mintDeviceCode, mintUserCode, parseUserCode } from '../../../src/codes.ts'
import {
  type Stub,
  NOTHING,
  approvalBy,
  countWrites,
  newAuthorization,
  requestFor,
  storedIn,
} from './object.ts'
import { holdClock, pass } from '../../support/clock.ts'
import {
  type Device,
  DEVICE_CODE_GRANT,
  authorizationBehind,
  deny,
  startDevice,
} from '../../support/device.ts'
import { STRANGERS_SECRET, formRequest, worker } from '../../support/worker.ts'
import { named } from '../../support/named.ts'

const MINUTE = 60_000

holdClock()

const ANYONE = { subject: named('anyone'), country: undefined }

describe('start', () => {
  it.each<[string, (object: Stub) => Promise<unknown>]>([
    ['pending', async () => undefined],
    ['approved', (object) => object.approve(approvalBy('anna'))],
    ['denied', (object) => object.deny(named('anna'), 'denied')],
    ['opened', (object) => object.open(ANYONE)],
    ['expired, but not yet forgotten', async () => pass(11 * MINUTE)],
  ])('refuses a user code that is %s, and does not change it (DA-14)', async (_, bring) => {
    const { userCode, object } = await newAuthorization()
    await bring(object)
    const before = await storedIn(object)
    expect(await object.start(requestFor(userCode))).toEqual({ outcome: 'in_use' })
    expect(await storedIn(object)).toEqual(before)
  })

  it('succeeds for one of two simultaneous starts (DA-14)', async () => {
    const userCode = mintUserCode('letters')
    const object = env.DEVICE_AUTHORIZATION.getByName(userCode)
    const started = await Promise.all([1, 2, 3].map(() => object.start(requestFor(userCode))))
    expect(started.map(({ outcome }) => outcome).toSorted()).toEqual([
      'in_use',
      'in_use',
      'started',
    ])
  })

  it('accepts a code again once it is forgotten', async () => {
    const { userCode, object, owner } = await newAuthorization()
    await runDurableObjectAlarm(object)
    expect(await object.start(requestFor(userCode))).toEqual({ outcome: 'started' })
    expect(await object.poll(owner())).toEqual({ outcome: 'invalid' })
  })
})

describe('the stored data', () => {
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

  it('is deleted once no poll can ask for it', async () => {
    const { object, request } = await newAuthorization()
    const graceMs = 30_000
    expect((await storedIn(object)).alarm).toBe(request.expiresAtMs + graceMs + 5 * MINUTE)
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(await storedIn(object)).toEqual(NOTHING)
  })
})

describe('after the record is deleted', () => {
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
    const forged = mintDeviceCode(STRANGERS_SECRET, named(userCode), Date.now() + 5 * MINUTE).text
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

  it('every call is answered as absent, and no decision is taken', async () => {
    const { object, owner } = await newAuthorization()
    await runDurableObjectAlarm(object)
    expect(await object.poll(owner())).toEqual({ outcome: 'absent' })
    expect(await object.redeem(owner(), [])).toEqual({ outcome: 'absent' })
    expect(await object.open(ANYONE)).toEqual({ outcome: 'not_valid' })
    expect(await object.approve(approvalBy('anna'))).toEqual({ outcome: 'not_valid' })
    expect(await object.deny(named('anna'), 'denied')).toEqual({ outcome: 'not_valid' })
    expect(await object.withdraw(named('anna'))).toEqual({ outcome: 'not_valid' })
    expect(await storedIn(object)).toEqual(NOTHING)
  })
})

describe('across an eviction', () => {
  it('a pending authorization continues', async () => {
    const { object, request, owner } = await newAuthorization()
    await evictDurableObject(object)
    expect(await object.open(ANYONE)).toEqual({ outcome: 'reviewable', request })
    expect(await object.poll(owner())).toEqual({ outcome: 'pending' })
  })

  it('an approval is kept, with its person', async () => {
    const { object, request, owner } = await newAuthorization()
    const approval = approvalBy('anna')
    await object.approve(approval)
    await evictDurableObject(object)
    expect(await object.approve(approvalBy('bert'))).toEqual({ outcome: 'not_valid' })
    expect(await object.redeem(owner(), [])).toEqual({
      outcome: 'redeemed',
      request,
      approval,
      audience: request.resource,
      redeemedAtMs: Date.now(),
    })
  })

  it('a redemption is repeated, but not for an earlier poll (DC-6, DC-16)', async () => {
    const { object, owner } = await newAuthorization()
    await object.approve(approvalBy('anna'))
    const redeemed = await object.redeem(owner(), [])
    expect(redeemed.outcome).toBe('redeemed')
    const beside = owner()
    await evictDurableObject(object)
    pass(1)
    expect(await object.redeem(beside, [])).toEqual({ outcome: 'invalid' })
    expect(await object.redeem(owner(), [])).toEqual(redeemed)
  })

  it('a denial stays a denial (DC-11)', async () => {
    const device = await startDevice('tv')
    await deny(device.userCode)
    await evictDurableObject(authorizationBehind(device.userCode))
    expect((await device.poll()).body.error).toBe('access_denied')
  })
})

describe('polls', () => {
  it('write nothing, for any outcome', async () => {
    const { object, owner } = await newAuthorization()
    const count = await countWrites(object)
    const hear = async () => (await object.poll(owner())).outcome

    pass(500)
    expect([await hear(), await hear()]).toEqual(['pending', 'slow_down'])
    pass(5000)
    expect(await hear()).toBe('pending')
    expect((await object.poll(owner({ clientId: 'other-tv' }))).outcome).toBe('invalid')
    expect(count()).toBe(0)
    await object.approve(approvalBy('anna'))
    expect(count(), 'and the spies see a write').toBe(1)
    expect(await hear()).toBe('redeemable')
    expect(count()).toBe(1)
  })

  it('write nothing if they redeem nothing', async () => {
    const { object, owner } = await newAuthorization()
    const count = await countWrites(object)
    expect((await object.redeem(owner(), [])).outcome).toBe('pending')
    await object.approve(approvalBy('anna'))
    expect((await object.redeem(owner({ clientId: 'other-tv' }), [])).outcome).toBe('invalid')
    expect((await object.redeem(owner(), ['https://evil.test'])).outcome).toBe('invalid_target')
    expect(count(), 'by the approval').toBe(1)
    expect((await object.redeem(owner(), [])).outcome).toBe('redeemed')
    expect((await object.redeem(owner(), [])).outcome, 'in the same moment').toBe('invalid')
    expect(count(), 'and by the redemption').toBe(2)
    pass(1)
    expect((await object.redeem(owner(), [])).outcome).toBe('redeemed')
    expect(count(), 'once').toBe(2)
  })

  it('of other clients do not count against the owner (DC-5)', async () => {
    const { object, owner } = await newAuthorization()
    await object.poll(owner({ secretHash: named('other') }))
    await object.poll(owner({ clientId: 'other-tv' }))
    expect(await object.poll(owner())).toEqual({ outcome: 'pending' })
  })

  it('that come too soon do not delay the next one (DC-8)', async () => {
    const { object, owner } = await newAuthorization()
    const hear = async (afterMs: number) => {
      pass(afterMs)
      return (await object.poll(owner())).outcome
    }
    expect(await hear(500)).toBe('pending')
    expect(await hear(1000)).toBe('slow_down')
    expect(await hear(2900)).toBe('slow_down')
    expect(await hear(100)).toBe('pending')
  })
})
