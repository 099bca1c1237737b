// Client authentication (RFC 6749 §2.3): none, a secret by Basic or in the form, private_key_jwt.
import type { Client } from '../../config/clients.ts'
import { isEqualInConstantTime, sha256 } from '../../crypto.ts'
import { isWithinLimit } from '../../http/rate-limit.ts'
import { JWT_BEARER, claimedClientId, verifyAssertion } from './assertion.ts'
import { findClient } from './registry.ts'
import { OAuthError, invalidClient, tooManyRequests } from '../../http/errors.ts'
import type { RequestContext } from '../../http/request-context.ts'
import { type Parameters, decode } from '../../http/parameters.ts'

/** The client that a request claims, with its proof. */
type Credentials = { readonly clientId: string } & (
  | { readonly method: 'none' }
  | { readonly method: 'client_secret'; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly assertion: string }
)

/**
 * The client that sent the request. Throws `invalid_request` if the request contradicts itself or names
 * no client, `invalid_client` without valid credentials, 429 after too many failures. The `jti` of an
 * assertion joins the one-time values of the request.
 */
export const authenticateClient = async (
  context: RequestContext,
  parameters: Parameters,
): Promise<Client> => {
  const credentials = readCredentials(context.request, parameters)
  const client = await findClient(context, credentials.clientId)
  if (client !== undefined && (await isProven(context, client, credentials))) return client
  throw await failure(context, credentials)
}

const failure = async (
  { request, env }: RequestContext,
  { clientId }: Credentials,
): Promise<OAuthError> =>
  (await isWithinLimit(env, 'SECRET_LIMIT', request, clientId))
    ? invalidClient('The client is unknown or its credentials are wrong')
    : tooManyRequests()

const readCredentials = (request: Request, parameters: Parameters): Credentials => {
  const authorization = request.headers.get('Authorization')
  const basic = authorization === null ? undefined : parseBasic(authorization)
  const postSecret = parameters.get('client_secret')
  const assertion = readAssertion(parameters)
  if ([basic?.secret, postSecret, assertion].filter((one) => one !== undefined).length > 1)
    throw new OAuthError(
      'invalid_request',
      'The request uses more than one method of client authentication',
    )
  const clientId = parameters.get('client_id')
  const proven = basic?.clientId ?? (assertion === undefined ? undefined : subjectOf(assertion))
  if (proven !== undefined && clientId !== undefined && clientId !== proven)
    throw new OAuthError('invalid_request', 'client_id differs from the authenticated client')
  const named = proven ?? clientId
  if (named === undefined) throw new OAuthError('invalid_request', 'client_id is missing')
  if (assertion !== undefined) return { clientId: named, method: 'private_key_jwt', assertion }
  const secret = basic?.secret ?? postSecret
  return secret === undefined
    ? { clientId: named, method: 'none' }
    : { clientId: named, method: 'client_secret', secret }
}

// RFC 7521 §4.2: both parameters together; JWTs are the only supported type.
const readAssertion = (parameters: Parameters): string | undefined => {
  const assertion = parameters.get('client_assertion')
  const type = parameters.get('client_assertion_type')
  if ((assertion === undefined) !== (type === undefined))
    throw new OAuthError(
      'invalid_request',
      'client_assertion and client_assertion_type must be sent together',
    )
  if (type !== undefined && type !== JWT_BEARER)
    throw new OAuthError('invalid_request', `client_assertion_type must be ${JWT_BEARER}`)
  return assertion
}

const subjectOf = (assertion: string): string => {
  const subject = claimedClientId(assertion)
  if (subject === undefined) throw invalidClient('client_assertion is not a JWT with a sub claim')
  return subject
}

// RFC 6749 §2.3.1: both halves are form-encoded before they are joined. Some libraries send Basic
// for public clients too, with nothing behind the colon: that counts as no secret.
const parseBasic = (authorization: string): { clientId: string; secret: string | undefined } => {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization)?.[1]
  const pair = encoded === undefined ? '' : decodeBase64(encoded)
  const colon = pair.indexOf(':')
  if (colon < 1) throw invalidClient('The Authorization header is not valid Basic authentication')
  try {
    return {
      clientId: decode(pair.slice(0, colon)),
      secret: decode(pair.slice(colon + 1)) || undefined,
    }
  } catch {
    throw invalidClient('The Authorization header is not valid Basic authentication')
  }
}

const decodeBase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8')

const isProven = async (
  context: RequestContext,
  client: Client,
  credentials: Credentials,
): Promise<boolean> => {
  const { authentication } = client
  switch (credentials.method) {
    case 'none':
      return authentication.method === 'none'
    case 'client_secret':
      return (
        authentication.method === 'client_secret' &&
        isEqualInConstantTime(sha256(credentials.secret), authentication.secretHash)
      )
    case 'private_key_jwt':
      return isProvenByAssertion(context, client, credentials)
  }
}

const isProvenByAssertion = async (
  context: RequestContext,
  client: Client,
  credentials: Extract<Credentials, { method: 'private_key_jwt' }>,
): Promise<boolean> => {
  const { oneTimeValues } = context
  const isFirstUse = await verifyAssertion(context, client, credentials.assertion)
  if (isFirstUse === undefined) return false
  oneTimeValues.add(async () => {
    if (!(await isFirstUse())) throw await failure(context, credentials)
  })
  return true
}
