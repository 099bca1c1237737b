// What every endpoint for machines shares: errors as JSON, no-store, TLS, and the methods that it has.
import type { Context, MiddlewareHandler } from 'hono'
import { type Config, STRICT_TRANSPORT_SECURITY, issuerFor } from '../config.ts'
import { isLoopback } from '../loopback.ts'
import { OAuthError, renderError } from './errors.ts'
import type { Exchange } from './exchange.ts'

export type Environment = { Bindings: Cloudflare.Env }
export type Middleware = MiddlewareHandler<Environment>
export type Endpoint = (exchange: Exchange) => Response | Promise<Response>
export type Fields = Readonly<Record<string, string>>

/** RFC 6749 §5.1; the second header is for caches of HTTP/1.0, and RFC 6749 asks for it. */
export const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

/** What an endpoint is given of a request. */
export const exchangeOf = (context: Context<Environment>, config: Config): Exchange => ({
  request: context.req.raw,
  arrivedAtMs: Date.now(),
  env: context.env,
  config,
  issuer: issuerFor(config, context.req.url),
  headers: new Map(),
})

/** The answer of an endpoint, or what it throws as one; `allowed` is for methods that it has not. */
export const answer = async (
  methods: readonly string[],
  allowed: readonly string[],
  endpoint: Endpoint,
  exchange: Exchange,
): Promise<Response> => {
  let response: Response
  try {
    requireTls(exchange.request)
    const { method } = exchange.request
    if (!methods.includes(method === 'HEAD' ? 'GET' : method)) throw notAllowed(allowed)
    response = await endpoint(exchange)
  } catch (error) {
    response = renderError(error)
  }
  for (const [name, value] of exchange.headers) response.headers.set(name, value)
  return response
}

/**
 * The response with what all have, and `more`. Set by hand and not by a chain of middleware, each of
 * which would copy the response: devices poll.
 */
export const withHeaders = (response: Response, request: Request, more: Fields): Response => {
  const { headers } = response
  for (const [name, value] of Object.entries(more)) headers.set(name, value)
  headers.set('X-Content-Type-Options', 'nosniff')
  if (request.url.startsWith('https:'))
    headers.set('Strict-Transport-Security', STRICT_TRANSPORT_SECURITY)
  return response
}

/** The same for what a middleware answers by itself, as CORS does (the Fetch standard, §3.3). */
export const decorated =
  (middleware: Middleware, more: Fields): Middleware =>
  async (context, next) => {
    const response = await middleware(context, next)
    return response instanceof Response ? withHeaders(response, context.req.raw, more) : response
  }

// Refused and not redirected: what came has already travelled in the clear (RFC 6749 §1.6).
const requireTls = (request: Request): void => {
  const { protocol, hostname } = new URL(request.url)
  if (protocol === 'http:' && !isLoopback(hostname))
    throw new OAuthError('invalid_request', 'Use https', { status: 403 })
}

// RFC 9110 §15.5.6.
const notAllowed = (methods: readonly string[]): OAuthError =>
  new OAuthError('invalid_request', 'This method is not allowed here', {
    status: 405,
    headers: { Allow: methods.join(', ') },
  })
