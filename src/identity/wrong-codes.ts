// What guesses at user codes are made with (RFC 8628 §5.1), counted for everyone together: wrong codes,
// which count for their account as well, and new accounts. Where there are many the check is harder,
// and nobody is refused.
import { accountOf, ask } from '../objects/index.ts'
import { isCrowded } from '../http/rate-limit.ts'

/** Who entered a code, and whether they had been shown its request before. */
interface CodeTryer {
  readonly subject: string
  readonly wasShown?: boolean
}

/**
 * Counts a wrong code, whether it never was, has run out, or was another's. An answer to what was shown
 * is no guess, even if it comes too late.
 */
export const countWrongCode = async (
  env: Cloudflare.Env,
  { subject, wasShown = false }: CodeTryer,
  userCode: string,
): Promise<void> => {
  if (wasShown) return
  const crowded = await isCrowded(env, 'wrong code')
  await ask(async () => accountOf(env, subject)?.countWrongCode(userCode, crowded))
}

/** Counts an account that was made just now. How long it waits before its first code, in ms. */
export const countNewAccount = async (env: Cloudflare.Env, subject: string): Promise<number> => {
  if (!(await isCrowded(env, 'new account'))) return 0
  return (await ask(async () => accountOf(env, subject)?.waitBeforeFirstCode())) ?? 0
}
