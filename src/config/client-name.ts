// The name by which people see a client. The operator vouches for the clients of wrangler.toml and
// for no others: the others may not look like one of those, nor like the service itself.
import type { Config } from './config.ts'
import { hasLookAlikeOf, skeletonOf } from '../text/look-alikes.ts'

/** A client as people see it. */
export interface ShownClient {
  readonly name: string
  /** Whether the operator listed it. */
  readonly isVerified: boolean
}

/** How to show the client that has this id, and says that it has this name. */
export const shownClient = (
  config: Config,
  { clientId, clientName }: { readonly clientId: string; readonly clientName: string },
): ShownClient => {
  if (config.clients.has(clientId)) return { name: clientName, isVerified: true }
  const isUsable = !isReservedName(config, clientName)
  return { name: isUsable ? clientName : proven(clientId), isVerified: false }
}

/** Whether people could take a client of this name for a listed one, or for the service. */
export const isReservedName = (config: Config, name: string): boolean =>
  listedSkeletons(config).has(skeletonOf(name)) || hasLookAlikeOf(name, config.brand.name)

const known = new WeakMap<Config, ReadonlySet<string>>()

const listedSkeletons = (config: Config): ReadonlySet<string> => {
  const skeletons =
    known.get(config) ??
    new Set(
      [...config.clients.values()]
        .map(({ name }) => skeletonOf(name))
        .filter((text) => text !== ''),
    )
  known.set(config, skeletons)
  return skeletons
}

// The host of a metadata document is who published it; a client_id of ours says nothing, and so
// nothing that is untrue.
const proven = (clientId: string): string => URL.parse(clientId)?.host || clientId
