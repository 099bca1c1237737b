// Every protocol path on one screen, with what they share: no-store, CORS, errors as JSON.
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { RETAINED_304_HEADERS, etag } from 'hono/etag'
import { type Config, STRICT_TRANSPORT_SECURITY, issuerFor } from '../config.ts'
import { isLoopback } from '../loopback.ts'
import { appleAppSiteAssociation, assetLinks } from './app-links.ts'
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
type Headers = Readonly<Record<string, string>>

/** The endpoints for devices and resource servers. */
export const oauthRoutes = (config: Config): Hono<Environment> => {
  const routes = new Hono<Environment>()
  const base = config.basePath

  // One handler does all for a path: devices poll here, and a chain of middleware that each put a
  // header on costs more than the answer.
  const serve = (methods: string[], path: string, endpoint: Endpoint, more: Headers = {}) => {
    const preflight = cors({ ...CORS, allowMethods: methods })
    routes.all(path, async (context, next) => {
      const url = new URL(context.req.url)
      const isPreflight = context.req.method === 'OPTIONS'
      const response = isPreflight
        ? await preflight(context, next)
        : await answer(methods, endpoint, exchangeOf(context), url)
      return response && withHeaders(response, url, more)
    })
  }
  const publish = (path: string, document: Endpoint) => {
    routes.use(path, revalidate)
    serve(['GET'], path, document)
  }
  const exchangeOf = (context: Context<Environment>): Exchange => ({
    request: context.req.raw,
    arrivedAtMs: Date.now(),
    env: context.env,
    config,
    issuer: issuerFor(config, context.req.url),
    headers: new Map(),
  })

  serve(['POST'], `${base}/device_authorization`, deviceAuthorization, NO_STORE)
  serve(['POST'], `${base}/token`, token, NO_STORE)
  serve(['POST'], `${base}/revoke`, revoke, NO_STORE)
  serve(['POST'], `${base}/introspect`, introspect, NO_STORE)
  serve(['GET', 'POST'], `${base}/userinfo`, userinfo, NO_STORE)
  if (config.registrationTokenHash !== undefined) {
    serve(['POST'], `${base}/register`, register, NO_STORE)
    serve(['GET', 'PUT', 'DELETE'], `${base}/register/:clientId`, manageRegistration, NO_STORE)
  }
  publish(`${base}/jwks.json`, jwks)
  // RFC 8414 §3.1 puts the issuer's path behind the well-known one, Discovery §4 before it.
  publish(`/.well-known/oauth-authorization-server${base}`, metadata)
  publish(`${base}/.well-known/openid-configuration`, metadata)
  serve(['GET'], `${base}/device/qr/:name`, qrPicture)
  // At the root whatever the issuer's path: a host has only one of each.
  if (config.androidApps.length > 0) publish('/.well-known/assetlinks.json', assetLinks)
  if (config.appleApps.length > 0)
    publish('/.well-known/apple-app-site-association', appleAppSiteAssociation)
  return routes
}

const answer = async (
  methods: readonly string[],
  endpoint: Endpoint,
  exchange: Exchange,
  { protocol, hostname }: URL,
): Promise<Response> => {
  let response: Response
  try {
    // Refused and not redirected: the credentials have already travelled in the clear (RFC 6749 §1.6).
    if (protocol === 'http:' && !isLoopback(hostname))
      throw new OAuthError('invalid_request', 'Use https', { status: 403 })
    const { method } = exchange.request
    if (!methods.includes(method === 'HEAD' ? 'GET' : method)) throw notAllowed(methods)
    response = await endpoint(exchange)
  } catch (error) {
    response = renderError(error)
  }
  for (const [name, value] of exchange.headers) response.headers.set(name, value)
  return response
}

// RFC 6749 §5.1; the second header is for caches of HTTP/1.0, and RFC 6749 asks for it.
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

// Television apps are often web pages. No cookie is ever read here, so any origin may ask.
const EXPOSED = ['DPoP-Nonce', 'ETag', 'Preference-Applied', 'Retry-After', 'WWW-Authenticate']
const CORS = {
  origin: '*',
  allowHeaders: ['authorization', 'content-type', 'dpop', 'prefer'],
  maxAge: 86_400,
}
const SHARED = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': EXPOSED.join(','),
  'X-Content-Type-Options': 'nosniff',
}

const withHeaders = (response: Response, { protocol }: URL, more: Headers): Response => {
  for (const headers of [SHARED, more])
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  if (protocol === 'https:')
    response.headers.set('Strict-Transport-Security', STRICT_TRANSPORT_SECURITY)
  return response
}

// Or a page of another origin could not read that what it has is still good.
const revalidate: MiddlewareHandler<Environment> = etag({
  retainedHeaders: [
    ...RETAINED_304_HEADERS,
    'access-control-allow-origin',
    'access-control-expose-headers',
  ],
})

const notAllowed = (methods: readonly string[]): OAuthError =>
  new OAuthError('invalid_request', 'This method is not allowed here', {
    status: 405,
    headers: { Allow: [...methods, 'OPTIONS'].join(', ') },
  })
