// Permission to wait at /device/confirm/decision, and the number of pages at a time: it must reveal
// no more of a code than entering it does (RFC 8628 §5.1).
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { holdClock, pass } from '../support/clock.ts'
import { approve, authorizationBehind, startDevice } from '../support/device.ts'
import { type Page, Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import {
  DECISION,
  hold,
  holdPage,
  scan,
  waitOn,
  waiting,
  waitingPages,
  wrongCodesOf,
} from '../support/waiting-page.ts'
import { Member } from '../support/member.ts'
import { freshAddress, worker } from '../support/worker.ts'
import { named } from '../support/named.ts'

const SECOND = 1000

holdClock()

describe('a page may wait', () => {
  it.each<[string, (ada: Member, laptop: Person) => unknown]>([
    ['with an ended session', (ada) => ada.signOut()],
    ['without a session', (_, laptop) => laptop.cookies.delete('__Host-session')],
    ['with an invalid session', (_, laptop) => laptop.cookies.set('__Host-session', 'x')],
  ])('not for a person %s', async (_, end) => {
    const ada = new Member()
    const laptop = await ada.browser()
    const device = await startDevice()
    const page = await scan(laptop, device)
    await end(ada, laptop)
    expect((await waitOn(laptop, page, device)).status).toBe(403)
    expect(await waitingPages(device)).toBe(0)
  })

  it('not for a stranger with their own form token', async () => {
    const device = await startDevice()
    const stranger = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    const signIn = await scan(stranger, device)
    expect(signIn.url.pathname).toBe('/device/sign-in')
    const answers = [device.userCode, 'BBBB-BBBB'].map((userCode) =>
      waitOn(stranger, signIn, { userCode }),
    )
    const [real, none] = await Promise.all(answers)
    expect([real?.status, none?.status, real?.html]).toEqual([403, 403, none?.html])
    expect(await waitingPages(device)).toBe(0)
  })

  it('VP-12 not with a form of another session or another site', async () => {
    const { page, device } = await waiting()
    const bert = await new Member().browser()
    expect((await waitOn(bert, page, device)).status).toBe(403)
    const own = await scan(bert, device)
    const csrf = /name="csrf" value="([^"]+)"/.exec(own.html)?.[1] ?? ''
    const fields = { csrf, user_code: device.userCode }
    const foreign = await bert.post(DECISION, fields, { 'Sec-Fetch-Site': 'cross-site' })
    expect(foreign.status).toBe(403)
    expect(await waitingPages(device)).toBe(1)
  })

  it('not without a live code, whether or not one existed, and the try counts', async () => {
    const [live, declined] = [await startDevice(), await startDevice()]
    await authorizationBehind(declined.userCode).deny(named('bert'), 'denied')
    const ada = new Member()
    const laptop = await ada.browser()
    const page = await scan(laptop, await startDevice())
    const answers: Page[] = []
    for (const userCode of [declined.userCode, 'BBBB-BBBB', 'CCCC-CCCC', 'FFFF-FFFF']) {
      answers.push(await waitOn(laptop, page, { userCode }))
      pass(2 * SECOND)
    }
    for (const { status, html } of answers) expect([status, html]).toEqual([404, answers[0]?.html])
    expect(await wrongCodesOf(ada)).toBe(4)

    expect((await waitOn(laptop, page, { userCode: 'DDDD-DDDD' })).status).toBe(404)
    pass(2 * SECOND)
    const sixth = await waitOn(laptop, page, live)
    expect(sixth.status).toBe(429)
    expect(sixth.headers.get('Retry-After')).toBe('8')
  })

  it('not for a malformed code, without calling an object or counting a try', async () => {
    const ada = new Member()
    const laptop = await ada.browser()
    const page = await laptop.open('/device')
    const asked = vi.spyOn(env.DEVICE_AUTHORIZATION, 'getByName')
    for (const userCode of ['', 'WDJB', 'AEIO-UAEI', 'B'.repeat(10_000)])
      expect((await waitOn(laptop, page, { userCode })).status).toBe(404)
    expect(asked).not.toHaveBeenCalled()
    asked.mockRestore()
    expect(await wrongCodesOf(ada)).toBe(0)
  })

  it('VP-5 no more often than the limit of its address, with any cookies', async () => {
    const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    const page = await person.open('/device')
    const statuses: number[] = []
    // Twice the limit, and one: the minute may turn in between.
    for (let turn = 0; turn < 242 && !statuses.includes(429); turn += 1)
      statuses.push((await waitOn(person, page, { userCode: 'BCDF-BCDF' })).status)
    expect(statuses).toContain(429)
    expect(statuses[0]).toBe(403)
  })
})

describe('the number of waiting pages', () => {
  it('is four for one person: the oldest gives way to the fifth', async () => {
    const { ada, device, answer } = await waiting()
    const newer: Promise<Page>[] = []
    const counts: number[] = []
    for (let turn = 0; turn < 4; turn += 1) {
      pass(1)
      newer.push((await hold(await ada.browser(), device)).answer)
      counts.push(await waitingPages(device))
    }
    expect(counts).toEqual([2, 3, 4, 4])
    expect((await answer).status).toBe(409)
    await approve(device.userCode, { subject: ada.subject })
    for (const page of await Promise.all(newer)) expect(page.status).toBe(200)
  })

  it('is separate for each person', async () => {
    const { ada, device, answer } = await waiting()
    const bert = new Member()
    for (let turn = 0; turn < 5; turn += 1) {
      pass(1)
      void (await hold(await bert.browser(), device)).answer
    }
    expect(await waitingPages(device)).toBe(1 + 4)
    await approve(device.userCode, { subject: ada.subject })
    expect((await answer).status).toBe(200)
    expect(await waitingPages(device)).toBe(0)
  })

  it('is twelve in all', async () => {
    const { device, answer } = await waiting()
    // On the network of the device, openings do not count.
    const crowd = [new Member(), new Member(), new Member()]
    for (const one of crowd)
      for (let turn = 0; turn < 4; turn += 1) {
        pass(1)
        const browser = await one.browser()
        await holdPage(browser, await browser.open('/device'), device)
      }
    expect((await answer).status).toBe(409)
    expect(await waitingPages(device)).toBe(12)
  })
})
