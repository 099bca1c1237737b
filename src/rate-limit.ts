// The outer ring against floods: Cloudflare's rate-limit bindings, which are cheap and lenient.
// What must be exact is counted in the objects.
import { MINUTE } from './durations.ts'

/** How long a client that met a limit should wait: the period of every limit in wrangler.toml. */
export const LIMIT_PERIOD_MS = 1 * MINUTE

/** Counts a request from its address under `name`, and says whether it may go on. */
export const isWithinLimit = async (
  limit: RateLimit,
  request: Request,
  name: string,
): Promise<boolean> => (await limit.limit({ key: `${name} ${networkOf(request)}` })).success

// Whoever has one IPv6 address has the 2^64 of its network.
const networkOf = (request: Request): string => {
  const address = request.headers.get('CF-Connecting-IP') ?? ''
  // `::ffff:192.0.2.1` is an IPv4 address.
  return address.includes(':') && !address.includes('.') ? ipv6Network(address) : address
}

const ipv6Network = (address: string): string => {
  const [head = '', tail = ''] = address.split('::')
  const left = head.split(':').filter((group) => group !== '')
  const right = tail.split(':').filter((group) => group !== '')
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
