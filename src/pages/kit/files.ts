// The few files that pages load: the style sheet and the icon with the brand's colours in them, the
// logo, and the scripts that separate a code, show a password, use a passkey, wait for an answer that is
// given elsewhere, count down, and have a browser asked by push.
import { Hono } from 'hono'
import { etag } from 'hono/etag'
import type { Brand } from '../../config/brand.ts'
import { inkOn } from '../../config/contrast.ts'
import type { Config } from '../../config/config.ts'
import { STRICT_TRANSPORT_SECURITY } from '../../config/limits.ts'
import { icon } from './icon.ts'
import { translatedDeviceNames } from '../../language/device-words.ts'
import { type Language, chooseLanguage } from '../../language/language.ts'
import { brandOf } from '../../config/page-brand.ts'
import { PASSKEY_LIBRARY } from './passkey-library.ts'
import type { PageEnvironment } from './page-request.ts'

const SCRIPTS = [
  'clock.js',
  'code-field.js',
  'confirm.js',
  'passkey.js',
  'show-password.js',
  'wait.js',
]

/** Serves the files below /device. */
export const files = (config: Config): Hono<PageEnvironment> => {
  const routes = new Hono<PageEnvironment>()
  routes.use(
    // One group, because the router anchors only the ends of the whole pattern.
    '/:file{(?:[a-z-]+\\.(?:css|js)|icon\\.svg|logo)}',
    etag(),
    async (context, next) => {
      await next()
      // A missing file is a page with a cookie, which must not be cached.
      if (!context.res.ok) return
      context.header('Cache-Control', 'public, max-age=3600')
      context.header('X-Content-Type-Options', 'nosniff')
      context.header('Strict-Transport-Security', STRICT_TRANSPORT_SECURITY)
    },
  )
  routes.get('/style.css', async (context) => {
    const sheet = await pageAsset(context.env, 'style.css')
    const colours = brandColours(brandOf(config, context.req.query('client_id')))
    const body = `${await sheet.text()}\n${colours}\n`
    return context.body(body, 200, { 'Content-Type': 'text/css; charset=utf-8' })
  })
  routes.get('/icon.svg', (context) =>
    context.body(icon(brandOf(config, context.req.query('client_id'))), 200, {
      'Content-Type': 'image/svg+xml',
    }),
  )
  routes.get('/logo', (context) => {
    const { logo } = brandOf(config, context.req.query('client_id'))
    return logo === undefined ? context.notFound() : asset(context.env, logo)
  })
  for (const file of SCRIPTS) routes.get(`/${file}`, (context) => pageAsset(context.env, file))
  routes.get('/passkey-library.js', (context) =>
    context.body(PASSKEY_LIBRARY, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  )
  if (config.push !== undefined) {
    routes.get('/push.js', (context) => pageAsset(context.env, 'push.js'))
    routes.get('/push-worker.js', async (context) => {
      const script = await pageAsset(context.env, 'push-worker.js')
      // Of the page that registers it, which only ours can: any language that it is in.
      const language = chooseLanguage(context.req.query('ui_locales'), undefined)
      const body = `self.PROMPT = ${promptWords(language, config)}\n${await script.text()}`
      return context.body(body, 200, {
        'Content-Type': 'text/javascript; charset=utf-8',
        // Its own, as a worker does not have that of the page.
        'Content-Security-Policy': "default-src 'none'; connect-src 'self'",
        'Service-Worker-Allowed': `${config.basePath}/devices`,
      })
    })
  }
  return routes
}

// The worker fills in what stands in braces.
const promptWords = (
  { tag, direction, messages }: Language,
  { basePath, brand }: Config,
): string => {
  const { title, text, notMe } = messages.notification
  const { place } = messages.placeAndTime
  return JSON.stringify({
    language: tag,
    direction,
    base: basePath,
    words: {
      title: title('{device}'),
      text: text('{client}', '{place}'),
      unverified: messages.unverified.inSentence('{client}', brand.name),
      notMe,
      devices: Object.fromEntries(translatedDeviceNames(messages)),
      places: [place(['{0}']), place(['{0}', '{1}']), place(['{0}', '{1}', '{2}'])],
    },
  })
}

const pageAsset = (env: Cloudflare.Env, name: string): Promise<Response> =>
  asset(env, `pages/${name}`)

const asset = (env: Cloudflare.Env, name: string): Promise<Response> =>
  env.ASSETS.fetch(`https://assets/${name}`)

// One style sheet, one request: an inline style would need a hole in the Content-Security-Policy.
const brandColours = ({ accent, accentDark }: Brand): string =>
  `:root{--accent:${accent};--accent-ink:${inkOn(accent)};` +
  `--accent-dark:${accentDark};--accent-dark-ink:${inkOn(accentDark)}}`
