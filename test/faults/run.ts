// Signs in for half an hour on a server that is killed, ended, cut off and out of disk all the time,
// and judges each sign-in. Ends with 1 if any promise was broken. `--minutes 2` for less, `--seed N`
// for the same choices again; what comes of them is up to the machine.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeDirectory } from '../bench/servers.ts'
import { buildBundle } from '../bench/workerd.ts'
import { CLIENTS, Campaign, type Report, STORMY } from './campaign.ts'
import { describe } from './history.ts'
import { PROMISES } from './judge.ts'
import { late, soon } from './plan.ts'
import { Random } from './random.ts'
import { ShakenServer } from './shaken-server.ts'
import { ROUGH, shake } from './shaking.ts'
import { now } from './wire.ts'

const MINUTE = 60_000
const PEOPLE = 16
/** The longest that a late one takes. */
const LATE_MS = 120_000
const SHOWN = 5
const PROGRESS_MS = 5 * MINUTE

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' } },
})
const minutes = Number(values.minutes ?? 30)
const seed = Number(values.seed ?? Date.now() % 1_000_000)

const print = (report: Report): void => {
  console.info(`\nseed ${seed}`)
  for (const [what, times] of [...report.counts].toSorted(([a], [b]) => a.localeCompare(b)))
    console.info(`${String(times).padStart(8)}  ${what}`)
  console.info('\nHow often each promise was put to the test:')
  for (const promise of PROMISES)
    console.info(`${String(report.checks.get(promise) ?? 0).padStart(8)}  ${promise}`)
  for (const history of report.stranded.slice(0, SHOWN))
    console.info(`\nstranded: ${describe(history)}`)
  console.info(`\n${report.violations.length} broken promises`)
}

// The server ends when this process exits, which a signal alone would not cause.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

console.info(`seed ${seed}, ${minutes} minutes`)
const directory = await makeDirectory('disk')
const server = await ShakenServer.start(
  await buildBundle(join(directory, 'dist')),
  { CLIENTS },
  directory,
)
const campaign = new Campaign(server, seed, STORMY, ({ text }) =>
  console.info(`\nBROKEN: ${text}\n`),
)
await campaign.invitePeople(PEOPLE)
let isOver = false
const shaking = shake(server, new Random(seed), ROUGH, campaign, () => !isOver)
const untilMs = now() + minutes * MINUTE
const progress = setInterval(() => {
  const { counts, violations } = campaign.report
  const done = `${counts.get('flows') ?? 0} flows, ${counts.get('kills') ?? 0} kills`
  console.info(`${done}, ${violations.length} broken promises`)
}, PROGRESS_MS)
await campaign.run([
  { count: 48, plan: soon, untilMs },
  ...(minutes < 3 ? [] : [{ count: 24, plan: late, untilMs: untilMs - LATE_MS }]),
])
isOver = true
clearInterval(progress)
await shaking
await server.stop()
print(campaign.report)
if (server.stubborn > 0) console.info(`${server.stubborn} did not end when they were told to`)
await rm(directory, { recursive: true, force: true })
process.exitCode = campaign.report.violations.length > 0 ? 1 : 0
