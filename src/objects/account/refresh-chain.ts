// The refresh tokens of one grant: each leads to one other (refresh-token.ts), and one is unused. Pure.
//
// A refresh token names its family and its generation. The family's digest tells a token of ours from
// anything else, so that an old one is recognised as such without a digest of each.
import { CATCH_UP_MS, MAX_CATCH_UP_TOKENS, MAX_LATE_RETURNS } from '../../config/limits.ts'

/** What a refresh token proves about itself; only digests of its two secrets get here. */
export interface RefreshTokenClaim {
  readonly generation: number
  readonly familyHash: string
  readonly secretHash: string
}

/** A token whose successor is in use. */
interface SpentToken {
  readonly generation: number
  readonly secretHash: string
  /** When its successor was first used. */
  readonly spentAtMs: number
}

/** The one refresh token that is unused, and those that still lead to it. */
export interface RefreshChain {
  readonly current: RefreshTokenClaim
  /** The digest of the token that `current` came from; undefined for the first. */
  readonly previousHash: string | undefined
  /** Those before it that were spent within the last minute, the latest first. */
  readonly spent?: readonly SpentToken[]
  /** The last token that came back late while its successor was unused, and for how many in a row. */
  readonly returned?: { readonly generation: number; readonly inARow: number } | undefined
  /** Idle time counts from here. */
  readonly issuedAtMs: number
}

/** A chain of which `current` is the first. */
export const begin = (current: RefreshTokenClaim, now: number): RefreshChain => ({
  current,
  previousHash: undefined,
  issuedAtMs: now,
})

/**
 * Where a token stands in its chain. `repeated`: its successor is unused, or is in use so shortly that
 * another reader of the file that it is kept in may not know yet. `late`: it comes after that.
 */
export const standingOf = (
  chain: RefreshChain,
  { generation, familyHash, secretHash }: RefreshTokenClaim,
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

/** The digest of the chain's token of a generation, as far back as that is kept. */
export const hashOf = (
  { current, previousHash, spent = [] }: RefreshChain,
  generation: number,
): string | undefined =>
  generation === current.generation
    ? current.secretHash
    : generation === current.generation - 1
      ? previousHash
      : spent.find((token) => token.generation === generation)?.secretHash

/** The chain once `current` is used: its successor is the one that is unused. */
export const rotate = (
  { current, previousHash, spent = [], returned }: RefreshChain,
  nextSecretHash: string,
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
 * The chain once a token came back that leads to its successor again, or undefined where that is a
 * sign of theft. One answer may be lost for a month. Where each token comes back late, its successor
 * always unused, two take turns: the owner, and a thief who never meets a token that was used.
 */
export const comeBack = (
  chain: RefreshChain,
  { generation }: RefreshTokenClaim,
  now: number,
): RefreshChain | undefined => {
  const { current, issuedAtMs, returned } = chain
  const isLate = generation === current.generation - 1 && now > issuedAtMs + CATCH_UP_MS
  if (!isLate || returned?.generation === generation) return chain
  const inARow = returned?.generation === generation - 1 ? returned.inARow + 1 : 1
  return inARow < MAX_LATE_RETURNS ? { ...chain, returned: { generation, inARow } } : undefined
}
