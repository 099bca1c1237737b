// The load generator's HTTP/1.1: one kept-alive connection, one request at a time, and nothing that
// costs. fetch() would be busier than the servers that it is to measure.
import { type Socket, connect } from 'node:net'

export interface Answer {
  readonly status: number
  /** The head as it came. */
  readonly head: string
  readonly body: string
}

type Headers = Readonly<Record<string, string>>

// Longer than any poll is held.
const TIMEOUT_MS = 240_000

// Servers close what has been idle for five seconds: before that happens in the wrong moment, a new
// one takes its place.
const IDLE_MS = 3000

export class Connection {
  readonly #port: number
  #socket: Socket | undefined
  #usedAt = 0
  #received = ''
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined

  constructor(port: number) {
    this.#port = port
  }

  get(path: string, headers: Headers = {}): Promise<Answer> {
    return this.#ask(`GET ${path} HTTP/1.1\r\n${this.#head(headers)}\r\n`)
  }

  /** Sends a form; ASCII only. */
  post(path: string, body: string, headers: Headers = FORM): Promise<Answer> {
    const head = this.#head(headers)
    return this.#ask(
      `POST ${path} HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`,
    )
  }

  close(): void {
    this.#socket?.destroy()
  }

  #head(headers: Headers): string {
    let head = `Host: 127.0.0.1:${this.#port}\r\n`
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`
    return head
  }

  #ask(request: string): Promise<Answer> {
    const socket = this.#ready()
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      socket.write(request, 'latin1')
    })
  }

  #ready(): Socket {
    const isFresh = this.#socket?.destroyed === false && performance.now() < this.#usedAt + IDLE_MS
    if (isFresh && this.#socket !== undefined) return this.#socket
    this.#socket?.destroy()
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    const fail = (error: Error) => {
      if (socket === this.#socket) this.#settle()?.reject(error)
      socket.destroy()
    }
    socket.setEncoding('latin1')
    socket.setTimeout(TIMEOUT_MS, () => fail(new Error('no answer in time')))
    socket.on('error', fail)
    socket.on('close', () => fail(new Error('the server closed the connection')))
    socket.on('data', (chunk) => this.#read(String(chunk)))
    this.#socket = socket
    this.#received = ''
    return socket
  }

  #read(chunk: string): void {
    this.#received += chunk
    const answer = parse(this.#received)
    if (answer === undefined) return
    this.#received = ''
    this.#settle()?.resolve(answer)
  }

  #settle() {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#usedAt = performance.now()
    return waiting
  }
}

export const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

/** One answer, if all of it is there; nothing follows it, as nothing more was asked. */
const parse = (text: string): Answer | undefined => {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = text.slice(0, end)
  const status = Number(text.slice(9, 12))
  const rest = text.slice(end + 4)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined)
    return rest.length < Number(length) ? undefined : { status, head, body: rest }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, head, body: '' }
  return /(?:^|\r\n)0\r\n\r\n$/.test(rest) ? { status, head, body: dechunk(rest) } : undefined
}

const dechunk = (text: string): string => {
  let body = ''
  for (let at = 0; ;) {
    const lineEnd = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    if (!(size > 0)) return body
    body += text.slice(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + 2 + size + 2
  }
}

/** The value of a header; the first, if it is repeated. */
export const header = ({ head }: Answer, name: string): string | undefined =>
  new RegExp(`\r\n${name}: *([^\r]*)`, 'i').exec(head)?.[1]
