// A phone with a browser subscribed to push prompts. Headless Chromium reaches no push service and
// shows no notification, so those two ends are replaced: it subscribes to a push service of ours,
// and its notifications are recorded. The page, the worker and everything between them are real.
import type { CDPSession, Worker } from 'playwright-core'
import type { Phone } from './phone.ts'
import type { PushSubscriber } from '../../support/push-subscriber.ts'

/** A notification that a worker showed. */
export interface Shown {
  readonly title: string
  readonly body: string
  readonly lang: string
  readonly dir: string
  readonly tag: string
  readonly data: { readonly code: string }
  readonly actions: readonly { readonly action: string; readonly title: string }[]
}

const SHOW = `
  self.shown = []
  self.opened = []
  self.registration.showNotification = async (title, options) => {
    self.shown.push({ title, ...options })
  }
  self.clients.openWindow = async (url) => void self.opened.push(url)
`

/** From now on the phone's pages subscribe here. */
export const connectPushService = async (
  { page }: Phone,
  { endpoint, p256dh, auth }: PushSubscriber,
): Promise<void> => {
  const json = JSON.stringify({ endpoint, expirationTime: null, keys: { p256dh, auth } })
  await page.addInitScript(`
    let subscribe
    window.subscribed = new Promise((resolve) => (subscribe = resolve))
    PushManager.prototype.subscribe = async (options) => {
      subscribe(options)
      return { toJSON: () => (${json}) }
    }
  `)
}

export class AskedPhone {
  readonly #phone: Phone
  readonly #worker: Worker
  readonly #devtools: CDPSession
  readonly #registrationId: string

  private constructor(phone: Phone, worker: Worker, devtools: CDPSession, registrationId: string) {
    this.#phone = phone
    this.#worker = worker
    this.#devtools = devtools
    this.#registrationId = registrationId
  }

  /** Subscribes on the page, as a person does. */
  static async optIn(
    phone: Phone,
    subscriber: PushSubscriber,
    button = 'Ask me on this browser',
  ): Promise<AskedPhone> {
    const { page } = phone
    const context = page.context()
    await connectPushService(phone, subscriber)
    await context.grantPermissions(['notifications'], { origin: phone.origin })
    const devtools = await context.newCDPSession(page)
    const registered = new Promise<string>((resolve) => {
      devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => {
        if (first !== undefined) resolve(first.registrationId)
      })
    })
    await devtools.send('ServiceWorker.enable')
    await phone.open('/devices')
    const started = context.waitForEvent('serviceworker')
    await phone.tap(button)
    const worker = await started
    await page.locator('form[data-push]').waitFor({ state: 'detached' })
    await worker.evaluate(
      `${SHOW}
      self.registration.pushManager.getSubscription = async () =>
        (${JSON.stringify({ endpoint: subscriber.endpoint })})`,
    )
    return new AskedPhone(phone, worker, devtools, await registered)
  }

  /** Delivers a decrypted message, and returns the notification. */
  async receive(payload: object): Promise<Shown> {
    const count = await this.#worker.evaluate<number>('self.shown.length')
    await this.#devtools.send('ServiceWorker.deliverPushMessage', {
      origin: this.#phone.origin,
      registrationId: this.#registrationId,
      data: JSON.stringify(payload),
    })
    return this.#worker.evaluate<Shown>(`(async () => {
      while (self.shown.length === ${count}) await new Promise((resolve) => setTimeout(resolve, 5))
      return self.shown.at(-1)
    })()`)
  }

  /** Presses the notification or one of its buttons, and returns the address that opens, if any. */
  press({ data }: Shown, action = ''): Promise<string | null> {
    return this.#worker.evaluate<string | null>(`(async () => {
      self.opened = []
      let answered
      const event = new ExtendableEvent('notificationclick')
      Object.assign(event, {
        action: ${JSON.stringify(action)},
        notification: { close: () => undefined, data: ${JSON.stringify(data)} },
        // The browser's own handler accepts only real events.
        waitUntil: (promise) => (answered = promise),
      })
      self.dispatchEvent(event)
      await answered
      return self.opened[0] ?? null
    })()`)
  }
}
