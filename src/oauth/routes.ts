// Every protocol path on one screen, with what they share: no-store, CORS, errors as JSON.
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { RETAINED_304_HEADERS, etag } from 'hono/etag'
import { type Config, STRICT_TRANSPORT_SECURITY, issuerFor } from '../config.ts'
import { logFailure } from '../failure-log.ts'
import { isLoopback } from '../loopback.ts'
import { deviceAuthorization } from './device-authorization.ts'
import { OAuthError, renderError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { introspect } from './introspect.ts'
import { jwks } from './jwks.ts'
import { metadata } from './metadata.ts'
import { qrPicture } from './qr.ts'
import { manageRegistration, register } from './register.ts'
import { revoke } from './revoke.ts'
import { token } from './token.ts'
import { userinfo } from './userinfo.ts'

type Environment = { Bindings: Cloudflare.Env }
type Endpoint = (exchange: Exchange) => Response | Promise<Response>

/** The endpoints for devices and resource servers. */
export const oauthRoutes = (config: Config): Hono<Environment> => {
  const routes = new Hono<Environment>()
  const base = config.basePath

  const serve = (methods: string[], path: string, endpoint: Endpoint, ...more: Middleware[]) => {
    const shared = [sharedHeaders, allowOrigins(methods), ...more, requireTls] as const
    routes.on(methods, path, ...shared, (context) => answer(endpoint, exchangeOf(context)))
    routes.all(path, ...shared, () => notAllowed(methods))
  }
  const exchangeOf = (context: Context<Environment>): Exchange => ({
    request: context.req.raw,
    arrivedAtMs: Date.now(),
    env: context.env,
    config,
    issuer: issuerFor(config, context.req.url),
    afterwards: (work) => context.executionCtx.waitUntil(logged(work)),
    headers: new Headers(),
  })

  serve(['POST'], `${base}/device_authorization`, deviceAuthorization, noStore)
  serve(['POST'], `${base}/token`, token, noStore)
  serve(['POST'], `${base}/revoke`, revoke, noStore)
  serve(['POST'], `${base}/introspect`, introspect, noStore)
  serve(['GET', 'POST'], `${base}/userinfo`, userinfo, noStore)
  serve(['GET'], `${base}/jwks.json`, jwks, revalidate)
  if (config.registrationTokenHash !== undefined) {
    serve(['POST'], `${base}/register`, register, noStore)
    serve(['GET', 'PUT', 'DELETE'], `${base}/register/:clientId`, manageRegistration, noStore)
  }
  // RFC 8414 §3.1 puts the issuer's path behind the well-known one, Discovery §4 before it.
  serve(['GET'], `/.well-known/oauth-authorization-server${base}`, metadata, revalidate)
  serve(['GET'], `${base}/.well-known/openid-configuration`, metadata, revalidate)
  serve(['GET'], `${base}/device/qr/:name`, qrPicture)

  routes.onError((error) => renderError(error))
  return routes
}

const logged = async (work: () => Promise<void>): Promise<void> => {
  // Not one step before the answer: how long this takes tells what it finds.
  await scheduler.wait(0)
  await work().catch(logFailure)
}

const answer = async (endpoint: Endpoint, exchange: Exchange): Promise<Response> => {
  let response: Response
  try {
    response = await endpoint(exchange)
  } catch (error) {
    response = renderError(error)
  }
  for (const [name, value] of exchange.headers) response.headers.set(name, value)
  return response
}

type Middleware = MiddlewareHandler<Environment>

const sharedHeaders: Middleware = async (context, next) => {
  await next()
  context.header('X-Content-Type-Options', 'nosniff')
  if (new URL(context.req.url).protocol === 'https:')
    context.header('Strict-Transport-Security', STRICT_TRANSPORT_SECURITY)
}

// RFC 6749 §5.1; the second header is for caches of HTTP/1.0, and RFC 6749 asks for it.
const noStore: Middleware = async (context, next) => {
  await next()
  context.header('Cache-Control', 'no-store')
  context.header('Pragma', 'no-cache')
}

// Television apps are often web pages. No cookie is ever read here, so any origin may ask.
const allowOrigins = (methods: string[]): Middleware =>
  cors({
    origin: '*',
    allowMethods: methods,
    allowHeaders: ['authorization', 'content-type', 'dpop', 'prefer'],
    exposeHeaders: ['DPoP-Nonce', 'ETag', 'Preference-Applied', 'Retry-After', 'WWW-Authenticate'],
    maxAge: 86_400,
  })

// Or a page of another origin could not read that what it has is still good.
const revalidate: Middleware = etag({
  retainedHeaders: [
    ...RETAINED_304_HEADERS,
    'access-control-allow-origin',
    'access-control-expose-headers',
  ],
})

// Refused and not redirected: the credentials have already travelled in the clear (RFC 6749 §1.6).
const requireTls: Middleware = async (context, next) => {
  const { protocol, hostname } = new URL(context.req.url)
  if (protocol === 'http:' && !isLoopback(hostname))
    throw new OAuthError('invalid_request', 'Use https', { status: 403 })
  await next()
}

const notAllowed = (methods: string[]): never => {
  throw new OAuthError('invalid_request', 'This method is not allowed here', {
    status: 405,
    headers: { Allow: [...methods, 'OPTIONS'].join(', ') },
  })
}
