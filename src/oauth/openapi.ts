// GET /openapi.json: the OpenAPI description of all JSON endpoints (src/openapi/).
import { KEY_SET_MAX_AGE_SECONDS } from '../config/limits.ts'
import { PLACEHOLDER_ORIGIN } from '../http/protocol.ts'
import type { RequestContext } from '../http/request-context.ts'

/** The description, of this server. */
export const openapi = async ({ env, issuer }: RequestContext): Promise<Response> => {
  const file = await env.ASSETS.fetch('https://assets/openapi.json')
  return new Response((await file.text()).replace(PLACEHOLDER_ORIGIN, issuer), {
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': `public, max-age=${KEY_SET_MAX_AGE_SECONDS}`,
    },
  })
}
