// Metadata that a client outside wrangler.toml may give (RFC 7591 §2).
import * as z from 'zod/mini'
import { AUTHENTICATION_METHODS, commonMembers } from '../../config/client-settings.ts'

const text = z.string().check(z.maxLength(1024, { abort: true }))
const texts = z.array(text).check(z.maxLength(32))

const isRedirectUri = (uri: string): boolean => {
  const url = URL.parse(uri)
  return url !== null && !uri.includes('#') && !['javascript:', 'data:'].includes(url.protocol)
}

/** Drops unknown members (RFC 7591 §2). */
export const metadataSchema = z
  .object({
    ...commonMembers,
    client_name: z.optional(text),
    application_type: z.optional(z.enum(['native', 'web'])),
    token_endpoint_auth_method: z.optional(z.enum(AUTHENTICATION_METHODS)),
    // RFC 7591 §2: the default is `authorization_code`, which this server does not support.
    grant_types: z._default(texts, []),
    response_types: z.optional(texts),
    redirect_uris: z.optional(
      z.array(text.check(z.refine(isRedirectUri, 'is not a redirect URI'))),
    ),
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
