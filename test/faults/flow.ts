// One sign-in from the first request to the last: a device that follows RFC 8628, and a person.
// Both repeat a lost request, and never give up for want of an answer.
import { setTimeout as sleep } from 'node:timers/promises'
import { EDGE_HEADERS, GRANT_TYPE, SCOPE } from '../bench/target.ts'
import { SECRET } from '../support/settings.ts'
import type { Asker } from './asker.ts'
import type { Answer, Asked, Tokens } from './history.ts'
import type { Person } from './people.ts'
import type { Plan } from './plan.ts'
import type { Random } from './random.ts'
import type { Asking, Heard } from './wire.ts'

const INTERVAL_MS = 1000
const SLOW_DOWN_MS = 1000
/** Polls after which a device knows that its person has gone. */
const PATIENCE = 2
/** A refused person tries again, a limited number of times. */
const MAX_VISITS = 3
const SENT_AWAY_MS = 1200
/** Limit of repetitions of one request. */
const MAX_TRIES = 60

/** Requests sent at the same time; of two that contradict each other, one arrives first. */
const WAYS = {
  allow: ['allow'],
  decline: ['decline'],
  either: ['allow', 'decline'],
  other: ['decline', 'allow'],
} as const

type Fields = Readonly<Record<string, string>>

export class Flow {
  readonly #asker: Asker
  readonly #random: Random
  readonly #plan: Plan
  readonly #person: Person
  /** Cookies of this window, besides the person's. */
  readonly #cookies = new Map<string, string>()
  #deviceCode = ''
  #isPersonDone = false
  #csrf: string | undefined
  userCode: string | undefined
  /** The person was sent away, for too many wrong codes. */
  wasSentAway = false

  constructor(asker: Asker, random: Random, plan: Plan, person: Person) {
    this.#asker = asker
    this.#random = random
    this.#plan = plan
    this.#person = person
  }

  async run(): Promise<void> {
    const [started] = await this.#insist({ does: 'start' }, () =>
      this.#form('/device_authorization', { scope: SCOPE }),
    )
    if (started?.is !== 'started') return
    this.#deviceCode = started.deviceCode
    this.userCode = started.userCode
    this.#cookies.set('user_code', started.userCode)
    const [tokens] = await Promise.all([this.#signIn(), this.#decide()])
    const { idlesMs } = this.#plan
    if (idlesMs !== undefined) await sleep(idlesMs)
    else if (tokens !== undefined) await this.#use(tokens)
    await this.#lookBack()
  }

  /** Polls until there are tokens or the code has ended. */
  async #signIn(): Promise<Tokens | undefined> {
    let pendingAfterwards = 0
    for (let polls = 0; pendingAfterwards < PATIENCE; polls += 1) {
      const wasDone = this.#isPersonDone
      const answers = await this.#insist({ does: 'poll' }, () => this.#poll())
      const tokens = answers.find((answer) => answer.is === 'tokens')
      if (tokens !== undefined) return tokens
      const isOver = answers.some(({ is }) => !['pending', 'slow_down'].includes(is))
      if (isOver || answers.length === 0) return undefined
      if (wasDone) pendingAfterwards += 1
      const isSlow = answers.some(({ is }) => is === 'slow_down')
      await sleep(
        polls === 0 && this.#plan.sleepsMs > 0
          ? this.#plan.sleepsMs
          : INTERVAL_MS + (isSlow ? SLOW_DOWN_MS : 0),
      )
    }
    return undefined
  }

