// Every page in every state, light and dark, for people with low vision, a screen reader, no
// pointer, or a small phone (WCAG 2.2 AA; VP-18, VP-21).
import { gzipSync } from 'node:zlib'
import type { Browser, BrowserContextOptions, Response } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from './support/browser.ts'
import {
  animationsOn,
  axeFindings,
  focusOn,
  namelessOn,
  overflowOf,
  paleEdgesOn,
  tabThrough,
  targetsOn,
} from './support/page-audit.ts'
import {
  type PageState,
  DEAD_PROVIDER,
  PAGE_STATES,
  REGISTRAR,
  STRICT_CLIENT,
} from './support/page-states.ts'
import { PASSWORD } from '../support/person.ts'
import { Phone } from './support/phone.ts'
import { PUSH, PUSH_SECRETS, TEST_VARS } from '../support/settings.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'

const SIZE = { width: 390, height: 844 }
// A laptop's window at 200 %.
const ZOOMED = { width: 640, height: 400 }
const NARROW = { width: 320, height: 640 }
const MAX_FIRST_PAINT_BYTES = 20 * 1024

let server: Server
let browser: Browser

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  const clients = { CLIENTS: [...CLIENTS, STRICT_CLIENT], ...REGISTRAR }
  const vars = { SCOPES, ...clients, PUSH, ...PUSH_SECRETS, IDENTITY_PROVIDERS: [DEAD_PROVIDER] }
  ;[server, browser] = await Promise.all([startServer(vars), startBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const unlock = (options: BrowserContextOptions = {}): Promise<Phone> =>
  Phone.unlock(browser, server.origin, {
    viewport: SIZE,
    isMobile: false,
    hasTouch: false,
    ...options,
  })

const titles = new Map<string, string>()

describe.each(Object.entries(PAGE_STATES))('%s', (name, reach) => {
  let phone: Phone
  let loaded: Response[] = []

  beforeAll(async () => {
    phone = await unlock()
    // Which also keeps the browser from taking anything out of its cache.
    await phone.page.route('**', (route) => route.continue())
    phone.page.on('response', (response) => {
      loaded = response.request().isNavigationRequest() ? [response] : [...loaded, response]
    })
    await reach(phone)
    titles.set(name, await phone.page.title())
  })
  afterAll(() => Promise.all(browser.contexts().map((context) => context.close())))

  it.each(['light', 'dark'] as const)(
    'VP-18, VP-21 passes axe and has visible edges: %s',
    async (colorScheme) => {
      await phone.page.emulateMedia({ colorScheme })
      expect(await axeFindings(phone.page)).toEqual([])
      expect(await paleEdgesOn(phone.page)).toEqual([])
    },
  )

  it('VP-18 names every control', async () => {
    expect(await namelessOn(phone.page)).toEqual([])
  })

  it('VP-21 has controls large enough to press', async () => {
    const targets = await targetsOn(phone.page)
    expect(targets.filter(({ width, height }) => width < 24 || height < 44)).toEqual([])
  })

  it.each([
    ['a window of 320 px', NARROW],
    ['200 %', ZOOMED],
  ])('VP-21 fits into %s without horizontal scrolling', async (_, size) => {
    await phone.page.setViewportSize(size)
    expect(await overflowOf(phone.page)).toBeLessThanOrEqual(0)
  })

  it('VP-21 shows the focus and never covers it', async () => {
    await phone.page.setViewportSize(SIZE)
    const stops = await tabThrough(phone.page)
    expect(stops).toHaveLength((await targetsOn(phone.page)).length)
    expect(stops.filter(({ isRinged, isUncovered }) => !isRinged || !isUncovered)).toEqual([])
  })

  it('is visible after one page and one style sheet, under 20 KB', async () => {
    const kinds = loaded.map((response) => response.request().resourceType())
    expect(kinds.filter((kind) => kind !== 'script')).toEqual(['document', 'stylesheet'])
    const blocking = await phone.page.evaluate(`performance.getEntriesByType('resource')
      .filter(({ renderBlockingStatus }) => renderBlockingStatus === 'blocking').length`)
    expect(blocking).toBe(1)
    const bodies = await Promise.all(loaded.slice(0, 2).map((response) => response.body()))
    const bytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0)
    expect(bytes).toBeLessThan(MAX_FIRST_PAINT_BYTES)
  })
})

it('VP-21 every page has a title of its own', () => {
  const byTitle = Map.groupBy(titles, ([, title]) => title)
  const shared = [...byTitle.values()].map((states) => states.map(([name]) => name))
  expect(shared.filter((names) => names.length > 1)).toEqual([
    ['enter code', 'enter code, by a link'],
    ['enter code, half of one', 'enter code, not valid', 'enter code, letters that no code has'],
    ['sign in', 'sign in, passkey not used'],
    ['sign in, refused', 'sign in, provider out of reach', 'sign in, ended at the provider'],
    ['confirm, near', 'confirm, far'],
    [
      'my devices, none',
      'my devices, everything',
      'my devices, one waiting',
      'my devices, one removed',
    ],
  ])
})

it('VP-21 the keyboard alone leads from code to Allow', async () => {
  const phone = await unlock()
  const email = await (await unlock()).join()
  const device = await RemoteDevice.start(server.origin)
  const { keyboard } = phone.page
  /** Tab, until something of this name has the focus. */
  const tabTo = async (name: string): Promise<void> => {
    for (let stops = 0; (await focusOn(phone.page)).name !== name; stops += 1) {
      if (stops > 20) expect.unreachable(`no way to ${name}`)
      await keyboard.press('Tab')
    }
    expect(await focusOn(phone.page)).toMatchObject({ isRinged: true, isUncovered: true })
  }
  await phone.open('/device')
  await tabTo('user_code')
  await keyboard.type(device.userCode.replace('-', '').toLowerCase())
  await keyboard.press('Enter')
  await phone.sees('Sign in')
  await tabTo('email')
  await keyboard.type(email)
  await tabTo('password')
  await keyboard.type(PASSWORD)
  await keyboard.press('Enter')
  await phone.sees('Connect a device')
  await tabTo('Allow')
  await keyboard.press('Enter')
  await phone.sees('You’re connected')
  await device.collect()
  expect(phone.taps).toBe(0)
})

it.each([
  ['moves a little', 'no-preference', true],
  ['moves nothing with reduced motion', 'reduce', false],
] as const)('VP-21 %s after an approval', async (_, reducedMotion, isMoving) => {
  const phone = await unlock({ reducedMotion })
  await PAGE_STATES.connected(phone)
  expect((await animationsOn(phone.page)) > 0).toBe(isMoving)
})

describe('in Arabic', () => {
  it.each<PageState>([
    'enter code',
    'sign in',
    'confirm, near',
    'confirm, far, problems',
    'connected',
    'my devices, everything',
  ])('VP-21 %s reads from right to left and passes axe', async (state) => {
    const phone = await unlock({ locale: 'ar' })
    await PAGE_STATES[state](phone)
    const { page } = phone
    const [lang, dir] = await Promise.all(
      ['lang', 'dir'].map((name) => page.locator('html').getAttribute(name)),
    )
    expect({ lang, dir }).toEqual({ lang: 'ar', dir: 'rtl' })
    const { left, right } = await page.evaluate<{ left: number; right: number }>(`{
      const range = document.createRange()
      range.selectNodeContents(document.querySelector('header'))
      const { left, right } = range.getBoundingClientRect()
      ;({ left, right: innerWidth - right })
    }`)
    expect(left).toBeGreaterThan(right)
    // A code is the same wherever it is read.
    const turned = `[...document.querySelectorAll('.code')]
      .filter((code) => getComputedStyle(code).direction !== 'ltr').length`
    expect(await page.evaluate(turned)).toBe(0)
    expect(await axeFindings(page)).toEqual([])
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })
})
