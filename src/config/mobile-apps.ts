// The service's own apps on phones, which may open the address that a device's picture holds: the
// entries of ANDROID_APPS and APPLE_APPS in wrangler.toml. Member names are those of the documents
// that they end up in.
import * as z from 'zod/mini'

/** Google's Digital Asset Links, "Android app target". */
export const androidAppSchema = z.strictObject({
  package_name: z
    .string()
    .check(z.regex(/^[a-z]\w*(\.[a-z]\w*)+$/i, 'must be a package name like com.example.tv')),
  // Of the certificate that the store signs with: one more for each build that has another.
  sha256_cert_fingerprints: z
    .array(
      z
        .string()
        .check(z.regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/, 'must be as keytool prints it, 14:6D:…')),
    )
    .check(z.minLength(1)),
})

export type AndroidApp = z.output<typeof androidAppSchema>

/** Apple's application identifier: its prefix, which is a team's id, and the bundle identifier. */
export const appleAppId = z
  .string()
  .check(
    z.regex(/^[A-Z0-9]{10}(\.[A-Za-z0-9-]+)+$/, 'must be an app id like ABCDE12345.com.example.tv'),
  )
