// People's actions on a DeviceAuthorization, as stored and passed to the device: conformance XD-6,
// XD-8, VP-7, HH-15.
import { evictDurableObject } from 'cloudflare:test'
import { type MockInstance, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { approvalBy, countWrites, newAuthorization, storedIn } from './object.ts'
import { pass } from '../../support/clock.ts'
import { authorizationBehind, startDevice } from '../../support/device.ts'
import { allow, heldPolls, hold, summary } from '../../support/held-poll.ts'
import { named } from '../../support/named.ts'

const NOT_VALID = { outcome: 'not_valid' }
const OPENED_BY_MANY = { outcome: 'opened_by_many', clientId: 'tv' }
const IN_FINLAND = { subject: named('anna'), country: 'FI' }
const ALSO_THERE = { subject: named('bert'), country: 'FI' }
const IN_BRAZIL = { subject: named('carl'), country: 'BR' }

let log: MockInstance
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  log = vi.spyOn(console, 'info').mockReturnValue()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('a request is shown until a person decides or it expires', async () => {
  const { object, request } = await newAuthorization()
  expect(await object.open(IN_FINLAND)).toEqual({ outcome: 'reviewable', request })
  await object.deny(named('anna'), 'denied')
  expect(await object.open(ALSO_THERE)).toEqual(NOT_VALID)
  expect(await object.open(IN_FINLAND)).toEqual({
    outcome: 'denied',
    reason: 'denied',
    request,
  })

  const other = await newAuthorization()
  pass(600_000)
  expect(await other.object.open(IN_FINLAND)).toEqual(NOT_VALID)
})

describe('a code that is opened', () => {
  it('XD-6 costs a write for each new person, and none for the same person again', async () => {
    const { object } = await newAuthorization()
    const count = await countWrites(object)
    await object.open(IN_FINLAND)
    expect(count()).toBe(1)
    await object.open(IN_FINLAND)
    await object.open({ ...IN_FINLAND, country: 'BR' })
    expect(count()).toBe(1)
    await object.open(ALSO_THERE)
    expect(count()).toBe(2)
  })

  it('XD-6 ends for everyone once a second person opens it in another country', async () => {
    const { object, owner } = await newAuthorization()
    await object.open(IN_FINLAND)
    expect(await object.open(IN_BRAZIL)).toEqual(OPENED_BY_MANY)
    for (const person of [IN_FINLAND, IN_BRAZIL]) {
      expect(await object.open(person)).toEqual(NOT_VALID)
      expect(await object.approve(approvalBy(person.subject))).toEqual(NOT_VALID)
    }
    expect(await object.poll(owner())).toEqual({ outcome: 'denied' })
    expect(await object.redeem(owner(), [])).toEqual({ outcome: 'denied' })
  })

  it('XD-6 remembers its openers across an eviction', async () => {
    const { object, owner } = await newAuthorization()
    await object.open(IN_FINLAND)
    await evictDurableObject(object)
    await object.open(ALSO_THERE)
    await evictDurableObject(object)
    expect(await object.open({ subject: named('dora'), country: 'FI' })).toEqual(OPENED_BY_MANY)
    await evictDurableObject(object)
    expect(await object.poll(owner())).toEqual({ outcome: 'denied' })
  })

  it('XD-6 ends at the second of two simultaneous openings from two countries', async () => {
    const { object } = await newAuthorization()
    const opened = await Promise.all([IN_FINLAND, IN_BRAZIL].map((person) => object.open(person)))
    expect(opened.map(({ outcome }) => outcome)).toEqual(['reviewable', 'opened_by_many'])
    expect(await object.approve(approvalBy('anna'))).toEqual(NOT_VALID)
  })

  it('XD-6 HH-15 returns its end once, with its client only, and the object logs nothing', async () => {
    const { object } = await newAuthorization()
    await object.open(IN_FINLAND)
    expect(await object.open(IN_BRAZIL)).toEqual(OPENED_BY_MANY)
    for (const person of [IN_BRAZIL, IN_FINLAND, ALSO_THERE])
      expect(await object.open(person)).toEqual(NOT_VALID)
    expect(log).not.toHaveBeenCalled()
  })

  it('XD-6 is access_denied to the device from then on', async () => {
    const device = await startDevice('tv')
    const object = authorizationBehind(device.userCode)
    await object.open(IN_FINLAND)
    expect(summary(await device.poll())).toBe('400 authorization_pending')
    await object.open(IN_BRAZIL)
    for (const ms of [0, 1000, 600_000]) {
      pass(ms)
      expect(summary(await device.poll())).toBe('400 access_denied')
    }
  })

  it('XD-6 LP-1 leaves a held poll held, until it ends', async () => {
    const device = await startDevice('held-tv')
    const object = authorizationBehind(device.userCode)
    const { answer } = await hold(device)
    await object.open(IN_FINLAND)
    await object.open(ALSO_THERE)
    expect(await heldPolls(device)).toBe(1)
    await object.open(IN_BRAZIL)
    expect(summary(await answer)).toBe('400 access_denied')
  })
})

describe('a withdrawn approval', () => {
  it('XD-8 is access_denied if the device has not collected it, also across an eviction', async () => {
    const device = await startDevice('tv')
    const object = authorizationBehind(device.userCode)
    const approval = approvalBy('anna')
    await object.approve(approval)
    const { grantId } = approval
    expect(await object.withdraw(named('anna'))).toMatchObject({ outcome: 'withdrawn', grantId })
    await evictDurableObject(object)
    for (const ms of [0, 1000]) {
      pass(ms)
      expect(summary(await device.poll())).toBe('400 access_denied')
    }
    expect(await object.withdraw(named('anna'))).toEqual(NOT_VALID)
    expect(await object.approve(approval)).toEqual(NOT_VALID)
    expect(await object.open(IN_FINLAND)).toMatchObject({ outcome: 'denied' })
  })

  it('XD-8 returns the grant after the redemption, and writes nothing', async () => {
    const { object, owner } = await newAuthorization()
    const approval = approvalBy('anna')
    await object.approve(approval)
    await object.redeem(owner(), [])
    const count = await countWrites(object)
    for (const _ of [1, 2]) {
      const { grantId } = approval
      expect(await object.withdraw(named('anna'))).toMatchObject({ outcome: 'withdrawn', grantId })
    }
    expect(count()).toBe(0)
  })

  it.each([
    ['another person', 'bert'],
    ['an empty subject', ''],
  ])('XD-8 cannot be withdrawn by %s', async (_, subject) => {
    const device = await startDevice('tv')
    const object = authorizationBehind(device.userCode)
    await allow(device)
    const before = await storedIn(object)
    expect(await object.withdraw(named(subject))).toEqual(NOT_VALID)
    expect(await storedIn(object)).toEqual(before)
    expect(summary(await device.poll())).toBe('200 access_token')
  })

  it('XD-8 and a simultaneous redemption see each other', async () => {
    const { object, owner } = await newAuthorization()
    await object.approve(approvalBy('anna'))
    const [redeemed, withdrawn] = await Promise.all([
      object.redeem(owner(), []),
      object.withdraw(named('anna')),
    ])
    expect([redeemed.outcome, withdrawn.outcome]).toEqual(['redeemed', 'withdrawn'])

    const other = await newAuthorization()
    await other.object.approve(approvalBy('anna'))
    const [first, second] = await Promise.all([
      other.object.withdraw(named('anna')),
      other.object.redeem(other.owner(), []),
    ])
    expect([first.outcome, second.outcome]).toEqual(['withdrawn', 'denied'])
  })
})

it.each(['denied', 'reported'] as const)(
  'VP-7 stores that it was %s, and the subject',
  async (reason) => {
    const { object, request } = await newAuthorization()
    await object.deny(named('anna'), reason)
    await object.deny(named('anna'), reason === 'denied' ? 'reported' : 'denied')
    await object.deny(named('bert'), 'denied')
    const { entries } = await storedIn(object)
    expect(entries.map(([, record]) => record)).toEqual([
      { status: 'denied', request, reason, subject: named('anna') },
    ])
  },
)
