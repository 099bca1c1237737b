// A whole sign-in, step by step, so that something can come between any two of them or into any one:
// each step asks one thing of the Worker, and knows the one answer it has to have.
import { beforeAll, expect } from 'vitest'
import { pass } from '../../support/clock.ts'
import { type Answer, type Device, startDevice } from '../../support/device.ts'
import { refresh } from '../../support/grants.ts'
import { PENDING, hold } from '../../support/held-poll.ts'
import { type Page, Person } from '../../support/person.ts'
import { ISSUER } from '../../support/settings.ts'
import { askUserinfo } from '../../support/tokens.ts'
import { freshAddress, worker } from '../../support/worker.ts'

const SECOND = 1000

/** The answer in a few words. */
const summary = ({ status, body }: Pick<Answer, 'status' | 'body'>): string =>
  `${status} ${body.error ?? (body.access_token === undefined ? 'else' : 'tokens')}`

/** The participants of a sign-in, and their state. */
export class SignIn {
  readonly #person: Person
  #device: Device | undefined
  #question: Page | undefined
  #held: Promise<Answer> | undefined
  readonly #tokens: { access_token: string; refresh_token: string }[] = []

  constructor(person: Person) {
    this.#person = person
  }

  get #started(): Device {
    if (this.#device === undefined) throw new Error('there is no device yet')
    return this.#device
  }

  /** The tokens of the redemption, and of each refresh. */
  #token(at: number): { access_token: string; refresh_token: string } {
    const tokens = this.#tokens[at]
    if (tokens === undefined) throw new Error(`there are no tokens ${at}`)
    return tokens
  }

  async start(): Promise<string> {
    try {
      this.#device = await startDevice('tv')
      return '200 started'
    } catch (error) {
      return unavailableIn(error)
    }
  }

  /** A device that keeps to its interval. */
  async poll(): Promise<string> {
    pass(SECOND)
    return this.#keep(await this.#started.poll())
  }

  /** A poll that waits for the decision. */
  async hold(): Promise<string> {
    pass(SECOND)
    const { answer } = await hold(this.#started)
    this.#held = answer
    return 'held'
  }

  /** Its answer. A poll that was cut twice has none, and the device polls again. */
  async hear(): Promise<string> {
    const heard = this.#held && this.#keep(await this.#held)
    this.#held = undefined
    return heard === undefined || heard === PENDING ? this.poll() : heard
  }

  async look(): Promise<string> {
    const page = await this.#person.open(`/device?user_code=${this.#started.userCode}`)
    if (page.html.includes('value="allow"')) this.#question = page
    return pageSummary(page)
  }

  async decide(decision: 'allow' | 'deny'): Promise<string> {
    if (this.#question === undefined) throw new Error('there was no question')
    return pageSummary(await this.#person.decide(this.#question, decision))
  }

  async refresh(at: number): Promise<string> {
    return this.#keep(await refresh(this.#token(at).refresh_token))
  }

  async use(at: number): Promise<string> {
    return summary(await askUserinfo(this.#token(at).access_token))
  }

  async remove(): Promise<string> {
    const page = await this.#person.open('/devices')
    // It may have been removed in spite of a 503.
    if (!page.html.includes('/devices/device/remove')) return pageSummary(page)
    return pageSummary(await this.#person.submit(page, '/devices/device/remove', { sure: 'yes' }))
  }

  #keep(answer: Answer): string {
    if (answer.status === 200) this.#tokens.push(answer.body)
    return summary(answer)
  }
}

/** A person with an account, for many sign-ins: passwords are slow to hash. */
export const newPerson = async (): Promise<Person> => {
  const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
  await person.createAccount('Hedy Lamarr', `${crypto.randomUUID()}@example.com`)
  return person
}

/** The next of many people, created before the tests: a person may look up few codes at once. */
export const takingTurns = (count: number): (() => Person) => {
  const people: Person[] = []
  beforeAll(async () => {
    for (let made = 0; made < count; made += 1) people.push(await newPerson())
  })
  return () => {
    const next = people.shift()
    if (next === undefined) throw new Error('there is nobody')
    people.push(next)
    return next
  }
}

const pageSummary = ({ status, html, url }: Page): string => {
  const seen = Object.entries(SEEN).find(([, text]) => html.includes(text))?.[0] ?? url.pathname
  return `${status} ${seen}`
}

const SEEN = {
  question: 'value="allow"',
  connected: 'You’re connected',
  declined: 'Not connected',
  unavailable: 'Something went wrong',
}

const unavailableIn = (error: unknown): string => {
  const [, status, body = '{}'] = /^(\d+) (.*)$/s.exec((error as Error).message) ?? []
  return status === undefined
    ? String(error)
    : summary({ status: Number(status), body: JSON.parse(body) })
}

export const UNAVAILABLE = ['503 temporarily_unavailable', '503 unavailable']

export interface Step {
  readonly name: string
  readonly act: (signIn: SignIn) => Promise<string>
  readonly answer: string
}

/** From the first request to the removal of the device, and what must not work after that. */
export const STEPS: readonly Step[] = [
  { name: 'the device asks for a code', act: (s) => s.start(), answer: '200 started' },
  { name: 'it polls', act: (s) => s.poll(), answer: PENDING },
  { name: 'the person looks', act: (s) => s.look(), answer: '200 question' },
  { name: 'the person allows', act: (s) => s.decide('allow'), answer: '200 connected' },
  { name: 'the person looks again', act: (s) => s.look(), answer: '200 connected' },
  { name: 'the device collects', act: (s) => s.poll(), answer: '200 tokens' },
  { name: 'it uses its token', act: (s) => s.use(0), answer: '200 else' },
  { name: 'it polls once more', act: (s) => s.poll(), answer: '400 invalid_grant' },
  { name: 'it refreshes', act: (s) => s.refresh(0), answer: '200 tokens' },
  { name: 'it refreshes again', act: (s) => s.refresh(1), answer: '200 tokens' },
  { name: 'it uses what it got', act: (s) => s.use(2), answer: '200 else' },
  { name: 'the person removes it', act: (s) => s.remove(), answer: '200 /devices' },
  { name: 'it refreshes in vain', act: (s) => s.refresh(2), answer: '400 invalid_grant' },
  { name: 'it is not served', act: (s) => s.use(2), answer: '401 invalid_token' },
]

/** The same, where the device waits for the decision with a held poll. */
export const HELD_STEPS: readonly Step[] = STEPS.map((step) => {
  if (step.name === 'it polls') return { ...step, act: (s) => s.hold(), answer: 'held' }
  return step.name === 'the device collects' ? { ...step, act: (s) => s.hear() } : step
})

/** One step that has its answer, or another try if something was out of reach. */
export const doStep = async (signIn: SignIn, { name, act, answer }: Step): Promise<void> => {
  let given = await act(signIn)
  for (let tries = 0; UNAVAILABLE.includes(given) && tries < 3; tries += 1)
    given = await act(signIn)
  expect(given, name).toBe(answer)
}