  /** The person looks, decides, and perhaps takes it back. */
  async #decide(): Promise<void> {
    const { decision, decidesAfterMs, withdrawsAfterMs } = this.#plan
    await sleep(decidesAfterMs)
    if (decision !== 'none') await this.#untilDecided(decision)
    this.#isPersonDone = true
    if (this.#cookies.has('result')) await this.#read('/device/result')
    const result = this.#cookies.get('result')
    if (withdrawsAfterMs === undefined || result === undefined) return
    await sleep(withdrawsAfterMs)
    await this.#insist({ does: 'withdraw' }, () =>
      this.#page('/device/result', { decision: 'not-me', sure: 'yes', result }),
    )
  }

  async #untilDecided(decision: 'allow' | 'decline' | 'both'): Promise<void> {
    let visits = 1
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [shown] = await this.#insist({ does: 'look' }, () => this.#page('/device/confirm'))
      if (shown?.is === 'too many' && visits < MAX_VISITS) {
        visits += 1
        await sleep(SENT_AWAY_MS)
        continue
      }
      this.wasSentAway = shown?.is === 'too many'
      if (shown?.is !== 'question') return
      this.#csrf = shown.fields['csrf']
      const answers = await Promise.all(
        WAYS[decision === 'both' ? this.#random.pick('either', 'other') : decision].map((does) =>
          this.#submit(shown.fields, does),
        ),
      )
      if (answers.flat().length > 0) return
      await this.#aMoment()
    }
  }

  async #read(path: string): Promise<void> {
    await this.#insist({ does: 'read' }, () => this.#page(path))
  }

  #submit(fields: Fields, does: 'allow' | 'decline'): Promise<Answer[]> {
    const decision = does === 'allow' ? 'allow' : 'deny'
    return this.#once({ does }, this.#page('/device/confirm', { ...fields, decision }))
  }

  /** A device's use of its tokens until they end. */
  async #use(tokens: Tokens): Promise<void> {
    let good = [tokens.refreshToken]
    let { accessToken } = tokens
    const spent: string[] = []
    for (let times = 0; times < this.#plan.refreshes; times += 1) {
      await sleep(this.#random.between(0, 700))
      if (this.#random.isLucky(0.3)) await this.#userinfo(accessToken)
      const next = await this.#refresh(good)
      if (next === undefined) return
      spent.push(next.with)
      good = [next.refreshToken, next.with]
      accessToken = next.accessToken
    }
    await this.#end(good, spent, tokens.grant)
    await this.#userinfo(accessToken)
    await this.#insist({ does: 'introspect access', token: accessToken }, () =>
      this.#form('/introspect', { token: accessToken }),
    )
  }

  async #end(good: string[], spent: string[], grant: string): Promise<void> {
    const [token = ''] = good
    switch (this.#plan.ending) {
      case 'revoke':
        await this.#insist({ does: 'revoke', token }, () => this.#form('/revoke', { token }))
        break
      case 'remove':
        if (this.#csrf === undefined) return
        await this.#read('/devices')
        await this.#insist({ does: 'remove' }, () =>
          this.#page('/devices/device/remove', { id: grant.split(' ')[1] ?? '', sure: 'yes' }),
        )
        break
      case 'thief':
        await sleep(this.#plan.thiefAfterMs)
        await this.#refresh([this.#random.pick(token, ...spent)])
        break
      case 'stay':
    }
    await this.#refresh(good)
  }

  /** Refreshes with the first valid one of these tokens. */
  async #refresh(candidates: readonly string[]) {
    for (const token of candidates) {
      const asked = { does: 'refresh', token } as const
      const answers = await this.#insist(asked, () =>
        this.#form('/token', { grant_type: 'refresh_token', refresh_token: token }),
      )
      const tokens = answers.find((answer) => answer.is === 'tokens')
      if (tokens !== undefined) return { with: token, ...tokens }
    }
    return undefined
  }

  #userinfo(token: string): Promise<Answer[]> {
    return this.#insist({ does: 'userinfo', token }, () => ({
      method: 'GET',
      path: '/userinfo',
      headers: { ...EDGE_HEADERS, Authorization: `Bearer ${token}` },
    }))
  }

  /** Everything that was ever handed out, and the code once more. */
  async #lookBack(): Promise<void> {
    const tokens = this.#asker.refreshTokens()
    for (const token of tokens)
      await this.#insist({ does: 'introspect', token }, () => this.#form('/introspect', { token }))
    await this.#insist({ does: 'poll' }, () => this.#poll())
    if (tokens.length > 0) await this.#refresh([this.#random.pick(tokens[0] ?? '', ...tokens)])
    if (this.#plan.decision !== 'none' && !this.wasSentAway)
      await this.#insist({ does: 'look' }, () => this.#page('/device/confirm'))
  }

  #poll(): Asking {
    return this.#form('/token', { grant_type: GRANT_TYPE, device_code: this.#deviceCode })
  }

  #form(path: string, fields: Fields): Asking {
    const client = { client_id: this.#plan.client, client_secret: SECRET }
    return {
      method: 'POST',
      path,
      headers: { ...EDGE_HEADERS, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...client, ...fields }).toString(),
    }
  }

  #page(path: string, fields?: Fields): Asking {
    const own = [...this.#cookies].map(([name, value]) => `${name}=${value}`)
    const headers = { ...EDGE_HEADERS, Cookie: [this.#person.cookies, ...own].join('; ') }
    if (fields === undefined) return { method: 'GET', path, headers }
    return {
      method: 'POST',
      path,
      headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrf: this.#csrf ?? '', ...fields }).toString(),
    }
  }

  /** Asks again until there is an answer. */
  async #insist(asked: Asked, asking: () => Asking): Promise<Answer[]> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const answers = await this.#once(asked, asking())
      if (answers.length > 0) return answers
      await this.#aMoment()
    }
    return []
  }

  #once(asked: Asked, asking: Asking): Promise<Answer[]> {
    return this.#asker.ask(asked, asking, (heard) => this.#keepCookies(heard))
  }

  /** Some ask again at once, some take their time. */
  #aMoment(): Promise<void> {
    return sleep(this.#random.pick(this.#random.between(0, 50), this.#random.between(50, 2000)))
  }

  #keepCookies({ headers }: Heard): void {
    for (const cookie of headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (name === 'result') this.#cookies.set(name, value)
    }
  }
}
