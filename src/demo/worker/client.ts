// The demo's settings: the client of /tv, the scope of the demo API, the identity provider Example ID,
// which `npm start` runs, and the contact for push services.
import type { DemoSettings } from '../../config/demo.ts'

/** The service's own app at /app: a client of Example ID only. */
export const APP = { client_id: 'example-tv-app', scope: 'device:approve' } as const

/** Example ID's name for this server, the resource of the app's access tokens (RFC 8707). */
export const AUDIENCE = 'https://antenna.example.com'

export const DEMO = {
  client: {
    client_id: 'demo-tv',
    client_name: 'Example TV',
    scope: 'openid profile email offline_access library:read',
    // Our own televisions wait long enough for each answer (src/config/README.md).
    interval_seconds: 1,
    hold_seconds: 4,
  },
  scopes: { 'library:read': 'See the films and series in your library' },
  identityProvider: {
    id: 'example-id',
    name: 'Example ID',
    client_id: 'antenna',
  },
  approvalIssuer: { audience: AUDIENCE },
  // Not PUSH_PRIVATE_KEY: `npm start` would overwrite the operator's own.
  push: { private_key: 'DEMO_PUSH_PRIVATE_KEY', sub: 'mailto:demo@example.com' },
} as const satisfies DemoSettings
