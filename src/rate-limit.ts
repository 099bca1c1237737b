// The outer ring against floods: Cloudflare's rate-limit bindings, which are cheap and lenient.
// What must be exact is counted in the objects.
import { MINUTE } from './durations.ts'
import { networkOf } from './whereabouts.ts'

/** How long a client that met a limit should wait: the period of every limit in wrangler.toml. */
export const LIMIT_PERIOD_MS = 1 * MINUTE

/** Counts a request from its address under `name`, and says whether it may go on. */
export const isWithinLimit = async (
  limit: RateLimit,
  request: Request,
  name: string,
): Promise<boolean> => (await limit.limit({ key: `${name} ${networkOf(request) ?? ''}` })).success
