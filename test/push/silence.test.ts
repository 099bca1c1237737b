// The end of push prompts on a person's own word: a request reported as not theirs, or a removed
// device.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DAY, MINUTE } from '../../src/durations.ts'
import { Resident, Subscription, household, idTokenOf, start } from '../support/household.ts'
import { connectInternet } from '../support/internet.ts'
import { TURKU } from '../support/places.ts'
import { freshAddress } from '../support/worker.ts'

beforeEach(() => void connectInternet())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const report = async ({ browser }: Resident, userCode: string) => {
  const page = await browser.open(`/device?user_code=${userCode}`)
  const { html } = await browser.submit(page, '/device/confirm', { decision: 'report' })
  expect(html).toContain('The request was stopped')
}

describe('a person who did not start a request', () => {
  it('gets no prompts of that client in that network for thirty days, but gets others', async () => {
    const { resident, subscription, hint } = await household()
    const address = freshAddress()
    const device = await start(hint, { address })
    await report(resident, device.userCode)
    await start(hint, { address })
    expect(subscription.host.asked, 'the same').toBe(1)
    await start(hint)
    expect(subscription.host.asked, 'another network').toBe(2)
    const other = { id_token_hint: await idTokenOf(resident, 'other-tv') }
    await start(other, { clientId: 'other-tv', address })
    expect(subscription.host.asked, 'another client').toBe(3)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 29 * DAY })
    await start(hint, { address })
    expect(subscription.host.asked, 'a month later').toBe(3)
  })

  it('gets no prompts of that source even if this request had no prompt', async () => {
    const { resident, subscription, hint } = await household()
    const address = freshAddress()
    const device = await start({}, { address })
    await report(resident, device.userCode)
    await start(hint, { address })
    expect(subscription.host.asked).toBe(0)
  })

  it('gets no prompts by an ID token from before all devices were removed', async () => {
    const { resident, subscription, hint } = await household(TURKU, Resident.register())
    const { browser } = resident
    const page = await browser.open('/devices')
    await browser.submit(page, '/devices/everywhere', { with_devices: 'yes' })
    await browser.signIn(resident.email)
    await new Subscription(subscription.host).add(browser)
    await start(hint)
    expect(subscription.host.asked).toBe(0)
  })

  it('gets no prompts by an ID token of a client with a device removed since', async () => {
    const { resident, subscription, hint } = await household()
    const { browser } = resident
    const other = { id_token_hint: await idTokenOf(resident, 'other-tv') }
    const device = await start({})
    await browser.decide(await browser.open(`/device?user_code=${device.userCode}`), 'allow')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5000 })
    const { body } = await device.poll()
    // The newest, which comes first.
    await browser.submit(await browser.open('/devices'), '/devices/device/remove', { sure: 'yes' })
    for (const id_token_hint of [hint.id_token_hint, body.id_token]) await start({ id_token_hint })
    expect(subscription.host.asked, 'before').toBe(0)
    await start(other, { clientId: 'other-tv' })
    expect(subscription.host.asked, 'another client').toBe(1)
    vi.setSystemTime(Date.now() + MINUTE)
    await start({ id_token_hint: await idTokenOf(resident) })
    expect(subscription.host.asked, 'since').toBe(2)
  })

  it('gets no prompts for thirty days from the source of a device they reported', async () => {
    const { resident, subscription } = await household(TURKU, Resident.register())
    const { browser } = resident
    const address = freshAddress()
    const device = await start({}, { address })
    const page = await browser.open(`/device?user_code=${device.userCode}`)
    await browser.submit(await browser.decide(page, 'allow'), '/device/result', { sure: 'yes' })
    await browser.signIn(resident.email)
    await new Subscription(subscription.host).add(browser)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + MINUTE })
    const hint = { id_token_hint: await idTokenOf(resident) }
    await start(hint, { address })
    expect(subscription.host.asked, 'the same').toBe(0)
    await start(hint)
    expect(subscription.host.asked, 'another network').toBe(1)
  })

  it('gets no prompts by the ID token of a device they reported', async () => {
    const { resident, subscription, hint } = await household(TURKU, Resident.register())
    const device = await start({})
    const page = await resident.browser.open(`/device?user_code=${device.userCode}`)
    const done = await resident.browser.decide(page, 'allow')
    const { body } = await device.poll()
    await resident.browser.submit(done, '/device/result', { decision: 'not-me', sure: 'yes' })
    await resident.browser.signIn(resident.email)
    await new Subscription(subscription.host).add(resident.browser)
    for (const id_token_hint of [hint.id_token_hint, body.id_token]) await start({ id_token_hint })
    expect(subscription.host.asked).toBe(0)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + MINUTE })
    await start({ id_token_hint: await idTokenOf(resident) })
    expect(subscription.host.asked).toBe(1)
  })
})
