// The request of an endpoint, with everything needed to answer it.
import type { Client } from '../config/clients.ts'
import type { Config } from '../config/config.ts'
import type { OneTimeValues } from './one-time-values.ts'
import type { Parameters } from './parameters.ts'

export interface RequestContext {
  readonly request: Request
  /** The time of arrival, before any call to an object. */
  readonly arrivedAtMs: number
  readonly env: Cloudflare.Env
  readonly config: Config
  /** The issuer identifier of this endpoint. */
  readonly issuer: string
  /** Runs `work` after the answer. Logs an error that it throws. */
  readonly afterwards: (work: () => Promise<void>) => void
  /** Collected during the checks; used before the first call to an object. */
  readonly oneTimeValues: OneTimeValues
  /** Headers for the response, errors included. */
  readonly headers: Map<string, string>
}

/** A token request of an authenticated client. */
export interface TokenRequest {
  readonly context: RequestContext
  readonly client: Client
  readonly parameters: Parameters
}
