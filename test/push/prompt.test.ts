// Conditions for a push prompt about a device that names its account.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DAY, HOUR } from '../../src/durations.ts'
import { accountOf } from '../../src/objects/index.ts'
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import {
  Resident,
  Subscription,
  household,
  idTokenOf,
  pushWorker,
  start,
} from '../support/household.ts'
import { connectInternet } from '../support/internet.ts'
import { RECIFE, TURKU, type Network } from '../support/places.ts'
import { Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { freshAddress, worker, sentFrom } from '../support/worker.ts'

beforeEach(() => void connectInternet())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const OULU: Network = { country: 'FI', region: 'North Ostrobothnia', city: 'Oulu', asn: 64_501 }
const NOWHERE: Network = {}
const TOR: Network = { country: 'T1' }

describe('a device that names its account', () => {
  it('sends a prompt: encrypted, signed, and no longer valid than its code', async () => {
    const { subscription, hint } = await household()
    vi.useFakeTimers({ toFake: ['Date'] })
    const device = await start(hint)
    expect(subscription.messages()).toStrictEqual([
      {
        code: device.userCode,
        client: 'The tv',
        isVerified: true,
        device: 'Den TV',
        city: 'Turku',
        region: 'Southwest Finland',
        country: 'FI',
      },
    ])
    expect(await subscription.claims()).toMatchObject({ sub: 'mailto:push@antenna.test' })
    const headers = subscription.headers()
    expect(headers.get('TTL')).toBe(String(device.answer.expires_in))
    expect(headers.get('Urgency')).toBe('high')
    expect(headers.get('Topic')).toMatch(/^[\w-]{1,32}$/)
    expect(subscription.host.requests[0]).toMatchObject({ method: 'POST', redirect: 'manual' })
  })

  it('is approved on the page only', async () => {
    const { resident, subscription, hint } = await household()
    const device = await start(hint)
    const [{ code }] = subscription.messages()
    expect((await device.poll()).body.error).toBe('authorization_pending')
    const page = await resident.browser.open(`/device?user_code=${code}`)
    expect(page.html).toContain('Den TV')
    await resident.browser.decide(page, 'allow')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5000 })
    expect((await device.poll()).status).toBe(200)
  })

  it('sends a prompt to every subscribed browser, with the topic of this code', async () => {
    const { resident, subscription, hint } = await household()
    const other = await new Subscription().add(await resident.elsewhere())
    await resident.elsewhere()
    await start(hint)
    expect(other.messages()).toStrictEqual(subscription.messages())
    expect(other.headers().get('Topic')).toBe(subscription.headers().get('Topic'))
    const first = subscription.headers().get('Topic')
    await start(hint)
    expect(subscription.headers().get('Topic')).not.toBe(first)
  })

  it('sends no prompt to another person', async () => {
    const { hint } = await household()
    const { subscription } = await household()
    await start(hint)
    expect(subscription.host.asked).toBe(0)
  })
})

describe('a prompt depends on the place of the browser:', () => {
  it.each<[string, Network, Network, number]>([
    ['in the same city', TURKU, TURKU, 1],
    ['in the same country', TURKU, OULU, 1],
    ['in another country', TURKU, RECIFE, 0],
    ['not known', NOWHERE, TURKU, 0],
    ['not known of the device', TURKU, NOWHERE, 0],
    ['hidden by Tor', TOR, TURKU, 0],
    ['hidden by Tor, as the device', TOR, TOR, 0],
    ['hidden by Tor of the device', TURKU, TOR, 0],
  ])('%s', async (_, browser, network, times) => {
    const { subscription, hint } = await household(browser)
    await start(hint, { network })
    expect(subscription.host.asked).toBe(times)
  })

  it('the last known place, from the page of devices or the entry of a code', async () => {
    const { resident, subscription, hint } = await household(RECIFE)
    await start(hint)
    expect(subscription.host.asked, 'before').toBe(0)
    const home = new Person(sentFrom({ network: TURKU }, pushWorker), ISSUER, {
      'CF-Connecting-IP': freshAddress(),
    })
    for (const [name, value] of resident.browser.cookies) home.cookies.set(name, value)
    await home.open('/devices')
    await start(hint)
    expect(subscription.host.asked, 'seen at home').toBe(1)
    await resident.browser.open('/device?user_code=BCDF-GHJK')
    await start(hint)
    expect(subscription.host.asked, 'seen abroad').toBe(1)
  })

  it('near enough that the client demands no check', async () => {
    const { resident, subscription } = await household()
    const hint = { id_token_hint: await idTokenOf(resident, 'strict-tv') }
    await start(hint, { clientId: 'strict-tv', network: OULU })
    expect(subscription.host.asked).toBe(0)
    await start(hint, { clientId: 'strict-tv', network: TURKU })
    expect(subscription.host.asked).toBe(1)
  })
})

