// The place of a request, in the two headers that the local runtime believes: the data of
// Cloudflare's edge in `request.cf`, and the address.

/** The edge's data about a network; `{}` if it has none. */
export interface Network {
  readonly country?: string
  readonly region?: string
  readonly city?: string
  readonly asn?: number
  readonly asOrganization?: string
  readonly timezone?: string
}

/** The headers of every request from one place. */
export type Place = Readonly<Record<string, string>>

export const TURKU: Network = {
  country: 'FI',
  region: 'Southwest Finland',
  city: 'Turku',
  asn: 64_500,
  asOrganization: 'Aura Net',
}

export const RECIFE: Network = {
  country: 'BR',
  region: 'Pernambuco',
  city: 'Recife',
  asn: 64_511,
  asOrganization: 'Capibaribe Telecom',
}

let addresses = 0

/** An address that is new in this file, so that one test's limits are not another's. */
export const freshAddress = (): string => {
  addresses += 1
  return `2001:db8:${addresses.toString(16)}::1`
}

export const at = (network: Network, address = freshAddress()): Place => ({
  'MF-CF-Blob': JSON.stringify(network),
  'CF-Connecting-IP': address,
})
