// Which web pages may start a device authorization. A page runs wherever its visitor is, so one that
// is no client's could start a sign-in from the victim's own network, and carry the device_code to
// wherever its author is: the question would say that the device is near.
import type { Client } from '../config/clients.ts'
import { OAuthError } from '../http/errors.ts'
import type { RequestContext } from '../http/request-context.ts'

/**
 * Throws `unauthorized_client` if a page asks that none of these clients names, and is not ours. Clients
 * that register, or have a metadata document, name none: strangers would vouch for their own pages.
 */
export const requirePageOf = (
  { request, issuer }: RequestContext,
  clients: Iterable<Pick<Client, 'webOrigins'>>,
): void => {
  const origin = request.headers.get('Origin') ?? ''
  if (origin === '' ? !isFromForeignPage(request) : origin === new URL(issuer).origin) return
  for (const { webOrigins } of clients) if (webOrigins.includes(origin)) return
  throw new OAuthError(
    'unauthorized_client',
    'The origin of this page is not among the web_origins of the client; ' +
      'web pages can start only for clients listed in CLIENTS with web_origins',
    { status: 403 },
  )
}

// A browser that keeps the origin to itself still says that it is another one.
const isFromForeignPage = ({ headers }: Request): boolean =>
  ['cross-site', 'same-site'].includes(headers.get('Sec-Fetch-Site') ?? '')
