// What this server asks of whoever uses an access token at it: a bearer token (RFC 6750), or one that is
// bound to a key, with a proof of that key (RFC 9449 §7). UserInfo and the approval API share it.
import { DPOP_ALGORITHMS, verifyDpopProof } from './dpop.ts'
import { OAuthError } from './errors.ts'
import type { RequestContext } from './request-context.ts'
import { type ErrorCode, type TokenType, tokenType } from './protocol.ts'

/** How a request shows its access token. */
export interface ShownToken {
  readonly token: string
  readonly scheme: TokenType
}

/** The scheme that a request speaks, whatever comes after it. */
export const schemeOf = (request: Request): TokenType =>
  /^dpop( |$)/i.test(request.headers.get('Authorization') ?? '') ? 'DPoP' : 'Bearer'

/** The access token in the header; undefined where there is no header. Throws `invalid_token`. */
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
 * RFC 9449 §7.1 and §7.2: a bound token goes with its key, and with no other scheme. The proof is to be
 * used up by `useProof`, once all else is checked.
 */
export const requireBoundKey = async (
  exchange: RequestContext,
  dpopJkt: string | undefined,
  { token, scheme }: ShownToken,
): Promise<void> => {
  if (scheme !== tokenType(dpopJkt))
    throw refusal(scheme, 'invalid_token', `The token is not one for ${scheme}`)
  if (scheme === 'Bearer') return
  const proven = await asResource(scheme, () => verifyDpopProof(exchange, token))
  if (proven === undefined)
    throw refusal(scheme, 'invalid_dpop_proof', 'The token needs a DPoP proof')
  if (proven !== dpopJkt) throw refusal(scheme, 'invalid_token', 'The token is for another key')
}

/** Uses the proof up that came with the token, if one did. */
export const useProof = ({ oneTimeValues }: RequestContext, scheme: TokenType): Promise<void> =>
  asResource(scheme, () => oneTimeValues.use())

/** What `act` refuses in the words of a token endpoint, refused as a resource does. */
export const asResource = async <T>(scheme: TokenType, act: () => Promise<T>): Promise<T> => {
  try {
    return await act()
  } catch (error) {
    throw error instanceof OAuthError && error.details.status === undefined
      ? refusal(scheme, error.code, error.message)
      : error
  }
}

/** RFC 6750 §3: whoever brings nothing is told how, and no error. */
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

/** RFC 9449 §7.1: said of the scheme that was used. `more` goes into the challenge. */
export const refusal = (
  scheme: TokenType,
  code: ErrorCode,
  description: string,
  more: Readonly<Record<string, string>> = {},
): OAuthError =>
  new OAuthError(code, description, {
    status: STATUS[code] ?? 401,
    headers: {
      'WWW-Authenticate': challenge(scheme, {
        error: code,
        error_description: description,
        ...more,
      }),
    },
  })

// RFC 6750 §3.1; what is wrong with a proof is 401 here, other than at the token endpoint.
const STATUS: Partial<Record<ErrorCode, number>> = { invalid_request: 400, insufficient_scope: 403 }

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
