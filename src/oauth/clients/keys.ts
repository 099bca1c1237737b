// The public keys of a client: from its entry, or from its jwks_uri (RFC 7591 §2).
import { type JSONWebKeySet, type JWTVerifyGetKey, createLocalJWKSet } from 'jose'
import type { Client, ClientKeys } from '../../config/clients.ts'
import { fetchListed, fetchPublic } from '../../http/public-fetch.ts'
import { PublishedKeys } from '../../http/published-keys.ts'
import type { RequestContext } from '../../http/request-context.ts'

const WANTED = { accept: 'application/jwk-set+json, application/json', maxBytes: 64 * 1024 }
/** Limit of key sets in one isolate. */
const MAX_KEPT = 1000

const local = new WeakMap<JSONWebKeySet, JWTVerifyGetKey>()
// Two caches, so that key sets of strangers cannot evict those of listed clients.
const listed = new PublishedKeys(MAX_KEPT)
const others = new PublishedKeys(MAX_KEPT)

/** Finds the key of a client that a JWT names. The finder throws NotFetched. */
export const clientKeys = (
  context: RequestContext,
  client: Client,
  keys: ClientKeys,
): JWTVerifyGetKey => {
  if ('jwks' in keys) return localKeys(keys.jwks)
  const { jwksUri } = keys
  return context.config.clients.has(client.id)
    ? listed.at(jwksUri, async () => (await fetchListed(context.env, jwksUri, WANTED)).text)
    : others.at(jwksUri, async () => (await fetchPublic(context, jwksUri, WANTED)).text)
}

const localKeys = (jwks: JSONWebKeySet): JWTVerifyGetKey => {
  const keys = local.get(jwks) ?? createLocalJWKSet(jwks)
  local.set(jwks, keys)
  return keys
}
