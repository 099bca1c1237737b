// POST /revoke (RFC 7009): a refresh token with its whole grant, or one access token.
import type { Client } from '../config/clients.ts'
import { accountOf } from '../objects/index.ts'
import { verifyAccessToken } from '../tokens/access-token.ts'
import { digestOf, parseRefreshToken } from '../tokens/refresh-token.ts'
import { macSecret } from '../tokens/signing-keys.ts'
import { authenticateClient } from './clients/authentication.ts'
import { OAuthError } from '../http/errors.ts'
import type { RequestContext } from '../http/request-context.ts'
import { readParameters } from '../http/parameters.ts'

/** Revokes a token of the client's own. 200 also for text that is no token, or no longer one. */
export const revoke = async (context: RequestContext): Promise<Response> => {
  const parameters = await readParameters(context.request)
  const client = await authenticateClient(context, parameters)
  const token = parameters.get('token')
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing')
  await context.oneTimeValues.use()
  const outcome =
    (await revokeRefreshToken(context, client, token)) ??
    (await revokeAccessToken(context, client, token))
  if (outcome === 'foreign')
    throw new OAuthError('invalid_grant', 'The token was issued to another client')
  return new Response(null, { status: 200 })
}

type Outcome = 'revoked' | 'foreign' | undefined

const revokeRefreshToken = async (
  { env }: RequestContext,
  client: Client,
  text: string,
): Promise<Outcome> => {
  const token = parseRefreshToken(await macSecret(env), text)
  if (token === undefined) return undefined
  const { subject, grantId } = token
  return accountOf(env, subject)?.revokeGrant(grantId, {
    clientId: client.id,
    presented: digestOf(token),
  })
}

// RFC 7009 §2.1 lets the refresh token live on: the device may just be tidying up.
const revokeAccessToken = async (
  { env, issuer }: RequestContext,
  client: Client,
  text: string,
): Promise<Outcome> => {
  const token = await verifyAccessToken(env, text, { issuer }, Date.now())
  if (token === undefined) return undefined
  if (token.clientId !== client.id) return 'foreign'
  const { subject, grantId, jti, expiresAtMs } = token
  await accountOf(env, subject)?.revokeAccessToken(grantId, jti, expiresAtMs)
  return 'revoked'
}
