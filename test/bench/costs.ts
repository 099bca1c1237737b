// Cost of one sign-in on Cloudflare: counted at the Worker and its objects, multiplied by the list
// prices.
import { Browser } from './browser.ts'
import { nth } from './load.ts'
import { type AntennaOptions, startAntenna, workerModule } from './servers.ts'
import { antenna } from './target.ts'
import { type WaitingOptions, measureWaiting } from './waiting.ts'

/**
 * US$ per million, of the paid plan, above its included amount: from Cloudflare's documentation
 * (developers.cloudflare.com, workers/platform/pricing and durable-objects/platform/pricing, copies
 * of October 2026). Workers pay no duration, and neither does an idle object that could hibernate.
 */
export const PRICES = {
  workerRequest: 0.3,
  workerCpuMs: 0.02,
  objectRequest: 0.15,
  objectGbSecond: 12.5,
  rowWritten: 1,
  rowRead: 0.001,
} as const
const OBJECT_GB = 0.128

const SIGN_INS = 3

type Counts = Readonly<Record<string, { readonly count: number; readonly ms: number }>>

/** Of one sign-in. */
export interface Billed {
  readonly workerRequests: number
  readonly objectRequests: number
  readonly objectMs: number
  readonly rowsWritten: number
  readonly rowsRead: number
}

export interface Costs {
  readonly polls: number
  readonly polling: Billed
  readonly total: Billed
}

/** Counts the sign-ins of a client. */
export const countCosts = async (
  options: AntennaOptions,
  client: Pick<WaitingOptions, 'clientId' | 'waitSeconds' | 'signInSeconds'>,
): Promise<Costs> => {
  const text = (await workerModule('counted.ts')).replaceAll('../../src/index.ts', './index.js')
  const counted = { name: 'counted.js', kind: 'esModule', text }
  const { server, browsers } = await startAntenna({
    ...options,
    modules: [counted, ...options.modules],
  })
  const target = antenna('counted', server, client.clientId)
  await measureWaiting({
    target,
    browsers,
    ...client,
    cycleMs: 0,
    repetitions: 0,
    longSignIns: SIGN_INS,
  })
  for (let index = 0; index < SIGN_INS; index += 1) {
    // Files that a browser requests besides pages.
    await nth(browsers, index).open('/device/style.css')
    await nth(browsers, index).open('/device/icon.svg')
  }
  const teller = new Browser(server.port)
  await teller.open('/bench/alarms')
  const counts = JSON.parse((await teller.open('/bench/counts')).body) as Counts
  for (const browser of [...browsers, teller]) browser.close()
  await server.stop()
  return costsOf(counts)
}

const isPoll = (key: string) => /^(?:POST \/token|DeviceAuthorization\.(?:poll|fetch))$/.test(key)

const costsOf = (counts: Counts): Costs => ({
  polls: (counts['POST /token']?.count ?? 0) / SIGN_INS,
  polling: billed(Object.fromEntries(Object.entries(counts).filter(([key]) => isPoll(key)))),
  total: billed(counts),
})

const billed = (counts: Counts): Billed => {
  const sum = (pattern: RegExp, what: 'count' | 'ms' = 'count') =>
    Object.entries(counts)
      .filter(([key]) => pattern.test(key))
      .reduce((total, [, counted]) => total + counted[what], 0) / SIGN_INS
  return {
    workerRequests: sum(/^[A-Z]+ \//),
    objectRequests: sum(/^\w+\.\w+$/),
    objectMs: sum(/^\w+\.\w+$/, 'ms'),
    rowsWritten: sum(/^rows written$/),
    rowsRead: sum(/^rows read$/),
  }
}

/** US$ for a million of these. */
export const dollars = (of: Billed, workerCpuMs: number): number =>
  of.workerRequests * PRICES.workerRequest +
  workerCpuMs * PRICES.workerCpuMs +
  of.objectRequests * PRICES.objectRequest +
  (of.objectMs / 1000) * OBJECT_GB * PRICES.objectGbSecond +
  of.rowsWritten * PRICES.rowWritten +
  of.rowsRead * PRICES.rowRead
