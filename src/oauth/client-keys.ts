// The public keys of a client: from its entry, or from its jwks_uri (RFC 7591 §2).
import {
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
} from 'jose'
import type { ClientKeys } from '../clients.ts'
import { KEYS_CACHE_MS, KEYS_COOLDOWN_MS } from '../config.ts'
import { Kept } from '../kept.ts'
import { fetchPublic } from '../public-fetch.ts'

const ACCEPT = 'application/jwk-set+json, application/json'
const MAX_BYTES = 64 * 1024
/** More key sets than this are not kept by one isolate. */
const MAX_KEPT = 1000

const local = new WeakMap<JSONWebKeySet, JWTVerifyGetKey>()
const remote = new Kept<JWTVerifyGetKey>(MAX_KEPT)

/** What finds the key of a client that a JWT names. Asking it throws NotFetched. */
export const clientKeys = (env: Cloudflare.Env, keys: ClientKeys): JWTVerifyGetKey =>
  'jwks' in keys ? localKeys(keys.jwks) : keptKeys(env, keys.jwksUri)

const localKeys = (jwks: JSONWebKeySet): JWTVerifyGetKey => {
  const keys = local.get(jwks) ?? createLocalJWKSet(jwks)
  local.set(jwks, keys)
  return keys
}

const keptKeys = (env: Cloudflare.Env, jwksUri: string): JWTVerifyGetKey => {
  const known = remote.get(jwksUri, 0)
  if (known !== undefined) return known
  const keys = remoteKeys(env, jwksUri)
  // How long they are good is jose's business.
  remote.set(jwksUri, keys, Infinity)
  return keys
}

const remoteKeys = (env: Cloudflare.Env, jwksUri: string): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(jwksUri), {
    cacheMaxAge: KEYS_CACHE_MS,
    // CA-16: an unknown `kid` makes us ask again, but not at everybody's word.
    cooldownDuration: KEYS_COOLDOWN_MS,
    [customFetch]: async () => {
      const { text } = await fetchPublic(env, jwksUri, { accept: ACCEPT, maxBytes: MAX_BYTES })
      return new Response(text)
    },
  })
