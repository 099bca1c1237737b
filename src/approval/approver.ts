// Who decides through the API: the person behind an access token that lets its app do so, of an issuer
// that the operator trusts with that, or of our own.
import { decodeJwt } from 'jose'
import { parseUserCode } from '../codes.ts'
import { type ReviewResult, type Approver, admit } from '../review/review.ts'
import { SECOND } from '../durations.ts'
import { OAuthError } from '../http/errors.ts'
import type { RequestContext } from '../http/request-context.ts'
import {
  type ShownToken,
  refusal,
  requireBoundKey,
  tokenInHeader,
  unauthenticated,
  useProof,
} from '../http/protected-resource.ts'
import type { Credential } from './credential.ts'
import { issuerCredential } from './issuer-token.ts'
import { ownCredential } from './own-token.ts'

type Admitted = Extract<ReviewResult<Approver>, { outcome: 'decided' | 'question' }>

/** The question that somebody may answer, or what they have; a response where no token is shown. */
export const admitApprover = async (
  exchange: RequestContext,
  shownCode: string,
): Promise<Admitted | Response> => {
  const { request, env } = exchange
  const shown = tokenInHeader(request)
  if (shown === undefined) return unauthenticated()
  const userCode = parseUserCode(shownCode)
  const admission = await admit(env, request, userCode ?? '', async () => {
    const credential = await credentialOf(exchange, shown)
    // No code at all is no guess at one.
    if (userCode === undefined) throw unknownCode()
    await useProof(exchange, shown.scheme)
    return identify(credential, userCode)
  })
  switch (admission.outcome) {
    case 'wait':
      throw new OAuthError('temporarily_unavailable', 'Too many tries, wait', {
        status: 429,
        headers: { 'Retry-After': String(Math.ceil(admission.waitMs / SECOND)) },
      })
    case 'nobody':
      throw refusal(shown.scheme, 'invalid_token', 'Nobody may decide with this token any more')
    case 'not_valid':
      throw unknownCode()
    case 'decided':
    case 'question':
      return admission
  }
}

/** One answer for codes that never were, have run out, or are another's (VP-6). */
export const unknownCode = (): OAuthError =>
  new OAuthError('unknown_code', 'This code is not valid, or not any more', { status: 404 })

const credentialOf = async (exchange: RequestContext, shown: ShownToken): Promise<Credential> => {
  const { token, scheme } = shown
  const now = Date.now()
  const issuer = claimedIssuer(token)
  const credential =
    issuer === exchange.issuer
      ? await ownCredential(exchange, token, now)
      : await issuerCredential(exchange, issuer, token, now)
  if (credential === undefined) throw refusal(scheme, 'invalid_token', 'The token is not good here')
  const { authentication, dpopJkt, mayApprove, scope, maxSignInMs } = credential
  await requireBoundKey(exchange, dpopJkt, shown)
  if (!mayApprove)
    throw refusal(
      scheme,
      'insufficient_scope',
      'The token is not one to decide with',
      scope === undefined ? {} : { scope },
    )
  // SS-5, RFC 9470 §3: phones are handed around.
  const { authTimeMs } = authentication
  if (maxSignInMs !== undefined && !(authTimeMs !== undefined && now < authTimeMs + maxSignInMs))
    throw refusal(scheme, 'insufficient_user_authentication', 'The sign-in is too long ago', {
      max_age: String(maxSignInMs / SECOND),
    })
  return credential
}

const identify = async (
  { authentication, tryCode }: Credential,
  userCode: string,
): Promise<Approver | undefined> => {
  const tried = await tryCode(userCode)
  return tried && { ...authentication, ...tried }
}

const claimedIssuer = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}
