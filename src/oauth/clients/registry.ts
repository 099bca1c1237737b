// Who is the client with this client_id? One of wrangler.toml, or one that registered (RFC 7591), or
// one whose client_id is the address of its metadata.
import type { Client } from '../../config/clients.ts'
import type { Config } from '../../config/config.ts'
import { CLIENT_CACHE_MS } from '../../config/limits.ts'
import { randomBytes, seal, unseal } from '../../crypto.ts'
import { Cache } from '../../http/cache.ts'
import type { Registration } from '../../objects/client-record.ts'
import { ask, clientRecordOf } from '../../objects/index.ts'
import { NotFetched } from '../../http/public-fetch.ts'
import { Published } from '../../http/published.ts'
import { isWithinLimit } from '../../http/rate-limit.ts'
import { macSecret } from '../../tokens/signing-keys.ts'
import { fetchClient, isDocumentAddress } from './metadata-document.ts'
import { temporarilyUnavailable, tooManyRequests } from '../../http/errors.ts'
import type { RequestContext } from '../../http/request-context.ts'
import { type ClientMetadata, unlistedClient } from './unlisted.ts'

/** More clients than this are not kept by one isolate. */
const MAX_KEPT = 1000

const registered = new Cache<Client>(MAX_KEPT)
const documents = new Published<Client>(MAX_KEPT)

const PREFIX = 'registered-'
const PURPOSE = 'client_id'
const ID_BYTES = 16

/**
 * A client_id for a client that registers: no `sub` looks like it, and no address (RG-5). It is sealed,
 * because it names an object, and need not be secret.
 */
export const mintClientId = (serverSecret: Uint8Array): string =>
  PREFIX + seal(serverSecret, PURPOSE, randomBytes(ID_BYTES))

/** Whether this client_id is one that we gave to a client which registered. */
export const isMintedClientId = async (
  env: Cloudflare.Env,
  clientId: string,
  { registrationTokenHash }: Config,
): Promise<boolean> =>
  registrationTokenHash !== undefined &&
  clientId.startsWith(PREFIX) &&
  unseal(await macSecret(env), PURPOSE, clientId.slice(PREFIX.length)) !== undefined

/**
 * The client named `clientId`, or undefined. Throws 429 where somebody names too many that this
 * isolate does not know, 503 where a client's metadata cannot be had at the moment.
 */
export const findClient = async (
  exchange: RequestContext,
  clientId: string,
): Promise<Client | undefined> => {
  const { config, request, env } = exchange
  const listed = config.clients.get(clientId)
  if (listed !== undefined) return listed
  const isDocument = isDocumentAddress(clientId, config)
  if (!isDocument && !(await isMintedClientId(env, clientId, config))) return undefined
  const now = Date.now()
  const known = isDocument ? documents.fresh(clientId) : registered.get(clientId, now)
  if (known !== undefined) return known
  if (!(await isWithinLimit(env, 'TOKEN_LIMIT', request, 'client'))) throw tooManyRequests()
  if (isDocument) return documentClient(exchange, clientId)
  const found = await registeredClient(env, clientId, config)
  if (found !== undefined) registered.set(clientId, found, now + CLIENT_CACHE_MS)
  return found
}

/** Whether the client that a token was issued to is still one, by all that can be asked here. */
export const isStillClient = async (
  { config, env }: RequestContext,
  clientId: string,
): Promise<boolean> => {
  if (config.clients.has(clientId) || isDocumentAddress(clientId, config)) return true
  if (!(await isMintedClientId(env, clientId, config))) return false
  return (await ask(() => clientRecordOf(env, clientId).read())) !== undefined
}

/** Forgets what this isolate knows of a client that has changed. */
export const forgetClient = (clientId: string): void => registered.delete(clientId)

const documentClient = async (
  exchange: RequestContext,
  clientId: string,
): Promise<Client | undefined> => {
  try {
    return await documents.get(clientId, () => fetchClient(exchange, clientId))
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
  const registration = await ask(() => clientRecordOf(env, clientId).read())
  return registration && toClient(clientId, registration, config)
}

const toClient = (
  clientId: string,
  { metadata: json, secretHash }: Registration,
  config: Config,
): Client => {
  // Only we write there.
  const metadata = JSON.parse(json) as ClientMetadata
  // Its client_uri is its own word, and would stand where the host of others is proven.
  return unlistedClient(clientId, metadata, config, { uri: undefined, secretHash })
}
