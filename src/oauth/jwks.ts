// GET /jwks.json: the public halves of the signing keys (RFC 7517 §5).
import { KEY_SET_MAX_AGE_SECONDS } from '../config/limits.ts'
import { publicKeySet } from '../tokens/signing-keys.ts'
import type { RequestContext } from '../http/request-context.ts'

/** The key set. It shows a key a day before it is used, and until its last token has expired. */
export const jwks = async ({ env }: RequestContext): Promise<Response> =>
  Response.json(await publicKeySet(env, Date.now()), {
    headers: {
      'Content-Type': 'application/jwk-set+json',
      'Cache-Control': `public, max-age=${KEY_SET_MAX_AGE_SECONDS}`,
    },
  })
