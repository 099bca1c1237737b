// The approval API: by it the service's own app shows one confirmation, and takes the answer. It stands
// beside the pages and passes through nothing of theirs: no cookie is read here, and no form.
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Config } from '../config/config.ts'
import {
  type Environment,
  NO_STORE,
  answer,
  requestContextOf,
  withHeaders,
} from '../http/endpoint.ts'
import type { RequestContext } from '../http/request-context.ts'
import { decide } from './decide.ts'
import { review } from './review.ts'

type Endpoint = (context: RequestContext, shownCode: string) => Promise<Response>

/** Both endpoints, and JSON for whatever else stands below them. */
export const approvalRoutes = (config: Config): Hono<Environment> => {
  const routes = new Hono<Environment>()
  const base = `${config.basePath}/device/authorizations`
  const hasOrigins = config.approvalOrigins.length > 0

  const serve = (method: 'GET' | 'POST', path: string, endpoint: Endpoint) => {
    const methods = hasOrigins ? [method, 'OPTIONS'] : [method]
    if (hasOrigins) {
      const allow = allowOrigins(config, method)
      routes.use(path, async (context, next) => {
        const preflight = await allow(context, next)
        return preflight && withHeaders(preflight, new URL(context.req.url), NO_STORE)
      })
    }
    routes.all(path, async (context) => {
      const url = new URL(context.req.url)
      const shownCode = context.req.param('userCode' as never) ?? ''
      const requestContext = requestContextOf(context, config)
      const response = await answer(
        methods,
        (given) => endpoint(given, shownCode),
        requestContext,
        url,
      )
      return withHeaders(response, url, NO_STORE)
    })
  }
  serve('GET', `${base}/:userCode`, review)
  serve('POST', `${base}/:userCode/decision`, decide)
  routes.all(`${base}/*`, (context) =>
    withHeaders(
      Response.json({ error: 'not_found' }, { status: 404 }),
      new URL(context.req.url),
      NO_STORE,
    ),
  )
  return routes
}

// Off by default: a page that may send these requests holds people's tokens in a browser. Without
// `allowHeaders`, the headers that a preflight asks for, such as `traceparent`.
const allowOrigins = ({ approvalOrigins }: Config, method: string) =>
  cors({
    origin: [...approvalOrigins],
    allowMethods: [method],
    exposeHeaders: ['DPoP-Nonce', 'WWW-Authenticate', 'Retry-After'],
    maxAge: 86_400,
  })
