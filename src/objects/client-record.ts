// One ClientRecord is one client that registered itself (RFC 7591). It is named by its client_id,
// and deletes itself when the client is removed.
import type { Digest } from '../ids.ts'
import { DurableObject } from 'cloudflare:workers'

const RECORD = 'client'

/** A registration, as it is returned later (RFC 7591 §3.2.1); secrets only as digests. */
export interface Registration {
  /** The client metadata as JSON; the object does not interpret it. */
  readonly metadata: string
  readonly secretHash: Digest | undefined
  /** The digest of the registration access token (RFC 7592 §1.2). */
  readonly accessTokenHash: Digest
  readonly issuedAtMs: number
}

export class ClientRecord extends DurableObject {
  /** Stores the first registration. */
  async register(registration: Registration): Promise<void> {
    await this.ctx.storage.put(RECORD, registration)
  }

  /** Replaces the registration; false if it was removed meanwhile. */
  async replace(registration: Registration): Promise<boolean> {
    if ((await this.read()) === undefined) return false
    await this.ctx.storage.put(RECORD, registration)
    return true
  }

  /** The registration, if any. */
  async read(): Promise<Registration | undefined> {
    return this.ctx.storage.get<Registration>(RECORD)
  }

  async remove(): Promise<void> {
    await this.ctx.storage.deleteAll()
  }
}
