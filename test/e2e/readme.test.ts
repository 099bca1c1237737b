// The tables of risks and attacks: files and tests that they name are there. documents.test.ts reads all else.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { unstable_readConfig as readWranglerFile } from 'wrangler'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'

const root = new URL('../..', import.meta.url).pathname
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8')
const security = read('.github/SECURITY.md')

/** The rows of the table under a document's heading, as lists of cells, without its head. */
const tableUnder = (document: string, heading: string): string[][] =>
  (document.split(`${heading}\n`)[1] ?? '')
    .split(/\n#+ /, 1)
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

const named = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

const risks = tableUnder(security, '## Risk assessment')

it('XD-1 SECURITY.md has a risk assessment', () => {
  expect(risks.length).toBeGreaterThan(8)
  expect(security).toContain('What is left:')
})

it.each(risks)('XD-2 %s: has a mitigation in existing files and existing tests', (...cells) => {
  const [, mitigation = '', where = '', tests = ''] = cells
  expect(mitigation).not.toBe('')
  expect(named(where).length).toBeGreaterThan(0)
  for (const file of named(where))
    expect([file, existsSync(`${root}src/${file}`)]).toEqual([file, true])
  expect(named(tests).length).toBeGreaterThan(0)
  for (const name of named(tests))
    expect([name, existsSync(`${root}test/${name}.test.ts`)]).toEqual([name, true])
})

const attacks = tableUnder(read('test/abuse/README.md'), '# Attacks')

it('the attacks table has rows', () => {
  expect(attacks.length).toBeGreaterThan(25)
})

it.each(attacks)(
  '%s: %s, and an existing test that repeats it',
  (_attack, outcome = '', tests = '') => {
    expect(outcome).not.toBe('')
    expect(named(tests).length).toBeGreaterThan(0)
    for (const name of named(tests))
      expect([name, existsSync(`${root}test/${name}.test.ts`)]).toEqual([name, true])
  },
)

it('the attacks table names every campaign', () => {
  const campaigns = readdirSync(`${root}test/abuse`)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `abuse/${file.replace('.test.ts', '')}`)
  const tests = attacks.flatMap(([, , cell = '']) => named(cell))
  expect(tests).toEqual(expect.arrayContaining(campaigns))
})

it('XD-4 the README names the unsuitable uses of the flow', () => {
  expect(security).toMatch(/Use the device grant only where the device has no usable browser/)
  expect(security).toMatch(/not for high-value resources/)
  expect(security).toMatch(/On a phone or laptop itself, use the authorization code grant/)
})

it('the command for push keys makes a valid key pair', () => {
  const command =
    /```sh\n(node -e [^\n]+generateKeyPairSync[^\n]+)\n```/.exec(
      read('src/config/README.md'),
    )?.[1] ?? ''
  const said = execFileSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' })
  const [, publicKey, privateKey] = /^public_key: +(\S+)\nprivate key: +(\S+)\n$/.exec(said) ?? []
  const PUSH = { public_key: publicKey, private_key: 'KEY', sub: 'mailto:operator@example.com' }
  expect(parseConfig({ PUSH, KEY: privateKey }, DEMO).push).toMatchObject({ publicKey, privateKey })
})

it('the settings file for a service with an identity provider is valid', () => {
  const blocks = [...read('README.md').matchAll(/```toml\n([^]*?)```/g)].map(
    ([, text = '']) => text,
  )
  const directory = mkdtempSync(join(tmpdir(), 'antenna-'))
  const file = join(directory, 'wrangler.toml')
  writeFileSync(file, `name = "antenna"\n${blocks.join('\n')}`)
  const { vars, routes, workers_dev } = readWranglerFile({ config: file })
  rmSync(directory, { recursive: true })
  expect([workers_dev, routes]).toEqual([
    false,
    [{ pattern: 'login.example.com', custom_domain: true }],
  ])
  const config = parseConfig({ ...vars, EXAMPLE_SECRET: 'secret' }, DEMO)
  expect(config.issuer).toBe('https://login.example.com')
  expect(config.identityProviders.map(({ id }) => id)).toEqual(['example'])
  expect([...config.clients.keys()]).toEqual(['living-room'])
  expect(config.isDemo).toBe(false)
})
