// The demo's app on a phone, which a person sees, taps and types into. Its browser visits the real
// identity provider.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { PHONE } from './browser.ts'
import { TURKU, at } from '../../support/places.ts'

export class PhoneApp {
  readonly page: Page
  readonly origin: string
  taps = 0

  private constructor(page: Page, origin: string) {
    this.page = page
    this.origin = origin
  }

  /** A phone in Turku; without a sign-in, unless the options have the state of one. */
  static async unlock(
    browser: Browser,
    origin: string,
    options: BrowserContextOptions = {},
  ): Promise<PhoneApp> {
    const context = await browser.newContext({ ...PHONE, ...options })
    const place = at(TURKU)
    // Of Antenna's edge alone: elsewhere these headers would need a preflight (CORS).
    await context.route(`${origin}/**`, (route) =>
      route.continue({ headers: { ...route.request().headers(), ...place } }),
    )
    return PhoneApp.openWindow(context, origin)
  }

  /** Another window of a phone. */
  static async openWindow(context: BrowserContext, origin: string): Promise<PhoneApp> {
    const page = await context.newPage()
    page.on('pageerror', (error) => expect.unreachable(error.message))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) expect.unreachable(message.text())
    })
    return new PhoneApp(page, origin)
  }

  /** Opens it as the scanned link does, or from the home screen. */
  async open(userCode?: string): Promise<void> {
    const query = userCode === undefined ? '' : `?user_code=${userCode}`
    await this.page.goto(`${this.origin}/app${query}`)
  }

  async tap(name: string): Promise<void> {
    this.taps += 1
    await this.page.getByRole('button', { name, exact: true }).click()
  }

  async sees(heading: string): Promise<void> {
    await this.page.getByRole('heading', { name: heading, exact: true }).waitFor()
  }

  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor()
  }

  /** Takes it to the front again, after another app or window. */
  async comeBack(): Promise<void> {
    // A browser without a screen keeps all its windows at the front.
    await this.page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`)
  }

  /** Visits the provider, gives a name there, and returns. */
  async signIn(name: string): Promise<void> {
    await this.tap('Sign in')
    await this.signInAtProvider(name)
  }

  /** Fills in the provider's page. */
  async signInAtProvider(name: string): Promise<void> {
    await this.page.getByText('Example ID').first().waitFor()
    await this.page.getByLabel('Name').fill(name)
    await this.page.getByLabel('Password').fill('whatever')
    await this.tap('Sign in')
    await this.page.waitForURL(`${this.origin}/**`)
  }
}
