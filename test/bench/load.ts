// Load: lanes that each do one thing after the other, until time is up.
import { Connection } from './connection.ts'
import { cpuMs } from './server-process.ts'
import type { Flow, Polled, Target } from './target.ts'
import type { Browser } from './browser.ts'

export const CONCURRENCY = 32
const SECOND = 1000

/** Measurements of one repetition. */
export interface Repetition {
  readonly perSecond: number
  readonly p99Ms: number
  /** CPU time of the server for a thousand of them, in ms. */
  readonly cpuMsPer1000: number
}

export interface Span {
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly repetitions: number
  /** A repetition ends early when this many are done. */
  readonly most?: number
}

/**
 * Every Durable Object that was just used has three files open for ten seconds: no more are made at
 * a stretch than a process may have.
 */
export const MOST_NEW_OBJECTS = 1000

type Step = (lane: number) => Promise<unknown>

/** Does `step` in 32 lanes at once: to warm up, and then as often as is wanted. */
export const drive = async (pid: number, span: Span, step: Step): Promise<Repetition[]> => {
  await runFor({ ...span, seconds: span.warmUpSeconds }, step)
  const repetitions: Repetition[] = []
  for (let turn = 0; turn < span.repetitions; turn += 1) {
    const cpuBefore = await cpuMs(pid)
    const { latencies, elapsedMs } = await runFor(span, step)
    const cpu = (await cpuMs(pid)) - cpuBefore
    repetitions.push({
      perSecond: (latencies.length * SECOND) / elapsedMs,
      p99Ms: percentile(latencies, 0.99),
      cpuMsPer1000: (cpu * 1000) / latencies.length,
    })
  }
  return repetitions
}

const runFor = async ({ seconds, most = Infinity }: Span, step: Step) => {
  const latencies: number[] = []
  const beganAt = performance.now()
  const endsAt = beganAt + seconds * SECOND
  const lane = async (index: number) => {
    for (let at = performance.now(); at < endsAt && latencies.length < most;) {
      await step(index)
      const now = performance.now()
      latencies.push(now - at)
      at = now
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, (_, index) => lane(index)))
  return { latencies, elapsedMs: performance.now() - beganAt }
}

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** One connection per lane, for as long as `use` takes. */
export const withDevices = async <T>(
  { server }: Target,
  use: (devices: readonly Connection[]) => Promise<T>,
): Promise<T> => {
  const devices = Array.from({ length: CONCURRENCY }, () => new Connection(server.port))
  try {
    return await use(devices)
  } finally {
    for (const device of devices) device.close()
  }
}

/** The n-th of things that there is one of per lane, or more. */
export const nth = <T>(things: readonly T[], index: number): T => {
  const thing = things[index % things.length]
  if (thing === undefined) throw new RangeError('there is none')
  return thing
}

/** Device authorizations. */
export const measureStarts = (target: Target, span: Span): Promise<Repetition[]> =>
  withDevices(target, (devices) =>
    drive(target.server.pid, { ...span, most: MOST_NEW_OBJECTS }, (lane) =>
      target.start(nth(devices, lane)),
    ),
  )

/** Starts many flows that stay undecided. */
export const startFlows = (target: Target, count: number): Promise<Flow[]> =>
  withDevices(target, async (devices) => {
    const flows: Flow[] = []
    let begun = 0
    const lane = async (device: Connection) => {
      while (begun < count) {
        begun += 1
        flows.push(await target.start(device))
      }
    }
    await Promise.all(devices.map(lane))
    return flows
  })

export interface PollsMeasured {
  readonly repetitions: readonly Repetition[]
  /** The share of polls that were told to slow down. */
  readonly tooSoon: number
}

/** Polls for undecided flows in turn. */
export const measurePolls = (
  target: Target,
  flows: readonly Flow[],
  span: Span,
): Promise<PollsMeasured> =>
  withDevices(target, async (devices) => {
    const counts: Record<Polled, number> = { pending: 0, 'too soon': 0, tokens: 0 }
    let turn = 0
    const repetitions = await drive(target.server.pid, span, async (lane) => {
      turn += 1
      counts[await target.poll(nth(devices, lane), nth(flows, turn))] += 1
    })
    return { repetitions, tooSoon: counts['too soon'] / turn }
  })

/** Whole sign-ins: the device starts, a person allows it in a browser, the device collects. */
export const measureSignIns = (
  target: Target,
  browsers: readonly Browser[],
  span: Span,
): Promise<Repetition[]> =>
  withDevices(target, (devices) => {
    const turns = devices.map(() => 0)
    return drive(target.server.pid, { ...span, most: MOST_NEW_OBJECTS }, async (lane) => {
      const device = nth(devices, lane)
      // A lane has people of its own, so that no browser does two things at once.
      const turn = turns[lane] ?? 0
      turns[lane] = turn + 1
      const browser = nth(browsers, lane + CONCURRENCY * turn)
      const flow = await target.start(device)
      await target.allow(browser, flow)
      if (target.isBare) return
      const polled = await target.poll(device, flow)
      if (polled !== 'tokens') throw new Error(`${target.name}: ${polled} after approval`)
    })
  })
