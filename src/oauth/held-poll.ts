// Polls, and holds a pending request until a decision, a deadline or a hang-up.
import type { UserCode } from '../ids.ts'
import { type Hold, type Waited, waitOn } from '../review/held-socket.ts'
import {
  type Absent,
  type HeldPollEnd,
  POLLER_HEADER,
  PREFERRED_HEADER,
} from '../objects/device-authorization/device-authorization.ts'
import type { Poller, PollOutcome } from '../objects/device-authorization/outcomes.ts'
import { ObjectUnavailable, waitAt } from '../objects/index.ts'

interface HeldPoll extends Hold {
  readonly userCode: UserCode
  readonly poller: Poller
  /** True if the client asked to be held (RFC 7240 §4.3). */
  readonly isPreferred: boolean
  /** The expiry of the device_code: a hold that lasts until then ends with its outcome. */
  readonly expiresAtMs: number
}

// An object is unreachable while it moves or restarts: once is a deploy, twice is a fault.
const MAX_LOSSES = 2

/**
 * Polls, and if the answer is `pending`, waits for a decision until `untilMs`. `redeemable` then only
 * means: try to redeem. Throws ObjectUnavailable if the object is unreachable.
 */
export const heldPoll = async (
  env: Cloudflare.Env,
  hold: HeldPoll,
): Promise<{ polled: PollOutcome | Absent; wasHeld: boolean }> => {
  let wasHeld = false
  let waited: Waited<HeldPollEnd> = 'lost'
  for (let losses = 0; waited === 'lost' && losses < MAX_LOSSES; losses += 1) {
    const answer = await open(env, hold)
    if (answer instanceof ObjectUnavailable) {
      if (!wasHeld && (answer.isOverloaded || losses + 1 === MAX_LOSSES)) throw answer
      if (answer.isOverloaded) break
    } else if (answer instanceof WebSocket) {
      wasHeld = true
      waited = await waitOn(answer, hold)
    } else if (wasHeld && answer.outcome === 'slow_down') {
      // Our own reconnect, not an eager client.
      break
    } else {
      return { polled: answer, wasHeld }
    }
  }
  const isOver = waited === 'timed_out' && Date.now() >= hold.expiresAtMs
  const outcome = waited === 'decided' || isOver ? 'redeemable' : 'pending'
  return { polled: { outcome }, wasHeld }
}

const open = async (
  env: Cloudflare.Env,
  { userCode, poller, isPreferred }: HeldPoll,
): Promise<PollOutcome | Absent | WebSocket | ObjectUnavailable> => {
  try {
    const wait = await waitAt<PollOutcome | Absent>(env, userCode, {
      [POLLER_HEADER]: encodeURIComponent(JSON.stringify(poller)),
      ...(isPreferred && { [PREFERRED_HEADER]: '' }),
    })
    return wait.socket ?? wait.answer
  } catch (error) {
    if (error instanceof ObjectUnavailable) return error
    throw error
  }
}
