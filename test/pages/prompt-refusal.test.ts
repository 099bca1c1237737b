// The one answer of a notification without a page: “Not me”.
import { runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MINUTE } from '../../src/durations.ts'
import { authorizationBehind } from '../support/device.ts'
import { Resident, household, pushWorker, start } from '../support/household.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { Person } from '../support/person.ts'
import { TURKU } from '../support/places.ts'
import { ISSUER } from '../support/settings.ts'
import { freshAddress, sentFrom } from '../support/worker.ts'
import { named } from '../support/named.ts'

beforeEach(() => void connectInternet())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const NOT_ME = '/devices/prompts/not-me'

const prompted = async () => {
  const { resident, subscription, hint } = await household()
  const address = freshAddress()
  const device = await start(hint, { address })
  expect(subscription.host.asked).toBe(1)
  return { resident, subscription, hint, address, device, endpoint: subscription.host.uri }
}

const sendWith = (browser: Person, fields: Record<string, string>, headers = {}) =>
  browser.post(NOT_ME, fields, headers)

describe('“Not me” in a notification', () => {
  it('ends the request, is recorded, and silences its source', async () => {
    const { resident, subscription, hint, address, device, endpoint } = await prompted()
    const { browser } = resident
    const answer = await sendWith(browser, { endpoint, user_code: device.userCode })
    expect([answer.status, answer.html]).toStrictEqual([204, ''])
    expect((await device.poll()).body.error).toBe('access_denied')
    expect((await browser.open('/devices')).html).toContain(
      'Stopped a request from \u2068Den TV\u2069',
    )
    await start(hint, { address })
    expect(subscription.host.asked).toBe(1)
  })

  it('silences the source even if it is too late to end the request', async () => {
    const { resident, subscription, hint, address, device, endpoint } = await prompted()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    const late = await sendWith(resident.browser, { endpoint, user_code: device.userCode })
    expect([late.status, late.html]).toStrictEqual([409, ''])
    await start(hint, { address })
    expect(subscription.host.asked).toBe(1)
    expect((await resident.browser.open('/devices')).html).not.toContain('Stopped a request')
  })

  it.each([
    ['and the device has not collected it', 0],
    ['and the device has its tokens', 5000],
  ])('leads to the page if the request is already approved: %s', async (_, afterMs) => {
    const { resident, subscription, hint, address, device, endpoint } = await prompted()
    const { browser } = resident
    const path = `/device?user_code=${device.userCode}`
    await browser.decide(await browser.open(path), 'allow')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + afterMs })
    if (afterMs > 0) expect((await device.poll()).status).toBe(200)
    const answer = await sendWith(browser, { endpoint, user_code: device.userCode })
    expect([answer.status, answer.html]).toStrictEqual([409, ''])
    await start(hint, { address })
    expect(subscription.host.asked, 'silenced').toBe(1)
    const page = await browser.open(path)
    expect(page.html).toContain('You’re connected')
    expect((await browser.submit(page, '/device/result', { sure: 'yes' })).html).toContain(
      'The device was removed',
    )
  })

  it.each([
    ['ends nothing a quarter of an hour later, when the code may be another’s', 15 * MINUTE, 409],
    ['ends the request until then', 15 * MINUTE - 1, 204],
  ])('%s', async (_, afterMs, status) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { resident, device, endpoint } = await prompted()
    const authorization = authorizationBehind(device.userCode)
    const opened = await authorization.open({ subject: resident.subject, country: undefined })
    if (opened.outcome !== 'reviewable') throw new Error(opened.outcome)
    await runInDurableObject(authorization, (object) => object.alarm())
    vi.setSystemTime(Date.now() + afterMs)
    const expiresAtMs = Date.now() + 10 * MINUTE
    await authorization.start({ ...opened.request, expiresAtMs })
    const answer = await sendWith(resident.browser, { endpoint, user_code: device.userCode })
    expect(answer.status).toBe(status)
    const state = await authorization.open({ subject: resident.subject, country: undefined })
    expect(state.outcome).toBe(status === 204 ? 'denied' : 'reviewable')
  })

  it('is accepted from the browser with the prompt by its endpoint, and from no other', async () => {
    const { resident, device, endpoint } = await prompted()
    const { browser } = resident
    const user_code = device.userCode
    const other = new Host(() => new Response(null, { status: 201 })).uri
    const stranger = (await Resident.join()).browser
    const nobody = new Person(sentFrom({ network: TURKU }, pushWorker), ISSUER, {
      'CF-Connecting-IP': freshAddress(),
    })
    const unasked = await start({})
    const refusals = [
      await sendWith(browser, { user_code }),
      await sendWith(browser, { endpoint: other, user_code }),
      await sendWith(browser, { endpoint }),
      await sendWith(browser, { endpoint, user_code: 'nonsense' }),
      await sendWith(browser, { endpoint, user_code: unasked.userCode }),
      await sendWith(browser, { endpoint, user_code }, { 'Sec-Fetch-Site': 'cross-site' }),
      await sendWith(browser, { endpoint, user_code }, { 'Sec-Fetch-Site': 'same-site' }),
      await sendWith(
        browser,
        { endpoint, user_code },
        { 'Sec-Fetch-Site': '', Origin: 'https://evil.test' },
      ),
      await sendWith(await resident.elsewhere(), { endpoint, user_code }),
      await sendWith(stranger, { endpoint, user_code }),
      await sendWith(nobody, { endpoint, user_code }),
    ]
    expect(refusals.map(({ status }) => status)).toStrictEqual(refusals.map(() => 403))
    const state = await authorizationBehind(user_code).open({
      subject: named('x'),
      country: undefined,
    })
    expect(state.outcome).toBe('reviewable')
    expect((await browser.open(NOT_ME)).status, 'by GET').toBe(404)
  })
})
