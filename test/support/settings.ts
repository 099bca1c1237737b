// The settings that the tests run with: a few clients, each with one thing that is different.
import { createHash } from 'node:crypto'
import { DEVICE_CODE_GRANT } from '../../src/config/client-settings.ts'
import { PUBLIC_KEYS } from './key-pairs.ts'

export const ISSUER = 'https://antenna.test'

/** Printable ASCII with everything that form encoding changes. */
export const SECRET = 'a:b+c%d/e f=&0123456789abcdef'

/** An id that form encoding changes too. */
export const ODD_ID = 'urn:tv:odd+id%20/'

export const SECRET_HASH = createHash('sha256').update(SECRET).digest('hex')

const client = (id: string, more: object = {}) => ({
  client_id: id,
  client_name: `The ${id}`,
  scope: 'openid profile email offline_access library:read',
  ...more,
})

const secret = { client_secret_sha256: SECRET_HASH }

/** A client that signs (test/support/key-client.ts). */
const keyClient = (id: string, more: object = { jwks: PUBLIC_KEYS }) =>
  client(id, { token_endpoint_auth_method: 'private_key_jwt', hold_seconds: 0, ...more })

/** A resource other than the issuer, for a Worker that has it as its RESOURCE. */
export const API = 'https://api.test'

/** An API: it introspects the tokens that are for it, and does nothing else. */
const api = (id: string, resource: string) => ({
  client_id: id,
  client_name: `The ${id}`,
  ...secret,
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: [],
  resource,
})

export const TEST_VARS = {
  ISSUER,
  BRAND_NAME: 'Northlight',
  SCOPES: {
    'library:read': 'See the films and series in your library',
    'library:write': 'Change your library',
  },
  CLIENTS: [
    client('tv', { interval_seconds: 1, hold_seconds: 0, web_origins: ['https://tv.example'] }),
    client('other-tv', { hold_seconds: 0 }),
    client('default-tv'),
    client('patient-tv', { interval_seconds: 5, hold_seconds: 0 }),
    client('slow-tv', { interval_seconds: 60, hold_seconds: 0 }),
    client('held-tv', { interval_seconds: 1, hold_seconds: 1 }),
    client('short-tv', { hold_seconds: 0, code_lifetime_seconds: 60 }),
    client('minute-tv', { hold_seconds: 0, access_token_seconds: 60 }),
    client('digits-tv', { user_code: 'digits', verification_uri_complete: false }),
    client('all-tv', {
      hold_seconds: 0,
      scope: 'openid profile email offline_access library:read library:write',
    }),
    client('plain-tv', { scope: 'library:read', hold_seconds: 0 }),
    client('es256-tv', { hold_seconds: 0, id_token_signed_response_alg: 'ES256' }),
    client('brief-tv', { hold_seconds: 0, refresh_idle_days: 2, refresh_lifetime_days: 5 }),
    client('dpop-tv', { hold_seconds: 0, dpop_bound_access_tokens: true }),
    client('device-only', { hold_seconds: 0, grant_types: [DEVICE_CODE_GRANT] }),
    client('refresh-only', { grant_types: ['refresh_token'] }),
    client('basic', {
      ...secret,
      token_endpoint_auth_method: 'client_secret_basic',
      hold_seconds: 0,
    }),
    client(ODD_ID, { ...secret, token_endpoint_auth_method: 'client_secret_basic' }),
    client('post', {
      ...secret,
      token_endpoint_auth_method: 'client_secret_post',
      hold_seconds: 0,
    }),
    client('default-post', { ...secret, token_endpoint_auth_method: 'client_secret_post' }),
    keyClient('key-tv'),
    keyClient('es256-key-tv', { jwks: PUBLIC_KEYS, token_endpoint_auth_signing_alg: 'ES256' }),
    keyClient('remote-key-tv', { jwks_uri: 'https://keys.example/jwks.json' }),
    api('issuer-api', ISSUER),
    api('films-api', API),
  ],
}

// PUSH on. The key pair opens nothing but tests.
export const PUSH_KEY =
  'BMk_NDOlBHmRzlXedQ_supnq6Rvew-mF143cSzTfWFII17OtKJ-p_uIDcRZw7G3CezCqZa3D7iai6_-vTu_u7co'

export const PUSH_SECRETS = { PUSH_PRIVATE_KEY: 'JiHLmB4domRVUCBrv5qEr255kaDfDEK6sKPk12j0kOU' }

export const PUSH = {
  public_key: PUSH_KEY,
  private_key: 'PUSH_PRIVATE_KEY',
  sub: 'mailto:push@antenna.test',
}
