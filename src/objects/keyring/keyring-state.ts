// When a signing key is announced, used, retired and forgotten. Pure.
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

/** What is left of a key that nothing new is signed with: it still tells that a hint is ours. */
export interface ForgottenKey {
  readonly kid: string
  readonly publicJwk: JWK
  readonly untilMs: number
}

/**
 * The key that signs at `now`: the newest that is active. The very first is so at once, also for
 * an isolate whose clock is a moment behind the Keyring's.
 */
export const currentKey = (
  keys: readonly SigningKey[],
  alg: SigningAlgorithm,
  now: number,
): SigningKey | undefined => {
  const candidates = ofAlgorithm(keys, alg)
  return candidates.findLast(({ activeFromMs }) => activeFromMs <= now) ?? candidates[0]
}

/** From when the next key of `alg` is to be active, if it is time to make it. */
export const dueKey = (
  keys: readonly SigningKey[],
  alg: SigningAlgorithm,
  now: number,
): number | undefined => {
  const newest = ofAlgorithm(keys, alg).at(-1)
  // Nothing was signed yet, so nobody can hold a key set without it.
  if (newest === undefined) return now
  if (now < announcementMs(newest)) return undefined
  // After a long sleep the successor is late: it still has to be seen before it is used.
  return Math.max(newest.activeFromMs + KEY_LIFETIME_MS, now + KEY_ANNOUNCED_MS)
}

/** The keys that some live token may be signed with, now or later. */
export const retainedKeys = (keys: readonly SigningKey[], now: number): readonly SigningKey[] =>
  keys.filter((key) => {
    const successor = ofAlgorithm(keys, key.alg).find(
      ({ activeFromMs }) => activeFromMs > key.activeFromMs,
    )
    return successor === undefined || now < successor.activeFromMs + KEY_RETIRED_MS
  })

/** The public halves that an ID token which comes back as a hint may still need. */
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

/** When the set next changes by itself. */
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
