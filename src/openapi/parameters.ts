// Which parameters the form endpoints take, and what each is.
import { AUTHENTICATION_METHODS } from '../config/client-settings.ts'
import type { ParameterName } from '../http/protocol.ts'

const CLIENT = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'] as const

interface Form {
  readonly required: readonly ParameterName[]
  readonly optional: readonly ParameterName[]
}

export const FORMS = {
  deviceAuthorization: {
    required: [],
    optional: [
      ...CLIENT,
      'scope',
      'resource',
      'device_name',
      'id_token_hint',
      'login_hint',
      'code_challenge',
      'code_challenge_method',
      'request',
      'request_uri',
    ],
  },
  token: {
    required: ['grant_type'],
    optional: [...CLIENT, 'device_code', 'code_verifier', 'refresh_token', 'scope', 'resource'],
  },
  revoke: { required: ['token'], optional: [...CLIENT, 'token_type_hint'] },
  introspect: { required: ['token'], optional: [...CLIENT, 'token_type_hint'] },
  userinfo: { required: [], optional: ['access_token'] },
} as const satisfies Readonly<Record<string, Form>>

export const PARAMETERS = {
  access_token: 'the token, where it is not in the header (RFC 6750 §2.2)',
  client_assertion: 'for private_key_jwt: its audience is the issuer',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_id: `who asks; clients authenticate with ${AUTHENTICATION_METHODS.join(', ')}`,
  client_secret: 'for client_secret_post',
  code_challenge: 'PKCE (RFC 7636)',
  code_challenge_method: 'S256',
  code_verifier: 'PKCE (RFC 7636)',
  device_code: 'for the device grant (RFC 8628 §3.4)',
  device_name: 'ours: what the person reads about the device',
  grant_type: 'urn:ietf:params:oauth:grant-type:device_code or refresh_token',
  id_token_hint: 'an ID token of an earlier sign-in: its person may be asked by push',
  login_hint: 'whom to ask by push, where the client may name people',
  refresh_token: 'for the grant refresh_token (RFC 6749 §6)',
  request: 'refused',
  request_uri: 'refused',
  resource: 'what the token is for (RFC 8707); may repeat',
  scope: 'words with spaces between',
  token: 'an access token or a refresh token',
  token_type_hint: 'not needed',
} as const satisfies Record<ParameterName, string>
