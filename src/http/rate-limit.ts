// The outer rings against floods: Cloudflare's rate-limit bindings, which are cheap and lenient.
// The objects do all exact counting.
import { MINUTE } from '../durations.ts'
import { logFailure } from './log.ts'
import { networkOf, widerNetworkOf } from '../sender/location.ts'

/** The wait of a client that met a limit: the period of every limit in wrangler.toml. */
export const LIMIT_PERIOD_MS = 1 * MINUTE

/**
 * Each limit per address with the limit for the /48 around an IPv6 address: a home line has one /64 or
 * a few hundred, but 65,536 of them cost nothing.
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

/** Counts a request from its address under `name`; false if it is over the limit. */
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

/**
 * Counts an event over all users; true if it is more frequent than usual. True as well if the limit does
 * not answer: that makes people wait, and must not keep an event from being counted elsewhere.
 */
export const isCrowded = async (
  env: Cloudflare.Env,
  what: 'wrong code' | 'new account',
): Promise<boolean> => {
  try {
    return !(await env.EVERYONE_LIMIT.limit({ key: what })).success
  } catch (error) {
    logFailure(error)
    return true
  }
}
