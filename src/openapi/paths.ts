// Every JSON endpoint: what it is sent, what it answers, what it refuses.
import {
  DPOP,
  PREFER,
  type Refusals,
  USER_CODE,
  answer,
  form,
  header,
  json,
  path,
  published,
  refusals,
} from './operation.ts'
import { FORMS } from './parameters.ts'

const AS_CLIENT = [{ clientSecretBasic: [] }, {}]
const WITH_TOKEN = [{ bearer: [] }, { dpop: [] }]
const CLIENT_REFUSALS = ['invalid_request'] as const
const TOO_LARGE: Refusals = { 413: ['invalid_request'] }

// RFC 7591 §3.2.2.
const BAD_METADATA = [
  'invalid_client_metadata',
  'invalid_redirect_uri',
  'invalid_software_statement',
  'unapproved_software_statement',
] as const

// RFC 6750 §3.1, RFC 9449 §7.1, RFC 9470 §3.
const NOT_TO_DECIDE_WITH = [
  '',
  'invalid_token',
  'insufficient_user_authentication',
  'invalid_dpop_proof',
  'use_dpop_nonce',
] as const

const REVIEW_PATH = '/device/authorizations/{user_code}'

export const PATHS = {
  '/device_authorization': {
    post: {
      summary: 'Starts a device authorization (RFC 8628 §3.1)',
      security: AS_CLIENT,
      parameters: [DPOP],
      requestBody: form(FORMS.deviceAuthorization),
      responses: {
        200: answer('codes and addresses', 'DeviceAuthorization'),
        ...refusals({
          400: [
            ...CLIENT_REFUSALS,
            'invalid_scope',
            'invalid_target',
            'invalid_dpop_proof',
            'use_dpop_nonce',
            'request_not_supported',
            'request_uri_not_supported',
            'unauthorized_client',
          ],
          401: ['invalid_client'],
          403: ['unauthorized_client'],
          ...TOO_LARGE,
        }),
      },
    },
  },
  '/token': {
    post: {
      summary: 'Polls and redeems (RFC 8628 §3.4), or refreshes (RFC 6749 §6)',
      security: AS_CLIENT,
      parameters: [DPOP, PREFER],
      requestBody: form(FORMS.token),
      responses: {
        200: answer('tokens', 'Tokens'),
        ...refusals({
          400: [
            ...CLIENT_REFUSALS,
            'authorization_pending',
            'slow_down',
            'access_denied',
            'expired_token',
            'invalid_grant',
            'invalid_scope',
            'invalid_target',
            'invalid_dpop_proof',
            'use_dpop_nonce',
            'unauthorized_client',
            'unsupported_grant_type',
          ],
          401: ['invalid_client'],
          ...TOO_LARGE,
        }),
      },
    },
  },
  '/revoke': {
    post: {
      summary: 'Ends a refresh token with its grant, or one access token (RFC 7009)',
      security: AS_CLIENT,
      requestBody: form(FORMS.revoke),
      responses: {
        200: { description: 'the token is revoked, or was not valid before' },
        ...refusals({
          400: [...CLIENT_REFUSALS, 'invalid_grant'],
          401: ['invalid_client'],
          ...TOO_LARGE,
        }),
      },
    },
  },
  '/introspect': {
    post: {
      summary: 'Whether a token is good right now (RFC 7662)',
      security: AS_CLIENT,
      requestBody: form(FORMS.introspect),
      responses: {
        200: answer('what it says', 'Introspection'),
        ...refusals({
          400: [...CLIENT_REFUSALS],
          401: ['invalid_client'],
          ...TOO_LARGE,
        }),
      },
    },
  },
  '/userinfo': Object.fromEntries(
    (['get', 'post'] as const).map((method) => [
      method,
      {
        summary: 'The claims of the person behind a token (OpenID Connect Core §5.3)',
        security: WITH_TOKEN,
        parameters: [DPOP],
        ...(method === 'post' && { requestBody: form(FORMS.userinfo) }),
        responses: {
          200: answer('claims', 'Claims'),
          ...refusals({
            400: ['invalid_request'],
            401: ['', 'invalid_token', 'invalid_dpop_proof', 'use_dpop_nonce'],
            403: ['insufficient_scope'],
            ...(method === 'post' ? TOO_LARGE : {}),
          }),
        },
      },
    ]),
  ),
  '/jwks.json': {
    get: {
      summary: 'The public signing keys (RFC 7517 §5)',
      responses: published(answer('keys', 'KeySet', 'application/jwk-set+json')),
    },
  },
  '/.well-known/oauth-authorization-server': {
    get: {
      summary: 'Metadata (RFC 8414); of an issuer with a path, that path comes after this one',
      responses: published(answer('metadata', 'Metadata')),
    },
  },
  '/.well-known/openid-configuration': {
    get: {
      summary: 'The same metadata (OpenID Connect Discovery §4)',
      responses: published(answer('metadata', 'Metadata')),
    },
  },
  '/register': {
    post: {
      summary: 'Registers a client (RFC 7591); off unless the operator says so',
      security: [{ registration: [] }],
      requestBody: { required: true, content: json('ClientMetadata') },
      responses: {
        201: answer('the client', 'Registration'),
        ...refusals({
          400: BAD_METADATA,
          401: ['invalid_token'],
          ...TOO_LARGE,
        }),
      },
    },
  },
  '/register/{client_id}': {
    parameters: [path('client_id', 'of the registration')],
    get: {
      summary: 'Reads a registration (RFC 7592 §2.1)',
      security: [{ registration: [] }],
      responses: {
        200: answer('the client', 'Registration'),
        ...refusals({ 401: ['invalid_token'] }),
      },
    },
    put: {
      summary: 'Replaces it (RFC 7592 §2.2)',
      security: [{ registration: [] }],
      requestBody: { required: true, content: json('ClientMetadata') },
      responses: {
        200: answer('the client', 'Registration'),
        ...refusals({
          400: BAD_METADATA,
          401: ['invalid_token'],
          ...TOO_LARGE,
        }),
      },
    },
    delete: {
      summary: 'Removes it (RFC 7592 §2.3)',
      security: [{ registration: [] }],
      responses: {
        204: { description: 'it is gone' },
        ...refusals({ 401: ['invalid_token'] }),
      },
    },
  },
  [REVIEW_PATH]: {
    parameters: [USER_CODE, DPOP],
    get: {
      summary: 'What the person behind the token is asked, or has decided',
      security: WITH_TOKEN,
      parameters: [
        {
          name: 'ui_locales',
          in: 'query',
          schema: { type: 'string' },
          description:
            'which language of those in Accept-Language the words are in; any, without that header',
        },
        header('Accept-Language', 'the languages of the words'),
      ],
      responses: {
        200: answer('the question', 'Review'),
        ...refusals({
          401: NOT_TO_DECIDE_WITH,
          403: ['insufficient_scope'],
          404: ['unknown_code'],
        }),
      },
    },
  },
  [`${REVIEW_PATH}/decision`]: {
    parameters: [USER_CODE, DPOP],
    post: {
      summary: 'Takes their answer, once',
      description:
        'shown_proof, as the question carried it, makes the answer no guess at a code: it is taken also while wrong codes make the account wait. too_far: the policy refuses the device there, or demands a check that this app cannot prove; error_description says whether the page may still approve it',
      security: WITH_TOKEN,
      requestBody: { required: true, content: json('Decision') },
      responses: {
        200: answer('it is taken', 'Decided'),
        ...refusals({
          400: ['invalid_request'],
          401: NOT_TO_DECIDE_WITH,
          403: ['too_far', 'insufficient_scope'],
          404: ['unknown_code'],
          409: ['already_decided'],
          ...TOO_LARGE,
          422: ['check_not_passed'],
        }),
      },
    },
  },
  '/openapi.json': {
    get: {
      summary: 'This description',
      responses: published({
        description: 'OpenAPI 3.1',
        content: { 'application/json': { schema: { type: 'object' } } },
      }),
    },
  },
}
