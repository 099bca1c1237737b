// The recent activity of an account, shown to its owner.
import type { Place } from '../../sender/location.ts'
import { MAX_SECURITY_EVENTS } from './account-limits.ts'

const KEY = 'events'

export type SecurityEventKind =
  | 'signed_in'
  | 'device_removed'
  | 'device_reported'
  | 'request_reported'
  | 'collected_elsewhere'
  | 'signed_out_everywhere'
  | 'passkey_added'
  | 'passkey_removed'

export interface SecurityEvent {
  readonly kind: SecurityEventKind
  readonly atMs: number
  /** The device, passkey or browser it is about, as the person knows it. */
  readonly about: string | undefined
  readonly place: Place | undefined
  /** The call that recorded it. */
  readonly callId?: string | undefined
}

/** The most recent events, the newest first. */
export class SecurityEvents {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  async list(): Promise<readonly SecurityEvent[]> {
    return (await this.#storage.get<readonly SecurityEvent[]>(KEY)) ?? []
  }

  async add(event: SecurityEvent): Promise<void> {
    const before = await this.list()
    const { callId } = event
    // The call is made again.
    if (callId !== undefined && before.some((one) => one.callId === callId)) return
    await this.#storage.put(KEY, [event, ...before].slice(0, MAX_SECURITY_EVENTS))
  }
}
