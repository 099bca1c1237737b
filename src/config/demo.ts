// The demo's additions to the settings while DEMO is on. The provider and the push keys that
// `npm start` makes (demo/local/start.ts) take effect only here.
import * as z from 'zod/mini'
import type { ApprovalIssuerEntry } from './approval-issuer.ts'
import type { ClientEntry } from './client-settings.ts'
import type { ScopeWords, Settings } from './settings.ts'
import { type IdentityProviderEntry, identityProviderSchema } from './identity-provider.ts'
import type { PushEntry } from './push.ts'

export interface DemoSettings {
  readonly client: ClientEntry
  readonly scopes: Readonly<Record<string, ScopeWords>>
  /** The identity provider at DEMO_PROVIDER. */
  readonly identityProvider: Omit<IdentityProviderEntry, 'issuer'>
  readonly approvalIssuer: Omit<ApprovalIssuerEntry, 'issuer'>
  /** The push settings that go with DEMO_PUSH_KEY. */
  readonly push: Omit<PushEntry, 'public_key'>
}

/** The settings with the demo's identity provider and push keys, if set. */
export const withDemo = (settings: Settings, demo: DemoSettings): Settings =>
  settings.DEMO === 'on' ? withPush(withProvider(settings, demo), demo) : settings

const withProvider = (settings: Settings, demo: DemoSettings): Settings => {
  const { DEMO_PROVIDER: issuer, IDENTITY_PROVIDERS, APPROVAL_ISSUERS } = settings
  if (issuer === undefined) return settings
  const entry = { ...demo.identityProvider, issuer }
  return {
    ...settings,
    IDENTITY_PROVIDERS: [...IDENTITY_PROVIDERS, z.parse(identityProviderSchema, entry)],
    APPROVAL_ISSUERS: [...APPROVAL_ISSUERS, { ...demo.approvalIssuer, issuer }],
  }
}

// The operator's own key wins: browsers that subscribed with it stay subscribed during a demo.
const withPush = (settings: Settings, demo: DemoSettings): Settings => {
  const { DEMO_PUSH_KEY: publicKey, PUSH } = settings
  if (publicKey === undefined || PUSH !== undefined) return settings
  return { ...settings, PUSH: { ...demo.push, public_key: publicKey } }
}
