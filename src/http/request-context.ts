// What every endpoint is given: the request, and what it needs to answer.
import type { Client } from '../config/clients.ts'
import type { Config } from '../config/config.ts'
import type { OneTimeValues } from './one-time-values.ts'
import type { Parameters } from './parameters.ts'

export interface RequestContext {
  readonly request: Request
  /** When it came, before anything was asked of anybody. */
  readonly arrivedAtMs: number
  readonly env: Cloudflare.Env
  readonly config: Config
  /** The issuer identifier, whose endpoint this is. */
  readonly issuer: string
  /** Does what nobody waits for, when the answer is on its way. What it throws is logged. */
  readonly afterwards: (work: () => Promise<void>) => void
  /** Collected while the request is checked; to be used before an object is asked. */
  readonly oneTimeValues: OneTimeValues
  /** Go onto the answer, also if it is a refusal. */
  readonly headers: Map<string, string>
}

/** A grant that an authenticated client asks for at the token endpoint. */
export interface TokenRequest {
  readonly exchange: RequestContext
  readonly client: Client
  readonly parameters: Parameters
}
