// Many sign-ins at once on a server that is being shaken, each judged when it is over.
import { setTimeout as sleep } from 'node:timers/promises'
import { SCOPE } from '../bench/target.ts'
import { SECRET_HASH } from '../support/settings.ts'
import { Asker, type Weather } from './asker.ts'
import { Flow } from './flow.ts'
import type { History } from './history.ts'
import { type Promised, type Violation, judge } from './judge.ts'
import { People } from './people.ts'
import { type Plan, HOLD_SECONDS, LIFETIME_SECONDS } from './plan.ts'
import { Random } from './random.ts'
import type { ShakenServer } from './shaken-server.ts'
import { now } from './wire.ts'

const SECOND = 1000

/** The clients that flows are of; a secret lets them introspect. */
export const CLIENTS = (['now', 'held', 'brief'] as const).map((name) => ({
  client_id: name,
  client_name: `The ${name}`,
  scope: SCOPE,
  token_endpoint_auth_method: 'client_secret_post',
  client_secret_sha256: SECRET_HASH,
  interval_seconds: 1,
  hold_seconds: name === 'held' ? HOLD_SECONDS : 0,
  code_lifetime_seconds: LIFETIME_SECONDS[name],
}))

export const STORMY: Weather = { cut: 0.08, twin: 0.06, straggler: 0.05, lateMs: 4000 }

/** Sign-ins of a kind, so many at once. */
export interface Lanes {
  readonly count: number
  readonly plan: (random: Random) => Plan
  /** Latest start of the last one. */
  readonly untilMs: number
}

export interface Report {
  readonly counts: ReadonlyMap<string, number>
  readonly checks: ReadonlyMap<Promised, number>
  readonly violations: readonly Violation[]
  /** Approved as their person has read, and yet without tokens in the end: each is explained. */
  readonly stranded: readonly History[]
}

export class Campaign {
  readonly #server: ShakenServer
  readonly #random: Random
  readonly #weather: Weather
  readonly #people: People
  readonly #tellAtOnce: (violation: Violation) => void
  readonly #counts = new Map<string, number>()
  readonly #checks = new Map<Promised, number>()
  readonly #violations: Violation[] = []
  readonly #stranded: History[] = []
  readonly #grants = new Map<string, string>()
  #flows = 0

  constructor(
    server: ShakenServer,
    seed: number,
    weather: Weather,
    tellAtOnce: (violation: Violation) => void = () => {},
  ) {
    this.#tellAtOnce = tellAtOnce
    this.#server = server
    this.#random = new Random(seed)
    this.#weather = weather
    this.#people = new People(server.port, this.#random.fork(-1))
  }

  get report(): Report {
    return {
      counts: this.#counts,
      checks: this.#checks,
      violations: this.#violations,
      stranded: this.#stranded,
    }
  }

  /** Number of answers so far. */
  get answers(): number {
    return this.#counts.get('answers') ?? 0
  }

  count = (what: string): void => void this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)

  async invitePeople(count: number): Promise<void> {
    await this.#people.invite(count)
  }

  /**
   * Runs so many at once, each lane one after the other, as long as it is not later than that. All
   * are begun within a second.
   */
  async run(lanes: readonly Lanes[], { stopsWhenBroken = false } = {}): Promise<void> {
    const goesOn = () => !stopsWhenBroken || this.#violations.length === 0
    const lane = async ({ plan, untilMs }: Lanes) => {
      await sleep(this.#random.between(0, SECOND))
      do await this.#runOne(plan)
      while (now() < untilMs && goesOn())
    }
    await Promise.all(lanes.flatMap((one) => Array.from({ length: one.count }, () => lane(one))))
    await this.#people.settled()
  }

  async #runOne(planned: (random: Random) => Plan): Promise<void> {
    const index = this.#flows
    this.#flows += 1
    const random = this.#random.fork(index)
    const plan = planned(random)
    const isOwnPerson = plan.withdrawsAfterMs !== undefined
    const person = isOwnPerson ? await this.#people.make() : this.#people.take()
    const asker = new Asker(this.#server, random, this.#weather, this.count)
    const flow = new Flow(asker, random, plan, person)
    await flow.run()
    if (plan.decision === 'both' || plan.client === 'brief' || flow.wasSentAway)
      this.#people.replace(person)
    const history = {
      name: `flow ${index}: ${JSON.stringify(plan)}`,
      userCode: flow.userCode,
      lifetimeMs: LIFETIME_SECONDS[plan.client] * SECOND,
      events: await asker.happened(),
    }
    this.#judge(history)
  }

  #judge(history: History): void {
    const { checks, violation, isDecided } = judge(history)
    for (const [promise, times] of checks)
      this.#checks.set(promise, (this.#checks.get(promise) ?? 0) + times)
    if (violation !== undefined) {
      this.#violations.push(violation)
      this.#tellAtOnce(violation)
    }
    this.count('flows')
    if (!isDecided) this.count('flows that nobody can judge')
    this.#tell(history)
    const heard = history.events.filter(({ lost }) => lost === undefined)
    const heardOf = (is: string) => heard.some(({ answer }) => answer?.is === is)
    for (const is of ['connected', 'declined', 'removed', 'tokens', 'expired'])
      if (heardOf(is)) this.count(`flows with ${is}`)
    const wasTakenBack = history.events.some(({ asked }) => asked.does === 'withdraw')
    if (heardOf('connected') && !heardOf('tokens') && !wasTakenBack && !heardOf('expired')) {
      this.count('stranded')
      this.#stranded.push(history)
    }
  }

  /** No grant is two flows'. */
  #tell(history: History): void {
    for (const { answer } of history.events) {
      if (answer?.is !== 'tokens') continue
      const owner = this.#grants.get(answer.grant) ?? history.name
      this.#grants.set(answer.grant, owner)
      if (owner !== history.name)
        this.#violations.push({
          promise: 'no code yields two grants',
          text: `${owner} and ${history.name} have the same grant`,
        })
    }
  }
}
