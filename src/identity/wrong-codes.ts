// Service-wide counts of wrong user codes and of new accounts, the means of guessing codes (RFC 8628
// §5.1). Wrong codes count for their account as well. High counts mean longer waits, and no refusals.
import type { Subject, UserCode } from '../ids.ts'
import { waitUntil } from 'cloudflare:workers'
import { accountOf } from '../objects/index.ts'
import { isCrowded } from '../http/rate-limit.ts'

/** The person behind a wrong code. `wasShown`: they had seen its request before. */
interface CodeTryer {
  readonly subject: Subject
  readonly wasShown?: boolean
}

/**
 * Finishes `work`, a look-up or a new account together with its count, even if the client hangs up. A
 * correct code is answered before a wrong one is counted, so a client that is in a hurry would guess free.
 */
export const evenIfCut = <T>(work: Promise<T>): Promise<T> => {
  waitUntil(Promise.allSettled([work]))
  return work
}

/**
 * Counts a wrong code: unknown, expired, or decided by another person. A decision on a request that was
 * shown is no guess, even if it comes too late.
 */
export const countWrongCode = async (
  env: Cloudflare.Env,
  { subject, wasShown = false }: CodeTryer,
  userCode: UserCode,
): Promise<void> => {
  if (wasShown) return
  const crowded = await isCrowded(env, 'wrong code')
  await accountOf(env, subject)?.countWrongCode(userCode, crowded)
}

/** Counts a new account. Returns its wait before its first code, in ms. */
export const countNewAccount = async (env: Cloudflare.Env, subject: Subject): Promise<number> => {
  if (!(await isCrowded(env, 'new account'))) return 0
  return (await accountOf(env, subject)?.waitBeforeFirstCode()) ?? 0
}
