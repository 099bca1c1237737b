// The tables at the end of a run, in markdown.
import type { Loaded } from './contenders.ts'
import { PRICES } from './costs.ts'
import type { HeldMeasured } from './held.ts'
import type { Repetition } from './load.ts'
import { CLIENTS, type Kind, type Results, priceOf, range, repetitionsOf } from './results.ts'
import { verdicts } from './verdicts.ts'

export const report = (results: Results): string =>
  [
    ...results.about,
    table(
      ['measure', 'reach', 'measured', 'reached'],
      verdicts(results).map(({ measure, reach, measured, isReached }) => [
        measure,
        reach,
        measured,
        isReached ? 'yes' : '**no**',
      ]),
    ),
    'Load, 32 at once, lowest–highest of the repetitions; CPU of the server, in ms per thousand:',
    loadTable(results.loaded),
    'One sign-in, Antenna in memory, one step at a time; CPU of the server, in ms:',
    table(
      [...results.steps.keys()],
      [[...results.steps.values()].map((milliseconds) => milliseconds.toFixed(2))],
    ),
    'Polls answered at once beside held ones, Antenna on disk:',
    heldTable(results.held),
    'Billed by Cloudflare for one sign-in of 60 s (polling part / all), counted, at list price ' +
      `(US$ per million: ${Object.entries(PRICES)
        .map(([what, price]) => `${what} ${price}`)
        .join(', ')}):`,
    costTable(results),
  ].join('\n\n')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const COLUMNS: readonly (readonly [string, Kind, keyof Repetition])[] = [
  ['polls/s', 'polls', 'perSecond'],
  ['p99 ms', 'polls', 'p99Ms'],
  ['CPU', 'polls', 'cpuMsPer1000'],
  ['device authorizations/s', 'starts', 'perSecond'],
  ['CPU', 'starts', 'cpuMsPer1000'],
  ['sign-ins/s', 'signIns', 'perSecond'],
  ['CPU', 'signIns', 'cpuMsPer1000'],
]

const SLOWED = 'polls told to slow down'

const loadTable = (loaded: readonly Loaded[]): string =>
  table(
    ['server', ...COLUMNS.map(([head]) => head), SLOWED],
    loaded.map((one) => [
      one.name,
      ...COLUMNS.map(([, kind, figure]) =>
        range(repetitionsOf(one, kind).map((repetition) => repetition[figure])),
      ),
      percent(one.polls.tooSoon),
    ]),
  )

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

const heldTable = ({ polls }: HeldMeasured): string =>
  table(
    ['held', 'polls/s', 'p99 ms', 'CPU', SLOWED],
    polls.map(({ waiting, measured: { repetitions, tooSoon } }) => [
      String(waiting),
      ...(['perSecond', 'p99Ms', 'cpuMsPer1000'] as const).map((figure) =>
        range(repetitions.map((repetition) => repetition[figure])),
      ),
      percent(tooSoon),
    ]),
  )

const NAMES = {
  preferring: '`Prefer: wait=25`',
  patient: '`Prefer: wait=55`',
  plain: 'plain client, held 4 s',
  every5s: 'polled every 5 s, not held',
}

const costTable = (results: Results): string =>
  table(
    [
      'client',
      'Worker requests',
      'object requests',
      'object ms',
      'rows written',
      'rows read',
      'US$',
    ],
    CLIENTS.map((client) => {
      const { polling, total } = results.costs[client]
      const price = priceOf(results, client)
      const both = (of: (from: typeof total) => number) =>
        `${of(polling).toFixed(0)} / ${of(total).toFixed(0)}`
      return [
        NAMES[client],
        both((from) => from.workerRequests),
        both((from) => from.objectRequests),
        both((from) => from.objectMs),
        both((from) => from.rowsWritten),
        both((from) => from.rowsRead),
        `${price.polling.toFixed(2)} / ${price.total.toFixed(2)}`,
      ]
    }),
  )
