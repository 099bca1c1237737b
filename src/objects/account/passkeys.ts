// The passkeys of one account (WebAuthn Level 3).
import { MAX_PASSKEYS } from './account-limits.ts'

const key = (id: string) => `passkey:${id}`

export interface Passkey {
  /** The credential id, base64url. */
  readonly id: string
  readonly publicKey: Uint8Array
  readonly counter: number
  readonly transports: readonly string[]
  /** True if it may be copied to other devices (BE); never changes (WebAuthn §7.2). */
  readonly isBackupEligible: boolean
  readonly isBackedUp: boolean
  /** Chosen by the person. */
  readonly name: string
  readonly addedAtMs: number
  readonly usedAtMs: number | undefined
}

export class Passkeys {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  find(id: string): Promise<Passkey | undefined> {
    return this.#storage.get<Passkey>(key(id))
  }

  /** True if another passkey may be added. */
  async hasRoom(): Promise<boolean> {
    return (await this.list()).length < MAX_PASSKEYS
  }

  /** Adds a passkey; false if there is no room. */
  async add(passkey: Passkey): Promise<boolean> {
    const hasRoom = (await this.find(passkey.id)) !== undefined || (await this.hasRoom())
    if (hasRoom) await this.#storage.put(key(passkey.id), passkey)
    return hasRoom
  }

  /** Changes a passkey, if there is one. */
  async update(id: string, changed: Partial<Omit<Passkey, 'id'>>): Promise<void> {
    const passkey = await this.find(id)
    if (passkey !== undefined) await this.#storage.put(key(id), { ...passkey, ...changed })
  }

  async remove(id: string): Promise<void> {
    await this.#storage.delete(key(id))
  }

  /** All passkeys, the newest first. */
  async list(): Promise<readonly Passkey[]> {
    const passkeys = await this.#storage.list<Passkey>({ prefix: key('') })
    return [...passkeys.values()].toSorted((a, b) => b.addedAtMs - a.addedAtMs)
  }
}
