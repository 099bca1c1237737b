// The public keys of a trusted issuer, where its metadata says they are (RFC 8414, OpenID Connect
// Discovery 1.0).
import type { JWTVerifyGetKey } from 'jose'
import { PROVIDER_CACHE_MS } from '../config/limits.ts'
import { NotFetched, fetchTrusted } from '../http/public-fetch.ts'
import { Published } from '../http/published.ts'
import { PublishedKeys } from '../http/published-keys.ts'

const WANTED = { accept: 'application/json', maxBytes: 64 * 1024 }
const MAX_KEPT = 50

const addresses = new Published<string>(MAX_KEPT)
const keys = new PublishedKeys(MAX_KEPT)

/** The key resolver for JWTs of `issuer`. Both this call and the resolver throw NotFetched. */
export const issuerKeys = async (env: Cloudflare.Env, issuer: string): Promise<JWTVerifyGetKey> => {
  const address = await addresses.get(issuer, async () => ({
    value: await keySetAddress(env, issuer),
    cacheMs: PROVIDER_CACHE_MS,
  }))
  return keys.at(address, async () => (await fetchTrusted(env, address, WANTED)).text)
}

const keySetAddress = async (env: Cloudflare.Env, issuer: string): Promise<string> => {
  const metadata = await fetchMetadata(env, issuer)
  // RFC 8414 §3.3: the metadata must name the issuer that it was fetched for.
  const { issuer: said, jwks_uri: address } = metadata
  if (said !== issuer || typeof address !== 'string' || !isAsSecure(address, issuer))
    throw new NotFetched('the metadata names another issuer or no secure jwks_uri', {
      isTransient: false,
    })
  return address
}

const fetchMetadata = async (
  env: Cloudflare.Env,
  issuer: string,
): Promise<Readonly<Record<string, unknown>>> => {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  try {
    return await fetchJson(env, `${origin}${path}/.well-known/openid-configuration`)
  } catch (error) {
    if (!(error instanceof NotFetched) || error.isTransient) throw error
    return fetchJson(env, `${origin}/.well-known/oauth-authorization-server${path}`)
  }
}

const fetchJson = async (
  env: Cloudflare.Env,
  address: string,
): Promise<Readonly<Record<string, unknown>>> => {
  const { text } = await fetchTrusted(env, address, WANTED)
  try {
    return { ...(JSON.parse(text) as object) }
  } catch {
    throw new NotFetched('the metadata is not JSON', { isTransient: false })
  }
}

// Plain http is for an issuer on this machine, and leads to no other.
const isAsSecure = (address: string, issuer: string): boolean => {
  const url = URL.parse(address)
  return url?.protocol === 'https:' || url?.origin === new URL(issuer).origin
}
