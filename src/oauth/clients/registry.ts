// Finds the client of a client_id: listed in wrangler.toml, registered (RFC 7591), or described by the
// document at that address.
import type { Client } from '../../config/clients.ts'
import type { Config } from '../../config/config.ts'
import { CLIENT_CACHE_MS } from '../../config/limits.ts'
import { Cache } from '../../http/cache.ts'
import type { Registration } from '../../objects/client-record.ts'
import { clientRecordOf } from '../../objects/index.ts'
import { NotFetched } from '../../http/public-fetch.ts'
import { Published } from '../../http/published.ts'
import { isWithinLimit } from '../../http/rate-limit.ts'
import { isDocumentAddress, isMintedClientId } from '../../tokens/client-id.ts'
import { temporarilyUnavailable, tooManyRequests } from '../../http/errors.ts'
import type { RequestContext } from '../../http/request-context.ts'
import type { ClientMetadata } from './unlisted.ts'

/** Limit of cached clients in one isolate. */
const MAX_KEPT = 1000

const registered = new Cache<Client>(MAX_KEPT)
const documents = new Published<Client>(MAX_KEPT)

/**
 * The client named `clientId`, or undefined. Throws 429 after too many unknown ones from one address,
 * 503 if the client's metadata cannot be fetched.
 */
export const findClient = async (
  context: RequestContext,
  clientId: string,
): Promise<Client | undefined> => {
  const { config, request, env } = context
  const listed = config.clients.get(clientId)
  if (listed !== undefined) return listed
  const isDocument = isDocumentAddress(clientId, config)
  if (!isDocument && !(await isMintedClientId(env, clientId, config))) return undefined
  const now = Date.now()
  const known = isDocument ? documents.fresh(clientId) : registered.get(clientId, now)
  if (known !== undefined) return known
  if (!(await isWithinLimit(env, 'TOKEN_LIMIT', request, 'client'))) throw tooManyRequests()
  if (isDocument) return documentClient(context, clientId)
  const found = await registeredClient(env, clientId, config)
  if (found !== undefined) registered.set(clientId, found, now + CLIENT_CACHE_MS)
  return found
}

/** Drops a changed client from the cache of this isolate. */
export const forgetClient = (clientId: string): void => registered.delete(clientId)

const documentClient = async (
  context: RequestContext,
  clientId: string,
): Promise<Client | undefined> => {
  // Loaded on demand: most clients are listed.
  const { fetchClient } = await import('./metadata-document.ts')
  try {
    return await documents.get(clientId, () => fetchClient(context, clientId))
  } catch (error) {
    if (!(error instanceof NotFetched)) throw error
    if (error.isTransient) throw temporarilyUnavailable('The client metadata')
    return undefined
  }
}

const registeredClient = async (
  env: Cloudflare.Env,
  clientId: string,
  config: Config,
): Promise<Client | undefined> => {
  const registration = await clientRecordOf(env, clientId).read()
  return registration && toClient(clientId, registration, config)
}

const toClient = async (
  clientId: string,
  { metadata: json, secretHash }: Registration,
  config: Config,
): Promise<Client> => {
  const { unlistedClient } = await import('./unlisted.ts')
  // Only this server writes there.
  const metadata = JSON.parse(json) as ClientMetadata
  // No client_uri: it is unproven, and would stand where other clients show a proven host.
  return unlistedClient(clientId, metadata, config, { uri: undefined, secretHash })
}
