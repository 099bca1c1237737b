// The approver of an API request: the person behind an access token, from a trusted issuer or from
// this server, that lets its app approve devices.
import type { UserCode } from '../ids.ts'
import { decodeJwt } from 'jose'
import { parseUserCode } from '../codes.ts'
import { type ReviewResult, type Approver, admit } from '../review/review.ts'
import { isProvenShown } from '../review/shown-request.ts'
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

type Admitted = Extract<ReviewResult<Approver>, { outcome: 'decided' | 'reviewable' }>

/**
 * The request under review or the decision already taken; a 401 response without a token. `readShownProof`
 * reads the proof in the body, and is called when the token has been checked, before the code counts.
 */
export const admitApprover = async (
  context: RequestContext,
  shownCode: string,
  readShownProof = async (): Promise<string> => '',
): Promise<Admitted | Response> => {
  const { request, env } = context
  const shown = tokenInHeader(request)
  if (shown === undefined) return unauthenticated()
  const userCode = parseUserCode(shownCode)
  const result = await admit(env, request, async () => {
    const credential = await credentialOf(context, shown)
    // Text that is not a code is no guess at one.
    if (userCode === undefined) throw unknownCode()
    const shownProof = await readShownProof()
    await useProof(context, shown.scheme)
    const approver = await identify(env, credential, userCode, shownProof)
    return approver && { approver, userCode }
  })
  switch (result.outcome) {
    case 'wait':
      throw new OAuthError('temporarily_unavailable', 'Too many attempts, try again later', {
        status: 429,
        headers: { 'Retry-After': String(Math.ceil(result.waitMs / SECOND)) },
      })
    case 'nobody':
      throw refusal(
        shown.scheme,
        'invalid_token',
        'The account or grant of this token is no longer active',
      )
    case 'not_valid':
      throw unknownCode()
    case 'decided':
    case 'reviewable':
      return result
  }
}

/** Unknown, expired and foreign codes get the same answer (VP-6). */
export const unknownCode = (): OAuthError =>
  new OAuthError('unknown_code', 'The user code is invalid or has expired')

const credentialOf = async (context: RequestContext, shown: ShownToken): Promise<Credential> => {
  const { token, scheme } = shown
  const now = Date.now()
  const issuer = claimedIssuer(token)
  const credential =
    issuer === context.issuer
      ? await ownCredential(context, token, now)
      : await issuerCredential(context, issuer, token, now)
  if (credential === undefined)
    throw refusal(
      scheme,
      'invalid_token',
      'The access token is invalid, expired or meant for another API',
    )
  const { authentication, dpopJkt, mayApprove, scope, maxSignInMs } = credential
  await requireBoundKey(context, dpopJkt, shown)
  if (!mayApprove)
    throw refusal(
      scheme,
      'insufficient_scope',
      'The access token does not allow approving devices',
      scope === undefined ? {} : { scope },
    )
  // SS-5, RFC 9470 §3: phones are handed around.
  const { authTimeMs } = authentication
  if (maxSignInMs !== undefined && !(authTimeMs !== undefined && now < authTimeMs + maxSignInMs))
    throw refusal(
      scheme,
      'insufficient_user_authentication',
      'The sign-in is too old; the person must sign in again',
      {
        max_age: String(maxSignInMs / SECOND),
      },
    )
  return credential
}

const identify = async (
  env: Cloudflare.Env,
  { authentication, findSubject, tryCode }: Credential,
  userCode: UserCode,
  shownProof: string,
): Promise<Approver | undefined> => {
  const subject = await findSubject()
  const wasShown = await isProvenShown(env, { subject, userCode }, shownProof, Date.now())
  const tried = await tryCode({ subject, userCode, wasShown })
  return tried && { ...authentication, ...tried, subject, wasShown }
}

const claimedIssuer = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}
