// The two well-known documents (RFC 8414, OpenID Connect Discovery 1.0). They say the same: what works,
// all of it and no more. Clients take an omission for a refusal.
import {
  AUTHENTICATION_METHODS,
  CLIENT_ALGORITHMS,
  GRANT_TYPES,
  ID_TOKEN_ALGORITHMS,
} from '../config/client-settings.ts'
import { KEY_SET_MAX_AGE_SECONDS } from '../config/limits.ts'
import { DPOP_ALGORITHMS } from '../http/dpop.ts'
import { LANGUAGES } from '../language/language.ts'
import type { RequestContext } from '../http/request-context.ts'
import { CODE_CHALLENGE_METHOD } from './code-challenge.ts'

// A public client proves nothing, so it is told nothing.
const INTROSPECTION_METHODS = AUTHENTICATION_METHODS.filter((method) => method !== 'none')

/** GET of either document. */
export const metadata = ({ config, issuer }: RequestContext): Response =>
  Response.json(
    {
      issuer,
      // Nothing is authorized there; Discovery and several clients demand that it exists.
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks.json`,
      userinfo_endpoint: `${issuer}/userinfo`,
      device_authorization_endpoint: `${issuer}/device_authorization`,
      revocation_endpoint: `${issuer}/revoke`,
      introspection_endpoint: `${issuer}/introspect`,
      ...(config.registrationTokenHash !== undefined && {
        registration_endpoint: `${issuer}/register`,
      }),
      ...(config.hasClientMetadataDocuments && { client_id_metadata_document_supported: true }),
      scopes_supported: [...config.scopes.keys()],
      response_types_supported: ['code'],
      grant_types_supported: GRANT_TYPES,
      code_challenge_methods_supported: [CODE_CHALLENGE_METHOD],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ID_TOKEN_ALGORITHMS,
      token_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
      token_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
      revocation_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
      revocation_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
      introspection_endpoint_auth_methods_supported: INTROSPECTION_METHODS,
      introspection_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
      dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
      claims_supported: [
        'iss',
        'sub',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'amr',
        'at_hash',
        'name',
        'email',
        'email_verified',
      ],
      ui_locales_supported: LANGUAGES.map(({ tag }) => tag),
      // Discovery §3: absent would mean true.
      request_uri_parameter_supported: false,
    },
    { headers: { 'Cache-Control': `public, max-age=${KEY_SET_MAX_AGE_SECONDS}` } },
  )
