// Workers on plain `workerd serve`: the deployed bundle, or any other, with the bindings that
// wrangler.toml names. Storage is one directory: on a disk, or in memory where that is a tmpfs.
import { execFile } from 'node:child_process'
import { cp, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ServerProcess, freePort, spawnServer } from './server-process.ts'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname

// wrangler's own, which is the one that wrangler.toml's compatibility date is for.
const fromWrangler = createRequire(createRequire(import.meta.url).resolve('wrangler'))
const { default: binary, version } = fromWrangler('workerd') as {
  default: string
  version: string
}
export const WORKERD_VERSION = version

/** A Worker's modules by their names, the main one first. */
export type Modules = readonly {
  readonly name: string
  readonly kind: string
  readonly text: string
}[]

export interface WorkerdOptions {
  readonly modules: Modules
  /** Binding → class, and limits, as in wrangler.toml unless given. */
  readonly objects?: ReadonlyMap<string, string>
  readonly vars?: Readonly<Record<string, unknown>>
  /** Directory for this server's configuration and storage; its creator empties it. */
  readonly directory: string
  readonly inspectorPort?: number | undefined
}

/** Makes what `wrangler deploy` would upload. */
export const buildBundle = async (outdir: string, project = root): Promise<Modules> => {
  const wrangler = join(fromWrangler.resolve('wrangler/package.json'), '../bin/wrangler.js')
  await run(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', outdir], {
    cwd: project,
  })
  const names = (await readdir(outdir)).filter((name) => /\.(?:js|txt)$/.test(name))
  const main = 'index.js'
  return Promise.all(
    [main, ...names.filter((name) => name !== main)].map(async (name) => ({
      name,
      kind: name === main ? 'esModule' : 'text',
      text: await readFile(join(outdir, name), 'utf8'),
    })),
  )
}

const PATIENT_HOLD_SECONDS = 240

/**
 * The same Worker, which may hold polls for longer. An object that wakes up has three files open for
 * ten seconds: where a process may have 20,000, eight thousand polls that are renewed every 25 s do
 * not fit, but eight thousand that wait do.
 */
export const buildPatientBundle = async (
  directory: string,
): Promise<{ modules: Modules; holdSeconds: number }> => {
  for (const name of ['src', 'wrangler.toml', 'package.json', 'tsconfig.json'])
    await cp(join(root, name), join(directory, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  const file = join(directory, 'src/config/limits.ts')
  const before = await readFile(file, 'utf8')
  const after = before.replaceAll(/(MAX_\w*HOLD_MS) = \d+/g, `$1 = ${PATIENT_HOLD_SECONDS}`)
  if (after === before) throw new Error('the limits of a hold are not where they were')
  await writeFile(file, after)
  const modules = await buildBundle(join(directory, 'dist'), directory)
  return { modules, holdSeconds: PATIENT_HOLD_SECONDS }
}

/** Starts workerd and waits until it answers. */
export const startWorkerd = async ({
  modules,
  objects,
  vars = {},
  directory,
  inspectorPort,
}: WorkerdOptions): Promise<ServerProcess> => {
  const settings = await readFile(join(root, 'wrangler.toml'), 'utf8')
  const classes = objects ?? new Map(pairs(settings, /^name = "(\w+)"\nclass_name = "(\w+)"/gm))
  const limits = [...settings.matchAll(/^\[\[ratelimits\]\]\nname = "(\w+)"/gm)].map(one)
  const port = await freePort()
  const files = modules.map(({ text }, index) => ({ file: `module-${index}`, text }))
  for (const { file, text } of files) await writeFile(join(directory, file), text)
  const bindings = [
    ...[...classes].map(
      ([name, className]) => `(name = "${name}", durableObjectNamespace = "${className}")`,
    ),
    ...limits.map((name) => `(name = "${name}", wrapped = (moduleName = "bench:limit"))`),
    ...Object.entries(vars).map(
      ([name, value]) => `(name = "${name}", json = ${quoted(JSON.stringify(value))})`,
    ),
    '(name = "ASSETS", service = "assets")',
  ]
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "storage", disk = (path = ${quoted(directory)}, writable = true)),
    (name = "assets", disk = (path = ${quoted(join(root, 'src/assets'))})),
  ],
  sockets = [(
    name = "http", address = "127.0.0.1:${port}", service = "main",
    http = (cfBlobHeader = "X-CF"),
  )],
  extensions = [(modules = [
    (name = "bench:limit", internal = true, esModule = ${quoted(LIMIT)}),
  ])],
);
const main :Workerd.Worker = (
  modules = [${modules.map(({ name, kind }, index) => `(name = ${quoted(name)}, ${kind} = embed "module-${index}")`).join(', ')}],
  compatibilityDate = ${quoted(one(/^compatibility_date = "(.+)"/m.exec(settings)))},
  compatibilityFlags = ["enable_request_signal"],
  durableObjectNamespaces = [${[...classes.values()].map((name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`).join(', ')}],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [${bindings.join(', ')}],
);
`
  const file = join(directory, 'config.capnp')
  await writeFile(file, config)
  const inspector =
    inspectorPort === undefined ? [] : [`--inspector-addr=127.0.0.1:${inspectorPort}`]
  return spawnServer(binary, ['serve', ...inspector, file], port)
}

// Cloudflare's rate limits are no part of this server and cost it nothing. This one counts in the
// same isolate and never refuses.
const LIMIT = `export default () => {
  const counts = new Map()
  return {
    async limit({ key }) {
      counts.set(key, (counts.get(key) ?? 0) + 1)
      if (counts.size > 10000) counts.clear()
      return { success: true }
    },
  }
}`

const quoted = (text: string): string => JSON.stringify(text)

const one = (match: RegExpMatchArray | null): string => match?.[1] ?? ''

const pairs = (text: string, pattern: RegExp): [string, string][] =>
  [...text.matchAll(pattern)].map(([, name = '', value = '']) => [name, value])
