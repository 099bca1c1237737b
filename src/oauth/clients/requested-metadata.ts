// What a client that is not listed in wrangler.toml may say of itself (RFC 7591 §2).
import * as z from 'zod/mini'
import { AUTHENTICATION_METHODS, commonMembers } from '../../config/client-settings.ts'

const text = z.string().check(z.maxLength(1024, { abort: true }))
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
