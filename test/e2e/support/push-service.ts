// A push service (RFC 8030) on loopback: it accepts messages for its subscribed browsers if they
// prove their sender (RFC 8292), and lets those browsers read them.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { PUSH_KEY } from '../../support/settings.ts'
import { PushSubscriber, verifyVapid } from '../../support/push-subscriber.ts'

interface Message {
  readonly endpoint: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

interface Delivery<Payload> {
  readonly headers: IncomingMessage['headers']
  readonly payload: Payload
}

const WAIT_MS = 60_000

/** Starts one. */
export const startPushService = async (): Promise<PushService> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new PushService(server)
}

export class PushService {
  readonly origin: string
  /** The refused messages, with reasons. */
  readonly refused: string[] = []
  readonly #server: Server
  readonly #gone = new Set<string>()
  readonly #messages: Message[] = []
  #subscribers = 0
  #arrived: () => void = () => undefined

  constructor(server: Server) {
    const address = server.address()
    this.origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    this.#server = server
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  /** A new browser. */
  subscribe(): PushSubscriber {
    this.#subscribers += 1
    return new PushSubscriber(`${this.origin}/push/${this.#subscribers}`)
  }

  /** The browser unsubscribes. */
  unsubscribe({ endpoint }: PushSubscriber): void {
    this.#gone.add(endpoint)
  }

  /** Number of messages for a browser. */
  countFor({ endpoint }: PushSubscriber): number {
    return this.#messages.filter((message) => message.endpoint === endpoint).length
  }

  /** The next message for a browser, decrypted, or the first to arrive. */
  async deliver<Payload>(subscriber: PushSubscriber): Promise<Delivery<Payload>> {
    const deadline = AbortSignal.timeout(WAIT_MS)
    for (;;) {
      const at = this.#messages.findIndex(({ endpoint }) => endpoint === subscriber.endpoint)
      const [message] = at === -1 ? [] : this.#messages.splice(at, 1)
      if (message !== undefined)
        return {
          headers: message.headers,
          payload: JSON.parse(subscriber.decrypt(message.body)) as Payload,
        }
      await new Promise<void>((resolve, reject) => {
        this.#arrived = resolve
        deadline.addEventListener('abort', () => reject(new Error('no message came')))
      })
    }
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers } = request
    const endpoint = this.origin + (request.url ?? '')
    const body = await buffer(request)
    const refuse = (status: number, why: string) => {
      this.refused.push(why)
      response.writeHead(status).end(why)
    }
    try {
      await verifyVapid(headers.authorization ?? '', this.origin, PUSH_KEY)
    } catch (error) {
      return refuse(403, String(error))
    }
    if (this.#gone.has(endpoint)) return refuse(410, 'the browser took it back')
    if (request.method !== 'POST') return refuse(405, 'a message is posted')
    if (headers['content-encoding'] !== 'aes128gcm') return refuse(400, 'not encrypted')
    // RFC 8030 §5.2 and §7.2: a TTL is required, and 4096 octets must be accepted.
    if (!/^\d+$/.test(String(headers['ttl']))) return refuse(400, 'without TTL')
    if (body.length > 4096) return refuse(413, `${body.length} octets`)
    this.#messages.push({ endpoint, headers, body })
    response.writeHead(201, { Location: `${this.origin}/message/${this.#messages.length}` }).end()
    this.#arrived()
  }
}
