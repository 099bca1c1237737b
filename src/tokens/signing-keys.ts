// Per-isolate cache of the Keyring's keys, so that no token waits for that one object.
import {
  type CryptoKey,
  type JSONWebKeySet,
  type JWK,
  decodeProtectedHeader,
  importJWK,
} from 'jose'
import { KEYRING_CACHE_MS, KEY_ANNOUNCED_MS } from '../config/limits.ts'
import { keyringOf } from '../objects/index.ts'
import {
  type ForgottenKey,
  type SigningAlgorithm,
  type SigningKey,
  currentKey,
} from '../objects/keyring/keyring-state.ts'

interface KnownKeys {
  readonly fetchedAtMs: number
  readonly keys: readonly SigningKey[]
}

let known: KnownKeys | undefined
let remembered: { fetchedAtMs: number; keys: readonly ForgottenKey[] } | undefined
let knownMacSecret: Uint8Array | undefined
const imported = new Map<string, CryptoKey | Uint8Array>()

/** The key that signs with `alg` at `now`, ready for use. */
export const signingKey = async (
  env: Cloudflare.Env,
  alg: SigningAlgorithm,
  now: number,
): Promise<{ kid: string; key: CryptoKey | Uint8Array }> => {
  const key = currentKey(await knownKeys(env, now), alg, now)
  if (key === undefined) throw new Error(`the Keyring has no key for ${alg}`)
  return { kid: key.kid, key: await importOnce(`sign ${key.kid}`, key.privateJwk) }
}

/** The key id and the algorithm in a JWT's header (RFC 7515 §4.1). */
interface KeyName {
  readonly kid: string | undefined
  readonly alg: string | undefined
}

/** The public key of that name, if we publish it. */
export const verificationKey = async (
  env: Cloudflare.Env,
  { kid, alg }: KeyName,
  now: number,
): Promise<CryptoKey | Uint8Array | undefined> => {
  const key = (await knownKeys(env, now)).find((one) => one.kid === kid && one.alg === alg)
  return key === undefined ? undefined : importOnce(`verify ${key.kid}`, key.publicJwk)
}

/** The same, including keys that are no longer published. For hints only. */
export const hintVerificationKey = async (
  env: Cloudflare.Env,
  name: KeyName,
  now: number,
): Promise<CryptoKey | Uint8Array | undefined> => {
  const published = await verificationKey(env, name, now)
  if (published !== undefined) return published
  if (remembered === undefined || now - remembered.fetchedAtMs >= KEYRING_CACHE_MS)
    remembered = { fetchedAtMs: now, keys: await keyringOf(env).rememberedKeys() }
  const key = remembered.keys.find(
    ({ kid, publicJwk, untilMs }) =>
      kid === name.kid && publicJwk.alg === name.alg && now < untilMs,
  )
  return key === undefined ? undefined : importOnce(`verify ${key.kid}`, key.publicJwk)
}

/** The name of the key in a JWT's header. */
export const keyNameIn = (jwt: string): KeyName => {
  try {
    const { kid, alg } = decodeProtectedHeader(jwt)
    return { kid, alg }
  } catch {
    return { kid: undefined, alg: undefined }
  }
}

/** The published key set (RFC 7517 §5): public halves only, including keys that are not yet active. */
export const publicKeySet = async (env: Cloudflare.Env, now: number): Promise<JSONWebKeySet> => ({
  keys: (await knownKeys(env, now)).map(({ publicJwk }) => publicJwk),
})

/** The server's secret: it seals values that we hand out, and refresh tokens are derived from it. */
export const macSecret = async (env: Cloudflare.Env): Promise<Uint8Array> => {
  knownMacSecret ??= await keyringOf(env).macSecret()
  return knownMacSecret
}

const knownKeys = async (env: Cloudflare.Env, now: number): Promise<readonly SigningKey[]> => {
  if (known !== undefined && now - known.fetchedAtMs < KEYRING_CACHE_MS) return known.keys
  try {
    known = { fetchedAtMs: now, keys: await keyringOf(env).keys() }
  } catch (error) {
    // Keys are announced a day ahead, so an isolate can work without the Keyring for half of that.
    if (known === undefined || now - known.fetchedAtMs > KEY_ANNOUNCED_MS / 2) throw error
  }
  return known.keys
}

const importOnce = async (name: string, jwk: JWK): Promise<CryptoKey | Uint8Array> => {
  const key = imported.get(name) ?? (await importJWK(jwk))
  imported.set(name, key)
  return key
}
