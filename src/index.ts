// The Worker's entry: parses the settings, and exports the app and the Durable Object classes.
import { env } from 'cloudflare:workers'
import { createApp } from './app.ts'
import { configWarnings, parseConfig } from './config/config.ts'
import { requireRateLimits } from './config/rate-limits.ts'
import { DEMO } from './demo/worker/client.ts'
import { logEvent } from './http/log.ts'

export {
  Account,
  ClientRecord,
  DeviceAuthorization,
  Keyring,
  Login,
  ReplayGuard,
} from './objects/index.ts'

requireRateLimits(env)

// Parsed at start, so that invalid settings fail the deployment and not the first request.
const config = parseConfig(env, DEMO)
for (const problem of configWarnings(config)) logEvent('config.warning', { problem })

export default createApp(config)
