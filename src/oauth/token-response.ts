// The successful answer of the token endpoint (RFC 6749 §5.1).
import type { GrantId, Subject } from '../ids.ts'
import { APPROVAL_SCOPE } from '../config/approval-issuer.ts'
import type { Client } from '../config/clients.ts'
import { SECOND } from '../durations.ts'
import type { Authentication } from '../objects/device-authorization/approval.ts'
import {
  ACCESS_TOKEN_ALGORITHM,
  issueAccessToken,
  mintTokenId,
  tokenIdOf,
} from '../tokens/access-token.ts'
import { issueIdToken } from '../tokens/id-token.ts'
import { type RefreshToken, formatRefreshToken } from '../tokens/refresh-token.ts'
import { macSecret, signingKey } from '../tokens/signing-keys.ts'
import { type TokenResponse, tokenType } from '../http/protocol.ts'
import { scopeFor } from './scope.ts'

export interface Grant {
  readonly issuer: string
  readonly client: Client
  readonly subject: Subject
  readonly grantId: GrantId
  readonly audience: readonly string[]
  readonly scope: readonly string[]
  /** The person's sign-in; undefined for old grants. */
  readonly authentication: Authentication | undefined
  /** The time of the redemption: every repeat gets the same access token. */
  readonly redeemedAtMs: number | undefined
  readonly refreshToken: RefreshToken | undefined
  /** The key that the access token is bound to. */
  readonly dpopJkt: string | undefined
}

/** Loads the keys, so that issuing calls no object. Throws ObjectUnavailable. */
export const prepareTokens = async (env: Cloudflare.Env, client: Client): Promise<void> => {
  const now = Date.now()
  await signingKey(env, ACCESS_TOKEN_ALGORITHM, now)
  await signingKey(env, client.idTokenAlgorithm, now)
  await macSecret(env)
}

/** Issues the tokens of a grant. */
export const tokenResponse = async (env: Cloudflare.Env, grant: Grant): Promise<Response> => {
  const { issuer, client, audience, grantId, authentication, refreshToken, dpopJkt } = grant
  const now = Date.now()
  const issuedAtMs = grant.redeemedAtMs ?? now
  const scope = scopeFor(audience, grant.scope, issuer)
  const subject = { issuer, subject: grant.subject, clientId: client.id }
  const accessToken = await issueAccessToken(
    env,
    {
      ...subject,
      audience,
      scope,
      grantId,
      dpopJkt,
      authentication: scope.includes(APPROVAL_SCOPE) ? authentication : undefined,
      jti:
        grant.redeemedAtMs === undefined
          ? mintTokenId()
          : tokenIdOf(await macSecret(env), { ...grant, scope, redeemedAtMs: grant.redeemedAtMs }),
      issuedAtMs,
    },
    client.accessTokenLifetimeMs,
    now,
  )
  const idToken =
    authentication !== undefined && grant.scope.includes('openid')
      ? await issueIdToken(
          env,
          { ...subject, authentication, issuedAtMs },
          accessToken,
          client.idTokenAlgorithm,
          now,
        )
      : undefined
  const body: TokenResponse = {
    access_token: accessToken,
    token_type: tokenType(dpopJkt),
    expires_in: remainingSeconds(client.accessTokenLifetimeMs, issuedAtMs, now),
    scope: scope.join(' '),
    ...(refreshToken !== undefined && {
      refresh_token: formatRefreshToken(await macSecret(env), refreshToken),
    }),
    ...(idToken !== undefined && { id_token: idToken }),
  }
  return Response.json(body)
}

// A repeat within the minute returns the remaining time, which is 0 for an expired token.
const remainingSeconds = (lifetimeMs: number, issuedAtMs: number, now: number): number =>
  Math.max(0, Math.ceil((lifetimeMs - Math.max(0, now - issuedAtMs)) / SECOND))
