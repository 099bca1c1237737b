// The schema of the Worker's variables.
import * as z from 'zod/mini'
import { androidAppSchema, appleAppId } from './mobile-apps.ts'
import { approvalIssuerSchema } from './approval-issuer.ts'
import { colour, logo } from './brand.ts'
import { clientSchema, httpsUrl, scopeToken } from './client-settings.ts'
import { identityProviderSchema, issuerIdentifier } from './identity-provider.ts'
import { pushKey, pushSchema } from './push.ts'
import { pageOrigin } from './web-origin.ts'

/** The description of a scope, in one language or by language tag. */
export type ScopeWords = string | Readonly<Record<string, string>>

const words = z.string().check(z.minLength(1))

export const settingsSchema = z.object({
  ISSUER: z.optional(z.string()),
  VERIFICATION_URI: z.optional(z.string()),
  // RFC 8707 §2.
  RESOURCE: z.optional(z.url().check(z.regex(/^[^#]*$/, 'must have no fragment'))),
  DEMO: z._default(z.enum(['on', 'off']), 'off'),
  // Set by `npm start`, which runs the provider and makes the key.
  DEMO_PROVIDER: z.optional(issuerIdentifier),
  DEMO_PUSH_KEY: z.optional(pushKey),
  BRAND_NAME: z._default(z.string().check(z.minLength(1), z.maxLength(40)), 'Antenna'),
  BRAND_LOGO: z.optional(logo),
  BRAND_ACCENT: z._default(colour, '#1f4ed8'),
  BRAND_ACCENT_DARK: z._default(colour, '#9db7ff'),
  SUPPORT_URI: z.optional(httpsUrl),
  TERMS_URI: z.optional(httpsUrl),
  PRIVACY_URI: z.optional(httpsUrl),
  SCOPES: z._default(z.record(scopeToken, z.union([words, z.record(z.string(), words)])), {}),
  CLIENTS: z._default(z.array(clientSchema), []),
  BUILT_IN_ACCOUNTS: z._default(z.enum(['on', 'off']), 'on'),
  IDENTITY_PROVIDERS: z._default(z.array(identityProviderSchema), []),
  APPROVAL_ISSUERS: z._default(z.array(approvalIssuerSchema), []),
  APPROVAL_ORIGINS: z._default(z.array(pageOrigin), []),
  REGISTRATION_TOKEN_SHA256: z.optional(
    z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')),
  ),
  CLIENT_ID_METADATA_DOCUMENTS: z._default(z.enum(['on', 'off']), 'off'),
  UNLISTED_CLIENT_SCOPE: z._default(z.string(), 'openid profile offline_access'),
  ANDROID_APPS: z._default(z.array(androidAppSchema), []),
  APPLE_APPS: z._default(z.array(appleAppId), []),
  PUSH: z.optional(pushSchema),
})

export type Settings = z.output<typeof settingsSchema>
