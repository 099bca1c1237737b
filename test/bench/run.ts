// npm run bench: Antenna beside its peers, a bare Durable Object and the generator's own ceiling, on
// this machine. One server runs at a time, in a process of its own, on loopback; this process makes
// the load. Ends with tables in markdown. `npm run bench -- --quick` shows in a minute or two that
// all of it works; its figures mean nothing.
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { contenders, load } from './contenders.ts'
import { measureHeld, measureHeldFloor } from './held.ts'
import type { Span } from './load.ts'
import { measureQuietly } from './quiet.ts'
import { report } from './report.ts'
import { openFiles } from './server-process.ts'
import { makeDirectory, makeSeed, startAntenna, startFloor } from './servers.ts'
import { sizesOf, startUpCpuMs } from './start-up.ts'
import { measureSteps } from './steps.ts'
import { WORKERD_VERSION, buildBundle, buildPatientBundle } from './workerd.ts'

const isQuick = process.argv.includes('--quick')
const here = new URL('.', import.meta.url).pathname
const span: Span = isQuick
  ? { warmUpSeconds: 0.2, seconds: 0.3, repetitions: 3 }
  : { warmUpSeconds: 1, seconds: 2, repetitions: 3 }

const say = (what: string): void =>
  console.info(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${what}`)

const FILES_NEEDED = 20_000
const loadBefore = loadavg()[0] ?? 0

const about = async (): Promise<string> => {
  const { dependencies } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const peers = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`)
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0)
  return (
    `\`npm run bench\`, ${new Date().toISOString().slice(0, 10)}, ` +
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${gigabytes} GB, Linux ${release()}; ` +
    `Node.js ${process.versions.node}, workerd ${WORKERD_VERSION}, ${peers.join(', ')}` +
    `; load average before: ${loadBefore.toFixed(1)}` +
    (isQuick ? '. QUICK: these figures mean nothing' : '')
  )
}

// Whatever is running or lying about is cleared away at 'exit'.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const { limit } = await openFiles(process.pid)
if (limit < FILES_NEEDED)
  throw new Error(`a process may open ${limit} files: allow ${FILES_NEEDED}`)

say('installing the peers')
execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: here, stdio: 'inherit' })
say('building')
const modules = await buildBundle(join(await makeDirectory('disk'), 'dist'))
const patient = await buildPatientBundle(await makeDirectory('disk'))
say('making accounts')
const seed = await makeSeed(modules)
const options = { modules, seed }

const loaded = []
for (const contender of contenders(options)) {
  say(`load: ${contender.name}`)
  loaded.push(await load(contender, span))
}
const { waiting, costs } = await measureQuietly(options, {
  repetitions: span.repetitions,
  signInSeconds: isQuick ? 7 : 60,
  say,
})
say('held polls')
const { server, browsers } = await startAntenna({
  modules: patient.modules,
  seed,
  storage: 'disk',
  holdSeconds: patient.holdSeconds,
})
const mostWaiting = isQuick ? 300 : Infinity
const held = await measureHeld(server, browsers, span, mostWaiting)
await server.stop()
say('held polls of the bare object')
const floor = await startFloor('disk')
const heldFloor = await measureHeldFloor(floor, mostWaiting)
await floor.stop()
say('steps')
const stepped = await startAntenna({ ...options, storage: 'memory' })
const steps = await measureSteps(stepped.server, stepped.browsers)
await stepped.server.stop()
say('start-up')
const startUp = {
  antenna: await startUpCpuMs(
    async () => (await startAntenna({ ...options, storage: 'memory' })).server,
  ),
  bare: await startUpCpuMs(() => startFloor('memory')),
}
say('done')
const results = { about: [await about()], loaded, waiting, costs, held, heldFloor, steps, startUp }
console.info(`\n${report({ ...results, bundle: sizesOf(modules) })}`)
process.exit()
