// POST /introspect (RFC 7662): the current state of a token, for its client and its resource server.
import type { Client } from '../config/clients.ts'
import { accountOf } from '../objects/index.ts'
import { verifyAccessToken } from '../tokens/access-token.ts'
import { digestOf, parseRefreshToken } from '../tokens/refresh-token.ts'
import { macSecret } from '../tokens/signing-keys.ts'
import { authenticateClient } from './clients/authentication.ts'
import { isStillClient } from '../tokens/client-id.ts'
import { OAuthError, invalidClient } from '../http/errors.ts'
import type { RequestContext } from '../http/request-context.ts'
import { readParameters } from '../http/parameters.ts'
import { type IntrospectionResponse, tokenType } from '../http/protocol.ts'
import { mayRefresh, remainingScope } from './scope.ts'

/** Answers a confidential client. Inactive and foreign tokens get the same answer. */
export const introspect = async (context: RequestContext): Promise<Response> => {
  const parameters = await readParameters(context.request)
  const client = await authenticateClient(context, parameters)
  if (client.authentication.method === 'none')
    throw invalidClient('Introspection needs client authentication')
  const token = parameters.get('token')
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing')
  await context.oneTimeValues.use()
  const active =
    (await introspectAccessToken(context, client, token)) ??
    (await introspectRefreshToken(context, client, token))
  return Response.json(active ?? ({ active: false } satisfies IntrospectionResponse))
}

const introspectAccessToken = async (
  context: RequestContext,
  client: Client,
  text: string,
): Promise<IntrospectionResponse | undefined> => {
  const { env, issuer } = context
  const token = await verifyAccessToken(env, text, { issuer }, Date.now())
  if (token === undefined) return undefined
  const isForCaller =
    token.clientId === client.id ||
    (client.resource !== undefined && token.audience.includes(client.resource))
  if (!isForCaller) return undefined
  const { subject, grantId, jti, expiresAtMs, issuedAtMs, dpopJkt } = token
  const isLive = await accountOf(env, subject)?.isLive(grantId, jti)
  if (isLive !== true || !(await isStillClient(context, token.clientId))) return undefined
  return {
    active: true,
    token_type: tokenType(dpopJkt),
    ...(dpopJkt !== undefined && { cnf: { jkt: dpopJkt } }),
    scope: token.scope.join(' '),
    client_id: token.clientId,
    sub: subject,
    aud: token.audience,
    iss: issuer,
    exp: expiresAtMs / 1000,
    iat: issuedAtMs / 1000,
    jti,
  }
}

// IN-6: only its own client may introspect a refresh token.
const introspectRefreshToken = async (
  { env, issuer }: RequestContext,
  client: Client,
  text: string,
): Promise<IntrospectionResponse | undefined> => {
  const token = parseRefreshToken(await macSecret(env), text)
  if (token === undefined) return undefined
  const { subject, grantId } = token
  const grant = await accountOf(env, subject)?.grantOf(
    grantId,
    digestOf(token),
    client.refreshLimits,
  )
  if (grant === undefined || grant.clientId !== client.id) return undefined
  const scope = remainingScope(grant.scope, client)
  if (!mayRefresh(client, scope)) return undefined
  return {
    active: true,
    scope: scope.join(' '),
    client_id: grant.clientId,
    sub: subject,
    iss: issuer,
  }
}
