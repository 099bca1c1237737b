// Clients outside wrangler.toml: which of the requested metadata is granted.
import type { Digest } from '../../ids.ts'
import * as z from 'zod/mini'
import {
  type AUTHENTICATION_METHODS,
  GRANT_TYPES,
  clientSchema,
  hasItsKeys,
} from '../../config/client-settings.ts'
import { shownClient } from '../../config/client-name.ts'
import { type Client, toClient } from '../../config/clients.ts'
import type { Config } from '../../config/config.ts'
import { once } from '../../once.ts'
import { plainText } from '../../text/plain-text.ts'
import { OAuthError } from '../../http/errors.ts'
import type { RequestedMetadata } from './requested-metadata.ts'

/** The granted part of the requested metadata. */
export type ClientMetadata = RequestedMetadata & {
  readonly token_endpoint_auth_method: (typeof AUTHENTICATION_METHODS)[number]
  readonly scope: string
}

/**
 * The metadata that is stored for a client: supported grants, and the scope allowed to unlisted clients.
 * Throws `invalid_client_metadata` if the rest lacks keys or scope.
 */
export const grantMetadata = (
  requested: RequestedMetadata,
  authenticationMethod: ClientMetadata['token_endpoint_auth_method'],
  { unlistedScope }: Config,
): ClientMetadata => {
  const metadata = {
    ...requested,
    token_endpoint_auth_method: authenticationMethod,
    grant_types: requested.grant_types.filter((type) => GRANT_TYPES.some((name) => name === type)),
    scope: (requested.scope === undefined
      ? unlistedScope
      : within(requested.scope, unlistedScope)
    ).join(' '),
  }
  if (!hasItsKeys(metadata))
    throw new OAuthError('invalid_client_metadata', 'private_key_jwt needs either jwks or jwks_uri')
  if (metadata.grant_types.length > 0 && metadata.scope === '')
    throw new OAuthError(
      'invalid_client_metadata',
      'No part of this scope is allowed to clients that the operator has not listed',
    )
  return metadata
}

/** The client with this metadata, and the defaults for all that only an operator sets. */
export const unlistedClient = (
  clientId: string,
  metadata: ClientMetadata,
  config: Config,
  { uri, secretHash }: { uri: string | undefined; secretHash: Digest | undefined },
): Client => ({
  ...toClient({
    ...defaults(),
    client_id: clientId,
    client_name: nameOf(clientId, metadata, config),
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
  // The operator may have reduced the scope since.
  scope: within(metadata.scope, config.unlistedScope),
})

const nameOf = (clientId: string, { client_name: name = '' }: ClientMetadata, config: Config) =>
  shownClient(config, { clientId, clientName: plainText(name) || plainText(clientId) }).name

const defaults = once(() =>
  z.parse(clientSchema, { client_id: '-', client_name: '-', grant_types: [] }),
)

const within = (scope: string, allowed: readonly string[]): string[] => {
  const words = scope.split(' ')
  return allowed.filter((word) => words.includes(word))
}
