// The Worker on plain workerd with its storage on a disk: killed, ended, and out of disk, and
// started again on the same port and storage.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type ServerProcess, spawnServer } from '../bench/server-process.ts'
import { type Modules, startWorkerd } from '../bench/workerd.ts'
import { now } from './wire.ts'

const run = promisify(execFile)

// The same issuer on any port: the tokens of one start must be valid after the next.
const ISSUER = 'http://localhost:8787'
const ENDS_WITHIN_MS = 60_000
const MAX_STARTS = 5

export class ShakenServer {
  readonly port: number
  readonly #command: readonly string[]
  /** Times at which it was certainly down. */
  readonly #goneAtMs: number[] = []
  #process: ServerProcess
  /** Number of processes that did not end when told to. */
  stubborn = 0

  private constructor(first: ServerProcess, command: readonly string[]) {
    this.#process = first
    this.port = first.port
    this.#command = command
  }

  static async start(
    modules: Modules,
    vars: Readonly<Record<string, unknown>>,
    directory: string,
  ): Promise<ShakenServer> {
    const first = await startWorkerd({ modules, vars: { ISSUER, ...vars }, directory })
    const command = await readFile(`/proc/${first.pid}/cmdline`, 'utf8')
    const server = new ShakenServer(first, command.split('\0').slice(0, -1))
    await server.kill()
    return server
  }

  /** Time after which earlier requests cannot take effect. */
  goneAfterMs(askedAtMs: number): number {
    return this.#goneAtMs.find((atMs) => atMs >= askedAtMs) ?? Infinity
  }

  /** SIGKILL, in the middle of everything, and a new start. */
  async kill(): Promise<void> {
    await this.#process.stop()
    await this.#startAgain()
  }

  /** SIGTERM: it has time to answer open requests. */
  async terminate(): Promise<void> {
    process.kill(this.#process.pid, 'SIGTERM')
    const until = now() + ENDS_WITHIN_MS
    while (this.#isRunning()) {
      if (now() > until) {
        this.stubborn += 1
        break
      }
      await sleep(10)
    }
    await this.kill()
  }

  /** No writes for a while, as with a full disk. */
  async fillDisk(ms: number): Promise<void> {
    await this.#limitFiles('0')
    await sleep(ms)
    // workerd itself does not always survive that.
    if (this.#isRunning()) await this.#limitFiles('unlimited')
    else await this.kill()
  }

  async stop(): Promise<void> {
    await this.#process.stop()
  }

  async #startAgain(): Promise<void> {
    this.#goneAtMs.push(now())
    // A write beyond the limit is to fail, as it does on a full disk, and not to end the process.
    const script = 'trap "" XFSZ; exec "$0" "$@"'
    const args = ['-c', script, ...this.#command]
    // Another program's connection may hold the port for a moment.
    for (let tries = 1; ; tries += 1) {
      try {
        this.#process = await spawnServer('/bin/sh', args, this.port)
        return
      } catch (error) {
        if (tries === MAX_STARTS) throw error
        await sleep(100)
      }
    }
  }

  async #limitFiles(most: string): Promise<void> {
    await run('prlimit', ['--pid', String(this.#process.pid), `--fsize=${most}:`])
  }

  #isRunning(): boolean {
    try {
      process.kill(this.#process.pid, 0)
      return true
    } catch {
      return false
    }
  }
}
