// DPoP nonces (RFC 9449 §8): a time and its MAC, so that no store has to remember the issued ones.
import { DPOP_NONCE_LIFETIME_MS, CLOCK_SKEW_MS } from '../config/limits.ts'
import { seal, unseal } from '../crypto.ts'
import { SECOND } from '../durations.ts'

const TIME_BYTES = 4
const PURPOSE = 'dpop nonce'

/** A nonce that is valid from `now` on. */
export const issueNonce = (secret: Uint8Array, now: number): string => {
  const time = Buffer.alloc(TIME_BYTES)
  time.writeUInt32BE(Math.floor(now / SECOND))
  return seal(secret, PURPOSE, time)
}

/** The time in ms at which this server issued the nonce; undefined if it is foreign or expired (DP-4). */
export const nonceIssuedAtMs = (
  secret: Uint8Array,
  nonce: string,
  now: number,
): number | undefined => {
  const bytes = unseal(secret, PURPOSE, nonce)
  if (bytes?.length !== TIME_BYTES) return undefined
  const issuedAtMs = Buffer.from(bytes).readUInt32BE() * SECOND
  // The clock of another isolate may run slightly ahead.
  const isFresh = issuedAtMs <= now + CLOCK_SKEW_MS && now < issuedAtMs + DPOP_NONCE_LIFETIME_MS
  return isFresh ? issuedAtMs : undefined
}
