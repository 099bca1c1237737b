// DPoP nonces (RFC 9449 §8): a time and a MAC of it, so that nobody has to remember which are out.
import { createHmac } from 'node:crypto'
import { DPOP_NONCE_LIFETIME_MS, CLOCK_SKEW_MS } from '../config.ts'
import { fromBase64url, isEqualInConstantTime, toBase64url } from '../crypto.ts'
import { SECOND } from '../durations.ts'

const TIME_BYTES = 4
const MAC_BYTES = 16

/** A nonce that is good from `now` on. */
export const issueNonce = (secret: Uint8Array, now: number): string => {
  const time = Buffer.alloc(TIME_BYTES)
  time.writeUInt32BE(Math.floor(now / SECOND))
  const mac = createHmac('sha256', secret).update(time).digest().subarray(0, MAC_BYTES)
  return toBase64url(Buffer.concat([time, mac]))
}

/** When a nonce was issued, in ms, if it is ours and not too old (DP-4). */
export const nonceIssuedAtMs = (
  secret: Uint8Array,
  nonce: string,
  now: number,
): number | undefined => {
  const bytes = fromBase64url(nonce)
  if (bytes?.length !== TIME_BYTES + MAC_BYTES) return undefined
  const issuedAtMs = Buffer.from(bytes).readUInt32BE() * SECOND
  const isOurs = isEqualInConstantTime(issueNonce(secret, issuedAtMs), nonce)
  // Another isolate's clock may be a little ahead of this one's.
  const isFresh = issuedAtMs <= now + CLOCK_SKEW_MS && now < issuedAtMs + DPOP_NONCE_LIFETIME_MS
  return isOurs && isFresh ? issuedAtMs : undefined
}
