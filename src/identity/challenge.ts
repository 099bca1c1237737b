// Challenges of passkey ceremonies (WebAuthn §13.4.3): a time, random bytes, and a seal that binds
// both to one purpose and one browser. Only used challenges are stored.
import { PASSKEY_CHALLENGE_LIFETIME_MS } from '../config/limits.ts'
import { randomBytes, seal, sha256, unseal } from '../crypto.ts'
import { SECOND } from '../durations.ts'
import { replayGuardOf } from '../objects/index.ts'
import { macSecret } from '../tokens/signing-keys.ts'

const TIME_BYTES = 4
const RANDOM_BYTES = 16

export interface Ceremony {
  readonly purpose: 'sign-in' | 'add'
  /** The browser's own form token: a challenge of one browser is invalid in another. */
  readonly formToken: string
}

/** A challenge for one use, valid from `now` on. */
export const issueChallenge = async (
  env: Cloudflare.Env,
  ceremony: Ceremony,
  now: number,
): Promise<string> => {
  const time = Buffer.alloc(TIME_BYTES)
  time.writeUInt32BE(Math.floor(now / SECOND))
  const head = Buffer.concat([time, randomBytes(RANDOM_BYTES)])
  return seal(await macSecret(env), purposeOf(ceremony), head)
}

/** The one use of a verified challenge: false if it was used before. */
type FirstUse = () => Promise<boolean>

/** The check of its first use; undefined if it is forged, for another ceremony, or expired. */
export const verifyChallenge = async (
  env: Cloudflare.Env,
  ceremony: Ceremony,
  challenge: string,
  now: number,
): Promise<FirstUse | undefined> => {
  const head = unseal(await macSecret(env), purposeOf(ceremony), challenge)
  if (head?.length !== TIME_BYTES + RANDOM_BYTES) return undefined
  const untilMs = Buffer.from(head).readUInt32BE() * SECOND + PASSKEY_CHALLENGE_LIFETIME_MS
  if (now >= untilMs) return undefined
  const digest = sha256(challenge)
  // The sender is unknown so far, so all challenges are spread over a few thousand objects.
  return () => replayGuardOf(env, 'passkey', digest.slice(0, 2)).use(digest, untilMs)
}

const purposeOf = ({ purpose, formToken }: Ceremony): string => `passkey ${purpose} ${formToken}`
