// Origins of web pages in the settings (RFC 6454 §6.2).
import * as z from 'zod/mini'

/** The origin of an app's web page; web views have their own schemes. */
export const pageOrigin = z.string().check(
  z.regex(
    /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.:[\]-]+$/,
    'must be an origin like https://app.example.com',
  ),
  z.refine(
    // Browsers leave out the default port.
    (origin) => !/^https?:/.test(origin) || URL.parse(origin)?.origin === origin,
    'must be an origin as browsers write it',
  ),
)

/** The origin of a page, or the one that a packaged television app sends. */
export const deviceOrigin = z.union([z.enum(['null', 'file://']), pageOrigin], {
  error: 'must be an origin as browsers write it, like https://tv.example.com, null or file://',
})
