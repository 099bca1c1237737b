// Limits of requests to hosts that others name. Asking whether one more is allowed counts it.
import { isWithinLimit } from './rate-limit.ts'

export interface OutboundLimits {
  /** By the sender of the request that names the host. */
  readonly asker?: () => Promise<boolean>
  /** By host name, before its DNS lookup. */
  readonly host: (hostname: string) => Promise<boolean>
  /** By each network that the name resolves to, where names cost nothing. */
  readonly network?: (network: string) => Promise<boolean>
}

/** The request that names an address: its sender is counted. */
export interface Asker {
  readonly env: Cloudflare.Env
  readonly request: Request
}

/** Separate keys for hosts of the operator, so that strangers cannot exhaust their quota. */
export const operatorsLimits = (env: Cloudflare.Env): OutboundLimits => ({
  host: (hostname) => isWithin(env.OUTBOUND_LIMIT, `trusted ${hostname}`),
})

/** For hosts that strangers name. */
export const strangersLimits = ({ env, request }: Asker): OutboundLimits => ({
  ...hostLimits(env),
  asker: () => isWithinLimit(env, 'OUTBOUND_ASKER_LIMIT', request, 'fetch'),
})

/** For hosts that an account names. */
export const hostLimits = (env: Cloudflare.Env): OutboundLimits => ({
  host: (hostname) => isWithin(env.OUTBOUND_LIMIT, hostname),
  network: (network) => isWithin(env.OUTBOUND_NETWORK_LIMIT, network),
})

/** For the push services of browsers. */
export const pushServiceLimits = (env: Cloudflare.Env): OutboundLimits => ({
  host: (hostname) => isWithin(env.PUSH_LIMIT, hostname),
})

const isWithin = async (limit: RateLimit, key: string): Promise<boolean> =>
  (await limit.limit({ key })).success
