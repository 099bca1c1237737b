// `npm ci` runs only what the lockfiles pin by digest, and no script of a package fetches more.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface Locked {
  readonly version: string
  readonly integrity?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = new URL('../..', import.meta.url).pathname

const packagesOf = (lockfile: string): (readonly [string, Locked])[] => {
  const { packages } = JSON.parse(readFileSync(`${root}${lockfile}`, 'utf8')) as {
    packages: Record<string, Locked>
  }
  return Object.entries(packages).filter(([path]) => path !== '')
}

/** The location of a package as resolved from `path`: the nearest node_modules that has it. */
const locked = (
  packages: ReadonlyMap<string, Locked>,
  path: string,
  name: string,
): Locked | undefined => {
  const own = packages.get(`${path}/node_modules/${name}`)
  if (own !== undefined || path === '') return own ?? packages.get(`node_modules/${name}`)
  return locked(packages, path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name)
}

describe.each(['package-lock.json', 'test/bench/package-lock.json'])('%s', (lockfile) => {
  const packages = packagesOf(lockfile)

  it('pins every package by its digest, from any source', () => {
    expect(packages.length).toBeGreaterThan(10)
    for (const [path, { integrity, resolved }] of packages) {
      expect(integrity, path).toMatch(/^sha512-[\w+/]{86}==$/)
      expect(resolved, path).toBeUndefined()
    }
  })

  it('has install scripts only for packages whose binaries it pins too', () => {
    const byPath = new Map(packages)
    for (const [path, { hasInstallScript, optionalDependencies = {} }] of packages) {
      if (hasInstallScript !== true) continue
      // They look for one of these, and would fetch what they do not find.
      const binaries = Object.entries(optionalDependencies)
      expect(binaries.length, path).toBeGreaterThan(0)
      for (const [name, version] of binaries)
        expect(locked(byPath, path, name), `${name} for ${path}`).toMatchObject({ version })
    }
  })
})

const OWN_NODE = ['linux-arm64', 'linux-x64', 'win32-x64']

it.runIf(OWN_NODE.includes(`${process.platform}-${process.arch}`))(
  'scripts run on the pinned Node.js',
  () => {
    const system = process.platform === 'win32' ? 'win' : process.platform
    const pinned = packagesOf('package-lock.json').find(
      ([path]) => path === `node_modules/node-${system}-${process.arch}`,
    )
    expect(process.version).toBe(`v${pinned?.[1].version}`)
  },
)
