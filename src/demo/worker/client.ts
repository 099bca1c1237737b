// What the demo adds to the settings: the client that /tv is, a scope of the demo API, Example ID, an
// identity provider that `npm start` runs (start.ts), and whom push services would write to.
import type { DemoSettings } from '../../config/demo.ts'

/** The service's own app, which /app plays: a client of Example ID, and of nobody else. */
export const APP = { client_id: 'example-tv-app', scope: 'device:approve' } as const

/** What Example ID calls this server in access tokens for the app (RFC 8707). */
export const AUDIENCE = 'https://antenna.example.com'

export const DEMO = {
  client: {
    client_id: 'demo-tv',
    client_name: 'Example TV',
    scope: 'openid profile email offline_access library:read',
  },
  scopes: { 'library:read': 'See the films and series in your library' },
  identityProvider: {
    id: 'example-id',
    button: 'Continue with Example ID',
    client_id: 'antenna',
  },
  approvalIssuer: { audience: AUDIENCE },
  // Not PUSH_PRIVATE_KEY, which the README has operators set: `npm start` would set it over theirs.
  push: { private_key: 'DEMO_PUSH_PRIVATE_KEY', sub: 'mailto:demo@example.com' },
} as const satisfies DemoSettings
