// What every endpoint for machines shares: errors as JSON, no-store, TLS, and the methods that it has.
import type { Context } from 'hono'
import { type Config, issuerFor } from '../config/config.ts'
import { STRICT_TRANSPORT_SECURITY } from '../config/limits.ts'
import { logFailure } from './failure-log.ts'
import { isLoopback } from '../loopback.ts'
import { OAuthError, renderError } from './errors.ts'
import type { RequestContext } from './request-context.ts'
import { OneTimeValues } from './one-time-values.ts'

export type Environment = { Bindings: Cloudflare.Env }
export type Endpoint = (exchange: RequestContext) => Response | Promise<Response>

/** Headers by their names. */
export type Fields = Readonly<Record<string, string>>

/** What an endpoint is given of a request. */
export const requestContextOf = (
  context: Context<Environment>,
  config: Config,
): RequestContext => ({
  request: context.req.raw,
  arrivedAtMs: Date.now(),
  env: context.env,
  config,
  issuer: issuerFor(config, context.req.url),
  afterwards: (work) => context.executionCtx.waitUntil(logged(work)),
  oneTimeValues: new OneTimeValues(),
  headers: new Map(),
})

const logged = async (work: () => Promise<void>): Promise<void> => {
  // Not one step before the answer: how long this takes tells what it finds.
  await scheduler.wait(0)
  await work().catch(logFailure)
}

/** The answer of an endpoint that has these methods, or what it throws as one. */
export const answer = async (
  methods: readonly string[],
  endpoint: Endpoint,
  exchange: RequestContext,
  { protocol, hostname }: URL,
): Promise<Response> => {
  let response: Response
  try {
    // Refused and not redirected: the credentials have already travelled in the clear (RFC 6749 §1.6).
    if (protocol === 'http:' && !isLoopback(hostname))
      throw new OAuthError('invalid_request', 'Use https', { status: 403 })
    const { method } = exchange.request
    if (method === 'OPTIONS' || !methods.includes(method === 'HEAD' ? 'GET' : method))
      throw notAllowed(methods)
    response = await endpoint(exchange)
    if (response.ok && !exchange.oneTimeValues.areUsed)
      throw new Error('an endpoint did not use the one-time values up')
  } catch (error) {
    response = renderError(error)
  }
  for (const [name, value] of exchange.headers) response.headers.set(name, value)
  return response
}

/** RFC 6749 §5.1; the second header is for caches of HTTP/1.0, and RFC 6749 asks for it. */
export const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

/** An answer with the headers that all have, and those of its endpoint. */
export const withHeaders = (response: Response, { protocol }: URL, more: Fields): Response => {
  response.headers.set('X-Content-Type-Options', 'nosniff')
  for (const [name, value] of Object.entries(more)) response.headers.set(name, value)
  if (protocol === 'https:')
    response.headers.set('Strict-Transport-Security', STRICT_TRANSPORT_SECURITY)
  return response
}

const notAllowed = (methods: readonly string[]): OAuthError =>
  new OAuthError('invalid_request', 'This method is not allowed here', {
    status: 405,
    headers: { Allow: methods.join(', ') },
  })
