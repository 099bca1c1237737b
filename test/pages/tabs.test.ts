// Two tabs of one browser share its cookies. Each goes on with the code or page that it was opened for.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { UPSTREAM_SIGN_IN_MS } from '../../src/config/limits.ts'
import { Account } from '../../src/objects/account/account.ts'
import { holdClock, pass } from '../support/clock.ts'
import { approve, startDevice } from '../support/device.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { PASSWORD, Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { attemptCookie, resultCookie, signedIn } from '../support/visitor.ts'
import { freshAddress, serverSecret, worker, workerWith } from '../support/worker.ts'

holdClock()
afterEach(() => void vi.restoreAllMocks())

const newEmail = () => `${crypto.randomUUID()}@example.com`
const visitor = (fetch = worker) =>
  new Person(fetch, ISSUER, { 'CF-Connecting-IP': freshAddress() })

/** An account, and a browser in which nobody is signed in. */
const member = async () => {
  const email = newEmail()
  await visitor().createAccount('Ada', email)
  return { email, browser: visitor() }
}

const scan = async (browser: Person) => {
  const { userCode } = await startDevice()
  return { userCode, page: await browser.open(`/device?user_code=${userCode}`) }
}

describe('VP-22 a sign-in leads', () => {
  it('to the code of its own tab after another tab has opened a second one', async () => {
    const { email, browser } = await member()
    const [tv] = [await scan(browser), await scan(browser)]
    const fields = { email, password: PASSWORD }
    const question = await browser.submit(tv.page, '/device/sign-in', fields)
    expect(question.url.pathname).toBe('/device/confirm')
    expect(question.html).toContain(tv.userCode)
  })

  it('to the code of its own tab by way of a new account', async () => {
    const browser = visitor()
    const [tv] = [await scan(browser), await scan(browser)]
    const link = /href="([^"]*create-account[^"]*)"/.exec(tv.page.html)?.[1] ?? ''
    const page = await browser.open(link)
    const fields = { name: 'Ada', email: newEmail(), password: PASSWORD }
    const question = await browser.submit(page, '/device/create-account', fields)
    expect(question.html).toContain(tv.userCode)
  })

  it('to the list of devices if that was opened, while a code waits in another tab', async () => {
    const { email, browser } = await member()
    const own = await browser.open('/devices')
    await scan(browser)
    const fields = { email, password: PASSWORD }
    expect((await browser.submit(own, '/device/sign-in', fields)).url.pathname).toBe('/devices')
  })

  it('to the code of its own tab after a wrong password', async () => {
    const { email, browser } = await member()
    const [tv] = [await scan(browser), await scan(browser)]
    const again = await browser.submit(tv.page, '/device/sign-in', { email, password: 'wrong' })
    const question = await browser.submit(again, '/device/sign-in', { email, password: PASSWORD })
    expect(question.html).toContain(tv.userCode)
  })
})

describe('VP-22 another account leads', () => {
  it('to the code of its own tab after another tab has opened a second one', async () => {
    const { email, browser } = await member()
    await browser.signIn(email)
    const [tv] = [await scan(browser), await scan(browser)]
    const page = await browser.submit(tv.page, '/device/sign-out')
    await scan(browser)
    const reloaded = await browser.open(page.url.href)
    const another = await member()
    const fields = { email: another.email, password: PASSWORD }
    const question = await browser.submit(reloaded, '/device/sign-in', fields)
    expect(question.html).toContain(tv.userCode)
  })

  it('to the list of devices if that was opened, while a code waits in another tab', async () => {
    const { email, browser } = await member()
    await browser.signIn(email)
    const own = await browser.open('/device/sign-in?next=devices')
    await scan(browser)
    const page = await browser.submit(own, '/device/sign-out')
    const another = await member()
    const fields = { email: another.email, password: PASSWORD }
    expect((await browser.submit(page, '/device/sign-in', fields)).url.pathname).toBe('/devices')
  })
})

