// The few files that pages load: the style sheet with the brand's colours in it, the script that
// shows a password, the logo.
import { Hono } from 'hono'
import { etag } from 'hono/etag'
import { inkOn } from '../colour.ts'
import type { Brand, Config } from '../config.ts'
import type { PageEnvironment } from './visit.ts'

/** Serves the files below /device. */
export const files = ({ brand }: Config): Hono<PageEnvironment> => {
  const routes = new Hono<PageEnvironment>()
  routes.use('/:file{style\\.css|show-password\\.js|logo}', etag(), async (context, next) => {
    await next()
    context.header('Cache-Control', 'public, max-age=3600')
    context.header('X-Content-Type-Options', 'nosniff')
  })
  routes.get('/style.css', async (context) => {
    const sheet = await asset(context.env, 'style.css')
    const body = `${await sheet.text()}\n${brandColours(brand)}\n`
    return context.body(body, 200, { 'Content-Type': 'text/css; charset=utf-8' })
  })
  routes.get('/show-password.js', (context) => asset(context.env, 'show-password.js'))
  routes.get('/logo', (context) =>
    brand.logo === undefined ? context.notFound() : asset(context.env, brand.logo),
  )
  return routes
}

const asset = (env: Cloudflare.Env, name: string): Promise<Response> =>
  env.ASSETS.fetch(`https://assets/${name}`)

// One style sheet, one request: an inline style would need a hole in the Content-Security-Policy.
const brandColours = ({ accent, accentDark }: Brand): string =>
  `:root{--accent:${accent};--accent-ink:${inkOn(accent)};` +
  `--accent-dark:${accentDark};--accent-dark-ink:${inkOn(accentDark)}}`
