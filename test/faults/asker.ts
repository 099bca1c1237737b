// Asks on behalf of one device and one person, over a wire that breaks, repeats and delays, and
// writes down what happened.
import { setTimeout as sleep } from 'node:timers/promises'
import { readAnswer } from './answers.ts'
import type { Answer, Asked, Happened } from './history.ts'
import type { Random } from './random.ts'
import type { ShakenServer } from './shaken-server.ts'
import { type Asking, type Cut, type Heard, exchange, now } from './wire.ts'

/** Frequency of each fault on the way. */
export interface Weather {
  readonly cut: number
  readonly twin: number
  readonly straggler: number
  /** Maximum delay of a copy. */
  readonly lateMs: number
}

/** Time during which an unanswered request may still take effect on a live server. */
const LATE_EFFECT_MS = 3000
const REFUSED_RETRY_MS = 40

type Recorded = Omit<Happened, 'openUntilMs'>

export class Asker {
  readonly #server: ShakenServer
  readonly #random: Random
  readonly #weather: Weather
  readonly #count: (what: string) => void
  readonly #recorded: Recorded[] = []
  readonly #onTheirWay = new Set<Promise<unknown>>()

  constructor(
    server: ShakenServer,
    random: Random,
    weather: Weather,
    count: (what: string) => void,
  ) {
    this.#server = server
    this.#random = random
    this.#weather = weather
    this.#count = count
  }

  /** Sends a request once, perhaps twice, and returns the answer, if there is one. */
  async ask(
    asked: Asked,
    asking: Asking,
    keep: (heard: Heard) => void = () => {},
  ): Promise<Answer[]> {
    if (this.#random.isLucky(this.#weather.straggler)) {
      this.#count('delayed copies')
      const later = sleep(this.#random.between(20, this.#weather.lateMs)).then(() =>
        this.#send(asked, asking),
      )
      this.#onTheirWay.add(later)
    }
    const sent = [this.#send(asked, asking, this.#cut(), keep)]
    if (this.#random.isLucky(this.#weather.twin)) {
      this.#count('duplicates')
      sent.push(this.#send(asked, asking, this.#cut()))
    }
    return (await Promise.all(sent)).filter((answer) => answer !== undefined)
  }

  /** All of them, once no request is in flight. */
  async happened(): Promise<Happened[]> {
    await Promise.all(this.#onTheirWay)
    return this.#recorded.map((event) => ({
      ...event,
      openUntilMs: Math.min(
        event.settledAtMs + LATE_EFFECT_MS,
        this.#server.goneAfterMs(event.sentAtMs),
      ),
    }))
  }

  /** All refresh tokens that ever were in an answer, heard or not. */
  refreshTokens(): string[] {
    const answers = this.#recorded.map(({ answer }) => answer)
    return [...new Set(answers.flatMap((one) => (one?.is === 'tokens' ? [one.refreshToken] : [])))]
  }

  #cut(): Cut | undefined {
    if (!this.#random.isLucky(this.#weather.cut)) return undefined
    const at = this.#random.pick('half a request', 'before', 'before', 'during', 'after', 'after')
    this.#count(`cuts ${at}`)
    return {
      at,
      afterMs: this.#random.pick(0, this.#random.between(0, 5), this.#random.between(0, 60)),
    }
  }

  async #send(
    asked: Asked,
    asking: Asking,
    cut?: Cut,
    keep: (heard: Heard) => void = () => {},
  ): Promise<Answer | undefined> {
    for (;;) {
      const sentAtMs = now()
      const { answer: heard, lost } = await exchange(this.#server.port, asking, cut)
      if (lost === 'refused') {
        await sleep(REFUSED_RETRY_MS)
        continue
      }
      const answer = heard && readAnswer(asked.does, heard)
      this.#recorded.push({ asked, sentAtMs, settledAtMs: now(), answer, lost })
      this.#count('requests')
      this.#count(lost === undefined ? 'answers' : `lost: ${lost}`)
      if (answer?.is === 'unavailable') this.#count('503')
      if (heard !== undefined && lost === undefined) keep(heard)
      return lost === undefined && answer?.is !== 'unavailable' ? answer : undefined
    }
  }
}
