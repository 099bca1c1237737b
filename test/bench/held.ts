// Thousands of polls held at once in one process: what each costs while its object sleeps, whether
// others suffer, and how soon each is answered when its person has decided.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from './browser.ts'
import { Connection } from './connection.ts'
import { type PollsMeasured, type Span, measurePolls, nth, percentile, startFlows } from './load.ts'
import { type ServerProcess, openFiles, residentBytes } from './server-process.ts'
import { type Flow, type Target, antenna, bareHolding } from './target.ts'

/** Number of waiting polls while the polls of others are measured. */
export const WAITING = [100, 1000, 8000]
/** Number of waiting requests on the bare object, for comparison. */
export const COMPARED = 1000
const APPROVALS = 2000
const APPROVALS_AT_ONCE = 16
/** Polls of others meanwhile. */
const OTHERS = 300
const SECOND = 1000
/** An idle object is evicted after 10 s; until then it has three files open. */
const EVICTED_AFTER_MS = 11 * SECOND
const FILES_PER_OBJECT = 3
/** workerd has each connection open twice. */
const FILES_PER_WAITER = 2
const OTHER_FILES = 600
const MAX_PER_SECOND = 250
const MIN_PER_SECOND = 100
const TICK_MS = 100

interface Held {
  readonly flow: Flow
  readonly device: Connection
  answeredAt: number | undefined
  outcome: string | undefined
}

export interface HeldMeasured {
  readonly held: number
  /** Memory added to a process with the same number of started flows. */
  readonly bytesEach: number
  /** The same when as many were waiting as on the bare object, which is told beside it. */
  readonly bytesEachCompared: number
  /** All memory of the process by the number of them. */
  readonly bytesInAll: number
  /** Of others, while so many were waiting. */
  readonly polls: readonly { readonly waiting: number; readonly measured: PollsMeasured }[]
  /** Approval → answer, in ms. */
  readonly latencies: readonly number[]
  /** Approved and not answered with tokens, or answered without having been approved. */
  readonly lost: number
  /** The obstacle to more, if there is one. */
  readonly limit: string | undefined
}

export const measureHeld = async (
  server: ServerProcess,
  browsers: readonly Browser[],
  span: Span,
  mostWaiting = Infinity,
): Promise<HeldMeasured> => {
  const target = antenna('held', server, 'held')
  const pace = await paceOf(server, mostWaiting)
  const others = antenna('others', server, 'at-once')
  const flows = await startFlows(others, OTHERS)
  const waitingFlows = await startAll(target, pace)
  const bytesBefore = await residentBytes(server.pid)
  const all: Held[] = []
  const polls = []
  let bytesAfter = bytesBefore
  let bytesEachCompared = NaN
  for (const waiting of pace.goals) {
    await hold(target, waitingFlows.slice(all.length, waiting), all, pace)
    bytesAfter = await residentBytes(server.pid)
    if (waiting <= COMPARED) bytesEachCompared = (bytesAfter - bytesBefore) / waiting
    polls.push({ waiting, measured: await measurePolls(others, flows, span) })
  }
  const approved = all.filter((_, index) => index % Math.ceil(pace.most / APPROVALS) === 0)
  const latencies = await approveAll(target, approved, browsers)
  const lost = all.filter((held) =>
    approved.includes(held) ? held.outcome !== 'tokens' : held.outcome !== undefined,
  )
  for (const { device } of all) device.close()
  return {
    held: pace.most,
    bytesEach: (bytesAfter - bytesBefore) / pace.most,
    bytesEachCompared,
    bytesInAll: bytesAfter / pace.most,
    polls,
    latencies,
    lost: lost.length,
    limit: pace.most < Math.max(...WAITING) ? `${pace.limit} open files per process` : undefined,
  }
}

/** Bytes for each request that waits on a bare object behind a bare Worker. */
export const measureHeldFloor = async (
  server: ServerProcess,
  mostWaiting = Infinity,
): Promise<number> => {
  const target = bareHolding('bare, held', server)
  const pace = await paceOf(server, Math.min(COMPARED, mostWaiting))
  const flows = await startAll(target, pace)
  const bytesBefore = await residentBytes(server.pid)
  const all: Held[] = []
  await hold(target, flows, all, pace)
  const bytesAfter = await residentBytes(server.pid)
  for (const { device } of all) device.close()
  return (bytesAfter - bytesBefore) / pace.most
}

