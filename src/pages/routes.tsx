// Every page on one screen, with what they share: security headers, no-store, and the checks that
// every form passes (VP-12 to VP-15).
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import type { Config } from '../config/config.ts'
import { STRICT_TRANSPORT_SECURITY } from '../config/limits.ts'
import { isEqualInConstantTime } from '../crypto.ts'
import { isLoopback } from '../config/loopback.ts'
import { PAGES } from './addresses.ts'
import { answeredElsewhere } from './confirm/answered-elsewhere.ts'
import { authorize } from './authorize.tsx'
import { confirm } from './confirm/confirm.tsx'
import { createAccount } from './create-account.tsx'
import { devices } from './devices/devices.tsx'
import { enterCode } from './enter-code.tsx'
import { files } from './kit/files.ts'
import { isForeign, isLink, isOwnPage } from './kit/fetch-metadata.ts'
import { forbidden, missing, outdated, tooLarge, unavailable } from './kit/problem.tsx'
import { promptDenial } from './devices/prompts.tsx'
import { result } from './result.tsx'
import { formPost } from './sign-in/form-post.ts'
import { signIn, signOut } from './sign-in/sign-in.tsx'
import { upstream } from './sign-in/upstream.tsx'
import { type PageEnvironment, pageContextFor, readSession } from './kit/page-request.ts'

type Middleware = MiddlewareHandler<PageEnvironment>

const FORMS = PAGES.filter((path) => path !== '/authorize')

// A form of ours has a few hundred bytes.
const MAX_FORM_BYTES = 64 * 1024

/** The pages for people. */
export const activationRoutes = (config: Config): Hono<PageEnvironment> => {
  const routes = new Hono<PageEnvironment>()
  routes.route('/device', files(config))
  // Before all that reads or sets cookies.
  routes.post(
    '/device/sign-in/at/:provider/callback',
    pageHeaders({ hasWorker: false }),
    noStore,
    requireTls,
    bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }),
    formPost(config),
  )
  for (const path of PAGES) {
    const headers = pageHeaders({ hasWorker: path === '/devices/*' && config.push !== undefined })
    routes.use(path, headers, noStore, requireTls, preparePage(config))
    routes.use(path, bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }))
  }
  routes.route('/authorize', authorize)
  if (config.push !== undefined) routes.route('/devices/prompts/not-me', promptDenial)
  for (const path of FORMS) routes.use(path, onlyLinks, requireOwnForm)
  routes.route('/device', enterCode)
  routes.route('/device/sign-in', signIn)
  routes.route('/device/sign-in/at', upstream)
  routes.route('/device/sign-out', signOut)
  routes.route('/device/create-account', createAccount)
  routes.route('/device/confirm', confirm)
  routes.route('/device/confirm/decision', answeredElsewhere)
  routes.route('/device/result', result)
  routes.route('/devices', devices)
  for (const path of FORMS) routes.all(path, missing)
  routes.onError(unavailable)
  return routes
}

/** The page for an address that no route has. */
export const missingPage = (config: Config): Hono<PageEnvironment> => {
  const routes = new Hono<PageEnvironment>()
  routes.use(pageHeaders({ hasWorker: false }), noStore, requireTls, preparePage(config))
  routes.all('*', missing)
  routes.onError(unavailable)
  return routes
}

const pageHeaders = ({ hasWorker }: { hasWorker: boolean }): Middleware =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      ...(hasWorker && { workerSrc: ["'self'"] }),
      imgSrc: ["'self'"],
      // The only page with a script that asks us anything.
      connectSrc: [({ req }) => (req.path.endsWith('/device/confirm') ? "'self'" : "'none'")],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    referrerPolicy: 'no-referrer',
    strictTransportSecurity: STRICT_TRANSPORT_SECURITY,
  })

const noStore: Middleware = async (context, next) => {
  await next()
  context.header('Cache-Control', 'no-store')
}

const requireTls: Middleware = async (context, next) => {
  const url = new URL(context.req.url)
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return next()
  // Not redirected: what the form held has already travelled in the clear.
  if (!['GET', 'HEAD'].includes(context.req.method)) return context.text('Use https', 403)
  url.protocol = 'https:'
  return context.redirect(url.href, 308)
}

const preparePage =
  (config: Config): Middleware =>
  async (context, next) => {
    context.set('config', config)
    const page = pageContextFor(context, config)
    context.set('page', page)
    context.set('session', await readSession(context))
    context.header('Content-Language', page.language.tag)
    context.header('Vary', 'Accept-Language', { append: true })
    await next()
  }

// Other sites may link here, and no more: their frames, pictures and scripts get nothing, so that they
// cannot use up what a person's address or account may ask for.
const onlyLinks: Middleware = (context, next) =>
  isForeign(context) && !isLink(context) ? Promise.resolve(forbidden(context)) : next()

// The token is what counts. Where a browser says that the form stands on another site, that is
// enough to refuse.
const requireOwnForm: Middleware = async (context, next) => {
  if (context.req.method !== 'POST') return next()
  const isForm = context.req.header('Content-Type')?.startsWith('application/x-www-form-urlencoded')
  if (!isOwnPage(context) || isForm !== true) return forbidden(context)
  const fields = new URLSearchParams(await context.req.text())
  const form = (name: string) => fields.get(name) ?? ''
  if (!isEqualInConstantTime(form('csrf'), context.get('page').csrf)) return outdated(context, form)
  context.set('form', form)
  return next()
}
