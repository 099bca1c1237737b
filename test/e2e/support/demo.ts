// The demo with its identity provider, and people who try it.
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { type ExampleId, startExampleId } from '../../../src/demo/local/example-id.ts'
import { startBrowser } from './browser.ts'
import { PhoneApp } from './phone-app.ts'
import { type Server, startServer } from './server.ts'
import { TEST_VARS } from '../../support/settings.ts'

/** Lets no device in from far away. */
const STRICT_TV = {
  client_id: 'strict-tv',
  client_name: 'The strict-tv',
  scope: 'openid profile offline_access',
  hold_seconds: 0,
  proximity: { far: 'refuse' },
}

let people = 0

/** A name that is new in this file. */
export const somebody = (): string => {
  people += 1
  return `Ada the ${people}th`
}

export class Demo {
  readonly provider: ExampleId
  readonly browser: Browser
  readonly #server: Server
  /** The stored state of a phone with an earlier sign-in, at the provider too. */
  #known: BrowserContextOptions | undefined

  private constructor(provider: ExampleId, server: Server, browser: Browser) {
    this.provider = provider
    this.#server = server
    this.browser = browser
  }

  static async start(): Promise<Demo> {
    const provider = await startExampleId(0)
    const { SCOPES, CLIENTS } = TEST_VARS
    const vars = { SCOPES, CLIENTS: [...CLIENTS, STRICT_TV], DEMO_PROVIDER: provider.issuer }
    const [server, browser] = await Promise.all([startServer(vars), startBrowser()])
    return new Demo(provider, server, browser)
  }

  get origin(): string {
    return this.#server.origin
  }

  async stop(): Promise<void> {
    this.provider.close()
    await Promise.all([this.browser.close(), this.#server.close()])
  }

  /** A phone without a sign-in. */
  unlock(options: BrowserContextOptions = {}): Promise<PhoneApp> {
    return PhoneApp.unlock(this.browser, this.origin, options)
  }

  async signedInAs(name: string): Promise<PhoneApp> {
    const app = await this.unlock()
    await app.open()
    await app.signIn(name)
    await app.sees(`Hello, ${name}`)
    return app
  }

  /** A phone with an earlier sign-in, always of the same person. */
  async signedIn(): Promise<PhoneApp> {
    if (this.#known === undefined) {
      const app = await this.signedInAs(somebody())
      this.#known = { storageState: await app.page.context().storageState() }
    }
    return this.unlock(this.#known)
  }
}
