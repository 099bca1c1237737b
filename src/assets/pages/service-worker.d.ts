// The globals of push-worker.js beyond those that TypeScript gives every kind of worker.

interface WorkerGlobalScope {
  /** Written before the script by pages/kit/files.ts. */
  readonly PROMPT: {
    readonly language: string
    readonly direction: 'ltr' | 'rtl'
    readonly base: string
    readonly words: Readonly<Record<'title' | 'text' | 'unverified' | 'notMe', string>> & {
      readonly places: readonly string[]
      readonly devices: Readonly<Record<string, string>>
    }
  }
  readonly clients: Clients
  readonly registration: ServiceWorkerRegistration
}

interface WorkerGlobalScopeEventMap {
  push: PushEvent
  notificationclick: NotificationEvent
}

// Notifications API §2.4; not every browser has it.
interface NotificationOptions {
  actions?: { action: string; title: string }[]
}
