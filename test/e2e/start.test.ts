// `npm start` and `npm run tv`, as the README has them: real processes, real terminal output.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { en } from '../../src/language/messages/en.ts'
import {
  freePort as freePortFrom,
  networkAddresses,
  storedAddress,
} from '../../src/demo/local/address.ts'
import { keepPushKeys } from '../../src/demo/local/push-keys.ts'
import { publicKeyOf } from '../../src/config/push.ts'
import { Person } from '../support/person.ts'

const root = new URL('../..', import.meta.url).pathname

let origin: string
let provider: string
let directory: string
let server: Program

beforeAll(async () => {
  const [port, providerPort] = [await freePort(), await freePort()]
  origin = `http://localhost:${port}`
  provider = `http://127.0.0.1:${providerPort}`
  directory = await mkdtemp(join(tmpdir(), 'antenna-'))
  const ports = [`--port=${port}`, `--provider-port=${providerPort}`]
  server = new Program(['start', '--', ...ports, '--persist-to', directory])
  await server.says(/Ready on/)
})
afterAll(async () => {
  await server.stop('SIGINT')
  await rm(directory, { recursive: true, force: true })
})

/** An npm script in a process group of its own, and all that it has printed. */
class Program {
  output = ''
  readonly exited: Promise<number | null>
  readonly #process: ChildProcess

  constructor(script: string[]) {
    this.#process = spawn('npm', ['run', '--silent', ...script], {
      cwd: root,
      detached: true,
      env: { ...process.env, NO_COLOR: '1', WRANGLER_LOG_PATH: tmpdir() },
    })
    this.#process.stdout?.on('data', (data: Buffer) => (this.output += data.toString()))
    this.#process.stderr?.on('data', (data: Buffer) => (this.output += data.toString()))
    this.exited = new Promise((resolve) => this.#process.on('exit', resolve))
  }

  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output)
      if (match !== null) return match
      await new Promise((resolve) => this.#process.stdout?.once('data', resolve))
    }
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    const { pid } = this.#process
    if (pid !== undefined && this.#process.exitCode === null) process.kill(-pid, signal)
    return this.exited
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })

it('npm start prints its addresses first, and passes its flags to wrangler', async () => {
  expect(server.output.indexOf('/app')).toBeGreaterThan(0)
  expect(server.output.indexOf('/app')).toBeLessThan(server.output.indexOf('wrangler'))
  expect(server.output).toContain(origin)
  expect(await readdir(directory)).toContain('v3')
})

it('npm start runs an identity provider for the app and the pages', async () => {
  const metadata = await fetch(`${provider}/.well-known/openid-configuration`)
  expect(await metadata.json()).toMatchObject({ issuer: provider })
  expect(await (await fetch(`${origin}/app`)).text()).toContain(`data-issuer="${provider}"`)
  expect(await (await fetch(`${origin}/device/sign-in`)).text()).toContain(
    en.signIn.continueWith('Example ID'),
  )
})

const keptIn = (folder: string) => join(folder, 'demo-push-key')
const privateKeyIn = async (folder: string) => (await readFile(keptIn(folder), 'utf8')).trim()

describe('the push key pair of npm start', () => {
  it('is offered to browsers, and not printed', async () => {
    const privateKey = await privateKeyIn(directory)
    const publicKey = publicKeyOf(privateKey)
    expect(publicKey).toBeDefined()
    const person = new Person(fetch, origin)
    await person.createAccount('Dorothy Vaughan', 'dorothy@example.com')
    expect((await person.open('/devices')).html).toContain(`data-push="${publicKey}"`)
    expect(server.output).not.toContain(privateKey)
    expect((await stat(keptIn(directory))).mode & 0o777).toBe(0o600)
  })

  it('survives a restart', async () => {
    const privateKey = await privateKeyIn(directory)
    const flags = [`--persist-to=${directory}`, '--provider-port=0', '--help']
    expect(await new Program(['start', '--', ...flags]).exited).toBe(0)
    expect(await privateKeyIn(directory)).toBe(privateKey)
    expect((await keepPushKeys(directory)).privateKey).toBe(privateKey)
  })

  it.each(['', 'half of i'])(
    'is new in another folder, and if the stored one is %j',
    async (kept) => {
      const elsewhere = await mkdtemp(join(tmpdir(), 'antenna-'))
      if (kept !== '') await writeFile(keptIn(elsewhere), kept)
      const { privateKey, publicKey } = await keepPushKeys(elsewhere)
      expect(publicKeyOf(privateKey)).toBe(publicKey)
      expect(privateKey).not.toBe(await privateKeyIn(directory))
      expect(await privateKeyIn(elsewhere)).toBe(privateKey)
      await rm(elsewhere, { recursive: true })
    },
  )
})

