// One ReplayGuard remembers what one sender may use only once: the `jti` of client assertions
// (OpenID Connect Core §9) and of DPoP proofs (RFC 9449 §11.1), and passkey challenges, as digests.
// It is named by the kind and, where that is known, the sender, and deletes itself by alarm when all it knows has run out.
import { DurableObject } from 'cloudflare:workers'

// The most that one call of `delete` takes.
const BATCH = 128

export class ReplayGuard extends DurableObject {
  /** Uses what `digest` stands for, which means nothing after `untilMs`; false if it was used. */
  async use(digest: string, untilMs: number): Promise<boolean> {
    const { storage } = this.ctx
    const [usedUntilMs, alarmMs] = await Promise.all([
      storage.get<number>(digest),
      storage.getAlarm(),
    ])
    if (usedUntilMs !== undefined) return false
    await Promise.all([
      storage.put(digest, untilMs),
      ...(alarmMs === null ? [storage.setAlarm(untilMs)] : []),
    ])
    return true
  }

  override async alarm(): Promise<void> {
    const { storage } = this.ctx
    const now = Date.now()
    const known = [...(await storage.list<number>())]
    const old = known.filter(([, untilMs]) => untilMs <= now).map(([digest]) => digest)
    if (old.length === known.length) return storage.deleteAll()
    for (let at = 0; at < old.length; at += BATCH) await storage.delete(old.slice(at, at + BATCH))
    await storage.setAlarm(Math.max(...known.map(([, untilMs]) => untilMs)))
  }
}
