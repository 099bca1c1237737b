// One request on a connection of its own, and the ways to break it: with a TCP reset before, during
// or after the answer. Its sender then knows nothing; the wire may know more.
import { type IncomingHttpHeaders, request } from 'node:http'
import type { Socket } from 'node:net'

/** Longer than any poll is held and any server takes to end. */
const TIMEOUT_MS = 45_000

export interface Asking {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Heard {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Position of the cut, and its delay. */
export interface Cut {
  readonly at: 'half a request' | 'before' | 'during' | 'after'
  readonly afterMs: number
}

export interface Exchanged {
  readonly answer: Heard | undefined
  /** Undefined if the sender has the answer; `refused`: the server never received it. */
  readonly lost: string | undefined
}

/** The time to thousandths of a millisecond, by the clock that servers here have too. */
export const now = (): number => performance.timeOrigin + performance.now()

export const exchange = (port: number, asking: Asking, cut?: Cut): Promise<Exchanged> =>
  new Promise((resolve) => {
    const { method, path, headers, body = '' } = asking
    // Without a body there is no half of it.
    const at = cut?.at === 'half a request' && body === '' ? 'before' : cut?.at
    let answer: Heard | undefined
    const lose = (lost: string) => resolve({ answer, lost })
    const asked = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
    })
    let socket: Socket | undefined
    const reset = () => {
      socket?.resetAndDestroy()
      lose(`cut ${at}`)
    }
    const resetLater = () => setTimeout(reset, cut?.afterMs)
    asked.setTimeout(TIMEOUT_MS, () => {
      lose('timed out')
      asked.destroy()
    })
    asked.on('socket', (itsSocket) => (socket = itsSocket))
    asked.on('error', (error: NodeJS.ErrnoException) =>
      lose(error.code === 'ECONNREFUSED' ? 'refused' : (error.code ?? error.message)),
    )
    asked.on('response', (response) => {
      if (at === 'during') return reset()
      response.on('error', () => lose('broken off'))
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => void chunks.push(chunk))
      response.on('end', () => {
        const { statusCode: status = 0, headers: received } = response
        answer = { status, headers: received, body: Buffer.concat(chunks).toString() }
        if (at === undefined) resolve({ answer, lost: undefined })
        else if (at === 'after') resetLater()
      })
    })
    if (at === 'half a request') {
      asked.write(body.slice(0, body.length / 2), resetLater)
      return
    }
    if (at === 'before') asked.on('finish', resetLater)
    asked.end(body)
  })
