// The goals, the measurements, and whether they are met.
import { COMPARED, p99 } from './held.ts'
import { mean, percentile } from './load.ts'
import { type Kind, type Results, median, middle, priceOf, range } from './results.ts'
import type { Storage } from './servers.ts'
import type { Waiting } from './waiting.ts'

export interface Verdict {
  readonly measure: string
  readonly reach: string
  readonly measured: string
  readonly isReached: boolean
}

const STORAGES: readonly Storage[] = ['disk', 'memory']

export const verdicts = (results: Results): Verdict[] => [
  ...waitingVerdicts(results),
  ...STORAGES.flatMap((storage) => loadVerdicts(results, storage)),
  heldVerdict(results),
  growthVerdict(results),
  priceVerdict(results),
  bundleVerdict(results),
]

const all = ({ latencies }: Waiting): number[] => latencies.flat()
const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`
const meansOf = ({ latencies }: Waiting): string =>
  `${range(
    latencies.map((repetition) => mean(repetition) / 1000),
    3,
  )} s`
const p95 = (waiting: Waiting): number => percentile(all(waiting), 0.95)

const waitingVerdicts = ({ waiting }: Results): Verdict[] => {
  const { plain, preferring, oidcProvider, betterAuth } = waiting
  const times = (peer: Waiting) => mean(all(peer)) / mean(all(plain))
  const slowest = Math.min(times(oidcProvider), times(betterAuth))
  const requests = [plain, preferring, oidcProvider, betterAuth].map((one) => range(one.requests))
  return [
    {
      measure: 'approval → token at openid-client',
      reach: 'mean ≤ 0.15 s, p95 ≤ 0.8 s, 12 times quicker than the peers',
      measured:
        `mean ${meansOf(plain)}, p95 ${seconds(p95(plain))}; oidc-provider ` +
        `${meansOf(oidcProvider)}, better-auth ${meansOf(betterAuth)}: ${slowest.toFixed(0)} times`,
      isReached: mean(all(plain)) <= 150 && p95(plain) <= 800 && slowest >= 12,
    },
    {
      measure: 'the same with `Prefer: wait=25`',
      reach: 'mean ≤ 0.03 s',
      measured: `mean ${meansOf(preferring)}, p95 ${seconds(p95(preferring))}`,
      isReached: mean(all(preferring)) <= 30,
    },
    {
      measure: 'requests of the device, sign-in of 60 s',
      reach: '≤ 13 plain, ≤ 4 with `Prefer`',
      measured: `${requests[0]} and ${requests[1]}; oidc-provider ${requests[2]}, better-auth ${requests[3]}`,
      isReached: Math.max(...plain.requests) <= 13 && Math.max(...preferring.requests) <= 4,
    },
  ]
}

const loadVerdicts = (results: Results, storage: Storage): Verdict[] => {
  const [ours, bare, peer] = ['Antenna', 'bare object', 'oidc-provider'].map(
    (name) => `${name}, ${storage}`,
  ) as [string, string, string]
  const rate = (name: string, kind: Kind) => middle(results, name, kind)
  const cpu = (name: string, kind: Kind) => middle(results, name, kind, 'cpuMsPer1000')
  const share = (kind: Kind) => rate(ours, kind) / rate(bare, kind)
  const rates = (kind: Kind) =>
    `${rate(ours, kind).toFixed(0)}/s; bare ${rate(bare, kind).toFixed(0)}/s ` +
    `(${share(kind).toFixed(2)}), oidc-provider ${rate(peer, kind).toFixed(0)}/s`
  const isAhead = (kind: Kind) => rate(ours, kind) >= rate(peer, kind)
  const isCheaper = (kind: Kind) => cpu(ours, kind) <= cpu(peer, kind)
  const alarm = middle(results, `bare object with alarm, ${storage}`, 'starts').toFixed(0)
  const shape = middle(results, `bare objects, as many steps, ${storage}`, 'signIns').toFixed(0)
  return [
    {
      measure: `pending polls, ${storage}`,
      reach: '≥ oidc-provider, ≥ 0.7 of the bare object',
      measured: rates('polls'),
      isReached: isAhead('polls') && share('polls') >= 0.7,
    },
    {
      measure: `device authorizations, ${storage}`,
      reach: '≥ 0.7 of the bare object',
      measured: `${rates('starts')}; bare with an alarm ${alarm}/s`,
      isReached: share('starts') >= 0.7,
    },
    {
      measure: `whole sign-ins, ${storage}`,
      reach: storage === 'memory' ? '≥ oidc-provider' : '≥ 0.7 of the bare object, written twice',
      measured: `${rates('signIns')}; bare objects, as many steps: ${shape}/s`,
      isReached: storage === 'memory' ? isAhead('signIns') : share('signIns') >= 0.7,
    },
    ...(['polls', 'signIns'] as const).map((kind) => ({
      measure: `server CPU of 1000 ${kind === 'polls' ? 'pending polls' : 'sign-ins'}, ${storage}`,
      reach: '≤ oidc-provider',
      measured: `${cpu(ours, kind).toFixed(0)} ms; oidc-provider ${cpu(peer, kind).toFixed(0)} ms`,
      isReached: isCheaper(kind),
    })),
  ]
}

const heldVerdict = ({ held, heldFloor }: Results): Verdict => ({
  measure: 'held polls in one process',
  reach: '8,000, ≤ 15 KB each asleep, p99 ≤ 0.25 s at 16 approvals at once, none lost',
  measured:
    `${held.held}${held.limit === undefined ? '' : ` (${held.limit})`}, ` +
    `${(held.bytesEach / 1000).toFixed(1)} KB each (all memory of the process by their number: ` +
    `${(held.bytesInAll / 1000).toFixed(0)} KB); of ${COMPARED} ` +
    `${(held.bytesEachCompared / 1000).toFixed(0)} KB each, on the bare object ` +
    `${(heldFloor / 1000).toFixed(0)} KB; approval → answer ` +
    `p50 ${seconds(median(held.latencies))}, p99 ${seconds(p99(held.latencies))} ` +
    `of ${held.latencies.length}; ${held.lost} lost`,
  isReached:
    held.held >= 8000 && held.bytesEach <= 15_000 && p99(held.latencies) <= 250 && held.lost === 0,
})

// Repetitions differ by a fifth anyway.
const growthVerdict = ({ held }: Results): Verdict => {
  const rates = held.polls.map(({ measured }) =>
    median(measured.repetitions.map(({ perSecond }) => perSecond)),
  )
  const measured = held.polls.map(({ waiting }, at) => `${waiting}: ${rates[at]?.toFixed(0)}/s`)
  return {
    measure: 'polls beside so many held ones',
    reach: 'no fewer',
    measured: measured.join(', '),
    isReached: Math.min(...rates) >= 0.8 * (rates[0] ?? Infinity),
  }
}

const priceVerdict = (results: Results): Verdict => {
  const { polling, total } = priceOf(results, 'preferring')
  return {
    measure: 'US$ per million sign-ins of 60 s, with `Prefer`',
    reach: 'polling ≤ 1.2, total ≤ 10',
    measured: `polling ${polling.toFixed(2)}, total ${total.toFixed(2)}`,
    isReached: polling <= 1.2 && total <= 10,
  }
}

const bundleVerdict = ({ bundle, startUp }: Results): Verdict => ({
  measure: 'bundle, compressed; start-up CPU',
  reach: '≤ 220 KB',
  measured:
    `${bundle.compressed.toFixed(0)} KB (${bundle.plain.toFixed(0)} KB plain); ` +
    `${(startUp.antenna - startUp.bare).toFixed(0)} ms above the bare Worker`,
  isReached: bundle.compressed <= 220,
})
