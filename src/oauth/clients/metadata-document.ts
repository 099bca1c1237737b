// Client ID Metadata Documents: a client_id that is the address of the client's own metadata
// (draft-ietf-oauth-client-id-metadata-document).
import * as z from 'zod/mini'
import { PUBLIC_METADATA_METHODS } from '../../config/client-settings.ts'
import type { Client } from '../../config/clients.ts'
import type { Config } from '../../config/config.ts'
import { MAX_DOCUMENT_CACHE_MS, MIN_DOCUMENT_CACHE_MS } from '../../config/limits.ts'
import { SECOND } from '../../durations.ts'
import { OAuthError } from '../../http/errors.ts'
import type { RequestContext } from '../../http/request-context.ts'
import { NotFetched, fetchPublic } from '../../http/public-fetch.ts'
import { metadataSchema } from './requested-metadata.ts'
import { grantMetadata, unlistedClient } from './unlisted.ts'

/** 5 KB is the draft's figure (CM-4). */
const WANTED = { accept: 'application/json', maxBytes: 5 * 1024 }

interface FoundClient {
  readonly value: Client
  /** The time until it must be fetched again. */
  readonly cacheMs: number
}

// A document is public, so it must not hold a shared secret.
const documentSchema = z.object({
  client_id: z.string(),
  client_secret: z.optional(z.undefined()),
  client_secret_expires_at: z.optional(z.undefined()),
  token_endpoint_auth_method: z._default(z.enum(PUBLIC_METADATA_METHODS), 'none'),
})

/** The client that the document at `address` describes. Throws NotFetched. */
export const fetchClient = async (
  context: RequestContext,
  address: string,
): Promise<FoundClient> => {
  const { text, headers } = await fetchPublic(context, address, WANTED)
  const isJson = isJsonType(headers.get('Content-Type') ?? '')
  const value = isJson ? clientIn(text, address, context.config) : undefined
  if (value === undefined)
    throw new NotFetched('the document is missing or invalid', { isTransient: false })
  return { value, cacheMs: cacheMsOf(headers.get('Cache-Control')) }
}

const clientIn = (text: string, address: string, config: Config): Client | undefined => {
  try {
    const json: unknown = JSON.parse(text)
    const document = documentSchema.safeParse(json)
    const requested = metadataSchema.safeParse(json)
    if (!document.success || !requested.success || document.data.client_id !== address)
      return undefined
    const method = document.data.token_endpoint_auth_method
    const metadata = grantMetadata(requested.data, method, config)
    // CM-4: the person judges the client by its host, so the host of the address is shown.
    return unlistedClient(address, metadata, config, { uri: address, secretHash: undefined })
  } catch (error) {
    if (error instanceof OAuthError || error instanceof SyntaxError) return undefined
    throw error
  }
}

// Section 4.1 of the draft: a text or picture that a user uploaded somewhere is no client.
const isJsonType = (contentType: string): boolean =>
  /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i.test(contentType)

const cacheMsOf = (cacheControl: string | null): number => {
  const maxAge = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(cacheControl ?? '')?.[1]
  const askedMs = Number(maxAge ?? 0) * SECOND
  return Math.min(Math.max(askedMs, MIN_DOCUMENT_CACHE_MS), MAX_DOCUMENT_CACHE_MS)
}
