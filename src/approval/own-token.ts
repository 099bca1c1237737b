// Access tokens of our own that decide about devices: of an app that signed in here itself.
import { APPROVAL_SCOPE } from '../config/approval-issuer.ts'
import { FRESH_SIGN_IN_MS } from '../config/limits.ts'
import { accountOf } from '../objects/index.ts'
import type { RequestContext } from '../http/request-context.ts'
import { verifyAccessToken } from '../tokens/access-token.ts'
import type { Credential } from './credential.ts'

/** The contents of a token that this server issued; undefined if it is invalid. */
export const ownCredential = async (
  { env, config, issuer }: RequestContext,
  token: string,
  now: number,
): Promise<Credential | undefined> => {
  const claims = await verifyAccessToken(env, token, { issuer, audience: issuer }, now)
  if (claims === undefined) return undefined
  const { subject, clientId, scope, grantId, jti, dpopJkt, authentication } = claims
  // Only a client that is listed has it, and only as long as the operator says so.
  const isAllowed = config.clients.get(clientId)?.scope.includes(APPROVAL_SCOPE) === true
  return {
    authentication,
    dpopJkt,
    mayApprove: isAllowed && scope.includes(APPROVAL_SCOPE),
    scope: APPROVAL_SCOPE,
    maxSignInMs: FRESH_SIGN_IN_MS,
    findSubject: async () => subject,
    tryCode: async ({ userCode, wasShown }) => {
      const tried = await accountOf(env, subject)?.tryCodeByGrant(grantId, jti, {
        userCode,
        wasShown,
      })
      if (tried === undefined) return undefined
      const { proximity, ...codeTry } = tried
      return { ...codeTry, grant: { id: grantId, proximity } }
    },
  }
}
