// Proof that an account has been shown a device's request. To answer it is no guess at a code, so it
// stays possible while wrong codes make the account wait. The question carries it: nothing is stored.
import { AUTHORIZATION_RETENTION_MS } from '../config/limits.ts'
import { seal, unseal } from '../crypto.ts'
import { macSecret } from '../tokens/signing-keys.ts'

const TIME_BYTES = 6

/** Who was shown the request behind which code. */
interface Shown {
  readonly subject: string
  /** Normalised. */
  readonly userCode: string
}

const purposeOf = ({ subject, userCode }: Shown): string => `shown request ${subject} ${userCode}`

/** The proof for a request that runs out at `expiresAtMs`. */
export const proveShown = async (
  env: Cloudflare.Env,
  shown: Shown,
  expiresAtMs: number,
): Promise<string> => {
  const time = Buffer.alloc(TIME_BYTES)
  // So long after it the code is still nobody else's, and an answer that is late is no guess either.
  time.writeUIntBE(expiresAtMs + AUTHORIZATION_RETENTION_MS, 0, TIME_BYTES)
  return seal(await macSecret(env), purposeOf(shown), time)
}

/** Whether `proof` is ours, for this account and code, and not too old. */
export const isProvenShown = async (
  env: Cloudflare.Env,
  shown: Shown,
  proof: string,
  now: number,
): Promise<boolean> => {
  if (proof === '') return false
  const time = unseal(await macSecret(env), purposeOf(shown), proof)
  return time?.length === TIME_BYTES && now < Buffer.from(time).readUIntBE(0, TIME_BYTES)
}
