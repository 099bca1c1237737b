// The outer rings against floods: Cloudflare's rate-limit bindings, which are cheap and lenient.
// What must be exact is counted in the objects.
import { MINUTE } from '../durations.ts'
import { networkOf, widerNetworkOf } from '../sender/location.ts'

/** How long a client that met a limit should wait: the period of every limit in wrangler.toml. */
export const LIMIT_PERIOD_MS = 1 * MINUTE

/**
 * The limits per address, each with the one that counts the /48 around an IPv6 address: a line at home
 * has one /64 or a few hundred, but 65,536 of them are to be had for nothing.
 */
const WIDER = {
  START_LIMIT: 'NETWORK_LIMIT',
  START_ADDRESS_LIMIT: 'NETWORK_LIMIT',
  SECRET_LIMIT: 'NETWORK_LIMIT',
  PERSON_LIMIT: 'NETWORK_LIMIT',
  TOKEN_LIMIT: 'NETWORK_TOKEN_LIMIT',
  NEW_ACCOUNT_LIMIT: 'NETWORK_ACCOUNT_LIMIT',
  OUTBOUND_ASKER_LIMIT: 'NETWORK_LIMIT',
} as const

/** Counts a request from its address under `name`, and says whether it may go on. */
export const isWithinLimit = async (
  env: Cloudflare.Env,
  limit: keyof typeof WIDER,
  request: Request,
  name: string,
): Promise<boolean> => {
  const first = await env[limit].limit({ key: `${name} ${networkOf(request) ?? ''}` })
  const wider = first.success ? widerNetworkOf(request) : undefined
  if (wider === undefined) return first.success
  const second = await env[WIDER[limit]].limit({ key: `${limit} ${name} ${wider}` })
  return second.success
}

/** Counts what everyone does together, and says whether that is more than is usual. */
export const isCrowded = async (
  env: Cloudflare.Env,
  what: 'wrong code' | 'new account',
): Promise<boolean> => !(await env.EVERYONE_LIMIT.limit({ key: what })).success
