// The routes of the demo.
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import type { Config } from '../../config/config.ts'
import { library } from './library.ts'
import { phoneApp } from './phone-app.ts'
import { television } from './tv.tsx'

const FILES = [
  'tv.css',
  'tv.js',
  'app.css',
  'app.js',
  'app-api.js',
  'app-elements.js',
  'app-session.js',
  'app-words.js',
]

/** The television, its API and the app; `fetchKeys` fetches the key set of this server. */
export const demoRoutes = (
  { basePath, brand, demoProvider: provider, issuer, push, resource }: Config,
  fetchKeys: (request: Request) => Promise<Response>,
): Hono<{ Bindings: Cloudflare.Env }> => {
  const routes = new Hono<{ Bindings: Cloudflare.Env }>()
  const hasApp = provider !== undefined
  const asksByPush = push !== undefined
  routes.route(basePath, television({ brandName: brand.name, basePath, hasApp, asksByPush }))
  if (hasApp) routes.route(basePath, phoneApp({ basePath, provider }))
  routes.route('/', library({ basePath, issuer, resource, fetchKeys }))
  for (const file of FILES)
    routes.get(`${basePath}/${file}`, () => env.ASSETS.fetch(`https://assets/demo/${file}`))
  return routes
}
