// What the server promises, as the simplest machine that keeps its promises: one device
// authorization and its grant, and what each thing that is asked does to them. Written from the
// README and the RFCs, not from the code. It knows no faults: the judge asks it what may have
// happened.
import type { Answer, Asked, Happened } from './history.ts'

const SECOND = 1000
/** Decisions made in time can be collected this much later. */
export const GRACE_MS = 30 * SECOND
/** A redemption is repeated within this, and this often. */
const RECOVERY_MS = 60 * SECOND
const MAX_RECOVERIES = 3
/** Repeated within this, it has the same refresh token. */
const SAME_ANSWER_MS = 1 * SECOND
/** The server counts whole milliseconds, and the device_code whole seconds. */
const TICK_MS = 5

/** When something happened, as far as anybody outside can know. */
interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** A place in a chain of refresh tokens. */
interface Link {
  readonly family: string
  readonly generation: number
}

export interface World {
  readonly code: 'pending' | 'approved' | 'declined' | 'withdrawn' | 'redeemed'
  readonly redeemed: (Span & { readonly by: number }) | undefined
  readonly grant: 'none' | 'live' | 'ended'
  readonly isUsed: boolean
  readonly handedOut: number
  /** The refresh tokens that are good; one that nobody has seen has a name of its own. */
  readonly current: string | undefined
  readonly previous: string | undefined
  readonly link: Link
  /** The refresh token of the first redemption, once it was seen. */
  readonly first: string | undefined
  readonly seen: Readonly<Record<string, Link>>
  /** The person has no session any more. */
  readonly isSignedOut: boolean
}

export const BEGINNING: World = {
  code: 'pending',
  redeemed: undefined,
  grant: 'none',
  isUsed: false,
  handedOut: 0,
  current: undefined,
  previous: undefined,
  link: { family: '', generation: 0 },
  first: undefined,
  seen: {},
  isSignedOut: false,
}

/** What was asked, and what is known of when. */
export interface Operation {
  readonly id: number
  readonly event: Happened
  readonly does: Asked['does']
  /** When it was done, if it was. */
  readonly span: Span
  /** Undefined: anything may have been said, or nothing. */
  readonly answer: Answer['is'] | undefined
  /** The token that it brings, and the refresh token that it is answered with. */
  readonly presented: string | undefined
  readonly issued: string | undefined
}

/** One way on: the world after a step, and whether there is another step to come. */
export interface Next {
  readonly world: World
  readonly isDone: boolean
}

/** When the code may run out, by the answer that brought it. */
export type Expiry = Span

const FIRST = 'the first'
/** A refresh token that nobody has seen, so that nobody will present it: all are alike. */
const UNSEEN = 'unseen'
const PERSONAL: ReadonlySet<string> = new Set(['look', 'allow', 'decline', 'withdraw', 'remove'])

/**
 * All that the next step of an operation may do in a world. A redemption and a withdrawal take
 * several steps, because two objects take part; everything else takes one.
 */
export const nextSteps = (
  world: World,
  operation: Operation,
  step: number,
  expiry: Expiry,
): Next[] => {
  const { does, answer, span, presented = '' } = operation
  /** Done, if that is what was answered. */
  const says = (is: Answer['is'], after = world): Next[] =>
    answer === undefined || answer === is ? [{ world: after, isDone: true }] : []
  if (world.isSignedOut && step === 0 && PERSONAL.has(does)) return says('signed out')
  switch (does) {
    case 'start':
      return says('started')
    case 'read':
      return [...says('page'), ...(world.isSignedOut ? says('signed out') : [])]
    case 'look':
      return look(world, span, expiry).flatMap((is) => says(is))
    case 'allow':
    case 'decline':
      return decide(world, does, span, expiry).flatMap(([is, after]) => says(is, after))
    case 'poll':
      return step === 0 ? poll(world, operation, expiry) : connect(world, operation)
    case 'withdraw':
      if (step === 1) return [{ world: end(world), isDone: false }]
      if (step === 2) return says('removed', { ...world, isSignedOut: true })
      if (world.code === 'approved')
        return [{ world: { ...world, code: 'withdrawn' }, isDone: false }]
      return world.code === 'redeemed' ? [{ world, isDone: false }] : says('devices')
    case 'remove':
      return says('devices', world.grant === 'live' ? end(world) : world)
    case 'revoke':
      return says('revoked', isOurs(world, presented) ? end(world) : world)
    case 'refresh':
      return refresh(world, operation)
    case 'introspect':
      return says(isGood(world, nameOf(world, presented)) ? 'active' : 'inactive')
    case 'introspect access':
      return says(world.grant === 'live' ? 'active' : 'inactive')
    case 'userinfo':
      return world.grant === 'live'
        ? says('served', { ...world, isUsed: true })
        : says('unauthorized')
  }
}

const look = ({ code }: World, span: Span, expiry: Expiry): Answer['is'][] => {
  if (code === 'pending')
    return [
      ...mayBeOpen<Answer['is']>(span, expiry, 'question'),
      ...mayBeOver<Answer['is']>(span, expiry, 'not valid'),
    ]
  if (code === 'approved' || code === 'redeemed') return ['connected']
  return [code === 'declined' ? 'declined' : 'removed']
}

