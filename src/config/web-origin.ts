// Origins of web pages in the settings (RFC 6454 §6.2).
import * as z from 'zod/mini'

/** An app's web page; web views have schemes of their own. */
export const pageOrigin = z.string().check(
  z.regex(
    /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.:[\]-]+$/,
    'must be an origin like https://app.example.com',
  ),
  z.refine(
    // As browsers write it, without the port that https has anyway.
    (origin) => !/^https?:/.test(origin) || URL.parse(origin)?.origin === origin,
    'must be an origin as browsers write it',
  ),
)

/** A page's, or what an app that is packaged on a television sends. */
export const deviceOrigin = z.union([z.enum(['null', 'file://']), pageOrigin], {
  error: 'must be an origin as browsers write it, like https://tv.example.com, null or file://',
})
