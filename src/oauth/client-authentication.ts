// Client authentication (RFC 6749 §2.3): none, client_secret_basic, client_secret_post.
import type { Client } from '../clients.ts'
import type { Config } from '../config.ts'
import { isEqualInConstantTime, sha256 } from '../crypto.ts'
import { isWithinLimit } from '../rate-limit.ts'
import { OAuthError, invalidClient, tooManyRequests } from './errors.ts'
import { type Parameters, decode } from './parameters.ts'

interface Credentials {
  readonly clientId: string
  readonly secret: string | undefined
}

/**
 * The client that sent the request. Throws `invalid_request` if it contradicts itself or names
 * nobody, `invalid_client` if it does not prove who it is, 429 after too many failures.
 */
export const authenticateClient = async (
  request: Request,
  parameters: Parameters,
  config: Config,
  env: Cloudflare.Env,
): Promise<Client> => {
  const credentials = readCredentials(request, parameters)
  const client = config.clients.get(credentials.clientId)
  if (client !== undefined && isProven(client, credentials.secret)) return client
  const isWithin = await isWithinLimit(env.SECRET_LIMIT, request, credentials.clientId)
  if (!isWithin) throw tooManyRequests()
  throw invalidClient('Unknown client, or wrong credentials for it')
}

const readCredentials = (request: Request, parameters: Parameters): Credentials => {
  const authorization = request.headers.get('Authorization')
  const basic = authorization === null ? undefined : parseBasic(authorization)
  const clientId = parameters.get('client_id')
  const postSecret = parameters.get('client_secret')
  const hasAssertion =
    parameters.get('client_assertion') !== undefined ||
    parameters.get('client_assertion_type') !== undefined
  const mechanisms = [basic?.secret !== undefined, postSecret !== undefined, hasAssertion]
  if (mechanisms.filter(Boolean).length > 1)
    throw new OAuthError('invalid_request', 'More than one way of client authentication')
  if (basic !== undefined && clientId !== undefined && clientId !== basic.clientId)
    throw new OAuthError('invalid_request', 'client_id is not the authenticated client')
  if (hasAssertion) throw invalidClient('No client authenticates with an assertion')
  if (basic?.secret !== undefined) return basic
  const named = clientId ?? basic?.clientId
  if (named === undefined) throw new OAuthError('invalid_request', 'client_id is missing')
  return { clientId: named, secret: postSecret }
}

// RFC 6749 §2.3.1: both halves are form-encoded before they are joined. Some libraries send Basic
// for public clients too, with nothing behind the colon: that is no secret.
const parseBasic = (authorization: string): Credentials => {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization)?.[1]
  const pair = encoded === undefined ? '' : decodeBase64(encoded)
  const colon = pair.indexOf(':')
  if (colon < 1) throw invalidClient('The Authorization header cannot be read')
  try {
    return {
      clientId: decode(pair.slice(0, colon)),
      secret: decode(pair.slice(colon + 1)) || undefined,
    }
  } catch {
    throw invalidClient('The Authorization header cannot be read')
  }
}

const decodeBase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8')

const isProven = ({ secretHash }: Client, secret: string | undefined): boolean =>
  secretHash === undefined || secret === undefined
    ? secretHash === secret
    : isEqualInConstantTime(sha256(secret), secretHash)
