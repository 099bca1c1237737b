// What every endpoint is given: the request, and what it needs to answer.
import type { Client } from '../clients.ts'
import type { Config } from '../config.ts'
import type { Parameters } from './parameters.ts'

export interface Exchange {
  readonly request: Request
  /** When it came, before anything was asked of anybody. */
  readonly arrivedAtMs: number
  readonly env: Cloudflare.Env
  readonly config: Config
  /** The issuer identifier, whose endpoint this is. */
  readonly issuer: string
  /** Go onto the answer, also if it is a refusal. */
  readonly headers: Map<string, string>
}

/** A grant that an authenticated client asks for at the token endpoint. */
export interface TokenRequest {
  readonly exchange: Exchange
  readonly client: Client
  readonly parameters: Parameters
}
