// The rate-limit bindings of wrangler.toml. An operator who upgrades with an older wrangler.toml lacks the
// new ones, and a limit that is missing must not show only when it is needed.
import { ConfigError } from './config.ts'

type RateLimitName = {
  [Name in keyof Cloudflare.Env]: Cloudflare.Env[Name] extends RateLimit ? Name : never
}[keyof Cloudflare.Env]

const RATE_LIMITS = {
  START_LIMIT: true,
  START_ADDRESS_LIMIT: true,
  POLL_LIMIT: true,
  TOKEN_LIMIT: true,
  NEW_ACCOUNT_LIMIT: true,
  SECRET_LIMIT: true,
  PERSON_LIMIT: true,
  NETWORK_LIMIT: true,
  NETWORK_TOKEN_LIMIT: true,
  NETWORK_ACCOUNT_LIMIT: true,
  EVERYONE_LIMIT: true,
  OUTBOUND_LIMIT: true,
  OUTBOUND_ASKER_LIMIT: true,
  OUTBOUND_NETWORK_LIMIT: true,
  PUSH_LIMIT: true,
} as const satisfies Record<RateLimitName, true>

/** Throws a ConfigError that names every rate-limit binding that is missing. */
export const requireRateLimits = (environment: object): void => {
  const missing = Object.keys(RATE_LIMITS).filter(
    (name) => Reflect.get(environment, name) === undefined,
  )
  if (missing.length > 0)
    throw new ConfigError(
      missing.map((name) => `${name}: this rate limit is missing in ratelimits`),
    )
}
