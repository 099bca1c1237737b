// Pending sign-ins at identity providers: a sealed cookie each, named by its `state`. Tabs share cookies,
// so each attempt carries its own errand.
import * as z from 'zod/mini'
import { parseUserCode } from '../../codes.ts'
import { UPSTREAM_SIGN_IN_MS } from '../../config/limits.ts'
import { seal, unseal } from '../../crypto.ts'
import type { Attempt } from '../../identity/upstream.ts'
import { macSecret } from '../../tokens/signing-keys.ts'
import { cookiesOf, dropCookie, keepCookie, readCookie } from '../kit/cookies.ts'
import type { Errand } from '../kit/errand.tsx'
import type { PageRequest } from '../kit/page-request.ts'

/** Tabs that are away at once; beyond it the oldest is forgotten. Servers limit the size of all cookies. */
const MAX_ATTEMPTS = 4

const attemptSchema = z.object({
  provider: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  prompt: z.optional(z.enum(['login', 'select_account'])),
  isRetry: z.optional(z.boolean()),
  untilMs: z.number(),
  errand: z.object({
    userCode: z.optional(z.pipe(z.string(), z.transform(parseUserCode))),
    next: z.optional(z.literal('devices')),
  }),
})
type Kept = z.output<typeof attemptSchema>

export interface PendingSignIn {
  readonly attempt: Attempt
  readonly errand: Errand
}

/** Keeps an attempt in this browser until it comes back. */
export const keepAttempt = async (
  context: PageRequest,
  { state, ...attempt }: Attempt,
  { userCode, next }: Errand,
): Promise<void> => {
  const secret = await macSecret(context.env)
  const now = Date.now()
  const pending = [...cookiesOf(context, 'upstream')]
    .map(([of, value]) => ({ of, untilMs: openSeal(secret, of, value)?.untilMs ?? 0 }))
    .toSorted((a, b) => b.untilMs - a.untilMs)
  for (const { of } of pending.slice(MAX_ATTEMPTS - 1)) dropCookie(context, 'upstream', of)
  const kept: Kept = { ...attempt, untilMs: now + UPSTREAM_SIGN_IN_MS, errand: { userCode, next } }
  const value = seal(secret, purposeOf(state), Buffer.from(JSON.stringify(kept)))
  keepCookie(context, 'upstream', value, state)
}

/** The attempt of an answer with this `state`, if this browser began it and it has not expired. */
export const findAttempt = async (
  context: PageRequest,
  state: string,
): Promise<PendingSignIn | undefined> => {
  const value = readCookie(context, 'upstream', state)
  if (value === undefined) return undefined
  const kept = openSeal(await macSecret(context.env), state, value)
  if (kept === undefined || Date.now() >= kept.untilMs) return undefined
  const { errand, untilMs: _, ...attempt } = kept
  return { attempt: { ...attempt, state }, errand }
}

/**
 * True if a wish for another account went to this provider and did not come back: some show their own
 * error page for a prompt that they do not know.
 */
export const isSelectionPending = async (
  context: PageRequest,
  providerId: string,
): Promise<boolean> => {
  const secret = await macSecret(context.env)
  return [...cookiesOf(context, 'upstream')].some(([state, value]) => {
    const kept = openSeal(secret, state, value)
    return kept?.provider === providerId && kept.prompt === 'select_account'
  })
}

const openSeal = (secret: Uint8Array, state: string, value: string): Kept | undefined => {
  const json = unseal(secret, purposeOf(state), value)
  if (json === undefined) return undefined
  try {
    return attemptSchema.parse(JSON.parse(Buffer.from(json).toString()))
  } catch {
    return undefined
  }
}

const purposeOf = (state: string): string => `upstream ${state}`
