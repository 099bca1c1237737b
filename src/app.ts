// The routes of one Worker, for one Config.
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { oneSpelling } from './pages/addresses.ts'
import { isLink } from './pages/kit/fetch-metadata.ts'
import { activationRoutes, missingPage } from './pages/routes.tsx'
import { approvalRoutes } from './approval/routes.ts'
import type { Config } from './config/config.ts'
import { STRICT_TRANSPORT_SECURITY } from './config/limits.ts'
import { library } from './demo/worker/library.ts'
import { phoneApp } from './demo/worker/phone-app.ts'
import { television } from './demo/worker/tv.tsx'
import { oauthRoutes } from './oauth/routes.ts'

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': STRICT_TRANSPORT_SECURITY,
}

type Environment = { Bindings: Cloudflare.Env }

const DEMO_FILES = [
  'tv.css',
  'tv.js',
  'app.css',
  'app.js',
  'app-api.js',
  'app-elements.js',
  'app-session.js',
  'app-words.js',
]

/** The whole Worker, below the issuer's path. */
export const createApp = (config: Config): Hono<Environment> => {
  const app = new Hono<Environment>()
  const { basePath, brand, demoProvider: provider, issuer, push, resource } = config
  app.use(oneSpelling(config))
  app.route('/', oauthRoutes(config))
  // Before the pages, which match every path below /device.
  app.route('/', approvalRoutes(config))
  app.route(basePath, activationRoutes(config))
  if (config.isDemo) {
    const hasApp = provider !== undefined
    const asksByPush = push !== undefined
    app.route(basePath, television({ brandName: brand.name, basePath, hasApp, asksByPush }))
    if (hasApp) app.route(basePath, phoneApp({ basePath, provider }))
    // A separate API fetches the keys over the network. A Worker that requests its own host name
    // bypasses itself, and there is no origin behind it.
    const fetchKeys = async (request: Request) => app.fetch(request, env)
    app.route('/', library({ basePath, issuer, resource, fetchKeys }))
    for (const file of DEMO_FILES)
      app.get(`${basePath}/${file}`, () => env.ASSETS.fetch(`https://assets/demo/${file}`))
  }
  const page = missingPage(config)
  app.notFound((context) =>
    isLink(context) && context.req.header('Accept')?.includes('text/html') === true
      ? page.fetch(context.req.raw, context.env)
      : context.json({ error: 'not_found' }, 404, HEADERS),
  )
  return app
}
