// Waits on an object's socket until a decision, a deadline or a hang-up. While it waits the Worker
// pays no CPU time and the object sleeps.
import { MAX_HOLD_SECONDS } from '../client-metadata.ts'
import { SECOND } from '../durations.ts'
import {
  type Absent,
  HELD_POLL_ENDED,
  type HeldPollEnd,
  POLLER_HEADER,
} from '../objects/device-authorization.ts'
import type { Poller, PollOutcome } from '../objects/device-authorization-state.ts'
import { ObjectUnavailable, ask, deviceAuthorizationOf } from '../objects/index.ts'

export interface Hold {
  readonly userCode: string
  readonly poller: Poller
  readonly untilMs: number
  /** When the device_code runs out: a hold that lasts until then ends with the outcome. */
  readonly expiresAtMs: number
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal
}

type Waited = HeldPollEnd | 'timed_out' | 'hung_up' | 'lost'

// An object is out of reach when it moves or restarts: once is a deploy, twice is a fault.
const MAX_LOSSES = 2

/**
 * Polls, and if the answer is `pending`, waits for a better one until `untilMs`. `redeemable` then
 * means no more than: ask by redeeming. Throws ObjectUnavailable if the object cannot be asked.
 */
export const heldPoll = async (
  env: Cloudflare.Env,
  hold: Hold,
): Promise<{ polled: PollOutcome | Absent; wasHeld: boolean }> => {
  let wasHeld = false
  let waited: Waited = 'lost'
  for (let losses = 0; waited === 'lost' && losses < MAX_LOSSES; losses += 1) {
    const answer = await open(env, hold)
    if (answer instanceof ObjectUnavailable) {
      if (!wasHeld && (answer.isOverloaded || losses + 1 === MAX_LOSSES)) throw answer
      if (answer.isOverloaded) break
    } else if (answer instanceof WebSocket) {
      wasHeld = true
      waited = await wait(answer, hold)
    } else if (wasHeld && answer.outcome === 'slow_down') {
      // It was us who asked twice.
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
  { userCode, poller }: Hold,
): Promise<PollOutcome | Absent | WebSocket | ObjectUnavailable> => {
  try {
    return await ask(async () => {
      const response = await deviceAuthorizationOf(env, userCode).fetch('https://object/poll', {
        headers: {
          Upgrade: 'websocket',
          [POLLER_HEADER]: encodeURIComponent(JSON.stringify(poller)),
        },
      })
      return response.webSocket ?? (await response.json<PollOutcome | Absent>())
    })
  } catch (error) {
    if (error instanceof ObjectUnavailable) return error
    throw error
  }
}

const wait = (socket: WebSocket, { untilMs, signal }: Hold): Promise<Waited> =>
  new Promise((resolve) => {
    const end = (waited: Waited) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', hangUp)
      if (waited === 'timed_out' || waited === 'hung_up') socket.close(1000)
      resolve(waited)
    }
    const hangUp = () => end('hung_up')
    const remaining = Math.min(untilMs - Date.now(), MAX_HOLD_SECONDS * SECOND)
    const timer = setTimeout(() => end('timed_out'), Math.max(0, remaining))
    signal.addEventListener('abort', hangUp)
    socket.addEventListener('close', ({ code, reason }) =>
      end(code === HELD_POLL_ENDED ? (reason as HeldPollEnd) : 'lost'),
    )
    socket.addEventListener('error', () => end('lost'))
    // Last, or a close that is already waiting would be missed.
    socket.accept()
    if (signal.aborted) hangUp()
  })
