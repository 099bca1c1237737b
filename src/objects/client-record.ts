// One ClientRecord is one client that registered itself (RFC 7591). It is named by its client_id,
// and deletes itself when the client is removed.
import { DurableObject } from 'cloudflare:workers'

const RECORD = 'client'

/** What was registered, as it is told again (RFC 7591 §3.2.1); its secrets only as digests. */
export interface Registration {
  /** The client metadata as JSON; its meaning is not the object's business. */
  readonly metadata: string
  readonly secretHash: string | undefined
  /** Of the registration access token (RFC 7592 §1.2). */
  readonly accessTokenHash: string
  readonly issuedAtMs: number
}

export class ClientRecord extends DurableObject {
  /** Keeps the first registration under this name. */
  async register(registration: Registration): Promise<void> {
    await this.ctx.storage.put(RECORD, registration)
  }

  /** Keeps another in its place; false if it was removed meanwhile. */
  async replace(registration: Registration): Promise<boolean> {
    if ((await this.read()) === undefined) return false
    await this.ctx.storage.put(RECORD, registration)
    return true
  }

  /** What is registered under this name, if anything. */
  async read(): Promise<Registration | undefined> {
    return this.ctx.storage.get<Registration>(RECORD)
  }

  async remove(): Promise<void> {
    await this.ctx.storage.deleteAll()
  }
}
