// A reverse proxy on loopback, in front of a running server. It breaks connections with a TCP reset,
// as a router or a pulled plug does, and on demand exactly when an answer is on its way.
import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
  request,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { vi } from 'vitest'

export interface ServerAnswer {
  readonly status: number
  readonly text: string
}

export class CuttingProxy {
  /** Answers of the server that were lost, in their order. */
  readonly lost: ServerAnswer[] = []
  /** The path of each request, in order of arrival. */
  readonly asked: string[] = []
  /** How often each device_code was answered `authorization_pending`. */
  readonly #pending = new Map<string, number>()
  readonly #target: string
  readonly #keepsAlive: boolean
  readonly #server: Server
  readonly #cuts: { readonly path: string; skip: number }[] = []
  /** Both ends of each exchange with a request at the server and no answer yet. */
  readonly #waiting = new Set<readonly Socket[]>()

  #pathOfCutSuccess: string | undefined

  /** `target` is the server's origin. One connection per request, unless they are kept alive. */
  constructor(target: string, { keepsAlive = false } = {}) {
    this.#target = target
    this.#keepsAlive = keepsAlive
    this.#server = createServer((asked, answer) => void this.#exchange(asked, answer))
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve))
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve)
      this.#server.closeAllConnections()
    })
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  /** Has the next request for `path` answered, after `skip` others, and cuts before it is heard. */
  cutNext(path: string, skip = 0): void {
    this.#cuts.push({ path, skip })
  }

  /** Cuts the next 200 from `path`, however old its request is. */
  cutNextSuccess(path: string): void {
    this.#pathOfCutSuccess = path
  }

  /** Loses the answer to what `act` asks at `path`, after `skip` others, and tells what it was. */
  async lose(path: string, act: () => Promise<unknown>, skip = 0): Promise<ServerAnswer> {
    const [asked, lost] = [this.asked.length, this.lost.length]
    this.cutNext(path, skip)
    await untilReset(act()).finally(() => this.#cuts.splice(0))
    // fetch or a library must not have repeated it: that would be another answer.
    const paths = this.asked.slice(asked)
    if (paths.length !== skip + 1) throw new Error(`asked ${paths.join(', ')}`)
    const [answer] = this.lost.slice(lost)
    if (answer === undefined) throw new Error('nothing was lost')
    return answer
  }

  /**
   * Waits until this device has had so many answers that it must wait: whole holds, if polls are
   * held.
   */
  async untilPending(deviceCode: string, times: number): Promise<void> {
    const heard = () => (this.#pending.get(deviceCode) ?? 0) >= times
    await vi.waitUntil(heard, { timeout: 120_000, interval: 20 })
  }

  /** Number of unanswered requests at the server. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** The device is gone: whatever waits for an answer is reset, towards the server too. */
  hangUp(): void {
    for (const sockets of this.#waiting) for (const socket of sockets) socket.resetAndDestroy()
  }

  async #exchange(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(asked.url ?? '/', this.#target)
    this.asked.push(url.pathname)
    const isCut = this.#isCut(url.pathname)
    try {
      const form = await buffer(asked)
      const deviceCode = new URLSearchParams(form.toString()).get('device_code')
      const { status, headers, body } = await this.#forward(url, asked, form)
      if (isCut || this.#isCutSuccess(url.pathname, status)) {
        this.lost.push({ status, text: body.toString() })
        asked.socket.resetAndDestroy()
      } else {
        const connection = this.#keepsAlive ? 'keep-alive' : 'close'
        if (deviceCode !== null && body.includes('"authorization_pending"'))
          answer.on('finish', () => this.#countPending(deviceCode))
        answer.writeHead(status, { ...headers, connection }).end(body)
      }
    } catch {
      // Nothing was cut on purpose, so it must not look like it.
      answer.writeHead(502).end()
    }
  }

  #countPending(deviceCode: string): void {
    this.#pending.set(deviceCode, (this.#pending.get(deviceCode) ?? 0) + 1)
  }

  #isCut(path: string): boolean {
    const at = this.#cuts.findIndex((cut) => cut.path === path)
    const cut = this.#cuts[at]
    if (cut === undefined) return false
    if (cut.skip === 0) this.#cuts.splice(at, 1)
    else cut.skip -= 1
    return !this.#cuts.includes(cut)
  }

  #isCutSuccess(path: string, status: number): boolean {
    if (path !== this.#pathOfCutSuccess || status !== 200) return false
    this.#pathOfCutSuccess = undefined
    return true
  }

  /** The server's whole answer: only then the request certainly has had its effect. */
  async #forward(url: URL, asked: IncomingMessage, form: Buffer) {
    // The Host stays the client's own, as it names the issuer; a lost answer must be uncompressed.
    const headers = { ...asked.headers, connection: 'close', 'accept-encoding': 'identity' }
    const forwarded = request(url.href, { method: asked.method, headers, agent: false })
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      forwarded.on('response', resolve).on('error', reject)
    })
    forwarded.on('socket', (socket) => {
      const sockets = [asked.socket, socket]
      forwarded.on('finish', () => this.#waiting.add(sockets))
      forwarded.on('close', () => this.#waiting.delete(sockets))
    })
    forwarded.end(form)
    const answer = await answered
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: await buffer(answer),
    }
  }
}

/** Waits for `act` to fail by a reset: a closed connection has another error. */
export const untilReset = async (act: Promise<unknown>): Promise<void> => {
  const failure = await act.then(
    () => new Error('the answer arrived'),
    (error: unknown) => error,
  )
  if (!isReset(failure)) throw new Error('no connection was reset', { cause: failure })
}

const isReset = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && error.code === 'ECONNRESET') || isReset(error.cause))
