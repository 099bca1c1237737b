// Shared by every JSON endpoint: errors as JSON, no-store, TLS and allowed methods.
import type { Context } from 'hono'
import { type Config, issuerFor } from '../config/config.ts'
import { STRICT_TRANSPORT_SECURITY } from '../config/limits.ts'
import { logFailure } from './log.ts'
import { isLoopback } from '../config/loopback.ts'
import { OAuthError, renderError } from './errors.ts'
import type { RequestContext } from './request-context.ts'
import { OneTimeValues } from './one-time-values.ts'

export type Environment = { Bindings: Cloudflare.Env }
export type Endpoint = (context: RequestContext) => Response | Promise<Response>

/** Headers by their names. */
export type Fields = Readonly<Record<string, string>>

/** Everything an endpoint needs of a request. */
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
  // Only after the answer: the time that this takes reveals its findings.
  await scheduler.wait(0)
  await work().catch(logFailure)
}

/** The answer of an endpoint with these methods; an error that it throws becomes an error response. */
export const answer = async (
  methods: readonly string[],
  endpoint: Endpoint,
  context: RequestContext,
  { protocol, hostname }: URL,
): Promise<Response> => {
  let response: Response
  try {
    // Refused instead of redirected: the credentials have already travelled in the clear (RFC 6749 §1.6).
    if (protocol === 'http:' && !isLoopback(hostname))
      throw new OAuthError('invalid_request', 'Use https instead of http', { status: 403 })
    const { method } = context.request
    if (method === 'OPTIONS' || !methods.includes(method === 'HEAD' ? 'GET' : method))
      throw notAllowed(methods)
    response = await endpoint(context)
    if (response.ok && !context.oneTimeValues.areUsed)
      throw new Error('the endpoint did not use its one-time values')
  } catch (error) {
    response = renderError(error)
  }
  for (const [name, value] of context.headers) response.headers.set(name, value)
  return response
}

/** RFC 6749 §5.1 requires both; `Pragma` serves HTTP/1.0 caches. */
export const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

/** Adds the headers that all responses share, and `more` of one endpoint. */
export const withHeaders = (response: Response, { protocol }: URL, more: Fields): Response => {
  response.headers.set('X-Content-Type-Options', 'nosniff')
  for (const [name, value] of Object.entries(more)) response.headers.set(name, value)
  if (protocol === 'https:')
    response.headers.set('Strict-Transport-Security', STRICT_TRANSPORT_SECURITY)
  return response
}

const notAllowed = (methods: readonly string[]): OAuthError =>
  new OAuthError('invalid_request', 'The HTTP method is not allowed here', {
    status: 405,
    headers: { Allow: methods.join(', ') },
  })
