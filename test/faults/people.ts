// Signed-in people. One may look up five codes a second, and all their devices are on one page: so
// there are several, and new ones now and then.
import { setTimeout as sleep } from 'node:timers/promises'
import { antenna } from '../bench/target.ts'
import type { Random } from './random.ts'

export interface Person {
  /** The cookies of their browser, as they are sent. */
  readonly cookies: string
}

const VISITS = 40
const RETRY_MS = 100

export class People {
  readonly #port: number
  readonly #random: Random
  readonly #people: { readonly person: Person; visits: number }[] = []
  readonly #coming = new Set<Promise<void>>()

  constructor(port: number, random: Random) {
    this.#port = port
    this.#random = random
  }

  async invite(count: number): Promise<void> {
    while (this.#people.length < count) await this.#invite()
  }

  /** A person for requests that keep the session. */
  take(): Person {
    const [first, ...others] = this.#people
    if (first === undefined) throw new Error('there is nobody')
    const taken = this.#random.pick(first, ...others)
    taken.visits += 1
    if (taken.visits === VISITS) this.replace(taken.person)
    return taken.person
  }

  /** Replaces this person by another. */
  replace(person: Person): void {
    const at = this.#people.findIndex((one) => one.person === person)
    if (at === -1 || this.#people.length === 1) return
    this.#people.splice(at, 1)
    const coming = this.#invite()
    this.#coming.add(coming)
    void coming.finally(() => this.#coming.delete(coming))
  }

  /** A new person for one flow only. */
  async make(): Promise<Person> {
    for (;;) {
      try {
        const server = { origin: '', pid: 0, port: this.#port, stop: async () => {} }
        const browser = await antenna('people', server, 'now').signUp()
        browser.close()
        const cookies = [...browser.cookies].map(([name, value]) => `${name}=${value}`)
        return { cookies: cookies.join('; ') }
      } catch {
        // The server is being shaken.
        await sleep(RETRY_MS)
      }
    }
  }

  /** Waits for those in progress. */
  async settled(): Promise<void> {
    await Promise.all(this.#coming)
  }

  async #invite(): Promise<void> {
    this.#people.push({ person: await this.make(), visits: 0 })
  }
}
