// Every server of the benchmark, each in a directory of its own that goes when it stops.
import { rmSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, statfs } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser } from './browser.ts'
import { Connection } from './connection.ts'
import { type ServerProcess, freePort, spawnServer } from './server-process.ts'
import { EDGE_HEADERS, SCOPE, type Target, antenna } from './target.ts'
import { type Modules, startWorkerd } from './workerd.ts'

const here = (file: string): string => new URL(file, import.meta.url).pathname
const TMPFS = 0x01021994
// A person may look up five codes a second, so several are needed.
const PEOPLE = 64

export type Storage = 'disk' | 'memory'

const directories: string[] = []
process.on('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

/** A new directory on a disk, or in memory, until this process ends. */
export const makeDirectory = async (storage: Storage): Promise<string> => {
  const candidates = storage === 'memory' ? ['/dev/shm'] : [tmpdir(), '/var/tmp']
  for (const path of candidates) {
    const isInMemory = (await statfs(path)).type === TMPFS
    if (isInMemory !== (storage === 'memory')) continue
    const directory = await mkdtemp(join(path, 'antenna-bench-'))
    directories.push(directory)
    return directory
  }
  throw new Error(`no directory on ${storage}`)
}

const inDirectory = async (
  storage: Storage,
  start: (directory: string) => Promise<ServerProcess>,
): Promise<ServerProcess> => {
  const directory = await makeDirectory(storage)
  const server = await start(directory)
  const stop = async () => {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
  return { ...server, stop }
}

/** A module of ours for workerd, without its types. */
export const workerModule = async (file: string): Promise<string> =>
  stripTypeScriptTypes(await readFile(here(file), 'utf8'))

export const startFloor = async (storage: Storage): Promise<ServerProcess> => {
  const modules = [{ name: 'floor.js', kind: 'esModule', text: await workerModule('floor.ts') }]
  const objects = new Map([['BARE', 'Bare']])
  return inDirectory(storage, (directory) => startWorkerd({ modules, objects, directory }))
}

const startNode = (file: string, storage: Storage, more: (directory: string) => string[]) =>
  inDirectory(storage, async (directory) => {
    const port = await freePort()
    return spawnServer(process.execPath, [here(file), String(port), ...more(directory)], port)
  })

export const startCeiling = () => startNode('node-http.ts', 'memory', () => [])

export const startOidcProvider = (storage: Storage) =>
  startNode('oidc-provider.ts', storage, (directory) => (storage === 'disk' ? [directory] : []))

export const startBetterAuth = (interval: string) =>
  startNode('better-auth.ts', 'disk', (directory) => [directory, interval])

/** The clients: `plain` is as the demo's own, the others say in their names what is different. */
const client = (id: string, more: object = {}) => ({
  client_id: id,
  client_name: `The ${id}`,
  scope: SCOPE,
  ...more,
})
const clients = (holdSeconds: number) => [
  client('plain', { interval_seconds: 1, hold_seconds: 4 }),
  client('at-once', { interval_seconds: 1, hold_seconds: 0 }),
  client('every-5-s', { hold_seconds: 0, interval_seconds: 5 }),
  client('held', { interval_seconds: 1, hold_seconds: holdSeconds }),
]

/** Antenna's people and keys, to be there from the start. */
export interface Seed {
  readonly directory: string
  readonly cookies: readonly (readonly [string, string][])[]
}

/** Makes the accounts once: hashing their passwords takes a while. */
export const makeSeed = async (modules: Modules): Promise<Seed> => {
  const directory = await makeDirectory('memory')
  const vars = { CLIENTS: clients(0) }
  const target = antenna('seed', await startWorkerd({ modules, vars, directory }), 'plain')
  const cookies = []
  for (let made = 0; made < PEOPLE; made += 1) {
    const browser = await target.signUp()
    cookies.push([...browser.cookies])
    browser.close()
  }
  // With the first tokens come the keys to sign them, once and for all.
  await signInOnce(target)
  await target.server.stop()
  return { directory, cookies }
}

const signInOnce = async (target: Target): Promise<void> => {
  const device = new Connection(target.server.port)
  const browser = await target.signUp()
  const flow = await target.start(device)
  await target.allow(browser, flow)
  await target.poll(device, flow)
  browser.close()
  device.close()
}

export interface AntennaOptions {
  readonly modules: Modules
  readonly seed: Seed
  readonly storage: Storage
  readonly holdSeconds?: number
}

/** Antenna with the people of the seed, and a browser of each. */
export const startAntenna = async ({
  modules,
  seed,
  storage,
  holdSeconds = 25,
}: AntennaOptions): Promise<{ server: ServerProcess; browsers: Browser[] }> => {
  const server = await inDirectory(storage, async (directory) => {
    await cp(seed.directory, directory, { recursive: true })
    return startWorkerd({ modules, vars: { CLIENTS: clients(holdSeconds) }, directory })
  })
  const browsers = seed.cookies.map((cookies) => new Browser(server.port, EDGE_HEADERS, cookies))
  return { server, browsers }
}
