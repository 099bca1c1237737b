// The promises of the server, as the simplest machine that keeps them: one device authorization and
// its grant, and the effect of each request. Written from the README and the RFCs, not from the
// code. It knows no faults: the judge asks it for possible pasts.
import type { Answer, Asked, Happened } from './history.ts'

const SECOND = 1000
/** Decisions made in time can be collected this much later. */
export const GRACE_MS = 30 * SECOND
/** A redemption is repeated within this. */
const RECOVERY_MS = 60 * SECOND
/** A refresh token leads to its successor for so long after that was first used. */
const CATCH_UP_MS = 60 * SECOND
/** The server counts whole milliseconds, and the device_code whole seconds. */
const TICK_MS = 5

/** Time of an event, as far as it is visible from outside. */
interface Span {
  readonly fromMs: number
  readonly toMs: number
}

export interface World {
  readonly code: 'pending' | 'approved' | 'declined' | 'withdrawn' | 'redeemed'
  readonly redeemed: (Span & { readonly by: number }) | undefined
  readonly grant: 'none' | 'live' | 'ended'
  readonly isUsed: boolean
  /** The refresh tokens, each leading to the next; null for one that was never seen. */
  readonly chain: readonly (string | null)[]
  /** First use of each one; the last one is unused. */
  readonly uses: readonly Span[]
  /** The person has no session. */
  readonly isSignedOut: boolean
}

export const BEGINNING: World = {
  code: 'pending',
  redeemed: undefined,
  grant: 'none',
  isUsed: false,
  chain: [null],
  uses: [],
  isSignedOut: false,
}

/** The request, and the known bounds of its time. */
export interface Operation {
  readonly id: number
  readonly event: Happened
  readonly does: Asked['does']
  /** Time of its effect, if it had one. */
  readonly span: Span
  /** Undefined: any answer is possible, or none. */
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

/** Expiry of the code, by the answer that brought it. */
export type Expiry = Span

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
      return says('devices', isLive(world) ? end(world) : world)
    case 'revoke':
      return says('revoked', isLive(world) && isOurs(world, presented) ? end(world) : world)
    case 'refresh':
      return refresh(world, operation)
    case 'introspect':
      return leads(world, operation).flatMap((is) => says(is === 'on' ? 'active' : 'inactive'))
    case 'introspect access':
      return says(isLive(world) ? 'active' : 'inactive')
    case 'userinfo':
      return isLive(world) ? says('served', { ...world, isUsed: true }) : says('unauthorized')
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
  // The first decision stays. A second one gets it in the answer, or only that it is too late.
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
const connect = (world: World, { answer, issued }: Operation): Next[] => {
  if (world.grant === 'ended' || world.isUsed)
    return answer === undefined || answer === 'invalid' ? [{ world, isDone: true }] : []
  if (answer !== undefined && answer !== 'tokens') return []
  return handOut({ ...world, grant: 'live' }, 0, issued)
}

/** The token at that place in the chain is handed out; what was seen there once stays there. */
const handOut = (world: World, at: number, issued: string | undefined): Next[] => {
  if (issued === undefined) return [{ world, isDone: true }]
  const known = world.chain[at] ?? null
  if (known === issued) return [{ world, isDone: true }]
  if (known !== null || world.chain.includes(issued)) return []
  return [{ world: { ...world, chain: world.chain.with(at, issued) }, isDone: true }]
}

const refresh = (world: World, operation: Operation): Next[] => {
  const { answer, presented = '', issued, span } = operation
  const at = world.chain.indexOf(presented)
  const isAnsweredBy = (...all: Answer['is'][]) => answer === undefined || all.includes(answer)
  return leads(world, operation).flatMap((where): Next[] => {
    if (where === 'nowhere') return isAnsweredBy('invalid') ? [{ world, isDone: true }] : []
    // RFC 9700 §4.14.2: a replay.
    if (where === 'to the end')
      return isAnsweredBy('invalid') ? [{ world: end(world), isDone: true }] : []
    if (!isAnsweredBy('tokens')) return []
    const isFirstUse = at === world.chain.length - 1
    const after: World = isFirstUse
      ? { ...world, isUsed: true, chain: [...world.chain, null], uses: [...world.uses, span] }
      : world
    return handOut(after, at + 1, issued)
  })
}

/**
 * The possible successors of a refresh token. No device here is late with three tokens in a row,
 * which would end its grant as well.
 */
const leads = (
  world: World,
  { presented = '', span }: Operation,
): ('on' | 'nowhere' | 'to the end')[] => {
  const at = world.chain.indexOf(presented)
  if (!isLive(world) || at === -1) return ['nowhere']
  const used = world.uses[at + 1]
  if (used === undefined) return ['on']
  const isSurelyInTime = span.toMs < used.fromMs + CATCH_UP_MS - TICK_MS
  const mayBeInTime = span.fromMs <= used.toMs + CATCH_UP_MS + TICK_MS
  return [
    ...(mayBeInTime ? (['on'] as const) : []),
    ...(isSurelyInTime ? [] : (['to the end'] as const)),
  ]
}

const isLive = ({ grant }: World): boolean => grant === 'live'

const isOurs = ({ chain }: World, token: string): boolean => chain.includes(token)

const end = (world: World): World => ({ ...world, grant: 'ended', isUsed: true })

const mayBeOpen = <T>({ fromMs }: Span, end_: Expiry, what: T): T[] =>
  fromMs < end_.toMs + TICK_MS ? [what] : []

const mayBeOver = <T>({ toMs }: Span, end_: Expiry, what: T): T[] =>
  toMs > end_.fromMs - TICK_MS ? [what] : []
