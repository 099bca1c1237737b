// Access tokens of an issuer that the operator trusts to identify approvers: JWTs by RFC 9068.
import { type JWTPayload, errors, jwtVerify } from 'jose'
import type { ApprovalIssuer } from '../config/approval-issuer.ts'
import { CLIENT_ALGORITHMS } from '../config/client-settings.ts'
import { CLOCK_SKEW_MS } from '../config/limits.ts'
import { SECOND } from '../durations.ts'
import { logFailure } from '../http/log.ts'
import { claimsOf } from '../identity/claims.ts'
import { upstreamAccount } from '../identity/upstream.ts'
import { accountOf } from '../objects/index.ts'
import { temporarilyUnavailable } from '../http/errors.ts'
import type { RequestContext } from '../http/request-context.ts'
import { authenticationIn } from '../tokens/authentication.ts'
import { countNewAccount, evenIfCut } from '../identity/wrong-codes.ts'
import type { Credential } from './credential.ts'
import { issuerKeys } from './issuer-keys.ts'

// OpenID Connect Core §2.
const MAX_SUBJECT_LENGTH = 255

/**
 * The contents of a token that claims to be of `issuer`; undefined if it is invalid. Throws
 * `temporarily_unavailable` while the issuer's keys cannot be fetched.
 */
export const issuerCredential = async (
  { env, config }: RequestContext,
  issuer: string | undefined,
  token: string,
  now: number,
): Promise<Credential | undefined> => {
  const trusted = config.approvalIssuers.find((one) => one.issuer === issuer)
  const claims = trusted && (await verify(env, trusted, token, now))
  if (trusted === undefined || claims === undefined) return undefined
  const { sub: issuerSubject = '' } = claims
  const known = claimsOf(claims)
  return {
    authentication: authenticationIn(claims, now),
    dpopJkt: keyIn(claims),
    mayApprove: isToApprove(claims, trusted),
    scope: trusted.scope,
    maxSignInMs: trusted.maxSignInMs,
    findSubject: () => upstreamAccount(env, trusted.issuer, issuerSubject, known.name),
    tryCode: async ({ subject, userCode, wasShown }) => {
      const attempt = () => accountOf(env, subject)?.tryCodeByClaims(known, { userCode, wasShown })
      const introduce = async () => {
        const tried = await attempt()
        if (tried?.isNew === true) await countNewAccount(env, subject)
        return tried
      }
      // First the wait of a new account, if it has one; then its code.
      const tried = await evenIfCut(introduce())
      return tried?.isNew === true ? attempt() : tried
    },
  }
}

// Failures of the key set, not of the token: no JSON, no key set, or a time-out.
const OF_THE_KEY_SET = ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT']

// RFC 9068 §4.
const verify = async (
  env: Cloudflare.Env,
  { issuer, audience }: ApprovalIssuer,
  token: string,
  now: number,
): Promise<JWTPayload | undefined> => {
  try {
    const { payload } = await jwtVerify(token, await issuerKeys(env, issuer), {
      algorithms: [...CLIENT_ALGORITHMS],
      typ: 'at+jwt',
      issuer,
      audience,
      clockTolerance: CLOCK_SKEW_MS / SECOND,
      currentDate: new Date(now),
      requiredClaims: ['sub', 'exp', 'iat', 'jti', 'client_id'],
    })
    return isWhole(payload, now) && isForUsAlone(payload, audience) ? payload : undefined
  } catch (error) {
    if (error instanceof errors.JOSEError && !OF_THE_KEY_SET.includes(error.code)) return undefined
    // Also for lasting failures: the token may be valid, and the setting or the keys wrong.
    logFailure(error)
    throw temporarilyUnavailable('The keys of the issuer')
  }
}

const isWhole = (payload: JWTPayload, now: number): boolean => {
  const { sub, jti, iat = Infinity, client_id: clientId, auth_time: authTime, cnf } = payload
  const isNamed = typeof sub === 'string' && sub !== '' && sub.length <= MAX_SUBJECT_LENGTH
  const hasStrings = typeof jti === 'string' && typeof clientId === 'string'
  // RFC 9068 §2.2: a token whose sub is its client_id belongs to the client; no person is behind it.
  const isPersons = sub !== clientId
  // A clock that is ahead, or counts in milliseconds, must not make a sign-in that never ages.
  const latest = (now + CLOCK_SKEW_MS) / SECOND
  const isNotFromTheFuture = iat <= latest && !(typeof authTime === 'number' && authTime > latest)
  // RFC 7800 §3.1: bound to something that we cannot check.
  const isCheckable = cnf === undefined || keyIn(payload) !== undefined
  return isNamed && hasStrings && isPersons && isNotFromTheFuture && isCheckable
}

// RFC 9068 §3: what another API is shown as well must not decide here.
const isForUsAlone = ({ aud = [] }: JWTPayload, audience: string): boolean =>
  [aud].flat().every((one) => one === audience)

const keyIn = ({ cnf }: JWTPayload): string | undefined => {
  if (typeof cnf !== 'object' || cnf === null || Object.keys(cnf).length !== 1) return undefined
  return 'jkt' in cnf && typeof cnf.jkt === 'string' ? cnf.jkt : undefined
}

const isToApprove = (payload: JWTPayload, { scope, claim }: ApprovalIssuer): boolean => {
  const { scope: granted } = payload
  const words = typeof granted === 'string' ? granted.split(' ') : []
  const said = claim === undefined ? [] : [payload[claim.name]].flat()
  return (
    (scope === undefined || words.includes(scope)) &&
    (claim === undefined || said.includes(claim.value))
  )
}
