// Access tokens at this server's own resources, UserInfo and the approval API: a bearer token (RFC 6750),
// or one that is bound to a key, with a proof of that key (RFC 9449 §7).
import { DPOP_ALGORITHMS, verifyDpopProof } from './dpop.ts'
import { OAuthError, resourceStatusOf } from './errors.ts'
import type { RequestContext } from './request-context.ts'
import { type ErrorCode, type TokenType, tokenType } from './protocol.ts'

/** An access token with the scheme that carried it. */
export interface ShownToken {
  readonly token: string
  readonly scheme: TokenType
}

/** The scheme of the Authorization header, even if its token is malformed. */
export const schemeOf = (request: Request): TokenType =>
  /^dpop( |$)/i.test(request.headers.get('Authorization') ?? '') ? 'DPoP' : 'Bearer'

/** The access token in the header; undefined without a header. Throws `invalid_token`. */
export const tokenInHeader = (request: Request): ShownToken | undefined => {
  const authorization = request.headers.get('Authorization')
  if (authorization === null) return undefined
  const scheme = schemeOf(request)
  const token = /^(?:bearer|dpop) +([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
  if (token === undefined)
    throw refusal(scheme, 'invalid_token', 'The Authorization header holds no access token')
  return { token, scheme }
}

/**
 * RFC 9449 §7.1 and §7.2: a bound token needs its key and the DPoP scheme. Call `useProof` after all
 * other checks.
 */
export const requireBoundKey = async (
  context: RequestContext,
  dpopJkt: string | undefined,
  { token, scheme }: ShownToken,
): Promise<void> => {
  if (scheme !== tokenType(dpopJkt))
    throw refusal(scheme, 'invalid_token', `The token does not go with the ${scheme} scheme`)
  if (scheme === 'Bearer') return
  const proven = await asResource(scheme, () => verifyDpopProof(context, token))
  if (proven === undefined)
    throw refusal(
      scheme,
      'invalid_dpop_proof',
      'The DPoP proof is missing: the token is bound to a key',
    )
  if (proven !== dpopJkt)
    throw refusal(scheme, 'invalid_token', 'The token is bound to a different key')
}

/** Uses the proof of the token, if any. */
export const useProof = ({ oneTimeValues }: RequestContext, scheme: TokenType): Promise<void> =>
  asResource(scheme, () => oneTimeValues.use())

/** Turns a token endpoint's error that `act` throws into one of a resource. */
export const asResource = async <T>(scheme: TokenType, act: () => Promise<T>): Promise<T> => {
  try {
    return await act()
  } catch (error) {
    throw error instanceof OAuthError && error.details.status === undefined
      ? refusal(scheme, error.code, error.message)
      : error
  }
}

/** RFC 6750 §3: a request without a token gets the challenge, and no error. */
export const unauthenticated = (): Response =>
  Response.json(
    {},
    {
      status: 401,
      headers: {
        'WWW-Authenticate': `${challenge('Bearer')}, ${challenge('DPoP')}`,
      },
    },
  )

/** RFC 9449 §7.1: the challenge names the scheme of the request. `more` goes into the challenge. */
export const refusal = (
  scheme: TokenType,
  code: ErrorCode,
  description: string,
  more: Readonly<Record<string, string>> = {},
): OAuthError =>
  new OAuthError(code, description, {
    status: resourceStatusOf(code),
    headers: {
      'WWW-Authenticate': challenge(scheme, {
        error: code,
        error_description: description,
        ...more,
      }),
    },
  })

const challenge = (
  scheme: TokenType,
  parameters: Readonly<Record<string, string>> = {},
): string => {
  const all = {
    realm: 'antenna',
    ...parameters,
    ...(scheme === 'DPoP' && { algs: DPOP_ALGORITHMS.join(' ') }),
  }
  return `${scheme} ${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`
}
