// The refresh tokens of one grant: each has one successor (refresh-token.ts), and one is unused. Pure.
//
// A refresh token names its family and its generation. The family's digest proves that a token is ours,
// so an old one is recognised without storing a digest of each.
import type { Digest } from '../../ids.ts'
import { CATCH_UP_MS, MAX_CATCH_UP_TOKENS, MAX_LATE_RETURNS } from '../../config/limits.ts'

/** A presented refresh token, with digests in place of its two secrets. */
export interface RefreshTokenDigest {
  readonly generation: number
  readonly familyHash: Digest
  readonly secretHash: Digest
}

/** A token with a successor that is in use. */
interface SpentToken {
  readonly generation: number
  readonly secretHash: Digest
  /** The time its successor was first used. */
  readonly spentAtMs: number
}

/** The one unused refresh token, and the earlier ones that still lead to it. */
export interface RefreshChain {
  readonly current: RefreshTokenDigest
  /** The digest of the token that `current` came from; undefined for the first. */
  readonly previousHash: Digest | undefined
  /** Earlier tokens that were spent within the last minute, the latest first. */
  readonly spent?: readonly SpentToken[]
  /** The last token that was reused late while its successor was unused, and the length of that run. */
  readonly returned?: { readonly generation: number; readonly inARow: number } | undefined
  /** Start of the idle time. */
  readonly issuedAtMs: number
}

/** A new chain that starts with `current`. */
export const begin = (current: RefreshTokenDigest, now: number): RefreshChain => ({
  current,
  previousHash: undefined,
  issuedAtMs: now,
})

/**
 * The standing of a token in its chain. `repeated`: its successor is unused, or has been in use so briefly
 * that another process that reads the same token file may still hold the old one. `late`: after that.
 */
export const standingOf = (
  chain: RefreshChain,
  { generation, familyHash, secretHash }: RefreshTokenDigest,
  now: number,
): 'current' | 'repeated' | 'late' | 'unknown' => {
  const { current, spent = [] } = chain
  if (familyHash !== current.familyHash || generation > current.generation) return 'unknown'
  if (![secretHash, undefined].includes(hashOf(chain, generation))) return 'unknown'
  if (generation === current.generation) return 'current'
  if (generation === current.generation - 1) return 'repeated'
  const token = spent.find((one) => one.generation === generation)
  return token !== undefined && now <= token.spentAtMs + CATCH_UP_MS ? 'repeated' : 'late'
}

/** The digest of the token of a generation, as far back as digests are stored. */
export const hashOf = (
  { current, previousHash, spent = [] }: RefreshChain,
  generation: number,
): Digest | undefined =>
  generation === current.generation
    ? current.secretHash
    : generation === current.generation - 1
      ? previousHash
      : spent.find((token) => token.generation === generation)?.secretHash

/** The chain after a use of `current`: the successor becomes the unused token. */
export const rotate = (
  { current, previousHash, spent = [], returned }: RefreshChain,
  nextSecretHash: Digest,
  now: number,
): RefreshChain => {
  const { generation, familyHash, secretHash } = current
  const justSpent =
    previousHash === undefined
      ? []
      : [{ generation: generation - 1, secretHash: previousHash, spentAtMs: now }]
  const stillSpent = spent.filter(({ spentAtMs }) => now <= spentAtMs + CATCH_UP_MS)
  return {
    current: { generation: generation + 1, familyHash, secretHash: nextSecretHash },
    previousHash: secretHash,
    spent: [...justSpent, ...stillSpent].slice(0, MAX_CATCH_UP_TOKENS),
    returned,
    issuedAtMs: now,
  }
}

/**
 * The chain after a token was reused and gets its successor again, or undefined if that indicates theft.
 * One answer may stay lost for a month. But if token after token is reused late, each successor still
 * unused, two clients take turns: the owner's and a thief's, and the thief never presents a used token.
 */
export const noteReuse = (
  chain: RefreshChain,
  { generation }: RefreshTokenDigest,
  now: number,
): RefreshChain | undefined => {
  const { current, issuedAtMs, returned } = chain
  const isLate = generation === current.generation - 1 && now > issuedAtMs + CATCH_UP_MS
  if (!isLate || returned?.generation === generation) return chain
  const inARow = returned?.generation === generation - 1 ? returned.inARow + 1 : 1
  return inARow < MAX_LATE_RETURNS ? { ...chain, returned: { generation, inARow } } : undefined
}
