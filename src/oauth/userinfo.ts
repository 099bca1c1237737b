// GET and POST /userinfo (OpenID Connect Core §5.3), with a bearer token (RFC 6750) or one that is
// bound to a key (RFC 9449 §7).
import type { Claims } from '../objects/account/profile.ts'
import { accountOf } from '../objects/index.ts'
import { type AccessTokenClaims, verifyAccessToken } from '../tokens/access-token.ts'
import { isStillClient } from '../tokens/client-id.ts'
import type { RequestContext } from '../http/request-context.ts'
import { readParameters } from '../http/parameters.ts'
import {
  type ShownToken,
  asResource,
  refusal,
  requireBoundKey,
  schemeOf,
  tokenInHeader,
  unauthenticated,
  useProof,
} from '../http/protected-resource.ts'

/** The claims of the person behind the token, within its scope. */
export const userinfo = async (context: RequestContext): Promise<Response> => {
  const { request, env, issuer } = context
  const shown = await readToken(request)
  if (shown === undefined) return unauthenticated()
  const { token, scheme } = shown
  const claims = await verifyAccessToken(env, token, { issuer, audience: issuer }, Date.now())
  if (claims === undefined)
    throw refusal(scheme, 'invalid_token', 'The token is invalid, expired or for another resource')
  await requireBoundKey(context, claims.dpopJkt, shown)
  if (!claims.scope.includes('openid'))
    throw refusal(scheme, 'insufficient_scope', 'The scope of the token lacks openid', {
      scope: 'openid',
    })
  await useProof(context, scheme)
  if (!(await isStillClient(context, claims.clientId)))
    throw refusal(scheme, 'invalid_token', 'The client of the token no longer exists')
  const account = await accountOf(env, claims.subject)?.claims(claims.grantId, claims.jti)
  if (account === undefined)
    throw refusal(scheme, 'invalid_token', 'The token or its grant was revoked')
  return Response.json(claimsFor(claims, account))
}

// Core §5.4.
const claimsFor = (
  { subject, scope }: AccessTokenClaims,
  account: Claims,
): Record<string, string | boolean> => ({
  sub: subject,
  ...(scope.includes('profile') && { name: account.name }),
  ...(scope.includes('email') &&
    account.email !== undefined && {
      email: account.email,
      email_verified: account.isEmailVerified,
    }),
})

// RFC 6750 §2: in the header or in the form, never in the URL, and never twice.
const readToken = async (request: Request): Promise<ShownToken | undefined> => {
  const isForm = /^application\/x-www-form-urlencoded/i.test(
    request.headers.get('Content-Type') ?? '',
  )
  const inForm =
    request.method === 'POST' && isForm
      ? await asResource('Bearer', async () => (await readParameters(request)).get('access_token'))
      : undefined
  if (inForm !== undefined && request.headers.has('Authorization'))
    throw refusal(
      schemeOf(request),
      'invalid_request',
      'Send the token in the header or in the form, not both',
    )
  return inForm === undefined ? tokenInHeader(request) : { token: inForm, scheme: 'Bearer' }
}
