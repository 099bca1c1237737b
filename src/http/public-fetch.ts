// Fetches addresses that others name: over https, from a host on the public internet, within limits. An
// address must not reach a host that only this server can reach. Addresses of the operator get the same
// care, wherever their host is.
import { isUtf8 } from 'node:buffer'
import ipaddr from 'ipaddr.js'
import { readAtMost } from './body.ts'
import { isLoopback } from '../config/loopback.ts'
import {
  type Asker,
  type OutboundLimits,
  operatorsLimits,
  strangersLimits,
} from './outbound-limits.ts'
import { networkOfAddress } from '../sender/location.ts'

const TIMEOUT_MS = 5000
const RESOLVER = 'https://cloudflare-dns.com/dns-query'
const RECORD_TYPES = { A: 1, AAAA: 28 } as const
/** No host has more, and each network is counted. */
const MAX_NETWORKS = 16

/** The reason why a document was not fetched. */
export class NotFetched extends Error {
  override readonly name = 'NotFetched'
  /** The next attempt may succeed: the address and the answer were not at fault. */
  readonly isTransient: boolean
  /** A limit of this server kept it from asking: its sender's own, or that of the host. */
  readonly limit: 'asker' | 'host' | undefined

  constructor(
    message: string,
    { isTransient, limit }: { isTransient: boolean; limit?: 'asker' | 'host' },
  ) {
    super(message)
    this.isTransient = isTransient
    this.limit = limit
  }
}

const refused = (message: string) => new NotFetched(message, { isTransient: false })
const unreachable = (message: string) => new NotFetched(message, { isTransient: true })
const limited = (limit: 'asker' | 'host') =>
  new NotFetched('too many requests to this host', { isTransient: true, limit })

export interface Fetched {
  readonly text: string
  readonly headers: Headers
}

/** An address that others name, with its limits. */
interface Target {
  readonly address: string
  readonly limits: OutboundLimits
  /** For local trials: addresses of this machine are allowed. */
  readonly allowsLoopback?: boolean
  /** The operator named it: its host may be anywhere. */
  readonly isTrusted?: boolean
}

interface Wanted {
  readonly accept: string
  readonly maxBytes: number
}

/**
 * The document at `address`, of no more than `maxBytes` bytes. Throws NotFetched for anything but a
 * 200 within five seconds: redirects lead elsewhere, so they are not followed.
 */
export const fetchPublic = (asker: Asker, address: string, wanted: Wanted): Promise<Fetched> =>
  fetchDocument({ address, limits: strangersLimits(asker) }, wanted)

/** The same for an address that the operator listed, with a quota that strangers cannot exhaust. */
export const fetchListed = (
  env: Cloudflare.Env,
  address: string,
  wanted: Wanted,
): Promise<Fetched> => fetchDocument({ address, limits: operatorsLimits(env) }, wanted)

/** The same, with its host anywhere. */
export const fetchTrusted = (
  env: Cloudflare.Env,
  address: string,
  wanted: Wanted,
): Promise<Fetched> =>
  fetchDocument({ address, limits: operatorsLimits(env), isTrusted: true }, wanted)

/** Posts under the same conditions. Returns the status, and does not read the body. */
export const postPublic = (
  target: Target,
  { headers, body }: { headers: Readonly<Record<string, string>>; body: Uint8Array },
): Promise<number> =>
  request(target, { method: 'POST', headers, body }, async (response) => {
    await response.body?.cancel()
    return response.status
  })

const fetchDocument = (target: Target, { accept, maxBytes }: Wanted): Promise<Fetched> =>
  request(target, { headers: { Accept: accept } }, async (response) => {
    if (response.status >= 500 || [408, 429].includes(response.status))
      throw unreachable('the host is unavailable')
    if (response.status !== 200) throw refused('the answer is not 200')
    const body = await readAtMost(response.body, maxBytes)
    if (body === undefined) throw refused(`the answer is larger than ${maxBytes} bytes`)
    if (!isUtf8(body)) throw refused('the answer is not UTF-8')
    return { text: new TextDecoder().decode(body), headers: response.headers }
  })

const request = async <Answer>(
  { address, limits, allowsLoopback = false, isTrusted = false }: Target,
  init: RequestInit,
  read: (response: Response) => Promise<Answer>,
): Promise<Answer> => {
  const { protocol, hostname, username, password } = new URL(address)
  const isFree = isTrusted || (allowsLoopback && isLoopback(hostname))
  if ((protocol !== 'https:' && !isFree) || username !== '' || password !== '')
    throw refused('only plain https addresses are fetched')
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    if (limits.asker !== undefined && !(await limits.asker())) throw limited('asker')
    if (!(await limits.host(hostname))) throw limited('host')
    if (!isFree) await requireQuietNetworks(await requirePublicHost(hostname, signal), limits)
    return await read(await fetch(address, { ...init, redirect: 'manual', signal }))
  } catch (error) {
    if (error instanceof NotFetched) throw error
    throw unreachable('the host does not answer')
  }
}

// Names for one address are free, and each would count as a separate host.
const requireQuietNetworks = async (
  networks: ReadonlySet<string>,
  { network: mayAsk }: OutboundLimits,
): Promise<void> => {
  if (mayAsk === undefined) return
  if (networks.size > MAX_NETWORKS) throw refused('the host has too many addresses')
  const answers = await Promise.all([...networks].map((network) => mayAsk(network)))
  if (answers.includes(false)) throw limited('host')
}

// A Worker cannot choose the address that it connects to, so the name is looked up first. The answer
// may change in between; the other half of the defence is that Cloudflare's network has no way inwards,
// and that requests to our own zone enter by its front door (global_fetch_strictly_public).
const requirePublicHost = async (
  hostname: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  if (hostname.startsWith('[') || ipaddr.isValid(hostname))
    throw refused('the host must be a name, not an address')
  // Checked by name, since a resolver may give it a public address.
  if (isLoopback(hostname)) throw refused('the host is this machine')
  const addresses = await Promise.all([
    lookUp(hostname, 'A', signal),
    lookUp(hostname, 'AAAA', signal),
  ])
  const all = addresses.flat()
  if (all.length === 0) throw refused('the host has no address')
  if (!all.every(isPublic)) throw refused('the host is not on the public internet')
  return new Set(all.map((address) => networkOfAddress(ipaddr.process(address))))
}

const isPublic = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'

// DNS over HTTPS, in the JSON form of Cloudflare's resolver.
const lookUp = async (
  hostname: string,
  type: keyof typeof RECORD_TYPES,
  signal: AbortSignal,
): Promise<string[]> => {
  const response = await fetch(`${RESOLVER}?name=${encodeURIComponent(hostname)}&type=${type}`, {
    headers: { Accept: 'application/dns-json' },
    signal,
  })
  if (response.status !== 200) throw unreachable('the resolver does not answer')
  const { Status: status, Answer: answers = [] } = await response.json<{
    Status: number
    Answer?: { type: number; data: string }[]
  }>()
  // RFC 1035 §4.1.1: 0 is no error, 3 is no such name; all else is a failure of the resolver.
  if (status !== 0 && status !== 3) throw unreachable('the resolver failed')
  return answers.filter((answer) => answer.type === RECORD_TYPES[type]).map(({ data }) => data)
}
