// The schedule of a signing key: announced, active, retired, forgotten. Pure.
import {
  ID_TOKEN_HINT_LIFETIME_MS,
  KEY_ANNOUNCED_MS,
  KEY_LIFETIME_MS,
  KEY_RETIRED_MS,
} from '../../config/limits.ts'
import type { IdTokenAlgorithm } from '../../config/client-settings.ts'
import type { JWK } from 'jose'

/** The algorithms we sign with; one key serves exactly one of them (RFC 8725 §3.1). */
export type SigningAlgorithm = IdTokenAlgorithm

export interface SigningKey {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly activeFromMs: number
  readonly privateJwk: JWK
  readonly publicJwk: JWK
}

/** The public half of a former signing key, which still verifies ID tokens as hints. */
export interface ForgottenKey {
  readonly kid: string
  readonly publicJwk: JWK
  readonly untilMs: number
}

/**
 * The key that signs at `now`: the newest active one. The very first key is active at once, even for an
 * isolate with a clock slightly behind the Keyring's.
 */
export const currentKey = (
  keys: readonly SigningKey[],
  alg: SigningAlgorithm,
  now: number,
): SigningKey | undefined => {
  const candidates = ofAlgorithm(keys, alg)
  return candidates.findLast(({ activeFromMs }) => activeFromMs <= now) ?? candidates[0]
}

/** The activation time of the next key of `alg`, if the key is due to be made. */
export const dueKey = (
  keys: readonly SigningKey[],
  alg: SigningAlgorithm,
  now: number,
): number | undefined => {
  const newest = ofAlgorithm(keys, alg).at(-1)
  // Nothing was signed yet, so no one can hold a key set without this key.
  if (newest === undefined) return now
  if (now < announcementMs(newest)) return undefined
  // After a long sleep the successor is late, but it must still be published before it is used.
  return Math.max(newest.activeFromMs + KEY_LIFETIME_MS, now + KEY_ANNOUNCED_MS)
}

/** The keys that may sign now or later, or may have signed a live token. */
export const retainedKeys = (keys: readonly SigningKey[], now: number): readonly SigningKey[] =>
  keys.filter((key) => {
    const successor = ofAlgorithm(keys, key.alg).find(
      ({ activeFromMs }) => activeFromMs > key.activeFromMs,
    )
    return successor === undefined || now < successor.activeFromMs + KEY_RETIRED_MS
  })

/** The public halves that may still verify an ID token as a hint. */
export const rememberedKeys = (
  remembered: readonly ForgottenKey[],
  dropped: readonly SigningKey[],
  now: number,
): readonly ForgottenKey[] => [
  ...remembered.filter(({ untilMs }) => now < untilMs),
  ...dropped.map(({ kid, publicJwk }) => ({
    kid,
    publicJwk,
    untilMs: now + ID_TOKEN_HINT_LIFETIME_MS,
  })),
]

/** The time of the next scheduled change of the set. */
export const nextChangeMs = (keys: readonly SigningKey[], now: number): number =>
  Math.min(
    ...keys
      .flatMap((key) => [announcementMs(key), key.activeFromMs + KEY_RETIRED_MS])
      .filter((time) => time > now),
  )

const announcementMs = (key: SigningKey): number =>
  key.activeFromMs + KEY_LIFETIME_MS - KEY_ANNOUNCED_MS

const ofAlgorithm = (keys: readonly SigningKey[], alg: SigningAlgorithm): SigningKey[] =>
  keys.filter((key) => key.alg === alg).toSorted((a, b) => a.activeFromMs - b.activeFromMs)
