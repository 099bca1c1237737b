// The client name that people see. The operator vouches only for the clients of wrangler.toml, so the
// name of any other client must not resemble one of theirs, or the service's own.
import type { Config } from './config.ts'
import { hasLookAlikeOf, skeletonOf } from '../text/look-alikes.ts'

/** A client as people see it. */
export interface ShownClient {
  readonly name: string
  /** The operator listed it in wrangler.toml. */
  readonly isVerified: boolean
}

/** The name and the verification mark of a client that claims this name. */
export const shownClient = (
  config: Config,
  { clientId, clientName }: { readonly clientId: string; readonly clientName: string },
): ShownClient => {
  if (config.clients.has(clientId)) return { name: clientName, isVerified: true }
  const isUsable = !isReservedName(config, clientName)
  return { name: isUsable ? clientName : provenName(clientId), isVerified: false }
}

/** True if a client of this name could be mistaken for a listed client or for the service. */
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

// The host of a metadata document names its publisher. A client_id that this server made carries no
// name, so it cannot mislead.
const provenName = (clientId: string): string => URL.parse(clientId)?.host || clientId
