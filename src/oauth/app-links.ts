// The two documents by which a phone knows that the service's own app may open the address in a
// device's picture: Google's Digital Asset Links, and Apple's associated domains. Both are fetched
// at the host's root, whatever the issuer's path, and no redirect is followed.
import type { Config } from '../config/config.ts'
import { KEY_SET_MAX_AGE_SECONDS } from '../config/limits.ts'
import type { RequestContext } from '../http/request-context.ts'

/** GET /.well-known/assetlinks.json. The app's manifest names the addresses that it opens. */
export const assetLinks = ({ config }: RequestContext): Response =>
  publish(
    config.androidApps.map((app) => ({
      relation: ['delegate_permission/common.handle_all_urls'],
      target: { namespace: 'android_app', ...app },
    })),
  )

/**
 * GET /.well-known/apple-app-site-association. It lists verification_uri_complete and the page that it
 * leads to: the pages behind it, in the middle of an answer, stay in the browser.
 */
export const appleAppSiteAssociation = ({ config }: RequestContext): Response =>
  publish({
    applinks: {
      details: [
        {
          appIDs: config.appleApps,
          components: addressesOf(config).map((path) => ({ '/': path, '?': { user_code: '?*' } })),
        },
      ],
    },
  })

const addressesOf = ({ basePath, verificationUri }: Config): readonly string[] => [
  `${basePath}/device`,
  ...(verificationUri === undefined ? [] : [new URL(verificationUri).pathname]),
]

// Apple's network fetches about once a day, Android when an app is installed or updated. Where the cache
// header is obeyed, an app leaves the list within the hour.
const publish = (document: object): Response =>
  Response.json(document, {
    headers: { 'Cache-Control': `public, max-age=${KEY_SET_MAX_AGE_SECONDS}` },
  })
