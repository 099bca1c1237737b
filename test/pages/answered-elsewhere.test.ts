// POST and GET /device/confirm/decision: an open page learns of a decision taken elsewhere. Refused
// pages are in answered-elsewhere-people.test.ts.
import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { parseDeviceCode } from '../../src/codes.ts'
import { holdClock, pass } from '../support/clock.ts'
import { type Device, approve, authorizationBehind, startDevice } from '../support/device.ts'
import type { Page, Person } from '../support/person.ts'
import { freshAddress, serverSecret, url, worker, workerWith } from '../support/worker.ts'
import {
  DECISION,
  hold,
  scan,
  waitOn,
  waiting,
  waitingPages,
  wrongCodesOf,
} from '../support/waiting-page.ts'
import { Member } from '../support/member.ts'
import { named } from '../support/named.ts'

const SECOND = 1000
const NOT_VALID = 'This code is invalid or has expired.'

/** In the test's own context, where timers can be moved and requests cut off. */
const local = workerWith({})

holdClock()

const answerOn = async (person: Person, device: Device, decision: string): Promise<Page> =>
  person.submit(await scan(person, device), '/device/confirm', { decision })

describe('a waiting page', () => {
  it.each([
    ['allows', 'allow', 'You’re connected'],
    ['declines', 'deny', 'Nothing was shared'],
    ['says that they did not start it', 'report', 'The request was stopped'],
  ])('ends when its person %s elsewhere, and leads to the result', async (...row) => {
    const [, decision, shown] = row
    const { laptop, phone, device, answer } = await waiting()
    await answerOn(phone, device, decision)
    const { status, html } = await answer
    expect([status, html]).toEqual([200, ''])
    const result = await laptop.open('/device/confirm')
    expect(result.url.pathname).toBe('/device/result')
    expect(result.html).toContain(shown)
  })

  it('ends when another tab of the same browser decides', async () => {
    const { laptop, device, page, answer } = await waiting()
    await laptop.decide(page, 'allow')
    expect((await answer).status).toBe(200)
    const review = /data-review="([^"]+)"/.exec(page.html)?.[1] ?? ''
    expect((await laptop.open(review)).html).toContain('You’re connected')
    expect((await device.poll()).status).toBe(200)
  })

  it('leads to its own device, whatever another tab has opened since', async () => {
    const { laptop, phone, device, answer } = await waiting()
    const other = await startDevice()
    expect((await scan(laptop, other)).html).toContain(other.userCode)
    await answerOn(phone, device, 'allow')
    expect((await answer).status).toBe(200)
    expect((await laptop.open('/device/confirm')).html).toContain('You’re connected')
    expect((await other.poll()).body.error).toBe('authorization_pending')
  })

  it('ends when the decision does not come from a page', async () => {
    const { ada, device, answer } = await waiting()
    await approve(device.userCode, { subject: ada.subject })
    expect((await answer).status).toBe(200)
  })

  it('is answered at once if the decision is already taken', async () => {
    const { laptop, phone, device, page, answer } = await waiting()
    await answerOn(phone, device, 'allow')
    await answer
    expect((await waitOn(laptop, page, device)).status).toBe(200)
    await device.poll()
    expect((await waitOn(laptop, page, device)).status, 'and redeemed').toBe(200)
    expect(await waitingPages(device)).toBe(0)
  })

  it('waits beside the device too, without recording an opening', async () => {
    const home = { 'CF-Connecting-IP': freshAddress() }
    const device = await startDevice('tv', { headers: home })
    const ada = new Member()
    const laptop = await ada.browser((request) =>
      worker(
        new Request(request, { headers: { ...Object.fromEntries(request.headers), ...home } }),
      ),
    )
    const { answer } = await hold(laptop, device)
    await approve(device.userCode, { subject: ada.subject })
    expect((await answer).status).toBe(200)
  })

  it('is answered across a hibernation of the object', async () => {
    const { ada, device, answer } = await waiting()
    const object = authorizationBehind(device.userCode)
    await evictDurableObject(object, { webSockets: 'hibernate' })
    expect(await waitingPages(device)).toBe(1)
    await approve(device.userCode, { subject: ada.subject })
    expect((await answer).status).toBe(200)
  })

  it('asks again when the object is moved', async () => {
    const { laptop, phone, device, page, answer } = await waiting()
    await evictDurableObject(authorizationBehind(device.userCode), { webSockets: 'close' })
    expect((await answer).status).toBe(204)
    const again = waitOn(laptop, page, device)
    await answerOn(phone, device, 'allow')
    expect((await again).status).toBe(200)
  })

  it('gets 503 while the object is unreachable', async () => {
    const { laptop, page, device } = await waiting()
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    const broken = vi.spyOn(env.DEVICE_AUTHORIZATION, 'getByName').mockImplementation(() => {
      throw new Error('out of reach')
    })
    expect((await waitOn(laptop, page, device)).status).toBe(503)
    broken.mockRestore()
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
  })

  it('is told after 25 s to ask again', async () => {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    const device = await startDevice('tv', { fetch: local })
    const person = await new Member().browser(local)
    const { answer } = await hold(person, device)
    let status = 0
    void answer.then((page) => (status = page.status))
    await vi.advanceTimersByTimeAsync(25 * SECOND - 1)
    expect([status, await waitingPages(device)]).toEqual([0, 1])
    await vi.advanceTimersByTimeAsync(1)
    const { status: last, html, headers } = await answer
    expect([last, html, headers.get('Cache-Control')]).toEqual([204, '', 'no-store'])
    expect(await waitingPages(device)).toBe(0)
  })

  it('leaves nothing behind when it is closed', async () => {
    const controller = new AbortController()
    const ada = new Member()
    const person = await ada.browser((request) =>
      local(
        request.url.endsWith(DECISION)
          ? new Request(request, { signal: controller.signal })
          : request,
      ),
    )
    const device = await startDevice()
    const { answer } = await hold(person, device)
    controller.abort()
    await answer
    expect(await waitingPages(device)).toBe(0)
    await approve(device.userCode, { subject: ada.subject })
    expect((await device.poll()).status).toBe(200)
  })
})