const decide = (
  world: World,
  what: 'allow' | 'decline',
  span: Span,
  expiry: Expiry,
): [Answer['is'], World][] => {
  const wins = what === 'allow' ? 'connected' : 'declined'
  if (world.code === 'pending') {
    const after: World = { ...world, code: what === 'allow' ? 'approved' : 'declined' }
    return [
      ...mayBeOpen<[Answer['is'], World]>(span, expiry, [wins, after]),
      ...mayBeOver<[Answer['is'], World]>(span, expiry, ['not valid', world]),
    ]
  }
  // The first decision stays. A second one is told of it, or only that it comes too late.
  const stands = look(world, span, expiry).map((is): [Answer['is'], World] => [is, world])
  return stands.some(([is]) => is === wins) ? stands : [...stands, ['not valid', world]]
}

const poll = (world: World, { id, answer, span }: Operation, expiry: Expiry): Next[] => {
  const says = (...all: Answer['is'][]): Next[] =>
    answer === undefined || all.includes(answer) ? [{ world, isDone: true }] : []
  const collection = { fromMs: expiry.fromMs + GRACE_MS, toMs: expiry.toMs + GRACE_MS }
  switch (world.code) {
    case 'pending':
      return [
        ...mayBeOpen(span, expiry, true).flatMap(() => says('pending', 'slow_down')),
        ...mayBeOver(span, expiry, true).flatMap(() => says('expired')),
      ]
    case 'declined':
    case 'withdrawn':
      return says('denied')
    case 'approved': {
      const redeemed = { ...span, by: id }
      const after: World = { ...world, code: 'redeemed', redeemed }
      return [
        ...mayBeOpen(span, collection, { world: after, isDone: false }),
        ...mayBeOver(span, collection, true).flatMap(() => says('expired')),
      ]
    }
    case 'redeemed': {
      const { fromMs, toMs } = world.redeemed ?? span
      const isSurelyLater = span.fromMs > toMs + TICK_MS
      const isSurelyInTime = span.toMs < fromMs + RECOVERY_MS - TICK_MS
      const mayBeInTime = span.fromMs <= toMs + RECOVERY_MS + TICK_MS
      return [
        ...(mayBeInTime ? [{ world, isDone: false }] : []),
        ...(isSurelyLater && isSurelyInTime ? [] : says('invalid')),
      ]
    }
  }
}

/** The second step of a redemption: the grant begins, or its tokens are handed out once more. */
const connect = (world: World, { id, answer, span, issued }: Operation): Next[] => {
  const isOver = world.grant === 'ended' || world.isUsed || world.handedOut > MAX_RECOVERIES
  if (isOver) return answer === undefined || answer === 'invalid' ? [{ world, isDone: true }] : []
  if (answer !== undefined && answer !== 'tokens') return []
  const { fromMs, toMs, by } = world.redeemed ?? { fromMs: 0, toMs: 0, by: id }
  const handsOut = (name: string, more: Partial<World>): Next => {
    const link = { family: name, generation: 0 }
    return {
      isDone: true,
      world: {
        ...world,
        grant: 'live',
        handedOut: world.handedOut + 1,
        current: name,
        previous: undefined,
        link,
        seen: seeing(world, name, link),
        ...more,
      },
    }
  }
  const next: Next[] = []
  if (by === id || span.fromMs < toMs + SAME_ANSWER_MS + TICK_MS) {
    const isFirst = issued === undefined || world.first === undefined || world.first === issued
    if (isFirst) next.push(handsOut(FIRST, { first: world.first ?? issued }))
  }
  if (by !== id && span.toMs >= fromMs + SAME_ANSWER_MS - TICK_MS) {
    const isNew = issued === undefined || !isKnown(world, issued)
    if (isNew) next.push(handsOut(issued ?? UNSEEN, {}))
  }
  return next
}

const refresh = (world: World, { answer, presented = '', issued }: Operation): Next[] => {
  const name = nameOf(world, presented)
  if (!isGood(world, name)) {
    if (answer !== undefined && answer !== 'invalid') return []
    // RFC 9700 §4.14.2: one from before the last one is a replay.
    const { family, generation } = world.seen[name] ?? { family: 'none', generation: 0 }
    const isReplay =
      world.grant === 'live' &&
      family === world.link.family &&
      generation < world.link.generation - 1
    return [{ world: isReplay ? end(world) : world, isDone: true }]
  }
  if (answer !== undefined && (answer !== 'tokens' || isKnown(world, issued ?? ''))) return []
  const successor = issued ?? UNSEEN
  const { family, generation } = world.link
  const link = { family, generation: name === world.current ? generation + 1 : generation }
  const seen = seeing(world, successor, link)
  const after: World = { ...world, isUsed: true, current: successor, previous: name, link, seen }
  return [{ world: after, isDone: true }]
}

const seeing = ({ seen }: World, name: string, link: Link) =>
  name === UNSEEN ? seen : { ...seen, [name]: link }

const end = (world: World): World => ({
  ...world,
  grant: 'ended',
  isUsed: true,
  current: undefined,
  previous: undefined,
})

const nameOf = ({ first }: World, token: string): string => (token === first ? FIRST : token)

const isKnown = (world: World, token: string): boolean => nameOf(world, token) in world.seen

const isGood = ({ grant, current, previous }: World, name: string): boolean =>
  grant === 'live' && (name === current || name === previous)

const isOurs = (world: World, token: string): boolean =>
  world.grant === 'live' && world.seen[nameOf(world, token)]?.family === world.link.family

const mayBeOpen = <T>({ fromMs }: Span, end_: Expiry, what: T): T[] =>
  fromMs < end_.toMs + TICK_MS ? [what] : []

const mayBeOver = <T>({ toMs }: Span, end_: Expiry, what: T): T[] =>
  toMs > end_.fromMs - TICK_MS ? [what] : []
