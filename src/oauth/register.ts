// Dynamic client registration (RFC 7591) behind an initial access token, and its management by the
// client itself (RFC 7592).
import type { Digest } from '../ids.ts'
import type * as z from 'zod/mini'
import { isReservedName } from '../config/client-name.ts'
import { HASHED_SECRET_METHODS } from '../config/client-settings.ts'
import type { Config } from '../config/config.ts'
import { isEqualInConstantTime, randomBytes, sha256, toBase64url } from '../crypto.ts'
import { plainText } from '../text/plain-text.ts'
import { SECOND } from '../durations.ts'
import type { Registration } from '../objects/client-record.ts'
import { clientRecordOf } from '../objects/index.ts'
import { isWithinLimit } from '../http/rate-limit.ts'
import { macSecret } from '../tokens/signing-keys.ts'
import { forgetClient } from './clients/registry.ts'
import { isMintedClientId, mintClientId } from '../tokens/client-id.ts'
import { OAuthError, tooManyRequests } from '../http/errors.ts'
import type { RequestContext } from '../http/request-context.ts'
import { readJsonObject } from '../http/json-body.ts'
import { metadataSchema } from './clients/requested-metadata.ts'
import { type ClientMetadata, grantMetadata } from './clients/unlisted.ts'

const SECRET_BYTES = 32

/** POST: registers a client, and answers with its client_id and credentials. */
export const register = async (context: RequestContext): Promise<Response> => {
  const { config, env } = context
  await requireToken(context, config.registrationTokenHash)
  const metadata = readMetadata(await readJsonObject(context.request, invalidMetadata), config)
  const clientId = mintClientId(await macSecret(env))
  const secret = needsSecret(metadata) ? mintSecret() : undefined
  const accessToken = mintSecret()
  const registration: Registration = {
    metadata: JSON.stringify(metadata),
    secretHash: secret === undefined ? undefined : sha256(secret),
    accessTokenHash: sha256(accessToken),
    issuedAtMs: Date.now(),
  }
  await clientRecordOf(env, clientId).register(registration)
  return Response.json(describe(context, clientId, registration, { secret, accessToken }), {
    status: 201,
  })
}

/** GET, PUT and DELETE of a registration, with the token that came with it. */
export const manageRegistration = async (context: RequestContext): Promise<Response> => {
  const { config, env, request } = context
  const clientId = new URL(request.url).pathname.split('/').at(-1) ?? ''
  const isMinted = await isMintedClientId(env, clientId, config)
  if (request.headers.get('Authorization') === null)
    throw unauthorized('The bearer token is missing')
  if (!(await isWithinLimit(env, 'TOKEN_LIMIT', request, 'register'))) throw tooManyRequests()
  const record = isMinted ? clientRecordOf(env, clientId) : undefined
  const before = record && (await record.read())
  const accessToken = await requireToken(context, before?.accessTokenHash)
  // requireToken has already refused a missing registration.
  if (record === undefined || before === undefined) throw new TypeError('no such registration')
  switch (request.method) {
    case 'PUT': {
      const body = await readJsonObject(request, invalidMetadata)
      const { secret, ...after } = replaced(clientId, before, body, config)
      const isKept = await record.replace(after)
      forgetClient(clientId)
      if (!isKept) throw invalidToken()
      return Response.json(describe(context, clientId, after, { secret, accessToken }))
    }
    case 'DELETE':
      await record.remove()
      forgetClient(clientId)
      return new Response(null, { status: 204 })
    default:
      return Response.json(describe(context, clientId, before, { accessToken }))
  }
}

// RFC 7592 §2.2: the body replaces all members, and missing ones are cleared. Only a client that newly
// needs a secret gets one.
const replaced = (
  clientId: string,
  before: Registration,
  body: Readonly<Record<string, unknown>>,
  config: Config,
): Registration & { readonly secret: string | undefined } => {
  if (body['client_id'] !== clientId)
    throw invalidMetadata('client_id differs from the client_id of this registration')
  for (const member of SERVER_MEMBERS)
    if (member in body) throw invalidMetadata(`${member} is set by the server and must not be sent`)
  const { client_secret: shown } = body
  const isRightSecret = typeof shown === 'string' && sha256(shown) === before.secretHash
  if (shown !== undefined && !isRightSecret)
    throw invalidMetadata('client_secret differs from the secret of this client')
  const metadata = readMetadata(body, config)
  const secret = needsSecret(metadata) && before.secretHash === undefined ? mintSecret() : undefined
  const secretHash = secret === undefined ? before.secretHash : sha256(secret)
  return {
    ...before,
    metadata: JSON.stringify(metadata),
    secretHash: needsSecret(metadata) ? secretHash : undefined,
    secret,
  }
}

