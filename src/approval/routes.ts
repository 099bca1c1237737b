// The approval API: by it the service's own app shows one confirmation, and takes the answer. It stands
// beside the pages and passes through nothing of theirs: no cookie is read here, and no form.
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Config } from '../config.ts'
import {
  type Environment,
  type Middleware,
  answer,
  exchangeOf,
  noStore,
  notAllowed,
  requireTls,
  sharedHeaders,
} from '../oauth/endpoint.ts'
import { renderError } from '../oauth/errors.ts'
import type { Exchange } from '../oauth/exchange.ts'
import { decide } from './decide.ts'
import { review } from './review.ts'

type Endpoint = (exchange: Exchange, shownCode: string) => Promise<Response>

/** Both endpoints, and JSON for whatever else stands below them. */
export const approvalRoutes = (config: Config): Hono<Environment> => {
  const routes = new Hono<Environment>()
  const base = `${config.basePath}/device/authorizations`
  const hasOrigins = config.approvalOrigins.length > 0

  const serve = (method: 'GET' | 'POST', path: string, endpoint: Endpoint) => {
    const shared = [
      sharedHeaders,
      noStore,
      ...(hasOrigins ? [allowOrigins(config, method)] : []),
      requireTls,
    ] as const
    routes.on([method], path, ...shared, (context) =>
      answer(
        (exchange) => endpoint(exchange, context.req.param('userCode' as never) ?? ''),
        exchangeOf(context, config),
      ),
    )
    routes.all(path, ...shared, () => notAllowed(hasOrigins ? [method, 'OPTIONS'] : [method]))
  }
  serve('GET', `${base}/:userCode`, review)
  serve('POST', `${base}/:userCode/decision`, decide)
  routes.all(`${base}/*`, sharedHeaders, noStore, () =>
    Response.json({ error: 'not_found' }, { status: 404 }),
  )
  routes.onError((error) => renderError(error))
  return routes
}

// Off unless somebody is named: whoever may send requests from a page holds people's tokens in one.
const allowOrigins = ({ approvalOrigins }: Config, method: string): Middleware =>
  cors({
    origin: [...approvalOrigins],
    allowMethods: [method],
    allowHeaders: ['Authorization', 'DPoP', 'Content-Type'],
    exposeHeaders: ['DPoP-Nonce', 'WWW-Authenticate', 'Retry-After'],
    maxAge: 86_400,
  })
