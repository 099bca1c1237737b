// The routes of one Worker, for one Config.
import { env } from 'cloudflare:workers'
import { type Context, Hono } from 'hono'
import { PAGES, oneSpelling } from './pages/addresses.ts'
import { isLink } from './pages/kit/fetch-metadata.ts'
import type { Config } from './config/config.ts'
import { STRICT_TRANSPORT_SECURITY } from './config/limits.ts'
import { oauthRoutes } from './oauth/routes.ts'
import { once } from './once.ts'

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': STRICT_TRANSPORT_SECURITY,
}

type Environment = { Bindings: Cloudflare.Env }

/** The whole Worker, below the issuer's path. */
export const createApp = (config: Config): Hono<Environment> => {
  const app = new Hono<Environment>()
  const { basePath } = config
  const page = once(async () => (await import('./pages/routes.tsx')).missingPage(config))
  const notFound = async (context: Context<Environment>) =>
    isLink(context) && context.req.header('Accept')?.includes('text/html') === true
      ? (await page()).fetch(context.req.raw, context.env)
      : context.json({ error: 'not_found' }, 404, HEADERS)

  // Loaded at their first request: without pages, a new isolate answers a device sooner.
  const serve = (paths: readonly string[], load: () => Promise<Hono<Environment>>) => {
    const routes = once(async () => (await load()).notFound(notFound))
    app.on('ALL', [...paths], async ({ req, env: bindings, executionCtx }) =>
      (await routes()).fetch(req.raw, bindings, executionCtx),
    )
  }

  app.use(oneSpelling(config))
  app.route('/', oauthRoutes(config))
  // Before the pages, which match every path below /device.
  serve([`${basePath}/device/authorizations/*`], async () => {
    const { approvalRoutes } = await import('./approval/routes.ts')
    return approvalRoutes(config)
  })
  serve(
    PAGES.map((path) => `${basePath}${path}`),
    async () => {
      const { activationRoutes } = await import('./pages/routes.tsx')
      return new Hono<Environment>().route(basePath, activationRoutes(config))
    },
  )
  if (config.isDemo)
    serve(['*'], async () => {
      const { demoRoutes } = await import('./demo/worker/routes.ts')
      // A separate API fetches the keys over the network. A Worker that requests its own host name
      // bypasses itself, and there is no origin behind it.
      return demoRoutes(config, async (request) => app.fetch(request, env))
    })
  app.notFound(notFound)
  return app
}
