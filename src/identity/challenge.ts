// Challenges of passkey ceremonies (WebAuthn §13.4.3): a time, random bytes, and a MAC that binds
// both to one purpose and one browser. What was used is remembered; what was not needs no memory.
import { createHmac } from 'node:crypto'
import { PASSKEY_CHALLENGE_LIFETIME_MS } from '../config.ts'
import {
  fromBase64url,
  isEqualInConstantTime,
  randomBytes,
  sha256,
  toBase64url,
} from '../crypto.ts'
import { SECOND } from '../durations.ts'
import { ask, replayGuardOf } from '../objects/index.ts'
import { macSecret } from '../tokens/signing-keys.ts'

const TIME_BYTES = 4
const RANDOM_BYTES = 16

export interface Ceremony {
  readonly purpose: 'sign-in' | 'add'
  /** What only this browser's forms carry: a challenge of one is nothing to another. */
  readonly formToken: string
}

/** A challenge that is good from `now` on, once. */
export const issueChallenge = async (
  env: Cloudflare.Env,
  ceremony: Ceremony,
  now: number,
): Promise<string> => {
  const time = Buffer.alloc(TIME_BYTES)
  time.writeUInt32BE(Math.floor(now / SECOND))
  const head = Buffer.concat([time, randomBytes(RANDOM_BYTES)])
  return seal(await macSecret(env), ceremony, head)
}

/** Uses a challenge up; false if it is not ours, not for this, too old, or used. */
export const useChallenge = async (
  env: Cloudflare.Env,
  ceremony: Ceremony,
  challenge: string,
  now: number,
): Promise<boolean> => {
  const bytes = fromBase64url(challenge)
  if (bytes === undefined || bytes.length < TIME_BYTES + RANDOM_BYTES) return false
  const head = Buffer.from(bytes.subarray(0, TIME_BYTES + RANDOM_BYTES))
  if (!isEqualInConstantTime(seal(await macSecret(env), ceremony, head), challenge)) return false
  const untilMs = head.readUInt32BE() * SECOND + PASSKEY_CHALLENGE_LIFETIME_MS
  if (now >= untilMs) return false
  const digest = sha256(challenge)
  // No sender is known yet; a few thousand objects share what is asked of them.
  return ask(() => replayGuardOf(env, 'passkey', digest.slice(0, 2)).use(digest, untilMs))
}

const seal = (secret: Uint8Array, { purpose, formToken }: Ceremony, head: Buffer): string => {
  const mac = createHmac('sha256', secret)
    .update(`passkey ${purpose} ${formToken} `)
    .update(head)
    .digest()
  return toBase64url(Buffer.concat([head, mac]))
}
