// The Worker's entry: parses the settings, and exports the app and the Durable Object classes.
import { env } from 'cloudflare:workers'
import { createApp } from './app.ts'
import { parseConfig } from './config/config.ts'
import { requireRateLimits } from './config/rate-limits.ts'
import { DEMO } from './demo/worker/client.ts'

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
export default createApp(parseConfig(env, DEMO))
