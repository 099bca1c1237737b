// Judges a history from outside: is there any order of events, each within its own time, in which a
// server that keeps all its promises gives exactly these answers? What was answered happened once,
// between question and answer; what was not answered happened or did not, until it no longer could.
import { type Answer, type Happened, type History, describe, describeEvent } from './history.ts'
import {
  BEGINNING,
  GRACE_MS,
  type Expiry,
  type Operation,
  type World,
  nextSteps,
} from './specification.ts'

export const PROMISES = [
  'every answer is one of ours, and none is a 500',
  'an answered decision stays what it was',
  'an answered approval is not forgotten',
  'an approved device gets its tokens',
  'no code yields two grants',
  'no code yields two tokens',
  'a redemption repeated in time is the same grant',
  'an answered denial never turns into a token',
  'an expired code yields no token',
  'a revoked device stays outside',
  'a refresh token leads to one other, and to none once that is long in use',
  'the token of every answered refresh works',
  'every answer fits into one history',
] as const
export type Promised = (typeof PROMISES)[number]

export interface Violation {
  readonly promise: Promised
  readonly text: string
}

export interface Verdict {
  /** Number of checks of each promise. */
  readonly checks: ReadonlyMap<Promised, number>
  readonly violation: Violation | undefined
  /** False: too much was lost to tell. */
  readonly isDecided: boolean
}

/** A possible past: the world it led to, and how far each open operation is in it. */
interface Past {
  readonly world: World
  readonly progress: Readonly<Record<number, number | 'done'>>
}

const SECOND = 1000
/** More possible pasts than this cannot be told apart. */
const MAX_PASTS = 20_000

export const judge = (history: History): Verdict => {
  const events = history.events.filter(isTelling).toSorted((a, b) => a.sentAtMs - b.sentAtMs)
  const started = events.find(
    ({ answer }) => answer?.is === 'started' && answer.userCode === history.userCode,
  )
  const checks = new Map<Promised, number>()
  const count = (promise: Promised) => checks.set(promise, (checks.get(promise) ?? 0) + 1)
  const fail = (promise: Promised, why: string): Verdict => ({
    checks,
    isDecided: true,
    violation: { promise, text: `${promise}: ${why}\n${describe(history)}` },
  })
  for (const event of history.events) {
    if (event.answer === undefined) continue
    count('every answer is one of ours, and none is a 500')
    if (event.answer.is === 'wrong')
      return fail('every answer is one of ours, and none is a 500', describeEvent(event))
  }
  const passed = { checks, violation: undefined }
  if (started === undefined) return { ...passed, isDecided: true }
  const grants = new Set<string>()
  const tokens = new Set<string>()
  for (const { asked, answer } of events) {
    if (answer?.is !== 'tokens') continue
    count('no code yields two grants')
    grants.add(answer.grant)
    if (grants.size > 1) return fail('no code yields two grants', [...grants].join(' and '))
    if (asked.does !== 'poll') continue
    count('no code yields two tokens')
    tokens.add(`${answer.tokenId} with ${answer.refreshToken}`)
    if (tokens.size > 1) return fail('no code yields two tokens', [...tokens].join(' and '))
  }
  const expiry: Expiry = {
    fromMs: started.sentAtMs + history.lifetimeMs,
    // It expires at a whole second.
    toMs: started.settledAtMs + history.lifetimeMs + SECOND,
  }
  const past = new Judge(expiry)
  for (const moment of moments(events)) {
    const { operation } = moment
    if (moment.is === 'asked') past.asked(operation)
    else if (operation.answer === undefined) past.closed(operation)
    else {
      const promises = promisesOf(operation, events, expiry)
      for (const promise of promises) count(promise)
      const isExplained = past.answered(operation)
      if (past.isTooWide) return { ...passed, isDecided: false }
      if (!isExplained)
        return fail(
          promises[0] ?? 'every answer fits into one history',
          [
            `nothing explains ${describeEvent(operation.event, started.sentAtMs)}`,
            past.before,
          ].join('\n'),
        )
    }
  }
  return { ...passed, isDecided: true }
}

/** A request that asks nothing of the code or the grant, or only half of one, proves nothing. */
const isTelling = ({ answer, lost }: Happened): boolean =>
  answer?.is !== 'too many' && lost !== 'cut half a request'

interface Moment {
  readonly is: 'asked' | 'over'
  readonly atMs: number
  readonly operation: Operation
}

const moments = (events: readonly Happened[]): Moment[] => {
  const names = new Map<string, string>()
  const nameOf = (token: string): string => {
    const name = names.get(token) ?? `#${names.size}`
    names.set(token, name)
    return name
  }
  return (
    events
      .flatMap((event, id): Moment[] => {
        const answer = event.answer?.is === 'unavailable' ? undefined : event.answer
        const { asked, sentAtMs, settledAtMs, openUntilMs } = event
        // A 503 tells nothing about past effects, only that there will be no more.
        const overAtMs = event.answer === undefined ? openUntilMs : settledAtMs
        const operation: Operation = {
          id,
          event,
          does: asked.does,
          span: { fromMs: sentAtMs, toMs: overAtMs },
          answer: answer?.is,
          presented: 'token' in asked ? nameOf(asked.token) : undefined,
          issued: answer?.is === 'tokens' ? nameOf(answer.refreshToken) : undefined,
        }
        return [
          { is: 'asked', atMs: sentAtMs, operation },
          { is: 'over', atMs: overAtMs, operation },
        ]
      })
      // Of what happened in the same moment anything may have been first.
      .toSorted((a, b) => a.atMs - b.atMs || (a.is === b.is ? 0 : a.is === 'asked' ? -1 : 1))
  )
}

