// The public keys of a trusted issuer, where its metadata says they are (RFC 8414, OpenID Connect
// Discovery 1.0).
import { type JWTVerifyGetKey, createRemoteJWKSet, customFetch } from 'jose'
import { KEYS_CACHE_MS, KEYS_COOLDOWN_MS, PROVIDER_CACHE_MS } from '../config.ts'
import { Kept } from '../kept.ts'
import { NotFetched, fetchTrusted } from '../public-fetch.ts'

const WANTED = { accept: 'application/json', maxBytes: 64 * 1024 }
const MAX_KEPT = 50

const kept = new Kept<JWTVerifyGetKey>(MAX_KEPT)

/** What finds the key that a JWT of `issuer` names. Throws NotFetched, and so does asking it. */
export const issuerKeys = async (env: Cloudflare.Env, issuer: string): Promise<JWTVerifyGetKey> => {
  const now = Date.now()
  const known = kept.get(issuer, now)
  if (known !== undefined) return known
  const address = await keySetAddress(env, issuer)
  const keys = createRemoteJWKSet(new URL(address), {
    cacheMaxAge: KEYS_CACHE_MS,
    cooldownDuration: KEYS_COOLDOWN_MS,
    [customFetch]: async () => new Response((await fetchTrusted(env, address, WANTED)).text),
  })
  kept.set(issuer, keys, now + PROVIDER_CACHE_MS)
  return keys
}

const keySetAddress = async (env: Cloudflare.Env, issuer: string): Promise<string> => {
  const metadata = await fetchMetadata(env, issuer)
  // RFC 8414 §3.3: whoever answers there has to be who was asked for.
  const { issuer: said, jwks_uri: address } = metadata
  if (said !== issuer || typeof address !== 'string' || !isAsSecure(address, issuer))
    throw new NotFetched('the metadata is not that of the issuer', { isTransient: false })
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
