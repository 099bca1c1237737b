// Every protocol path on one screen, with what they share: no-store, CORS, errors as JSON.
import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { RETAINED_304_HEADERS, etag } from 'hono/etag'
import type { Config } from '../config/config.ts'
import { deviceAuthorization } from './device-authorization.ts'
import {
  type Endpoint,
  type Environment,
  type Fields,
  NO_STORE,
  answer,
  requestContextOf,
  withHeaders,
} from '../http/endpoint.ts'
import { MISPLACED, misplaced } from './misplaced.ts'
import { token } from './token.ts'

// Loaded at its first request, so that a new isolate answers a device sooner: it needs two endpoints.
const onDemand =
  (load: () => Promise<Endpoint>): Endpoint =>
  async (context) =>
    (await load())(context)

const revoke = onDemand(async () => (await import('./revoke.ts')).revoke)
const introspect = onDemand(async () => (await import('./introspect.ts')).introspect)
const userinfo = onDemand(async () => (await import('./userinfo.ts')).userinfo)
const register = onDemand(async () => (await import('./register.ts')).register)
const manageRegistration = onDemand(async () => (await import('./register.ts')).manageRegistration)
const jwks = onDemand(async () => (await import('./jwks.ts')).jwks)
const openapi = onDemand(async () => (await import('./openapi.ts')).openapi)
const metadata = onDemand(async () => (await import('./metadata.ts')).metadata)
const assetLinks = onDemand(async () => (await import('./app-links.ts')).assetLinks)
const appleAppSiteAssociation = onDemand(
  async () => (await import('./app-links.ts')).appleAppSiteAssociation,
)
const qrPicture = onDemand(async () => (await import('./qr.ts')).qrPicture)

/** The endpoints for devices and resource servers. */
export const oauthRoutes = (config: Config): Hono<Environment> => {
  const routes = new Hono<Environment>()
  const base = config.basePath

  // One handler per path: devices poll here, and a chain of middleware that each set a header costs
  // more than the answer.
  const serve = (methods: string[], path: string, endpoint: Endpoint, more: Fields = {}) => {
    const preflight = cors({ ...CORS, allowMethods: methods })
    const allowed = [...methods, 'OPTIONS']
    const headers = { ...SHARED, ...more }
    routes.all(path, async (context, next) => {
      const url = new URL(context.req.url)
      const isPreflight = context.req.method === 'OPTIONS'
      const response = isPreflight
        ? await preflight(context, next)
        : await answer(allowed, endpoint, requestContextOf(context, config), url)
      return response && withHeaders(response, url, headers)
    })
  }

  const publish = (path: string, document: Endpoint) => {
    routes.use(path, revalidate)
    serve(['GET'], path, document)
  }

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
  publish(`${base}/openapi.json`, openapi)
  // RFC 8414 §3.1 puts the issuer's path behind the well-known one, Discovery §4 before it.
  publish(`/.well-known/oauth-authorization-server${base}`, metadata)
  publish(`${base}/.well-known/openid-configuration`, metadata)
  // At the root whatever the issuer's path: a host has only one of each.
  if (config.androidApps.length > 0) publish('/.well-known/assetlinks.json', assetLinks)
  if (config.appleApps.length > 0)
    publish('/.well-known/apple-app-site-association', appleAppSiteAssociation)
  serve(['GET'], `${base}/device/qr/:name`, qrPicture)
  for (const [wrong, right] of MISPLACED)
    routes.post(`${base}${wrong}`, async (context) => {
      const url = new URL(context.req.url)
      const requestContext = requestContextOf(context, config)
      const response = await answer(['POST'], misplaced(right), requestContext, url)
      return withHeaders(response, url, { ...SHARED, ...NO_STORE })
    })
  return routes
}

// Television apps are often web pages. These endpoints read no cookie, so every origin is allowed.
const EXPOSED = ['DPoP-Nonce', 'ETag', 'Preference-Applied', 'Retry-After', 'WWW-Authenticate']
// Without `allowHeaders`, the headers that a preflight asks for: monitoring libraries add their own
// (`traceparent`, `baggage`) to every request of a page.
const CORS = { origin: '*', maxAge: 86_400 }
const SHARED = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': EXPOSED.join(','),
}

// Keep CORS headers on 304, or cross-origin pages cannot use their cached copy.
const revalidate: MiddlewareHandler<Environment> = etag({
  retainedHeaders: [
    ...RETAINED_304_HEADERS,
    'access-control-allow-origin',
    'access-control-expose-headers',
  ],
})
