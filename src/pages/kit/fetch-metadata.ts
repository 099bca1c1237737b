// Which page made a browser send a request, as far as the browser says (Fetch Metadata). A link may
// stand anywhere: until the person does something on a page of ours, it changes nothing (VP-2).
import type { Context } from 'hono'

/** True if a form or script of our own sent this, as far as the browser says. */
export const isOwnPage = (context: Context): boolean => {
  const site = context.req.header('Sec-Fetch-Site')
  // `no-referrer` makes some say `Origin: null` for our own.
  const origin = context.req.header('Origin') ?? 'null'
  return site === undefined
    ? origin === 'null' || origin === ownOrigin(context)
    : site === 'same-origin'
}

/**
 * True if a page of another origin made the browser send this. Scans, other apps, bookmarks and typed
 * addresses are `none`. A sibling host (`same-site`) is another origin: it may hold pages of strangers.
 * Browsers without Fetch Metadata tell by `Referer`, unless the other page forbids that.
 */
export const isForeign = (context: Context): boolean => {
  const site = context.req.header('Sec-Fetch-Site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const source = context.req.header('Origin') ?? context.req.header('Referer') ?? 'null'
  return source !== 'null' && URL.parse(source)?.origin !== ownOrigin(context)
}

/** True for a link that a person followed: no frame, image, script or form. */
export const isLink = (context: Context): boolean =>
  ['GET', 'HEAD'].includes(context.req.method) &&
  (context.req.header('Sec-Fetch-Mode') ?? 'navigate') === 'navigate' &&
  (context.req.header('Sec-Fetch-Dest') ?? 'document') === 'document'

const ownOrigin = (context: Context): string => new URL(context.req.url).origin