class Judge {
  readonly #expiry: Expiry
  readonly #open = new Map<number, Operation>()
  #pasts: Past[] = [{ world: BEGINNING, progress: {} }]
  /** Some of them were left out. */
  isTooWide = false

  /** The possible states before the last answer, in words. */
  before = ''

  constructor(expiry: Expiry) {
    this.#expiry = expiry
  }

  asked(operation: Operation): void {
    this.#open.set(operation.id, operation)
  }

  /** Keeps the pasts that explain the answer, and returns whether there are any. */
  answered({ id }: Operation): boolean {
    const possible = this.#spread()
    this.before = this.#pasts.map(({ world }) => JSON.stringify(world)).join('\n')
    this.#pasts = this.#forget(
      id,
      possible.filter(({ progress }) => progress[id] === 'done'),
    )
    return this.#pasts.length > 0
  }

  /** It cannot take effect from now on. */
  closed({ id }: Operation): void {
    this.#pasts = this.#forget(id, this.#spread())
  }

  /** All that the open operations may have done by now, in any order. */
  #spread(): Past[] {
    const all = new Map(this.#pasts.map((past) => [keyOf(past), past]))
    for (const { world, progress } of all.values()) {
      for (const [id, operation] of this.#open) {
        const step = progress[id] ?? 0
        if (step === 'done') continue
        for (const next of nextSteps(world, operation, step, this.#expiry)) {
          // To be done without an answer and without an effect is not to be done.
          if (next.world === world && next.isDone && operation.answer === undefined) continue
          const reached = next.isDone ? ('done' as const) : step + 1
          const past = { world: next.world, progress: { ...progress, [id]: reached } }
          all.set(keyOf(past), past)
        }
      }
      if (all.size > MAX_PASTS) {
        this.isTooWide = true
        break
      }
    }
    return [...all.values()]
  }

  #forget(id: number, pasts: readonly Past[]): Past[] {
    this.#open.delete(id)
    const left = pasts.map(({ world, progress }) => {
      const { [id]: _, ...others } = progress
      return { world, progress: others }
    })
    return [...new Map(left.map((past) => [keyOf(past), past])).values()]
  }
}

const keyOf = ({ world, progress }: Past): string => JSON.stringify([world, progress])

/** The promises that an answer tests, by the answers before its request. */
const promisesOf = (
  { event, answer }: Operation,
  events: readonly Happened[],
  expiry: Expiry,
): Promised[] => {
  const { asked, sentAtMs } = event
  const earlier = events.filter(
    ({ settledAtMs, answer: a }) => a !== undefined && settledAtMs < sentAtMs,
  )
  const wasAnswered = (...all: Answer['is'][]) =>
    earlier.some(({ answer: a }) => a !== undefined && all.includes(a.is))
  const did = (...all: Happened['asked']['does'][]) =>
    earlier.some(({ asked: { does } }) => all.includes(does))
  const promises: Promised[] = []
  const isPoll = asked.does === 'poll'
  const isAboutTokens = 'token' in asked && asked.does !== 'revoke'
  if (isPoll && sentAtMs > expiry.toMs + GRACE_MS) promises.push('an expired code yields no token')
  if (isPoll && wasAnswered('declined', 'removed'))
    promises.push('an answered denial never turns into a token')
  if (isAboutTokens && (did('revoke', 'remove') || wasAnswered('removed')))
    promises.push('a revoked device stays outside')
  if (isPoll && wasAnswered('tokens'))
    promises.push('a redemption repeated in time is the same grant')
  else if (isPoll && wasAnswered('connected')) {
    promises.push('an answered approval is not forgotten')
    if (answer === 'tokens') promises.push('an approved device gets its tokens')
  }
  if (
    ['look', 'allow', 'decline'].includes(asked.does) &&
    wasAnswered('connected', 'declined', 'removed')
  )
    promises.push('an answered decision stays what it was')
  if (asked.does === 'refresh') {
    const isSpent = earlier.some(
      ({ asked: a, answer: b }) =>
        a.does === 'refresh' &&
        a.token === asked.token &&
        b?.is === 'tokens' &&
        earlier.some(
          ({ asked: c, answer: d }) =>
            c.does === 'refresh' && c.token === b.refreshToken && d?.is === 'tokens',
        ),
    )
    promises.push(
      isSpent
        ? 'a refresh token leads to one other, and to none once that is long in use'
        : 'the token of every answered refresh works',
    )
  }
  promises.push('every answer fits into one history')
  return promises
}
