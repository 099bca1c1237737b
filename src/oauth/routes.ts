// Every protocol path on one screen, with what they share: no-store, CORS, errors as JSON.
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { RETAINED_304_HEADERS, etag } from 'hono/etag'
import type { Config } from '../config.ts'
import { deviceAuthorization } from './device-authorization.ts'
import {
  type Endpoint,
  type Environment,
  type Middleware,
  answer,
  exchangeOf,
  noStore,
  notAllowed,
  requireTls,
  sharedHeaders,
} from './endpoint.ts'
import { renderError } from './errors.ts'
import { introspect } from './introspect.ts'
import { jwks } from './jwks.ts'
import { metadata } from './metadata.ts'
import { openapi } from './openapi.ts'
import { qrPicture } from './qr.ts'
import { manageRegistration, register } from './register.ts'
import { revoke } from './revoke.ts'
import { token } from './token.ts'
import { userinfo } from './userinfo.ts'

/** The endpoints for devices and resource servers. */
export const oauthRoutes = (config: Config): Hono<Environment> => {
  const routes = new Hono<Environment>()
  const base = config.basePath

  const serve = (methods: string[], path: string, endpoint: Endpoint, ...more: Middleware[]) => {
    const shared = [sharedHeaders, allowOrigins(methods), ...more, requireTls] as const
    routes.on(methods, path, ...shared, (context) => answer(endpoint, exchangeOf(context, config)))
    routes.all(path, ...shared, () => notAllowed([...methods, 'OPTIONS']))
  }

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
  serve(['GET'], `${base}/openapi.json`, openapi, revalidate)
  serve(['GET'], `${base}/device/qr/:name`, qrPicture)

  routes.onError((error) => renderError(error))
  return routes
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