describe('a page with a code that can no longer be decided', () => {
  const ANSWERED = 'This code was already answered'

  it.each<[string, string, (device: Device) => Promise<unknown>]>([
    [
      'another person approved it',
      ANSWERED,
      (device) => approve(device.userCode, { subject: named('bert') }),
    ],
    [
      'another person denied it',
      ANSWERED,
      (device) => authorizationBehind(device.userCode).deny(named('bert'), 'denied'),
    ],
    [
      'another person reported it',
      ANSWERED,
      (device) => authorizationBehind(device.userCode).deny(named('bert'), 'reported'),
    ],
    [
      'it was opened in another country',
      'This code was stopped',
      (device) =>
        authorizationBehind(device.userCode).open({ subject: named('bert'), country: 'BR' }),
    ],
  ])('VP-6 tells what became of it, without counting a try: %s', async (_, title, bring) => {
    const ada = new Member()
    const laptop = await ada.browser()
    const device = await startDevice()
    await authorizationBehind(device.userCode).open({ subject: ada.subject, country: 'FI' })
    const { answer } = await hold(laptop, device)
    await bring(device)
    const { status, html } = await answer
    expect([status, html]).toEqual([404, ''])
    for (const page of [await laptop.open('/device/confirm'), await scan(laptop, device)]) {
      expect(page.status).toBe(404)
      expect(page.html).toContain(`<h1>${title}</h1>`)
      expect(page.html).toContain('href="/device">Enter a new code</a>')
    }
    const other = await scan(await new Member().browser(), device)
    expect(other.html).toContain(NOT_VALID)
    expect(await wrongCodesOf(ada)).toBe(0)
  })

  it('is released at its expiry with the same answer, without counting a try', async () => {
    const ada = new Member()
    const laptop = await ada.browser()
    const device = await startDevice('short-tv')
    const expiresAtMs = parseDeviceCode(await serverSecret(), device.deviceCode)?.expiresAtMs ?? 0
    // A real wait of a third of a second, while the clock is moved over the expiry.
    vi.setSystemTime(expiresAtMs - 300)
    const { page, answer } = await hold(laptop, device)
    vi.setSystemTime(expiresAtMs)
    expect((await answer).status).toBe(204)
    const over = await waitOn(laptop, page, device)
    expect([over.status, over.html]).toEqual([404, ''])
    expect((await laptop.open('/device/confirm')).html).toContain('This code has expired')
    expect(await waitingPages(device)).toBe(0)
    expect(await wrongCodesOf(ada)).toBe(0)
  })

  it('gets at its expiry a decision of the last moment', async () => {
    const { ada, laptop, page, device, answer } = await waiting('short-tv')
    pass(59 * SECOND)
    await approve(device.userCode, { subject: ada.subject })
    expect((await answer).status).toBe(200)
    pass(5 * SECOND)
    expect((await waitOn(laptop, page, device)).status).toBe(200)
  })
})

const policyOf = ({ headers }: Page) => headers.get('Content-Security-Policy') ?? ''

it('VP-13 only the page of the question has a script that may call us', async () => {
  const ada = await new Member().browser()
  const device = await startDevice()
  const question = await scan(ada, device)
  expect(policyOf(question)).toContain("connect-src 'self'")
  const scripts = [...question.html.matchAll(/<script src="\/device\/([^"]*)"/g)]
  expect(scripts.map(([, file]) => file)).toStrictEqual(['confirm.js', 'clock.js'])
  expect(question.html.split('<script')).toHaveLength(1 + scripts.length)
  expect(question.html).toContain(`data-decision="${DECISION}"`)
  const result = await ada.decide(question, 'allow')
  for (const page of [result, await ada.open('/device'), await ada.open('/devices')]) {
    expect(policyOf(page)).toContain("connect-src 'none'")
    expect(page.html).not.toContain('confirm.js')
  }
  const script = await worker(new Request(url('/device/confirm.js')))
  expect(script.headers.get('Content-Type')).toMatch(/javascript/)
})
