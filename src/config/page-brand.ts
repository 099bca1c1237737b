// The brand of a page: the service's, or a client's own.
import { type Brand, brandFor } from './brand.ts'
import type { Config } from './config.ts'

/** A brand as a page links to it. */
export interface PageBrand {
  readonly name: string
  readonly logo: string | undefined
  readonly styleSheet: string
  readonly icon: string
  readonly supportUri: string | undefined
  readonly termsUri: string | undefined
  readonly privacyUri: string | undefined
}

/** The brand of pages about `clientId`, or of the pages about no client. */
export const brandOf = ({ brand, clients }: Config, clientId: string | undefined): Brand =>
  brandFor(brand, clientId === undefined ? undefined : clients.get(clientId)?.brand)

/** The links and files of that brand. */
export const pageBrand = (config: Config, clientId?: string): PageBrand => {
  const { name, logo, supportUri, termsUri, privacyUri } = brandOf(config, clientId)
  const own = config.clients.get(clientId ?? '')?.brand
  const isOwn = Object.values(own ?? {}).some((value) => value !== undefined)
  const query = isOwn ? `?client_id=${encodeURIComponent(clientId ?? '')}` : ''
  const base = `${config.basePath}/device`
  return {
    name,
    logo: logo === undefined ? undefined : `${base}/logo${query}`,
    styleSheet: `${base}/style.css${query}`,
    icon: `${base}/icon.svg${query}`,
    supportUri,
    termsUri,
    privacyUri,
  }
}
