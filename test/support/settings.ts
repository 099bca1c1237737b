// The settings that the tests run with: a few clients, each with one thing that is different.
import { createHash } from 'node:crypto'

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

export const TEST_VARS = {
  ISSUER,
  BRAND_NAME: 'Northlight',
  SCOPES: {
    'library:read': 'See the films and series in your library',
    'library:write': 'Change your library',
  },
  CLIENTS: [
    client('tv', { hold_seconds: 0 }),
    client('other-tv', { hold_seconds: 0 }),
    client('patient-tv', { interval_seconds: 5, hold_seconds: 0 }),
    client('slow-tv', { interval_seconds: 60, hold_seconds: 0 }),
    client('held-tv', { hold_seconds: 1 }),
    client('short-tv', { hold_seconds: 0, code_lifetime_seconds: 60 }),
    client('minute-tv', { hold_seconds: 0, access_token_seconds: 60 }),
    client('digits-tv', { user_code: 'digits', verification_uri_complete: false }),
    client('plain-tv', { scope: 'library:read', hold_seconds: 0 }),
    client('es256-tv', { hold_seconds: 0, id_token_signed_response_alg: 'ES256' }),
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
  ],
}
