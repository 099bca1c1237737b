// How much we ask of hosts that others name. Each is counted by asking whether one more request may be.
import { isWithinLimit } from './rate-limit.ts'

export interface OutboundLimits {
  /** By the host's name, before anything is looked up. */
  readonly host: (hostname: string) => Promise<boolean>
  /** By each network that the name leads to, where names are free to have. */
  readonly network?: (network: string) => Promise<boolean>
}

/** Who named an address, and has us ask there. */
export interface Asker {
  readonly env: Cloudflare.Env
  readonly request: Request
}

/** For what the operator named: strangers may name the same host and use up nothing here. */
export const operatorsLimits = (env: Cloudflare.Env): OutboundLimits => ({
  host: (hostname) => isWithin(env.OUTBOUND_LIMIT, `trusted ${hostname}`),
})

/** For what strangers name. */
export const strangersLimits = ({ env, request }: Asker): OutboundLimits => ({
  ...hostLimits(env),
  host: async (hostname) =>
    (await isWithinLimit(env, 'OUTBOUND_ASKER_LIMIT', request, 'fetch')) &&
    hostLimits(env).host(hostname),
})

/** For hosts that an account names. */
export const hostLimits = (env: Cloudflare.Env): OutboundLimits => ({
  host: (hostname) => isWithin(env.OUTBOUND_LIMIT, hostname),
  network: (network) => isWithin(env.OUTBOUND_NETWORK_LIMIT, network),
})

/** For the push services that browsers have. */
export const pushServiceLimits = (env: Cloudflare.Env): OutboundLimits => ({
  host: (hostname) => isWithin(env.PUSH_LIMIT, hostname),
})

const isWithin = async (limit: RateLimit, key: string): Promise<boolean> =>
  (await limit.limit({ key })).success
