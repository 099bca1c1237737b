// Proof that an account has been shown a device's request. To answer it is no guess at a code, so it
// stays possible while wrong codes make the account wait. The question carries it: nothing is stored.
import type { Subject, UserCode } from '../ids.ts'
import { AUTHORIZATION_RETENTION_MS } from '../config/limits.ts'
import { seal, unseal } from '../crypto.ts'
import { macSecret } from '../tokens/signing-keys.ts'

const TIME_BYTES = 6

/** An account, and the code of the request that it was shown. */
interface Shown {
  readonly subject: Subject
  readonly userCode: UserCode
}

const purposeOf = ({ subject, userCode }: Shown): string => `shown request ${subject} ${userCode}`

/** The proof for a request that expires at `expiresAtMs`. */
export const proveShown = async (
  env: Cloudflare.Env,
  shown: Shown,
  expiresAtMs: number,
): Promise<string> => {
  const time = Buffer.alloc(TIME_BYTES)
  // Until then the code belongs to no other request, so a late answer is no guess either.
  time.writeUIntBE(expiresAtMs + AUTHORIZATION_RETENTION_MS, 0, TIME_BYTES)
  return seal(await macSecret(env), purposeOf(shown), time)
}

/** True if this server made `proof` for this account and code, and it has not expired. */
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