it('npm start serves the television, and 404 for unknown addresses', async () => {
  const television = await fetch(`${origin}/tv`)
  expect(television.status).toBe(200)
  expect(await television.text()).toContain('demo-tv')
  expect((await fetch(`${origin}/tv/`)).status).toBe(404)
})

it('npm run tv signs a terminal in and greets the person by name', async () => {
  const terminal = new Program(['tv', '--', '--issuer', origin])
  const [code] = await terminal.says(/[B-Z]{4}-[B-Z]{4}/)
  const person = new Person(fetch, origin)
  await person.createAccount('Katherine Johnson', 'katherine@example.com')
  await person.decide(await person.open(`/device?user_code=${code}`), 'allow')
  expect(await terminal.exited).toBe(0)
  expect(terminal.output).toContain('Katherine Johnson')
  expect(terminal.output).not.toMatch(/eyJ/)
})

it('npm run tv ends cleanly on Ctrl-C', async () => {
  const terminal = new Program(['tv', '--', '--issuer', origin])
  await terminal.says(/[B-Z]{4}-[B-Z]{4}/)
  await terminal.stop('SIGINT')
  expect(terminal.output).not.toMatch(/error|at .*\(.*:\d+/i)
})

it('npm run tv reports an unknown client in one sentence', async () => {
  const terminal = new Program(['tv', '--', '--issuer', origin, '--client-id', 'nobody'])
  expect(await terminal.exited).toBe(1)
  expect(terminal.output).toContain('nobody')
  expect(terminal.output).not.toMatch(/at .*\(.*:\d+/)
})

it('npm start reports a taken port of the identity provider', async () => {
  const { port } = new URL(provider)
  const second = new Program(['start', '--', '--port', '0', '--provider-port', port])
  expect(await second.exited).toBe(1)
  expect(second.output).toContain(`Port ${port} is in use`)
  const [, other] = /npm start -- --provider-port (\d+)/.exec(second.output) ?? []
  expect(await freePortFrom(Number(other))).toBe(Number(other))
  expect(second.output).not.toMatch(/wrangler|at .*\(.*:\d+/)
})

it.each([
  ['--provider-port=nonsense', '--provider-port must be a port number.'],
  ['--provider-port', '--provider-port must be a port number.'],
  ['--port=65536', '--port must be a port number.'],
])('npm start refuses %s', async (flag, sentence) => {
  const program = new Program(['start', '--', flag])
  expect(await program.exited).toBe(1)
  expect(program.output.trim()).toBe(sentence)
})

it('npm start with a public address runs no identity provider, which other machines could not reach', async () => {
  const program = new Program([
    'start',
    '--',
    '--ip',
    '0.0.0.0',
    '--var',
    'ISSUER:http://localhost/auth',
    '--help',
  ])
  expect(await program.exited).toBe(0)
  expect(program.output).toMatch(/television: +http:\/\/localhost:\d+\/auth\/tv/)
  for (const address of networkAddresses()) expect(program.output).toContain(`http://${address}:`)
  expect(program.output).toContain('the app at /app is off')
  expect(program.output).toContain('Notifications are off too')
  expect(program.output).not.toContain('Example ID')
})

// With a route in the settings, the Worker would see requests by plain http at that host.
it('npm start takes the next port, where npm run tv finds it, and ignores routes', async () => {
  const { port } = new URL(origin)
  const config = join(root, '.wrangler', `routes-${port}.toml`)
  const settings = await readFile(join(root, 'wrangler.toml'), 'utf8')
  const route = 'routes = [{ pattern = "login.example.com", custom_domain = true }]\n'
  await writeFile(config, route + settings.replaceAll(/"(\.\/)?(src|node_modules)\//g, '"../$2/'))
  const second = new Program([
    'start',
    '--',
    `--port=${port}`,
    `--provider-port=${await freePort()}`,
    `--config=${config}`,
    '--persist-to',
    await mkdtemp(join(directory, 'second-')),
  ])
  const [, address = ''] = await second.says(/television: +(http:\S+)\/tv/)
  await second.says(/Ready on/)
  expect(address).not.toBe(origin)
  expect((await fetch(`${address}/device`, { redirect: 'manual' })).status).toBe(200)
  // Another test may have started a demo meanwhile.
  const stored = (await storedAddress()) ?? ''
  const terminal = new Program(['tv'])
  await terminal.says(/[B-Z]{4}-[B-Z]{4}/)
  expect(terminal.output).toContain(`${new URL(stored).host}/device`)
  await terminal.stop('SIGINT')
  await second.stop('SIGINT')
  await rm(config)
  const lost = new Program(['tv', '--', '--issuer', address])
  expect(await lost.exited).toBe(1)
  expect(lost.output).toContain('npm start')
})

// Last: it ends what the others use.
it('npm start ends both servers on Ctrl-C', async () => {
  await server.stop('SIGINT')
  for (const address of [origin, provider]) await expect(fetch(address)).rejects.toThrow()
})
