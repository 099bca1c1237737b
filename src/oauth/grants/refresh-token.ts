// The refresh_token grant (RFC 6749 §6): rotate, and end the family when a rotated token comes back.
import { accountOf } from '../../objects/index.ts'
import type { RefreshOutcome } from '../../objects/account/grant-state.ts'
import { digestOf, nextRefreshToken, parseRefreshToken } from '../../tokens/refresh-token.ts'
import { macSecret } from '../../tokens/signing-keys.ts'
import { refreshTokenKey, verifyDpopProof, requireProof } from '../../http/dpop.ts'
import { OAuthError } from '../../http/errors.ts'
import type { TokenRequest } from '../../http/request-context.ts'
import { mayRefresh, parseScope, remainingScope } from '../scope.ts'
import { prepareTokens, tokenResponse } from '../token-response.ts'

/** Answers with a fresh access token and the next refresh token. Touches one object. */
export const grant = async ({ context, client, parameters }: TokenRequest): Promise<Response> => {
  const { env, issuer } = context
  const text = parameters.get('refresh_token')
  if (text === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing')
  const scope = parameters.get('scope')
  const { resource } = parameters
  const asked = {
    scope: scope === undefined ? undefined : parseScope(scope),
    resource: resource.length === 0 ? undefined : [...new Set(resource)],
  }
  const dpopJkt = await verifyDpopProof(context)
  requireProof(client, dpopJkt)
  const presented = parseRefreshToken(await macSecret(env), text)
  if (presented === undefined || !mayRefresh(client, client.scope)) throw refusal('invalid')
  // RFC 6749 §5.2: `invalid_scope`, because this request named the scope.
  if (asked.scope !== undefined && remainingScope(asked.scope, client).length === 0)
    throw refusal('invalid_scope')
  // Everything that can fail comes first: a rotation must be answered.
  await prepareTokens(env, client)
  await context.oneTimeValues.use()
  const next = nextRefreshToken(await macSecret(env), presented)
  const refreshed = await accountOf(env, presented.subject)?.refresh(presented.grantId, {
    clientId: client.id,
    presented: digestOf(presented),
    nextSecretHash: digestOf(next).secretHash,
    dpopJkt: refreshTokenKey(client, dpopJkt),
    ...asked,
    limits: client.refreshLimits,
  })
  if (refreshed === undefined || !('grant' in refreshed))
    throw refusal(refreshed?.outcome ?? 'invalid')
  return tokenResponse(env, {
    issuer,
    client,
    subject: presented.subject,
    grantId: presented.grantId,
    audience: asked.resource ?? refreshed.grant.resource,
    scope: remainingScope(asked.scope ?? refreshed.grant.scope, client),
    authentication: refreshed.grant.authentication,
    // A repeat may come a month later, so it gets a new access token.
    redeemedAtMs: undefined,
    refreshToken: next,
    dpopJkt,
  })
}

const refusal = (
  outcome: Exclude<RefreshOutcome['outcome'], 'rotated' | 'repeated'>,
): OAuthError => {
  switch (outcome) {
    case 'invalid':
    case 'replayed':
      return new OAuthError(
        'invalid_grant',
        'The refresh_token is invalid, expired, revoked, issued to another client or bound to another key',
      )
    case 'invalid_scope':
      return new OAuthError('invalid_scope', 'The scope must lie within the granted scope')
    case 'invalid_target':
      return new OAuthError('invalid_target', 'The resource is not one that the user approved')
  }
}
