// `npm start` and `npm run tv`, as the README has them: real processes, real terminal output.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Person } from '../support/person.ts'

const root = new URL('../..', import.meta.url).pathname

let origin: string
let directory: string
let server: Program

beforeAll(async () => {
  const port = await freePort()
  origin = `http://localhost:${port}`
  directory = await mkdtemp(join(tmpdir(), 'antenna-'))
  server = new Program(['start', '--', '--port', `${port}`, '--persist-to', directory])
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

it('serves the television, and nothing that is not there', async () => {
  const television = await fetch(`${origin}/tv`)
  expect(television.status).toBe(200)
  expect(await television.text()).toContain('demo-tv')
  expect((await fetch(`${origin}/tv/`)).status).toBe(404)
})

it('signs a terminal in, which greets the person by name', async () => {
  const terminal = new Program(['tv', '--', '--issuer', origin])
  const [code] = await terminal.says(/[B-Z]{4}-[B-Z]{4}/)
  const person = new Person(fetch, origin)
  await person.createAccount('Katherine Johnson', 'katherine@example.com')
  await person.decide(await person.open(`/device?user_code=${code}`), 'allow')
  expect(await terminal.exited).toBe(0)
  expect(terminal.output).toContain('Katherine Johnson')
  expect(terminal.output).not.toMatch(/eyJ/)
})

it('ends a terminal cleanly on Ctrl-C', async () => {
  const terminal = new Program(['tv', '--', '--issuer', origin])
  await terminal.says(/[B-Z]{4}-[B-Z]{4}/)
  await terminal.stop('SIGINT')
  expect(terminal.output).not.toMatch(/error|at .*\(.*:\d+/i)
})

it('says in one sentence that a client is not known', async () => {
  const terminal = new Program(['tv', '--', '--issuer', origin, '--client-id', 'nobody'])
  expect(await terminal.exited).toBe(1)
  expect(terminal.output).toContain('nobody')
  expect(terminal.output).not.toMatch(/at .*\(.*:\d+/)
})
