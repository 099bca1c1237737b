// OAuthError, and its one translation into a response (RFC 6749 §5.2).
import { SLOW_DOWN_MS } from '../config/limits.ts'
import { SECOND } from '../durations.ts'
import { logFailure } from './log.ts'
import { ObjectUnavailable } from '../objects/index.ts'
import { LIMIT_PERIOD_MS } from './rate-limit.ts'
import type { ErrorCode, ErrorResponse } from './protocol.ts'

/** The status of each error code; 400 for all others. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  invalid_client: 401,
  invalid_token: 401,
  insufficient_user_authentication: 401,
  insufficient_scope: 403,
  too_far: 403,
  unknown_code: 404,
  already_decided: 409,
  check_not_passed: 422,
  server_error: 500,
  temporarily_unavailable: 503,
}

// RFC 9449 §7.1: other than the token endpoint, a resource answers an invalid proof with 401.
const RESOURCE_STATUS: typeof STATUS = {
  ...STATUS,
  invalid_dpop_proof: 401,
  use_dpop_nonce: 401,
}

/** The status of an error at a protected resource (RFC 6750 §3.1). */
export const resourceStatusOf = (code: ErrorCode): number => RESOURCE_STATUS[code] ?? 400

interface Details {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly members?: Omit<ErrorResponse, 'error' | 'error_description'>
}

/** An error response. Its description helps the developer and reveals nothing of other users. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: ErrorCode
  readonly details: Details

  constructor(code: ErrorCode, description: string, details: Details = {}) {
    super(description)
    this.code = code
    this.details = details
  }
}

/** RFC 6749 §5.2: the challenge that every 401 of client authentication carries. */
export const invalidClient = (description: string): OAuthError =>
  new OAuthError('invalid_client', description, {
    headers: { 'WWW-Authenticate': 'Basic realm="antenna", charset="UTF-8"' },
  })

/** 429. No registered code means this, so `temporarily_unavailable` stands for it. */
export const tooManyRequests = (): OAuthError =>
  new OAuthError(
    'temporarily_unavailable',
    'Too many requests: try again after the time in Retry-After',
    {
      status: 429,
      headers: { 'Retry-After': String(LIMIT_PERIOD_MS / SECOND) },
    },
  )

/** 503: a document of another host, such as a key set, is unavailable. */
export const temporarilyUnavailable = (document: string): OAuthError =>
  new OAuthError('temporarily_unavailable', `${document} cannot be fetched: try again later`, {
    headers: { 'Retry-After': '5' },
  })

/** RFC 8628 §3.5. The `interval` member corrects clients that lost count. */
export const slowDown = (intervalMs: number): OAuthError =>
  new OAuthError('slow_down', `Wait ${SLOW_DOWN_MS / SECOND} seconds longer between polls`, {
    members: { interval: intervalMs / SECOND },
  })

/** The response to anything an endpoint threw. Logs everything but an OAuthError. */
export const renderError = (error: unknown): Response => {
  const refusal = error instanceof OAuthError ? error : toOAuthError(error)
  const body: ErrorResponse = {
    error: refusal.code,
    error_description: refusal.message,
    ...refusal.details.members,
  }
  return Response.json(body, {
    status: refusal.details.status ?? STATUS[refusal.code] ?? 400,
    headers: refusal.details.headers ?? {},
  })
}

const toOAuthError = (error: unknown): OAuthError => {
  const requestId = logFailure(error)
  // A device gives up on `invalid_grant`, and tries again on this (RFC 8628 §3.5).
  return error instanceof ObjectUnavailable
    ? new OAuthError('temporarily_unavailable', `Try again (request ${requestId})`, {
        headers: { 'Retry-After': '1' },
      })
    : new OAuthError('server_error', `The server failed (request ${requestId})`)
}
