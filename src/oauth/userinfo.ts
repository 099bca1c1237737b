// GET and POST /userinfo (OpenID Connect Core §5.3), with a bearer token (RFC 6750) or one that is
// bound to a key (RFC 9449 §7).
import type { Claims } from '../objects/account.ts'
import { ask, accountOf } from '../objects/index.ts'
import { type AccessTokenClaims, verifyAccessToken } from '../tokens/access-token.ts'
import { isStillClient } from './client-registry.ts'
import { DPOP_ALGORITHMS, provenKey } from './dpop.ts'
import { OAuthError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { readParameters } from './parameters.ts'
import type { ErrorCode, TokenType } from './protocol.ts'
import { tokenType } from './token-response.ts'

/** How a request shows its access token. */
interface Shown {
  readonly token: string
  readonly scheme: TokenType
}

/** The claims of the person behind the token, as far as its scope goes. */
export const userinfo = async (exchange: Exchange): Promise<Response> => {
  const { request, env, issuer } = exchange
  const shown = await readToken(request)
  if (shown === undefined) return unauthenticated()
  const { token, scheme } = shown
  const claims = await verifyAccessToken(env, token, { issuer, audience: issuer }, Date.now())
  if (claims === undefined) throw refusal(scheme, 'invalid_token', 'The token is not good here')
  await requireKey(exchange, claims, shown)
  if (!claims.scope.includes('openid'))
    throw refusal(scheme, 'insufficient_scope', 'The token was not granted openid', 'openid')
  if (!(await isStillClient(exchange, claims.clientId)))
    throw refusal(scheme, 'invalid_token', 'The client is none any more')
  const account = await ask(async () =>
    accountOf(env, claims.subject)?.claims(claims.grantId, claims.jti),
  )
  if (account === undefined) throw refusal(scheme, 'invalid_token', 'The grant has ended')
  return Response.json(claimsFor(claims, account))
}

// RFC 9449 §7.1 and §7.2: a bound token goes with its key, and with no other scheme.
const requireKey = async (
  exchange: Exchange,
  { dpopJkt }: AccessTokenClaims,
  { token, scheme }: Shown,
): Promise<void> => {
  if (scheme !== tokenType(dpopJkt))
    throw refusal(scheme, 'invalid_token', `The token is not one for ${scheme}`)
  if (scheme === 'Bearer') return
  let proven: string | undefined
  try {
    proven = await provenKey(exchange, token)
  } catch (error) {
    throw error instanceof OAuthError && error.details.status === undefined
      ? refusal(scheme, error.code, error.message)
      : error
  }
  if (proven === undefined)
    throw refusal(scheme, 'invalid_dpop_proof', 'The token needs a DPoP proof')
  if (proven !== dpopJkt) throw refusal(scheme, 'invalid_token', 'The token is for another key')
}

// Core §5.4.
const claimsFor = (
  { subject, scope }: AccessTokenClaims,
  account: Claims,
): Record<string, string | boolean> => ({
  sub: subject,
  ...(scope.includes('profile') && { name: account.name }),
  ...(scope.includes('email') &&
    account.email !== undefined && {
      email: account.email,
      email_verified: account.isEmailVerified,
    }),
})

// RFC 6750 §2: in the header or in the form, never in the URL, and never twice.
const readToken = async (request: Request): Promise<Shown | undefined> => {
  const authorization = request.headers.get('Authorization')
  const scheme: TokenType = /^dpop( |$)/i.test(authorization ?? '') ? 'DPoP' : 'Bearer'
  const inHeader = /^(?:bearer|dpop) +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1]
  const isForm = /^application\/x-www-form-urlencoded/i.test(
    request.headers.get('Content-Type') ?? '',
  )
  const inForm = request.method === 'POST' && isForm ? await readForm(request) : undefined
  if (inForm !== undefined && authorization !== null)
    throw refusal(scheme, 'invalid_request', 'The token is sent in two ways')
  if (authorization !== null && inHeader === undefined)
    throw refusal(scheme, 'invalid_token', 'The Authorization header holds no access token')
  const token = inHeader ?? inForm
  return token === undefined ? undefined : { token, scheme }
}

const readForm = async (request: Request): Promise<string | undefined> => {
  try {
    return (await readParameters(request)).get('access_token')
  } catch (error) {
    throw error instanceof OAuthError && error.details.status === undefined
      ? refusal('Bearer', error.code, error.message)
      : error
  }
}

// RFC 6750 §3: whoever brings nothing is told how, and no error.
const unauthenticated = (): Response =>
  Response.json(
    {},
    {
      status: 401,
      headers: {
        'WWW-Authenticate': `${challenge('Bearer')}, ${challenge('DPoP')}`,
      },
    },
  )

// RFC 9449 §7.1: said of the scheme that was used.
const refusal = (
  scheme: TokenType,
  code: ErrorCode,
  description: string,
  scope?: string,
): OAuthError =>
  new OAuthError(code, description, {
    status: STATUS[code] ?? 401,
    headers: {
      'WWW-Authenticate': challenge(scheme, { error: code, error_description: description, scope }),
    },
  })

// RFC 6750 §3.1; what is wrong with a proof is 401 here, other than at the token endpoint.
const STATUS: Partial<Record<ErrorCode, number>> = { invalid_request: 400, insufficient_scope: 403 }

const challenge = (
  scheme: TokenType,
  parameters: Record<string, string | undefined> = {},
): string => {
  const all = {
    realm: 'antenna',
    ...parameters,
    algs: scheme === 'DPoP' ? DPOP_ALGORITHMS.join(' ') : undefined,
  }
  return `${scheme} ${Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`
}
