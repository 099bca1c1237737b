// First answers of a new isolate: CPU time from the start of the process to one answer, above that of a
// bare Worker. Also the QR picture once it is warm.
//
//   node test/bench/first-answers.ts [DIRECTORY…]
//
// Each directory is a checkout of this project, so that two versions run side by side; without one, this
// checkout runs. Variants take turns, and the quickest quarter of the turns counts: others on the machine
// only ever add time.
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { Connection } from './connection.ts'
import { mean } from './load.ts'
import { type ServerProcess, exactCpuMs } from './server-process.ts'
import { makeDirectory, workerModule } from './servers.ts'
import { EDGE_HEADERS, type Flow, antenna } from './target.ts'
import { type Modules, type WorkerdOptions, buildBundle, startWorkerd } from './workerd.ts'

const TURNS = Number(process.env.TURNS ?? 12)
const WARM_UP = 1000
const REQUESTS = 1000
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'

type Ask = (server: ServerProcess, flow: Flow) => Promise<unknown>

const withConnection = async <T>(
  { port }: ServerProcess,
  use: (connection: Connection) => Promise<T>,
): Promise<T> => {
  const connection = new Connection(port)
  const result = await use(connection)
  connection.close()
  return result
}

const get =
  (path: string): Ask =>
  (server) =>
    withConnection(server, async (connection) => {
      const { status, body } = await connection.get(path, EDGE_HEADERS)
      if (status !== 200) throw new Error(`${path}: ${status} ${body}`)
    })

const target = (server: ServerProcess) => antenna('first', server, 'tv')

const ASKED: ReadonlyMap<string, Ask> = new Map<string, Ask>([
  ['device authorization', (server) => withConnection(server, (to) => target(server).start(to))],
  ['pending poll', (server, flow) => withConnection(server, (to) => target(server).poll(to, flow))],
  ['page', get('/device')],
  ['QR picture', get('/device/qr/WDJB-MJHT.svg')],
])

/** A server's options but its directory, and what is stored there before it starts. */
interface Variant {
  readonly name: string
  readonly options: Omit<WorkerdOptions, 'directory'>
  readonly stored: string
  readonly flow: Flow
}

const startVariant = async ({ options, stored }: Variant): Promise<ServerProcess> => {
  const directory = await makeDirectory('memory')
  await cp(stored, directory, { recursive: true })
  return startWorkerd({ ...options, directory })
}

// With keys and one code that waits, so that no turn makes keys.
const antennaVariant = async (name: string): Promise<Variant> => {
  const modules: Modules = await buildBundle(join(await makeDirectory('disk'), 'dist'), name)
  const vars = {
    CLIENTS: [
      {
        client_id: 'tv',
        client_name: 'TV',
        scope: 'openid profile offline_access',
        hold_seconds: 0,
      },
    ],
  }
  const stored = await makeDirectory('memory')
  const server = await startWorkerd({ modules, vars, directory: stored })
  const flow = await withConnection(server, (to) => target(server).start(to))
  await withConnection(server, (to) => to.get('/jwks.json'))
  await server.stop()
  return { name, options: { modules, vars }, stored, flow }
}

const bareVariant = async (): Promise<Variant> => ({
  name: 'bare Worker',
  options: {
    modules: [{ name: 'floor.js', kind: 'esModule', text: await workerModule('floor.ts') }],
    objects: new Map([['BARE', 'Bare']]),
  },
  stored: await makeDirectory('memory'),
  flow: { deviceCode: '', userCode: '' },
})

const firstAnswerMs = async (variant: Variant, ask: Ask): Promise<number> => {
  const server = await startVariant(variant)
  await ask(server, variant.flow)
  const spent = await exactCpuMs(server.pid)
  await server.stop()
  return spent
}

const randomCode = (): string =>
  Array.from({ length: 8 }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)])
    .join('')
    .replace(/^.{4}/, '$&-')

const warmQrMs = async (variant: Variant): Promise<number> => {
  const server = await startVariant(variant)
  const spent = await withConnection(server, async (connection) => {
    const ask = () => connection.get(`/device/qr/${randomCode()}.svg`, EDGE_HEADERS)
    for (let turn = 0; turn < WARM_UP; turn += 1) await ask()
    const before = await exactCpuMs(server.pid)
    for (let turn = 0; turn < REQUESTS; turn += 1) await ask()
    return ((await exactCpuMs(server.pid)) - before) / REQUESTS
  })
  await server.stop()
  return spent
}

const quickestQuarter = (times: readonly number[]): number =>
  mean(times.toSorted((a, b) => a - b).slice(0, Math.ceil(times.length / 4)))

const root = new URL('../..', import.meta.url).pathname
const directories = process.argv.length > 2 ? process.argv.slice(2) : [root]
const variants = await Promise.all(directories.map(antennaVariant))
const bare = await bareVariant()

const times = new Map<string, number[]>()
const note = (what: string, ms: number) => times.set(what, [...(times.get(what) ?? []), ms])
for (let turn = 0; turn < TURNS; turn += 1) {
  note(
    'bare',
    await firstAnswerMs(bare, (server) => withConnection(server, (to) => to.get('/none'))),
  )
  for (const variant of variants)
    for (const [what, ask] of ASKED)
      note(`${variant.name} ${what}`, await firstAnswerMs(variant, ask))
  if (turn % 4 === 0)
    for (const variant of variants) note(`${variant.name} warm`, await warmQrMs(variant))
}

const of = (what: string): number => quickestQuarter(times.get(what) ?? [])
console.info(`bare Worker: ${of('bare').toFixed(1)} ms; the others above it`)
for (const { name, options } of variants) {
  const size = options.modules.reduce((sum, { text }) => sum + text.length, 0)
  const rows = [...ASKED.keys()].map(
    (what) => `${what} ${(of(`${name} ${what}`) - of('bare')).toFixed(1)}`,
  )
  console.info(
    `${name} (${(size / 1000).toFixed(0)} KB): ${rows.join(', ')}; QR warm ${of(`${name} warm`).toFixed(2)} ms`,
  )
}
process.exit()