/** Number of waiting polls and their rate, by the files that a process may open. */
interface Pace {
  readonly limit: number
  readonly most: number
  readonly goals: readonly number[]
  readonly startsPerSecond: number
  readonly holdsPerSecond: number
}

const paceOf = async ({ pid }: ServerProcess, mostWaiting: number): Promise<Pace> => {
  const { limit } = await openFiles(pid)
  const files = (EVICTED_AFTER_MS / SECOND) * FILES_PER_OBJECT
  const room = Math.floor((limit - OTHER_FILES - MIN_PER_SECOND * files) / FILES_PER_WAITER)
  const goals = [...new Set(WAITING.map((waiting) => Math.min(waiting, room, mostWaiting)))]
  const most = Math.max(...goals)
  const spare = (limit - OTHER_FILES - FILES_PER_WAITER * most) / files
  return {
    limit,
    most,
    goals,
    startsPerSecond: Math.floor(limit / files) - MIN_PER_SECOND,
    holdsPerSecond: Math.min(MAX_PER_SECOND, Math.floor(spare)),
  }
}

/** Starts as many flows as will wait, and lets their objects go to sleep. */
const startAll = async (target: Target, { most, startsPerSecond }: Pace): Promise<Flow[]> => {
  const starter = new Connection(target.server.port)
  const flows: Flow[] = []
  await paced(most, startsPerSecond, async () => {
    flows.push(await target.start(starter))
  })
  starter.close()
  await sleep(EVICTED_AFTER_MS)
  return flows
}

/** Lets these wait as well, and their objects go to sleep. */
const hold = async (
  target: Target,
  flows: readonly Flow[],
  all: Held[],
  { holdsPerSecond }: Pace,
): Promise<void> => {
  let begun = 0
  await paced(flows.length, holdsPerSecond, async () => {
    const device = new Connection(target.server.port)
    const held: Held = {
      flow: nth(flows, begun),
      device,
      answeredAt: undefined,
      outcome: undefined,
    }
    begun += 1
    all.push(held)
    void waitFor(target, held)
  })
  await sleep(EVICTED_AFTER_MS)
}

/** Begins so many things, not more than so many in a second, one at a time. */
const paced = async (
  count: number,
  perSecond: number,
  begin: () => Promise<void>,
): Promise<void> => {
  const beganAt = performance.now()
  for (let begun = 0; begun < count; begun += 1) {
    const dueAt = beganAt + (begun * SECOND) / perSecond
    if (dueAt > performance.now() + TICK_MS) await sleep(TICK_MS)
    await begin()
  }
}

const waitFor = async (target: Target, held: Held): Promise<void> => {
  try {
    held.outcome = await target.poll(held.device, held.flow)
  } catch (error) {
    held.outcome = String(error)
  }
  held.answeredAt = performance.now()
}

/** People allow them, sixteen at once. */
const approveAll = async (
  target: Target,
  approved: readonly Held[],
  browsers: readonly Browser[],
): Promise<number[]> => {
  const tappedAt = new Map<Held, number>()
  let begun = 0
  const lane = async (index: number) => {
    for (let turn = 0; begun < approved.length; turn += 1) {
      const held = nth(approved, begun)
      begun += 1
      const browser = nth(browsers, index + APPROVALS_AT_ONCE * turn)
      await target.allow(browser, held.flow, () => void tappedAt.set(held, performance.now()))
      // Its files are needed for the objects that wake up.
      if (held.answeredAt !== undefined) held.device.close()
    }
  }
  await Promise.all(Array.from({ length: APPROVALS_AT_ONCE }, (_, index) => lane(index)))
  await sleep(SECOND)
  return [...tappedAt].map(([{ answeredAt = NaN }, at]) => answeredAt - at)
}

export const p99 = (values: readonly number[]): number => percentile(values, 0.99)
