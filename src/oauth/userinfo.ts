// GET and POST /userinfo (OpenID Connect Core §5.3), with a bearer token (RFC 6750).
import { ask, accountOf } from '../objects/index.ts'
import { type AccessTokenClaims, verifyAccessToken } from '../tokens/access-token.ts'
import { OAuthError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { readParameters } from './parameters.ts'
import type { ErrorCode } from './protocol.ts'

/** The claims of the person behind the token, as far as its scope goes. */
export const userinfo = async (exchange: Exchange): Promise<Response> => {
  const { request, env, issuer } = exchange
  const token = await readToken(request)
  if (token === undefined) return unauthenticated()
  const claims = await verifyAccessToken(env, token, { issuer, audience: issuer }, Date.now())
  if (claims === undefined) throw bearerError('invalid_token', 'The token is not good here')
  if (!claims.scope.includes('openid'))
    throw bearerError('insufficient_scope', 'The token was not granted openid', 'openid')
  const account = await ask(async () =>
    accountOf(env, claims.subject)?.claims(claims.grantId, claims.jti),
  )
  if (account === undefined) throw bearerError('invalid_token', 'The grant has ended')
  return Response.json(claimsFor(claims, account))
}

// Core §5.4. Nobody has confirmed the address by reading a message sent there.
const claimsFor = (
  { subject, scope }: AccessTokenClaims,
  account: { name: string; email: string },
): Record<string, string | boolean> => ({
  sub: subject,
  ...(scope.includes('profile') && { name: account.name }),
  ...(scope.includes('email') && { email: account.email, email_verified: false }),
})

// RFC 6750 §2: in the header or in the form, never in the URL, and never twice.
const readToken = async (request: Request): Promise<string | undefined> => {
  const authorization = request.headers.get('Authorization')
  const inHeader = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1]
  const isForm = /^application\/x-www-form-urlencoded/i.test(
    request.headers.get('Content-Type') ?? '',
  )
  const inForm = request.method === 'POST' && isForm ? await readForm(request) : undefined
  if (inForm !== undefined && authorization !== null)
    throw bearerError('invalid_request', 'The token is sent in two ways')
  if (authorization !== null && inHeader === undefined)
    throw bearerError('invalid_token', 'The Authorization header is no bearer token')
  return inHeader ?? inForm
}

const readForm = async (request: Request): Promise<string | undefined> => {
  try {
    return (await readParameters(request)).get('access_token')
  } catch (error) {
    throw error instanceof OAuthError && error.details.status === undefined
      ? bearerError(error.code, error.message)
      : error
  }
}

// RFC 6750 §3: whoever brings nothing is told how, and no error.
const unauthenticated = (): Response =>
  Response.json({}, { status: 401, headers: { 'WWW-Authenticate': challenge() } })

const bearerError = (code: ErrorCode, description: string, scope?: string): OAuthError =>
  new OAuthError(code, description, {
    headers: {
      'WWW-Authenticate': challenge({ error: code, error_description: description, scope }),
    },
  })

const challenge = (parameters: Record<string, string | undefined> = {}): string =>
  `Bearer ${Object.entries({ realm: 'antenna', ...parameters })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`
