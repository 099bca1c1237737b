// The ids of clients that are not listed: sealed ones of registered clients (RFC 7591), and addresses of
// metadata documents.
import type { Config } from '../config/config.ts'
import { randomBytes, seal, unseal } from '../crypto.ts'
import { clientRecordOf } from '../objects/index.ts'
import { macSecret } from './signing-keys.ts'

const PREFIX = 'registered-'
const PURPOSE = 'client_id'
const ID_BYTES = 16
const MAX_ADDRESS_LENGTH = 255

/**
 * A client_id for a client that registers: unlike any `sub` and any address (RG-5). It is sealed because
 * it names an object; it is not secret.
 */
export const mintClientId = (serverSecret: Uint8Array): string =>
  PREFIX + seal(serverSecret, PURPOSE, randomBytes(ID_BYTES))

/** True if this server issued the client_id at a registration. */
export const isMintedClientId = async (
  env: Cloudflare.Env,
  clientId: string,
  { registrationTokenHash }: Config,
): Promise<boolean> =>
  registrationTokenHash !== undefined &&
  clientId.startsWith(PREFIX) &&
  unseal(await macSecret(env), PURPOSE, clientId.slice(PREFIX.length)) !== undefined

/**
 * True if `clientId` can be the address of a document. Addresses are compared as strings, so only one
 * spelling is allowed: no dot segments, default port, capitals in the host or bare host.
 */
export const isDocumentAddress = (
  clientId: string,
  { hasClientMetadataDocuments }: Config,
): boolean => {
  if (!hasClientMetadataDocuments || clientId.length > MAX_ADDRESS_LENGTH) return false
  const url = URL.parse(clientId)
  if (url?.protocol !== 'https:' || url.href !== clientId || url.pathname === '/') return false
  return url.username === '' && url.password === '' && !clientId.includes('#')
}

/** True if the client that a token was issued to still exists; a document's address always counts. */
export const isStillClient = async (
  { config, env }: { readonly config: Config; readonly env: Cloudflare.Env },
  clientId: string,
): Promise<boolean> => {
  if (config.clients.has(clientId) || isDocumentAddress(clientId, config)) return true
  if (!(await isMintedClientId(env, clientId, config))) return false
  return (await clientRecordOf(env, clientId).read()) !== undefined
}
