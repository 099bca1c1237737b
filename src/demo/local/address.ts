// The address of the demo on this computer. It is stored while the demo runs, for `npm run tv`.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { parse } from 'smol-toml'

/** Not in git. */
export const STATE_DIRECTORY = join(import.meta.dirname, '../../../.wrangler')
const FILE = join(STATE_DIRECTORY, 'demo-address')

export const DEFAULT_PORT = 8787
export const DEFAULT_ADDRESS = `http://localhost:${DEFAULT_PORT}`
const PORTS_TRIED = 50

/** The address of the demo that was started last; undefined while none runs. */
export const storedAddress = async (): Promise<string | undefined> => {
  try {
    return await readFile(FILE, 'utf8')
  } catch {
    return undefined
  }
}

export const storeAddress = async (address: string): Promise<void> => {
  await mkdir(STATE_DIRECTORY, { recursive: true })
  await writeFile(FILE, address)
}

/** Forgets the address, unless another demo has stored its own meanwhile. */
export const forgetAddress = async (address: string): Promise<void> => {
  if ((await storedAddress()) === address) await rm(FILE, { force: true })
}

/** The path of the issuer in a file of settings, or of `--var ISSUER:…`; empty without one. */
export const basePathOf = (file: string, vars: readonly string[]): string => {
  const given = vars.find((setting) => setting.startsWith(FLAG))?.slice(FLAG.length)
  return URL.parse(given ?? issuerIn(file))?.pathname.replace(/\/$/, '') ?? ''
}

const FLAG = 'ISSUER:'

// What is wrong with the file, wrangler says.
const issuerIn = (file: string): string => {
  try {
    const { vars } = parse(readFileSync(file, 'utf8'))
    const issuer = (vars as Readonly<Record<string, unknown>> | undefined)?.['ISSUER']
    return typeof issuer === 'string' ? issuer : ''
  } catch {
    return ''
  }
}

/** The first free port from `first` on; 0 leaves the choice to the system. */
export const freePort = async (first: number): Promise<number> => {
  for (let port = first; port < first + PORTS_TRIED; port += 1) {
    const free = await portIfFree(port)
    if (free !== undefined) return free
  }
  throw new Error(`no port from ${first} to ${first + PORTS_TRIED - 1} is free`)
}

const portIfFree = (port: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    probe.listen(port, 'localhost', () => {
      const address = probe.address()
      probe.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : port),
      )
    })
  })

/** This computer's addresses for others in its networks. */
export const networkAddresses = (
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): readonly string[] =>
  Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
