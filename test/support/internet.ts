// The public internet, as far as the Worker asks it: the resolver, and hosts that publish something.
import { vi } from 'vitest'

type Reply = (
  signal: AbortSignal | null | undefined,
  address: string,
) => Response | Promise<Response>

const RESOLVER = 'cloudflare-dns.com'
const TYPES: Readonly<Record<string, number>> = { A: 1, CNAME: 5, AAAA: 28 }

const hosts = new Map<string, Host>()

/** A new host with one document, unless it looks at the address. */
export class Host {
  readonly uri: string
  readonly name: string
  /** A name of its own, so that one host's limits are not another's. */
  addresses: readonly string[] = [
    `93.184.${hosts.size >> 8}.${hosts.size & 255}`,
    `2606:2800:${hosts.size.toString(16)}::1`,
  ]
  /** The resolver's answer in place of the addresses. */
  resolve: Reply | undefined
  /** Number of requests for the document. */
  asked = 0
  /** The bodies of the requests, the latest last. */
  readonly requests: RequestInit[] = []
  answer: Reply

  constructor(answer: Reply, uri = `https://host-${hosts.size}.example/document.json`) {
    this.answer = answer
    this.uri = uri
    this.name = new URL(uri).hostname
    hosts.set(this.name, this)
  }
}

/** Connects the Worker to these hosts, and to nothing else. Returns what was asked, in order. */
export const connectInternet = (): readonly string[] => {
  const asked: string[] = []
  const ask = async (address: string, init: RequestInit): Promise<Response> => {
    asked.push(address)
    const { hostname, searchParams } = new URL(address)
    init.signal?.throwIfAborted()
    if (hostname === RESOLVER) {
      const host = hosts.get(searchParams.get('name') ?? '')
      return host?.resolve?.(init.signal, address) ?? lookUp(host, searchParams.get('type') ?? '')
    }
    const host = hosts.get(hostname)
    if (host === undefined) throw new TypeError(`nobody is at ${address}`)
    host.asked += 1
    host.requests.push(init)
    const response = await host.answer(init.signal, address)
    const location = response.headers.get('Location')
    // As the real one does where it is not told otherwise.
    return location !== null && init.redirect !== 'manual' ? ask(location, init) : response
  }
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) =>
    ask(input instanceof Request ? input.url : input.toString(), init ?? {}),
  )
  return asked
}

const lookUp = (host: Host | undefined, type: string): Response => {
  if (host === undefined) return Response.json({ Status: 3 })
  const { name, addresses } = host
  const ofType = addresses.filter((address) => address.includes(':') === (type === 'AAAA'))
  // Names lead to other names first, as they do at every large host.
  const alias = { name, type: TYPES['CNAME'], data: `edge.${name}.` }
  const answers = ofType.map((data) => ({ name: alias.data, type: TYPES[type], data }))
  return Response.json({ Status: 0, Answer: [alias, ...answers] })
}
