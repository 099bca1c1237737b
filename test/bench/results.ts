// All that was measured in one run, and how figures are written.
import type { Loaded } from './contenders.ts'
import { type Billed, type Costs, dollars } from './costs.ts'
import type { HeldMeasured } from './held.ts'
import { type Repetition, percentile } from './load.ts'
import type { Steps } from './steps.ts'
import type { Waiting } from './waiting.ts'

export interface Results {
  /** Time, machine and versions of the run. */
  readonly about: readonly string[]
  readonly loaded: readonly Loaded[]
  readonly waiting: {
    readonly plain: Waiting
    readonly preferring: Waiting
    readonly oidcProvider: Waiting
    readonly betterAuth: Waiting
  }
  readonly held: HeldMeasured
  /** Bytes for a held poll that waits on a bare object behind a bare Worker. */
  readonly heldFloor: number
  readonly steps: Steps
  readonly costs: Readonly<Record<Client, Costs>>
  readonly bundle: { readonly plain: number; readonly compressed: number }
  readonly startUp: { readonly antenna: number; readonly bare: number }
}

export const CLIENTS = ['preferring', 'patient', 'plain', 'every5s'] as const
/** Two that prefer to wait, one as by default, one that polls every 5 s and is not held. */
export type Client = (typeof CLIENTS)[number]

export type Kind = 'polls' | 'starts' | 'signIns'

export const repetitionsOf = (loaded: Loaded, kind: Kind): readonly Repetition[] =>
  kind === 'polls' ? loaded.polls.repetitions : loaded[kind]

/** The middle one of the repetitions of what a contender did. */
export const middle = (
  { loaded }: Pick<Results, 'loaded'>,
  name: string,
  kind: Kind,
  figure: keyof Repetition = 'perSecond',
): number => {
  const one = loaded.find((contender) => contender.name === name)
  if (one === undefined) throw new Error(`nothing is known of ${name}`)
  return median(repetitionsOf(one, kind).map((repetition) => repetition[figure]))
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

/** `lowest–highest`, or one number where they do not differ; a dash where nothing was measured. */
export const range = (values: readonly number[], digits = 0): string => {
  if (values.length === 0) return '–'
  const [low, high] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)]
  return low === high ? low : `${low}–${high}`
}

/** CPU of the Worker and its objects for one of them, in ms; on Cloudflare the Worker's is billed. */
const cpuMs = (results: Results, kind: Kind): number =>
  middle(results, 'Antenna, memory', kind, 'cpuMsPer1000') / 1000

/** US$ per million sign-ins of 60 s. */
export const priceOf = (results: Results, client: Client): { polling: number; total: number } => {
  const { polls, polling, total } = results.costs[client]
  const pollCpuMs = cpuMs(results, 'polls')
  // A measured sign-in has one poll in it.
  const price = (billed: Billed, moreCpuMs: number) =>
    dollars(billed, (polls - 1) * pollCpuMs + moreCpuMs)
  return { polling: price(polling, pollCpuMs), total: price(total, cpuMs(results, 'signIns')) }
}
