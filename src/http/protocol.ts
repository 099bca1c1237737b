// The wire vocabulary: parameters, responses and error codes, exactly as they are sent.

/** Every parameter of these endpoints; only `resource` may repeat. */
export const KNOWN_PARAMETERS = [
  'access_token',
  'client_assertion',
  'client_assertion_type',
  'client_id',
  'client_secret',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'device_code',
  'device_name',
  'grant_type',
  'id_token_hint',
  'login_hint',
  'refresh_token',
  'request',
  'request_uri',
  'resource',
  'scope',
  'token',
  'token_type_hint',
] as const

/** The server's origin in the stored OpenAPI document, which is served with the issuer in its place. */
export const PLACEHOLDER_ORIGIN = 'http://localhost:8787'

export type ParameterName = (typeof KNOWN_PARAMETERS)[number]

/**
 * RFC 6749 §5.2, RFC 6750 §3.1, RFC 7591 §3.2.2, RFC 8628 §3.5, RFC 8707 §2, RFC 9449 §12.2, RFC 9470
 * §3, OpenID Connect Core §3.1.2.6. The last four belong to the approval API.
 */
export const ERROR_CODES = [
  'access_denied',
  'authorization_pending',
  'expired_token',
  'insufficient_scope',
  'insufficient_user_authentication',
  'invalid_client',
  'invalid_client_metadata',
  'invalid_dpop_proof',
  'invalid_grant',
  'invalid_redirect_uri',
  'invalid_request',
  'invalid_scope',
  'invalid_software_statement',
  'invalid_target',
  'invalid_token',
  'request_not_supported',
  'request_uri_not_supported',
  'server_error',
  'slow_down',
  'temporarily_unavailable',
  'unapproved_software_statement',
  'unauthorized_client',
  'unsupported_grant_type',
  'use_dpop_nonce',
  'already_decided',
  'check_not_passed',
  'too_far',
  'unknown_code',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export interface ErrorResponse {
  readonly error: ErrorCode
  readonly error_description?: string
  /** An extension, on `slow_down`: the interval to use from now on. */
  readonly interval?: number
  /** An extension, on `already_decided`: the decision. */
  readonly status?: string
  /** An extension, on `check_not_passed`: the missing members of the request. */
  readonly missing?: readonly string[]
}

/** RFC 8628 §3.2. */
export interface DeviceAuthorizationResponse {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete?: string
  /** An extension: the address of a QR picture of verification_uri_complete. */
  readonly verification_uri_qr?: string
  readonly expires_in: number
  readonly interval: number
}

/** RFC 6750 §4, RFC 9449 §5. */
export type TokenType = 'Bearer' | 'DPoP'

/** RFC 9449 §5: the scheme of an access token. */
export const tokenType = (dpopJkt: string | undefined): TokenType =>
  dpopJkt === undefined ? 'Bearer' : 'DPoP'

/** RFC 6749 §5.1. */
export interface TokenResponse {
  readonly access_token: string
  readonly token_type: TokenType
  readonly expires_in: number
  readonly scope: string
  readonly refresh_token?: string
  readonly id_token?: string
}

/** RFC 7662 §2.2. */
export type IntrospectionResponse =
  | { readonly active: false }
  | {
      readonly active: true
      readonly iss: string
      readonly sub: string
      readonly client_id: string
      readonly scope: string
      readonly token_type?: TokenType
      /** RFC 9449 §6.2. */
      readonly cnf?: { readonly jkt: string }
      readonly aud?: readonly string[]
      readonly jti?: string
      readonly iat?: number
      readonly exp?: number
    }
