// A person with a real browser, on a phone unless said otherwise. Counts their taps.
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { PHONE } from './browser.ts'
import { PASSWORD, Person } from '../../support/person.ts'
import { type Place, TURKU, at } from '../../support/places.ts'
import type { RemoteDevice } from './remote-device.ts'

interface Options extends BrowserContextOptions {
  readonly place?: Place
}

let people = 0

export class Phone {
  readonly page: Page
  readonly origin: string
  taps = 0
  readonly #place: Place

  private constructor(page: Page, origin: string, place: Place) {
    this.page = page
    this.origin = origin
    this.#place = place
  }

  /** A browser without any cookie. */
  static async unlock(
    browser: Browser,
    origin: string,
    { place = at(TURKU), ...options }: Options = {},
  ): Promise<Phone> {
    const context = await browser.newContext({ ...PHONE, extraHTTPHeaders: place, ...options })
    const page = await context.newPage()
    page.on('pageerror', (error) => expect.unreachable(error.message))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) expect.unreachable(message.text())
    })
    return new Phone(page, origin, place)
  }

  /** Signed in with a new account, which took no taps. Its address. */
  async join(name = 'Ada Lovelace'): Promise<string> {
    people += 1
    const email = `person${people}@example.com`
    const person = new Person(fetch, this.origin, this.#place)
    await person.createAccount(name, email)
    await this.#takeCookiesOf(person)
    return email
  }

  /** Signed in with an account that there is. */
  async rejoin(email: string): Promise<void> {
    const person = new Person(fetch, this.origin, this.#place)
    await person.signIn(email)
    await this.#takeCookiesOf(person)
  }

  /** Goes elsewhere with it. */
  async moveTo(place: Place): Promise<void> {
    await this.page.context().setExtraHTTPHeaders(place)
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.origin + path)
  }

  async scan(device: RemoteDevice): Promise<void> {
    await this.page.goto(device.picture)
  }

  /** Taps a button of this name, or anything else. */
  async tap(target: string | Locator): Promise<void> {
    this.taps += 1
    await (typeof target === 'string' ? this.button(target) : target).click()
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { name })
  }

  /** Waits for the heading of a page. */
  async sees(heading: string | RegExp): Promise<void> {
    await this.heading(heading).waitFor()
  }

  /** Waits for a text somewhere on the page. */
  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor()
  }

  /** Types an address and the password into the page that asks for them. */
  async signIn(email: string): Promise<void> {
    await this.page.getByLabel('Email').fill(email)
    await this.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await this.tap('Sign in')
  }

  /** Scans and allows, while signed in. */
  async allow(device: RemoteDevice): Promise<void> {
    await this.scan(device)
    await this.tap('Allow')
    await this.sees('You’re connected')
  }

  async #takeCookiesOf(person: Person): Promise<void> {
    const cookies = [...person.cookies].map(([name, value]) => ({
      name,
      value,
      url: this.origin,
      httpOnly: true,
      sameSite: 'Lax' as const,
    }))
    await this.page.context().addCookies(cookies)
  }
}
