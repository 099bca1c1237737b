// What the demo adds to the settings: the client that /tv is, and a scope of the demo API.
import type { DemoSettings } from '../config.ts'

export const DEMO: DemoSettings = {
  client: {
    client_id: 'demo-tv',
    client_name: 'Demo television',
    scope: 'openid profile email offline_access library:read',
  },
  scopes: { 'library:read': 'See the films and series in your library' },
}
