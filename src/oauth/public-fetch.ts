// Fetching what a client published: over https, from a host on the public internet, and never much.
// Whoever names an address for us to fetch must not reach with it what only we can reach. What the
// operator names is fetched as carefully, from wherever it is.
import { isUtf8 } from 'node:buffer'
import ipaddr from 'ipaddr.js'
import { readAtMost } from './body.ts'

const TIMEOUT_MS = 5000
const RESOLVER = 'https://cloudflare-dns.com/dns-query'
const RECORD_TYPES = { A: 1, AAAA: 28 } as const

/** Why a document cannot be had. */
export class NotFetched extends Error {
  override readonly name = 'NotFetched'
  /** It may be there the next time: nothing was wrong with the address or with what came. */
  readonly isTransient: boolean

  constructor(message: string, { isTransient }: { isTransient: boolean }) {
    super(message)
    this.isTransient = isTransient
  }
}

const refused = (message: string) => new NotFetched(message, { isTransient: false })
const unreachable = (message: string) => new NotFetched(message, { isTransient: true })

export interface Fetched {
  readonly text: string
  readonly headers: Headers
}

interface Wanted {
  readonly accept: string
  readonly maxBytes: number
}

/**
 * The document at `address`, of no more than `maxBytes` bytes. Throws NotFetched for anything but a
 * 200 within five seconds: redirects lead elsewhere, so they are not followed.
 */
export const fetchPublic = async (
  env: Cloudflare.Env,
  address: string,
  wanted: Wanted,
): Promise<Fetched> => {
  const { protocol, username, password } = new URL(address)
  if (protocol !== 'https:' || username !== '' || password !== '')
    throw refused('only plain https addresses are fetched')
  return fetchFrom(env, address, wanted, requirePublicHost)
}

/** The same, from a host that the operator named: that one may be anywhere. */
export const fetchTrusted = (
  env: Cloudflare.Env,
  address: string,
  wanted: Wanted,
): Promise<Fetched> => fetchFrom(env, address, wanted, async () => {})

const fetchFrom = async (
  env: Cloudflare.Env,
  address: string,
  { accept, maxBytes }: Wanted,
  requireHost: (hostname: string, signal: AbortSignal) => Promise<void>,
): Promise<Fetched> => {
  const { hostname } = new URL(address)
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const { success } = await env.OUTBOUND_LIMIT.limit({ key: hostname })
    if (!success) throw unreachable('this host was asked too often')
    await requireHost(hostname, signal)
    const response = await fetch(address, {
      headers: { Accept: accept },
      redirect: 'manual',
      signal,
    })
    if (response.status >= 500 || [408, 429].includes(response.status))
      throw unreachable('the host cannot answer now')
    if (response.status !== 200) throw refused('the answer is not 200')
    const body = await readAtMost(response.body, maxBytes)
    if (body === undefined) throw refused(`the answer is larger than ${maxBytes} bytes`)
    if (!isUtf8(body)) throw refused('the answer is not UTF-8')
    return { text: new TextDecoder().decode(body), headers: response.headers }
  } catch (error) {
    if (error instanceof NotFetched) throw error
    throw unreachable('the host does not answer')
  }
}

// Workers cannot say which address they will connect to, so the name is looked up first. What it
// leads to may change in between; that Cloudflare's network has no way inwards, and that we ask our
// own zone by its front door (global_fetch_strictly_public), is the other half.
const requirePublicHost = async (hostname: string, signal: AbortSignal): Promise<void> => {
  if (hostname.startsWith('[') || ipaddr.isValid(hostname))
    throw refused('the host must be a name, not an address')
  const addresses = await Promise.all([
    lookUp(hostname, 'A', signal),
    lookUp(hostname, 'AAAA', signal),
  ])
  const all = addresses.flat()
  if (all.length === 0) throw refused('the host has no address')
  if (!all.every(isPublic)) throw refused('the host is not on the public internet')
}

const isPublic = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'

// RFC 8484 over the JSON form that Cloudflare's resolver speaks.
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
  // RFC 1035 §4.1.1: no error, or no such name; anything else is the resolver's trouble.
  if (status !== 0 && status !== 3) throw unreachable('the resolver cannot say')
  return answers.filter((answer) => answer.type === RECORD_TYPES[type]).map(({ data }) => data)
}
