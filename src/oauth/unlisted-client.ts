// Clients that are not listed in wrangler.toml: what they may say of themselves (RFC 7591 §2), and
// what becomes of it.
import * as z from 'zod/mini'
import {
  AUTHENTICATION_METHODS,
  DEVICE_CODE_GRANT,
  REFRESH_TOKEN_GRANT,
  clientSchema,
  commonMembers,
  hasItsKeys,
} from '../client-metadata.ts'
import { type Client, toClient } from '../clients.ts'
import type { Config } from '../config.ts'
import { plainText } from '../device-name.ts'
import { OAuthError } from './errors.ts'

const text = z.string().check(z.maxLength(1024))
const texts = z.array(text).check(z.maxLength(32))

const isRedirectUri = (uri: string): boolean => {
  const url = URL.parse(uri)
  return url !== null && !uri.includes('#') && !['javascript:', 'data:'].includes(url.protocol)
}

/** Members that we do not know are left out, as RFC 7591 §2 has it. */
export const metadataSchema = z
  .object({
    ...commonMembers,
    client_name: z.optional(text),
    application_type: z.optional(z.enum(['native', 'web'])),
    token_endpoint_auth_method: z.optional(z.enum(AUTHENTICATION_METHODS)),
    // RFC 7591 §2: whoever says nothing asks for `authorization_code`, which we do not have.
    grant_types: z._default(texts, []),
    response_types: z.optional(texts),
    redirect_uris: z.optional(z.array(text.check(z.refine(isRedirectUri, 'is not one')))),
    scope: z.optional(text),
    contacts: z.optional(texts),
    logo_uri: z.optional(text),
    tos_uri: z.optional(text),
    policy_uri: z.optional(text),
    software_id: z.optional(text),
    software_version: z.optional(text),
  })
  .check(
    z.refine(
      ({ jwks, jwks_uri }) => jwks === undefined || jwks_uri === undefined,
      'jwks and jwks_uri exclude each other',
    ),
  )

export type RequestedMetadata = z.output<typeof metadataSchema>

/** What was asked for, as far as it is granted. */
export type ClientMetadata = RequestedMetadata & {
  readonly token_endpoint_auth_method: (typeof AUTHENTICATION_METHODS)[number]
  readonly scope: string
}

const GRANTS: readonly string[] = [DEVICE_CODE_GRANT, REFRESH_TOKEN_GRANT]

/**
 * The metadata of a client as we keep it: only grants that we have, and no more scope than such
 * clients may ask for. Throws `invalid_client_metadata` if that leaves it without what it needs.
 */
export const grantMetadata = (
  requested: RequestedMetadata,
  authenticationMethod: ClientMetadata['token_endpoint_auth_method'],
  { unlistedScope }: Config,
): ClientMetadata => {
  const metadata = {
    ...requested,
    token_endpoint_auth_method: authenticationMethod,
    grant_types: requested.grant_types.filter((type) => GRANTS.includes(type)),
    scope: (requested.scope === undefined
      ? unlistedScope
      : within(requested.scope, unlistedScope)
    ).join(' '),
  }
  if (!hasItsKeys(metadata))
    throw new OAuthError('invalid_client_metadata', 'private_key_jwt needs jwks or jwks_uri')
  if (metadata.grant_types.length > 0 && metadata.scope === '')
    throw new OAuthError('invalid_client_metadata', 'Nothing of this scope is for such a client')
  return metadata
}

/** The client with this metadata. All that only an operator decides is as for any client. */
export const unlistedClient = (
  clientId: string,
  metadata: ClientMetadata,
  { unlistedScope }: Config,
  { uri, secretHash }: { uri: string | undefined; secretHash: string | undefined },
): Client => ({
  ...toClient({
    ...DEFAULTS,
    client_id: clientId,
    client_name: plainText(metadata.client_name ?? '') || plainText(clientId),
    client_uri: uri,
    token_endpoint_auth_method: metadata.token_endpoint_auth_method,
    client_secret_sha256:
      secretHash === undefined ? undefined : Buffer.from(secretHash, 'base64url').toString('hex'),
    jwks: metadata.jwks,
    jwks_uri: metadata.jwks_uri,
    token_endpoint_auth_signing_alg: metadata.token_endpoint_auth_signing_alg,
    id_token_signed_response_alg: metadata.id_token_signed_response_alg,
    dpop_bound_access_tokens: metadata.dpop_bound_access_tokens,
  }),
  grantTypes: new Set(metadata.grant_types),
  // What such clients may have can have become less since.
  scope: within(metadata.scope, unlistedScope),
})

const DEFAULTS = z.parse(clientSchema, { client_id: '-', client_name: '-', grant_types: [] })

const within = (scope: string, allowed: readonly string[]): string[] => {
  const words = scope.split(' ')
  return allowed.filter((word) => words.includes(word))
}