/** Pages whose forms have the token of an earlier session. */
const outdated = async () => {
  const { email, browser } = await member()
  const tv = await scan(browser)
  const fields = { email, password: PASSWORD }
  const question = await browser.submit(tv.page, '/device/sign-in', fields)
  const own = await browser.open('/devices')
  await browser.signIn(email)
  await scan(browser)
  return { browser, question, own, userCode: tv.userCode }
}

const wayOn = (html: string) => /<a class="button" href="([^"]+)"/.exec(html)?.[1]

describe('VP-12 a form from before a sign-in in another tab', () => {
  it('is refused with a way back to its own question', async () => {
    const { browser, question, userCode } = await outdated()
    const refused = await browser.decide(question, 'allow')
    expect(refused.status).toBe(403)
    const again = await browser.submit(refused, '/device')
    expect(again.html).toContain(userCode)
    expect((await browser.decide(again, 'allow')).html).toContain('You’re connected')
  })

  it('is refused with a way back to the list of devices', async () => {
    const { browser, own } = await outdated()
    const refused = await browser.submit(own, '/devices/sign-out')
    expect([refused.status, wayOn(refused.html)]).toStrictEqual([403, '/devices'])
  })

  it('is refused with a way back to the list of devices, after “This wasn’t me” too', async () => {
    const { browser } = await outdated()
    const page = await browser.post('/device/result', { csrf: 'x', result: 'x' })
    expect([page.status, wayOn(page.html)]).toStrictEqual([403, '/devices'])
  })

  it.each([
    ['a browser does not say that it is ours', { 'Sec-Fetch-Site': '' }],
    ['it is of another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('leads to no code if %s', async (_, headers) => {
    const { browser, question } = await outdated()
    const fields = { decision: 'allow' }
    const refused = await browser.submit(question, '/device/confirm', fields, headers)
    expect([refused.status, wayOn(refused.html)]).toStrictEqual([403, '/device'])
    expect(refused.html).not.toContain('<form')
  })
})

it('XD-8 “This wasn’t me” removes the device of its own tab', async () => {
  const removed = vi.spyOn(Account.prototype, 'removeDevice')
  const { subject, cookies } = await signedIn('Ada', newEmail())
  const browser = visitor()
  browser.cookies.set('__Host-session', cookies['session'] ?? '')
  const openResult = async (name: string) => {
    const { userCode } = await startDevice('tv', { fields: { device_name: name } })
    await approve(userCode, { subject })
    browser.cookies.set('__Host-result', resultCookie(await serverSecret(), { userCode }))
    return browser.open('/device/result')
  }
  const [attic] = [await openResult('Attic TV'), await openResult('Kitchen TV')]
  const sure = await browser.submit(attic, '/device/result', { decision: 'not-me' })
  await browser.submit(sure, '/device/result', { sure: 'yes' })
  expect(removed.mock.calls.map(([, , about]) => about?.deviceName)).toStrictEqual(['Attic TV'])
})

it('SS-1 a pending sign-in at a provider ends after ten minutes, whatever the browser keeps', async () => {
  connectInternet()
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const issuer = 'https://acme-of-tabs.example'
  const host = new Host(
    () => Response.json({ issuer, authorization_endpoint: `${issuer}/authorize` }),
    `${issuer}/`,
  )
  const acme = { id: 'acme-of-tabs', name: 'Acme', issuer, client_id: 'antenna' }
  const browser = visitor(workerWith({ IDENTITY_PROVIDERS: [acme] }))
  const untilMs = Date.now() + UPSTREAM_SIGN_IN_MS
  const cookie = attemptCookie(await serverSecret(), 's', {
    provider: acme.id,
    untilMs,
  })
  const comeBack = () => {
    browser.cookies.set('__Host-upstream_s', cookie)
    return browser.open(`/device/sign-in/at/${acme.id}/callback?code=c&state=s`)
  }
  pass(UPSTREAM_SIGN_IN_MS)
  expect((await comeBack()).status).toBe(403)
  expect(host.asked).toBe(0)
  pass(-1)
  await comeBack()
  expect(host.asked).toBeGreaterThan(0)
})
