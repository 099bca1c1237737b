// The addresses that people type: other spellings of /device and /devices, the bare host, and
// VERIFICATION_URI. Each is redirected to the one page, with the code that it carries.
import type { MiddlewareHandler } from 'hono'
import { displayUserCode, parseUserCode } from '../codes.ts'
import { type Config, issuerFor } from '../config/config.ts'
import { STRICT_TRANSPORT_SECURITY } from '../config/limits.ts'
import { once } from '../once.ts'

/** Every page, below the issuer's path. */
export const PAGES = ['/device/*', '/devices/*', '/authorize'] as const

const HEADERS = {
  // The address holds a code, and the next release may serve another page there.
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': STRICT_TRANSPORT_SECURITY,
}

// With room for percent-encoded spaces at the end.
const MAX_TYPED_LENGTH = 100

/** Redirects what people type to the one spelling of a page's address. */
export const oneSpelling = (config: Config): MiddlewareHandler => {
  const { basePath } = config
  const device = `${basePath}/device`
  const pages = once(
    () =>
      new Map([
        [plainPath(basePath), device],
        [plainPath(device), device],
        [plainPath(`${basePath}/devices`), `${basePath}/devices`],
      ]),
  )
  const short = config.verificationUri === undefined ? undefined : new URL(config.verificationUri)
  return async (context, next) => {
    const { method, url: address } = context.req
    if (method !== 'GET' && method !== 'HEAD') return next()
    const url = new URL(address)
    // The time to strip an end grows with the square of its length.
    if (url.pathname.length > basePath.length + MAX_TYPED_LENGTH) return next()
    const path = plainPath(url.pathname)
    if (url.host === short?.host && path === plainPath(short.pathname)) {
      const issuer = new URL(issuerFor(config, address))
      const target = url.host === issuer.host ? device : `${issuer.origin}${device}`
      if (target !== url.pathname) return redirectTo(`${target}${keptQuery(url)}`)
    }
    const page = pages().get(path)
    if (page === undefined || page === url.pathname) return next()
    return redirectTo(page === device ? `${page}${keptQuery(url)}` : page)
  }
}

// The status says nothing for ever: 301 and 308 would stay in caches.
const redirectTo = (location: string): Response =>
  new Response(null, { status: 302, headers: { ...HEADERS, Location: location } })

/** The path without its case, doubled slashes, and a stop, slash or space at its end. */
const plainPath = (path: string): string =>
  decoded(path)
    .replaceAll(/\/+/g, '/')
    .replace(/[^\p{L}\p{N}]+$/u, '')
    .toLowerCase()

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

// Nothing else of the address goes on: it may be a stranger's.
const keptQuery = ({ searchParams }: URL): string => {
  const userCode = parseUserCode(searchParams.get('user_code') ?? '')
  const locales = searchParams.get('ui_locales') ?? ''
  const kept = new URLSearchParams({
    ...(userCode !== undefined && { user_code: displayUserCode(userCode) }),
    ...(/^[\w -]{1,64}$/.test(locales) && { ui_locales: locales }),
  })
  return kept.size === 0 ? '' : `?${kept.toString()}`
}
