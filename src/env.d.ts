// The bindings of wrangler.toml. Variables are parsed by config/config.ts, so they are not listed here.
import type worker from './index.ts'
import type {
  Account,
  ClientRecord,
  DeviceAuthorization,
  Keyring,
  Login,
  ReplayGuard,
} from './objects/index.ts'

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: { default: typeof worker }
    }
    interface Env {
      readonly DEVICE_AUTHORIZATION: DurableObjectNamespace<DeviceAuthorization>
      readonly ACCOUNT: DurableObjectNamespace<Account>
      readonly CLIENT_RECORD: DurableObjectNamespace<ClientRecord>
      readonly LOGIN: DurableObjectNamespace<Login>
      readonly KEYRING: DurableObjectNamespace<Keyring>
      readonly REPLAY_GUARD: DurableObjectNamespace<ReplayGuard>
      readonly ASSETS: Fetcher
      readonly START_LIMIT: RateLimit
      readonly START_ADDRESS_LIMIT: RateLimit
      readonly POLL_LIMIT: RateLimit
      readonly TOKEN_LIMIT: RateLimit
      readonly NEW_ACCOUNT_LIMIT: RateLimit
      readonly SECRET_LIMIT: RateLimit
      readonly PERSON_LIMIT: RateLimit
      readonly NETWORK_LIMIT: RateLimit
      readonly NETWORK_TOKEN_LIMIT: RateLimit
      readonly NETWORK_ACCOUNT_LIMIT: RateLimit
      readonly EVERYONE_LIMIT: RateLimit
      readonly OUTBOUND_LIMIT: RateLimit
      readonly OUTBOUND_ASKER_LIMIT: RateLimit
      readonly OUTBOUND_NETWORK_LIMIT: RateLimit
      readonly PUSH_LIMIT: RateLimit
    }
  }
}
