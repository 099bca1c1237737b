// GET /openapi.json: the OpenAPI description of all JSON endpoints (src/openapi/).
import { KEY_SET_MAX_AGE_SECONDS } from '../config/limits.ts'
import type { RequestContext } from '../http/request-context.ts'

/** The server address in the file. */
export const PLACEHOLDER = 'http://localhost:8787'

/** The description, of this server. */
export const openapi = async ({ env, issuer }: RequestContext): Promise<Response> => {
  const file = await env.ASSETS.fetch('https://assets/openapi.json')
  return new Response((await file.text()).replace(PLACEHOLDER, issuer), {
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': `public, max-age=${KEY_SET_MAX_AGE_SECONDS}`,
    },
  })
}
