// The Worker: mounts what devices talk to and what people see, and exports the object classes.
import { env } from 'cloudflare:workers'
import { createApp } from './app.ts'
import { parseConfig } from './config/config.ts'
import { DEMO } from './demo/worker/client.ts'

export {
  Account,
  ClientRecord,
  DeviceAuthorization,
  Keyring,
  Login,
  ReplayGuard,
} from './objects/index.ts'

// At start, not at the first request: a mistake in the settings shows before anybody meets it.
export default createApp(parseConfig(env, DEMO))
