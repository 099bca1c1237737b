// The question is open on a laptop and decided on the phone, in another tab, or by another person:
// the laptop shows the result at once, and does nothing otherwise.
import type { Browser, BrowserContextOptions, Request } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from './support/browser.ts'
import { Phone } from './support/phone.ts'
import { RECIFE, TURKU, at } from '../support/places.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'

const LAPTOP: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  deviceScaleFactor: 1,
  hasTouch: false,
  isMobile: false,
}
const DECISION = '**/device/confirm/decision'

let server: Server
let browser: Browser

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  ;[server, browser] = await Promise.all([startServer({ SCOPES, CLIENTS }), startBrowser()])
})
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))
afterAll(async () => {
  await browser.close()
  await server.close()
})

const isWaiting = (request: Request) =>
  request.method() === 'POST' && request.url().endsWith('/device/confirm/decision')

const openedPage = async () => {
  const laptop = await Phone.unlock(browser, server.origin, LAPTOP)
  return { laptop, email: await laptop.join() }
}

/** Looks at the question, and waits. */
const look = async (phone: Phone, device: RemoteDevice): Promise<void> => {
  const asked = phone.page.waitForRequest(isWaiting)
  await phone.scan(device)
  await asked
}

/** A person with an open question on a laptop, and a phone. */
const openQuestion = async () => {
  const { laptop, email } = await openedPage()
  const phone = await Phone.unlock(browser, server.origin)
  await phone.rejoin(email)
  const device = await RemoteDevice.start(server.origin)
  await look(laptop, device)
  return { laptop, phone, device }
}

/** Puts the window behind others, and back. */
const setHidden = (phone: Phone, isHidden: boolean): Promise<void> =>
  phone.page.evaluate(`{
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} })
    document.dispatchEvent(new Event('visibilitychange'))
  }`)

describe('a question that is open on a laptop', () => {
  it.each([
    ['Allow', 'You’re connected'],
    ['Don’t allow', 'Nothing was shared'],
    ['I did not start this', 'The request was stopped'],
  ])('shows at once the decision taken on the phone: %s', async (button, heading) => {
    const { laptop, phone, device } = await openQuestion()
    const asked: Request[] = []
    laptop.page.on('request', (request) => void (isWaiting(request) && asked.push(request)))
    const answered = laptop.page.waitForResponse((response) => isWaiting(response.request()))
    await phone.scan(device)
    await phone.tap(button)
    await phone.sees(heading)
    await laptop.sees(heading)
    // The waiting request was answered: the page did not ask again.
    expect((await answered).status()).toBe(200)
    expect(asked).toEqual([])
    expect(new URL(laptop.page.url()).pathname).toBe('/device/result')
  })

  it('shows at once the decision taken in another tab', async () => {
    const { laptop, device } = await openQuestion()
    const tab = await laptop.page.context().newPage()
    await tab.goto(device.picture)
    await tab.getByRole('button', { name: 'Allow', exact: true }).click()
    await laptop.sees('You’re connected')
    await device.collect()
  })

  it('VP-6 tells that another person answered, and not what', async () => {
    const { laptop, device } = await openQuestion()
    const pages = await laptop.page.evaluate<number>('history.length')
    const { laptop: other } = await openedPage()
    await other.scan(device)
    await other.tap('Allow')
    await laptop.sees('This code was already answered')
    expect(await laptop.button('Allow').count()).toBe(0)
    // Back does not lead to an ended question.
    expect(await laptop.page.evaluate<number>('history.length')).toBe(pages)
  })

  it('takes its own decision without being overtaken by its own wait', async () => {
    const { laptop, device } = await openQuestion()
    const seen: string[] = []
    laptop.page.on('request', (request) => {
      if (request.isNavigationRequest())
        seen.push(`${request.method()} ${new URL(request.url()).pathname}`)
    })
    await laptop.tap('Allow')
    await laptop.sees('You’re connected')
    expect(seen).toEqual(['POST /device/confirm', 'GET /device/result'])
    await device.collect()
  })
})

describe('an undecided question', () => {
  it('keeps typed text and focus while it asks again', async () => {
    const laptop = await Phone.unlock(browser, server.origin, { ...LAPTOP, place: at(TURKU) })
    await laptop.join()
    // The first answer: no decision yet.
    await laptop.page.route(DECISION, (route) => route.fulfill({ status: 204 }), { times: 1 })
    await look(laptop, await RemoteDevice.start(server.origin, { place: at(RECIFE) }))
    const field = laptop.page.getByLabel('Code on the device’s own screen')
    const again = laptop.page.waitForRequest(isWaiting)
    await field.pressSequentially('WDJ')
    await again
    expect(await field.inputValue()).toBe('WDJ')
    expect(await laptop.page.evaluate('document.activeElement.name')).toBe('typed_code')
  })

  it('stops asking while it is hidden, and shows the decision once it is visible', async () => {
    const { laptop, phone, device } = await openQuestion()
    const given = laptop.page.waitForEvent('requestfailed', isWaiting)
    await setHidden(laptop, true)
    await given
    let asked = 0
    laptop.page.on('request', (request) => (asked += isWaiting(request) ? 1 : 0))
    await phone.allow(device)
    expect(asked).toBe(0)
    await laptop.sees(/Connect a device/)
    await setHidden(laptop, false)
    await laptop.sees('You’re connected')
  })
})

/** A laptop with a clock moved by hand, and a server that gives this answer to everything. */
const openWith = async (status: number) => {
  const { laptop } = await openedPage()
  const { page } = laptop
  await page.addInitScript(`{
    window.answer = ${status}
    window.askedAt = []
    window.fetch = async () => {
      askedAt.push(performance.now() / 1000)
      if (window.answer == 0) throw new TypeError('Failed to fetch')
      return new Response(null, { status: window.answer })
    }
  }`)
  await page.clock.install()
  await laptop.scan(await RemoteDevice.start(server.origin))
  await page.waitForFunction('askedAt.length === 1')
  await page.clock.pauseAt(await page.evaluate<number>('Date.now() + 1000'))
  return {
    laptop,
    pass: async (seconds: number): Promise<void> => {
      for (let passed = 0; passed < seconds; passed += 1) await page.clock.runFor(1000)
    },
    askedAt: (): Promise<readonly number[]> => page.evaluate<number[]>('askedAt'),
    answerWith: (next: number) => page.evaluate(`window.answer = ${next}`),
  }
}

describe('a question whose server fails', () => {
  it.each([0, 429, 503])('asks less and less often after %i', async (status) => {
    const { askedAt, pass } = await openWith(status)
    await pass(5 * 60)
    const times = await askedAt()
    const gaps = times.slice(1).map((second, index) => Math.round(second - (times[index] ?? 0)))
    expect(gaps.slice(0, 7)).toEqual([4, 8, 16, 32, 60, 60, 60])
  })

  it('returns to its pace once the server recovers', async () => {
    const { askedAt, answerWith, pass } = await openWith(503)
    await pass(30)
    await answerWith(204)
    await pass(60)
    const { length: asked } = await askedAt()
    await pass(20)
    expect((await askedAt()).length - asked).toBe(10)
  })

  it.each([403, 409])('gives up after %i until it is visible again', async (status) => {
    const { laptop, askedAt, pass } = await openWith(status)
    await pass(60)
    expect(await askedAt()).toHaveLength(1)
    await setHidden(laptop, true)
    await setHidden(laptop, false)
    await pass(1)
    expect(await askedAt()).toHaveLength(2)
  })
})
