// Waits on a socket of a DeviceAuthorization until that ends it, a deadline or a hang-up: for a
// device that polls, and for a page that is open. While it waits the Worker pays no CPU time and the
// object sleeps.
import { MAX_PREFERRED_HOLD_MS } from '../config/limits.ts'
import { SOCKET_ENDED } from '../objects/device-authorization/device-authorization.ts'

export interface Hold {
  readonly untilMs: number
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal
}

/** `End` is the object's own word; `lost` means: ask again. */
export type Waited<End extends string> = End | 'timed_out' | 'hung_up' | 'lost'

/** Waits until the socket ends, or `untilMs`. */
export const waitOn = <End extends string>(
  socket: WebSocket,
  { untilMs, signal }: Hold,
): Promise<Waited<End>> =>
  new Promise((resolve) => {
    const end = (waited: Waited<End>) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', hangUp)
      if (waited === 'timed_out' || waited === 'hung_up') socket.close(1000)
      resolve(waited)
    }
    const hangUp = () => end('hung_up')
    const remaining = Math.min(untilMs - Date.now(), MAX_PREFERRED_HOLD_MS)
    const timer = setTimeout(() => end('timed_out'), Math.max(0, remaining))
    signal.addEventListener('abort', hangUp)
    socket.addEventListener('close', ({ code, reason }) =>
      end(code === SOCKET_ENDED ? (reason as End) : 'lost'),
    )
    socket.addEventListener('error', () => end('lost'))
    // Last, or a close that is already waiting would be missed.
    socket.accept()
    if (signal.aborted) hangUp()
  })
