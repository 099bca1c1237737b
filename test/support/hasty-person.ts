// A person whose browser hangs up when the Worker is about to count a wrong code or a new account.
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { Person } from './person.ts'
import { ISSUER } from './settings.ts'
import { freshAddress, worker } from './worker.ts'

export class HastyPerson extends Person {
  readonly #cut: AbortController
  #hasEnded = false

  constructor(cookies: Iterable<[string, string]> = []) {
    const cut = new AbortController()
    // Through the Worker's own entry: a request within the test's context cannot be cut.
    const send = (request: Request) => worker(new Request(request, { signal: cut.signal }))
    super(send, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    for (const [name, value] of cookies) this.cookies.set(name, value)
    this.#cut = cut
  }

  /** Has the count over all accounts wait for the hang-up, and then answer `success`. */
  hangUpAtTheCount(success = true): void {
    vi.spyOn(env.EVERYONE_LIMIT, 'limit').mockImplementation(async () => {
      this.#cut.abort()
      while (!this.#hasEnded) await scheduler.wait(1)
      return { success }
    })
  }

  /** True if the request was cut; false if it was answered. */
  async isCut(sent: Promise<unknown>): Promise<boolean> {
    try {
      await sent
      return false
    } catch (error) {
      if (!this.#cut.signal.aborted) throw error
      return true
    } finally {
      this.#hasEnded = true
    }
  }
}
