// Responses of the JSON endpoints, in the words of the specifications. Nothing here runs in the Worker:
// the OpenAPI description is made from it, and tests compare real responses with it.
import * as z from 'zod/mini'
import { PROXIMITY_ACTIONS } from '../config/client-settings.ts'
import { ERROR_CODES } from '../http/protocol.ts'
import { metadataSchema } from '../oauth/clients/requested-metadata.ts'
import { PROXIMITIES } from '../sender/location.ts'

const text = z.string()
const uri = z.url()
const seconds = z.int().check(z.minimum(0))
const texts = z.array(text)
const tokenType = z.enum(['Bearer', 'DPoP'])

export const errorResponse = z.object({
  error: z.enum(ERROR_CODES),
  error_description: z.optional(text),
  interval: z.optional(seconds),
  status: z.optional(z.enum(['approved', 'declined', 'reported', 'withdrawn'])),
  missing: z.optional(z.array(z.enum(['typed_code', 'in_front']))),
})

/** RFC 8628 §3.2. */
export const deviceAuthorizationResponse = z.object({
  device_code: text,
  user_code: text,
  verification_uri: uri,
  verification_uri_complete: z.optional(uri),
  verification_uri_qr: z.optional(uri),
  expires_in: seconds,
  interval: seconds,
})

/** RFC 6749 §5.1. */
export const tokenResponse = z.object({
  access_token: text,
  token_type: tokenType,
  expires_in: seconds,
  scope: text,
  refresh_token: z.optional(text),
  id_token: z.optional(text),
})

/** RFC 7662 §2.2. */
export const introspectionResponse = z.object({
  active: z.boolean(),
  iss: z.optional(uri),
  sub: z.optional(text),
  client_id: z.optional(text),
  scope: z.optional(text),
  token_type: z.optional(tokenType),
  cnf: z.optional(z.object({ jkt: text })),
  aud: z.optional(texts),
  jti: z.optional(text),
  iat: z.optional(seconds),
  exp: z.optional(seconds),
})

/** OpenID Connect Core §5.3.2. */
export const userinfoResponse = z.object({
  sub: text,
  name: z.optional(text),
  email: z.optional(text),
  email_verified: z.optional(z.boolean()),
})

/** RFC 7517 §5. */
export const keySet = z.object({
  keys: z.array(
    z.object({
      kty: z.enum(['EC', 'RSA']),
      kid: text,
      alg: text,
      use: z.literal('sig'),
      crv: z.optional(text),
      x: z.optional(text),
      y: z.optional(text),
      n: z.optional(text),
      e: z.optional(text),
    }),
  ),
})

/** RFC 8414 §2, OpenID Connect Discovery §3. */
export const serverMetadata = z.object({
  issuer: uri,
  authorization_endpoint: uri,
  token_endpoint: uri,
  jwks_uri: uri,
  userinfo_endpoint: uri,
  device_authorization_endpoint: uri,
  revocation_endpoint: uri,
  introspection_endpoint: uri,
  registration_endpoint: z.optional(uri),
  client_id_metadata_document_supported: z.optional(z.boolean()),
  scopes_supported: texts,
  response_types_supported: texts,
  grant_types_supported: texts,
  code_challenge_methods_supported: texts,
  subject_types_supported: texts,
  id_token_signing_alg_values_supported: texts,
  token_endpoint_auth_methods_supported: texts,
  token_endpoint_auth_signing_alg_values_supported: texts,
  revocation_endpoint_auth_methods_supported: texts,
  revocation_endpoint_auth_signing_alg_values_supported: texts,
  introspection_endpoint_auth_methods_supported: texts,
  introspection_endpoint_auth_signing_alg_values_supported: texts,
  dpop_signing_alg_values_supported: texts,
  claims_supported: texts,
  ui_locales_supported: texts,
  request_uri_parameter_supported: z.boolean(),
})

/** RFC 7591 §3.2.1, RFC 7592 §3. */
export const registrationResponse = z.object({
  ...metadataSchema.shape,
  client_id: text,
  client_id_issued_at: seconds,
  client_secret: z.optional(text),
  client_secret_expires_at: z.optional(seconds),
  registration_access_token: text,
  registration_client_uri: uri,
})

// `verified`: the operator listed the client; if not, `verified_text` says so in the language of the
// answer.
const clientNames = {
  client_id: text,
  client_name: text,
  verified: z.boolean(),
  verified_text: z.optional(text),
}

const pending = z.object({
  status: z.literal('pending'),
  client: z.object({
    ...clientNames,
    client_uri: z.optional(uri),
    logo_uri: z.optional(uri),
    support_uri: z.optional(uri),
    tos_uri: z.optional(uri),
    policy_uri: z.optional(uri),
  }),
  scopes: z.array(z.object({ scope: text, text })),
  resources: z.array(uri),
  device: z.object({
    name: text,
    place: z.optional(
      z.object({
        text,
        city: z.optional(text),
        region: z.optional(text),
        country: z.optional(text),
      }),
    ),
    proximity: z.object({ level: z.enum(PROXIMITIES), text: z.optional(text) }),
    network: z.optional(text),
    asked_at: seconds,
  }),
  policy: z.enum(PROXIMITY_ACTIONS),
  expires_in: seconds,
  shown_proof: text,
})

const verdict = z.enum(['approved', 'declined', 'reported', 'withdrawn'])

const decided = z.object({
  status: verdict,
  client: z.object(clientNames),
  device: z.object({ name: text }),
})

export const reviewResponse = z.discriminatedUnion('status', [pending, decided])

export const decisionResponse = z.object({ status: z.enum(['approved', 'declined', 'reported']) })