describe('the rate of prompts', () => {
  it('is three an hour for all devices and places together', async () => {
    const { resident, subscription, hint } = await household()
    const other = { id_token_hint: await idTokenOf(resident, 'other-tv') }
    for (let time = 0; time < 3; time += 1) {
      await start(hint)
      await start(other, { clientId: 'other-tv' })
    }
    expect(subscription.host.asked).toBe(3)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR })
    await start(hint)
    expect(subscription.host.asked).toBe(4)
  })

  it('does not count a prompt without a browser', async () => {
    const { subscription, hint } = await household()
    for (let time = 0; time < 5; time += 1) await start(hint, { network: RECIFE })
    await start(hint)
    expect(subscription.host.asked).toBe(1)
  })
})

describe('a browser gets no more prompts', () => {
  const endings: readonly [string, (resident: Resident) => Promise<unknown>][] = [
    [
      'after it was opted out',
      async ({ browser }) => {
        const page = await browser.open('/devices')
        await browser.submit(page, '/devices/prompts/remove')
      },
    ],
    [
      'after it signed out',
      async ({ browser }) => browser.submit(await browser.open('/devices'), '/devices/sign-out'),
    ],
    [
      'after signing out everywhere',
      async ({ browser }) => browser.submit(await browser.open('/devices'), '/devices/everywhere'),
    ],
    [
      'after it was signed out from another browser',
      async (resident) => {
        const other = await resident.elsewhere()
        await other.submit(await other.open('/devices'), '/devices/session/end')
      },
    ],
    [
      'after its session expired',
      async () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 30 * DAY }),
    ],
    [
      'after its account was disabled',
      async (resident) => accountOf(env, resident.subject)?.disable(true),
    ],
  ]

  it.each(endings)('%s', async (_, end) => {
    const { resident, subscription, hint } = await household()
    await start(hint)
    expect(subscription.host.asked).toBe(1)
    await end(resident)
    await start(hint)
    expect(subscription.host.asked).toBe(1)
  })

  it.each(endings.filter(([name]) => name.includes('sign') || name.includes('opted')))(
    'and its subscription is deleted %s',
    async (_, end) => {
      const { resident } = await household()
      await end(resident)
      const account = env.ACCOUNT.get(env.ACCOUNT.idFromString(resident.subject))
      const kept = await runInDurableObject(account, (__, { storage }) =>
        storage.list({ prefix: 'push:' }),
      )
      expect([...kept.keys()]).toStrictEqual([])
    },
  )

  it.each([404, 410])('after its push service reports it as gone (%i)', async (status) => {
    const { resident, subscription, hint } = await household()
    subscription.host.answer = () => new Response(null, { status })
    await start(hint)
    subscription.host.answer = () => new Response(null, { status: 201 })
    await start(hint)
    expect(subscription.host.asked).toBe(1)
    expect((await resident.browser.open('/devices')).html).not.toContain('Stop asking')
  })

  it.each([400, 403, 429, 500])(
    'but does after a mere refusal of its push service (%i)',
    async (status) => {
      const { subscription, hint } = await household()
      subscription.host.answer = () => new Response(null, { status })
      await start(hint)
      await start(hint)
      expect(subscription.host.asked).toBe(2)
    },
  )

  it('but does after signing in again', async () => {
    const { resident, subscription, hint } = await household(TURKU, Resident.register())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 13 * HOUR })
    await resident.browser.signIn(resident.email)
    await start(hint)
    expect(subscription.host.asked).toBe(1)
    const { html } = await resident.browser.open('/devices')
    expect(html.match(/Stop asking</g)).toHaveLength(1)
    expect(html).not.toContain('data-push')
  })

  it('for the next person who signs in there', async () => {
    const { resident, subscription, hint } = await household()
    const other = await Resident.register()
    await resident.browser.signIn(other.email)
    await start(hint)
    expect(subscription.host.asked).toBe(0)
    expect((await resident.browser.open('/devices')).html).toContain('data-push')
  })
})

it('no prompts are sent without PUSH', async () => {
  const { subscription, hint } = await household()
  await start(hint, { fetch: worker })
  expect(subscription.host.asked).toBe(0)
  await start(hint, { fetch: pushWorker })
  expect(subscription.host.asked).toBe(1)
})
