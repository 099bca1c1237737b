// A Worker with requests from a place: the data of Cloudflare's edge, and an address.
import type { Network } from './places.ts'
import { type Fetch, workerWith } from './worker.ts'

export interface Placed {
  /** Undefined outside Cloudflare's network, where no edge tells anything. */
  readonly network: Network | undefined
  readonly address: string
}

/** Sends what `fetch` does from this place. */
export const sentFrom =
  ({ network, address }: Placed, fetch: Fetch = workerWith({})): Fetch =>
  (request) => {
    const placed = new Request(request, network && { cf: { ...network } as never })
    placed.headers.set('CF-Connecting-IP', address)
    return fetch(placed)
  }
