// The service's own mobile apps, which may open the address in a device's QR code: the entries of
// ANDROID_APPS and APPLE_APPS in wrangler.toml. Member names are those of the published documents.
import * as z from 'zod/mini'

/** Google's Digital Asset Links, "Android app target". */
export const androidAppSchema = z.strictObject({
  package_name: z
    .string()
    .check(z.regex(/^[a-z]\w*(\.[a-z]\w*)+$/i, 'must be a package name like com.example.tv')),
  // The fingerprint of the store's signing certificate, and one for each build signed otherwise.
  sha256_cert_fingerprints: z
    .array(
      z
        .string()
        .check(
          z.regex(
            /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/,
            'must be a SHA-256 fingerprint as keytool prints it, like 14:6D:…',
          ),
        ),
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
