// What every endpoint for machines shares: errors as JSON, no-store, TLS, and the methods that it has.
import type { Context, MiddlewareHandler } from 'hono'
import { type Config, STRICT_TRANSPORT_SECURITY, issuerFor } from '../config.ts'
import { isLoopback } from '../loopback.ts'
import { OAuthError, renderError } from './errors.ts'
import type { Exchange } from './exchange.ts'

export type Environment = { Bindings: Cloudflare.Env }
export type Middleware = MiddlewareHandler<Environment>
export type Endpoint = (exchange: Exchange) => Response | Promise<Response>

/** What an endpoint is given of a request. */
export const exchangeOf = (context: Context<Environment>, config: Config): Exchange => ({
  request: context.req.raw,
  arrivedAtMs: Date.now(),
  env: context.env,
  config,
  issuer: issuerFor(config, context.req.url),
  headers: new Headers(),
})

/** The answer of an endpoint, or what it throws as one. */
export const answer = async (endpoint: Endpoint, exchange: Exchange): Promise<Response> => {
  let response: Response
  try {
    response = await endpoint(exchange)
  } catch (error) {
    response = renderError(error)
  }
  for (const [name, value] of exchange.headers) response.headers.set(name, value)
  return response
}

export const sharedHeaders: Middleware = async (context, next) => {
  await next()
  context.header('X-Content-Type-Options', 'nosniff')
  if (new URL(context.req.url).protocol === 'https:')
    context.header('Strict-Transport-Security', STRICT_TRANSPORT_SECURITY)
}

/** RFC 6749 §5.1; the second header is for caches of HTTP/1.0, and RFC 6749 asks for it. */
export const noStore: Middleware = async (context, next) => {
  await next()
  context.header('Cache-Control', 'no-store')
  context.header('Pragma', 'no-cache')
}

/** Refused and not redirected: what came has already travelled in the clear (RFC 6749 §1.6). */
export const requireTls: Middleware = async (context, next) => {
  const { protocol, hostname } = new URL(context.req.url)
  if (protocol === 'http:' && !isLoopback(hostname))
    throw new OAuthError('invalid_request', 'Use https', { status: 403 })
  await next()
}

/** RFC 9110 §15.5.6. */
export const notAllowed = (methods: readonly string[]): never => {
  throw new OAuthError('invalid_request', 'This method is not allowed here', {
    status: 405,
    headers: { Allow: methods.join(', ') },
  })
}
