// One ReplayGuard remembers the one-time values of one sender: the `jti` of client assertions (OpenID
// Connect Core §9) and of DPoP proofs (RFC 9449 §11.1), and passkey challenges, as digests. It is named
// by the kind and, if known, the sender, and deletes itself by alarm once all its values have expired.
import type { Digest } from '../ids.ts'
import { DurableObject } from 'cloudflare:workers'

// The most keys that one call of `delete` takes.
const BATCH = 128
// A client with a million devices leaves more values than one alarm can visit: an object's CPU time is
// limited (wrangler.toml).
const MAX_BATCHES = 200

interface Use {
  readonly untilMs: number
  /** The call that used it, which may be made again. */
  readonly callId: string | undefined
}

export class ReplayGuard extends DurableObject {
  // The progress of a sweep over several alarms. The sweep starts over if this is lost.
  #sweptTo: string | undefined
  #lastUntilMs = 0

  /** Uses the value behind `digest`, which expires at `untilMs`; false if it was used before. */
  async use(digest: Digest, untilMs: number, callId?: string): Promise<boolean> {
    const { storage } = this.ctx
    const [used, alarmMs] = await Promise.all([storage.get<Use>(digest), storage.getAlarm()])
    if (used !== undefined) return callId !== undefined && used.callId === callId
    await Promise.all([
      storage.put(digest, { untilMs, callId } satisfies Use),
      ...(alarmMs === null ? [storage.setAlarm(untilMs)] : []),
    ])
    return true
  }

  override async alarm(): Promise<void> {
    const { storage } = this.ctx
    const now = Date.now()
    for (let batches = 0; batches < MAX_BATCHES; batches += 1)
      if (!(await this.#sweep(now))) return this.#finish(now)
    await storage.setAlarm(now)
  }

  /** Deletes expired values in the next batch; false if there is no further batch. */
  async #sweep(now: number): Promise<boolean> {
    const { storage } = this.ctx
    const batch = await storage.list<Use>({
      limit: BATCH,
      ...(this.#sweptTo !== undefined && { startAfter: this.#sweptTo }),
    })
    const old: string[] = []
    for (const [digest, { untilMs }] of batch) {
      this.#sweptTo = digest
      if (untilMs <= now) old.push(digest)
      else this.#lastUntilMs = Math.max(this.#lastUntilMs, untilMs)
    }
    if (old.length > 0) await storage.delete(old)
    return batch.size > 0
  }

  async #finish(now: number): Promise<void> {
    const { storage } = this.ctx
    const nextMs = Math.max(this.#lastUntilMs, now)
    this.#sweptTo = undefined
    this.#lastUntilMs = 0
    // Checked again: a value may have been used since the first batch.
    const isEmpty = (await storage.list({ limit: 1 })).size === 0
    await (isEmpty ? storage.deleteAll() : storage.setAlarm(nextMs))
  }
}
