// GET /device/qr/{user_code}.svg: the QR picture of verification_uri_complete. It looks nothing up,
// so it tells nothing about any code, and it encodes nothing but our own address.
import { displayUserCode, parseUserCode } from '../codes.ts'
import { qrSvg } from '../qr-code.ts'
import type { RequestContext } from '../http/request-context.ts'
import { verificationUriComplete } from './device-authorization.ts'

/** The picture; 404 for a name that is not a user code as we display it. */
export const qrPicture = ({ request, config, issuer }: RequestContext): Response => {
  const shown = /\/([^/]*)\.svg$/.exec(new URL(request.url).pathname)?.[1]
  const userCode = shown === undefined ? undefined : parseUserCode(shown)
  if (userCode === undefined || displayUserCode(userCode) !== shown)
    return Response.json({ error: 'not_found' }, { status: 404 })
  return new Response(qrSvg(verificationUriComplete(config, issuer, shown)), {
    headers: {
      'Content-Type': 'image/svg+xml',
      'Cache-Control': 'public, max-age=86400, immutable',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    },
  })
}