const SERVER_MEMBERS = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]

// RFC 7591 §3.2.1. Secrets are stored as hashes, so only a new one can be sent.
const describe = (
  { issuer }: RequestContext,
  clientId: string,
  { metadata, issuedAtMs }: Registration,
  { secret, accessToken }: { secret?: string | undefined; accessToken: string },
): Record<string, unknown> => ({
  ...(JSON.parse(metadata) as ClientMetadata),
  client_id: clientId,
  client_id_issued_at: Math.floor(issuedAtMs / SECOND),
  ...(secret !== undefined && { client_secret: secret, client_secret_expires_at: 0 }),
  registration_access_token: accessToken,
  registration_client_uri: `${issuer}/register/${clientId}`,
})

const mintSecret = (): string => toBase64url(randomBytes(SECRET_BYTES))

const needsSecret = ({ token_endpoint_auth_method: method }: ClientMetadata): boolean =>
  HASHED_SECRET_METHODS.has(method)

/** Requires a bearer token with this SHA-256 (RFC 6750), and returns it. */
const requireToken = async (
  { request, env }: RequestContext,
  hash: Digest | undefined,
): Promise<string> => {
  const authorization = request.headers.get('Authorization')
  if (authorization === null) throw unauthorized('The bearer token is missing')
  const token = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
  if (token !== undefined && hash !== undefined && isEqualInConstantTime(sha256(token), hash))
    return token
  if (!(await isWithinLimit(env, 'SECRET_LIMIT', request, 'register'))) throw tooManyRequests()
  throw invalidToken()
}

const invalidToken = (): OAuthError =>
  unauthorized('The bearer token is not valid for this registration', ', error="invalid_token"')

const unauthorized = (description: string, error = ''): OAuthError =>
  new OAuthError('invalid_token', description, {
    headers: { 'WWW-Authenticate': `Bearer realm="antenna"${error}` },
  })

const readMetadata = (body: Readonly<Record<string, unknown>>, config: Config): ClientMetadata => {
  refuseSoftwareStatement(body['software_statement'])
  const parsed = metadataSchema.safeParse(body)
  if (!parsed.success) throw describeIssue(parsed.error.issues[0])
  const { data } = parsed
  if (isReservedName(config, plainText(data.client_name ?? '')))
    throw invalidMetadata(
      'client_name looks like the name of this service or of one of its clients',
    )
  // RFC 7591 §2 has Basic as the default; apps on devices keep no secrets (RFC 8252 §8.5).
  const defaultMethod = data.application_type === 'native' ? 'none' : 'client_secret_basic'
  return grantMetadata(data, data.token_endpoint_auth_method ?? defaultMethod, config)
}

// RFC 7591 §2.3: a JWT signed for the client by a third party; this server trusts none.
const refuseSoftwareStatement = (statement: unknown): void => {
  if (statement === undefined) return
  const isJwt = typeof statement === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(statement)
  throw isJwt
    ? new OAuthError('unapproved_software_statement', 'This server accepts no software statement')
    : new OAuthError('invalid_software_statement', 'software_statement is not a signed JWT')
}

const describeIssue = (issue: z.core.$ZodIssue | undefined): OAuthError => {
  const [member] = issue?.path ?? []
  if (member === 'redirect_uris')
    return new OAuthError('invalid_redirect_uri', 'redirect_uris holds an invalid URI')
  return invalidMetadata(
    member === undefined ? 'jwks and jwks_uri exclude each other' : `${String(member)} is invalid`,
  )
}

const invalidMetadata = (description: string): OAuthError =>
  new OAuthError('invalid_client_metadata', description)
