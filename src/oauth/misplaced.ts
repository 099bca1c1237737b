// Endpoint paths of other servers, and trailing slashes: a client that posts there is told the path here.
import type { Endpoint } from '../http/endpoint.ts'

const ENDPOINTS = ['/device_authorization', '/token', '/revoke', '/introspect'] as const

// No page takes a POST at any of these, so no request of a browser's form is lost.
const OTHER_NAMES = {
  '/device/code': '/device_authorization',
  '/oauth/device/code': '/device_authorization',
  '/oauth2/device/code': '/device_authorization',
} as const

/** Each wrong path with the path of the endpoint that its client looks for. */
export const MISPLACED: readonly (readonly [wrong: string, right: string])[] = [
  ...ENDPOINTS.flatMap((right) =>
    [`${right}/`, `/oauth${right}`, `/oauth2${right}`].map((wrong) => [wrong, right] as const),
  ),
  ...Object.entries(OTHER_NAMES),
]

/** Answers 404 with the address of the endpoint at `path`. */
export const misplaced =
  (path: string): Endpoint =>
  ({ issuer }) =>
    Response.json(
      { error: 'not_found', error_description: `The endpoint is ${issuer}${path}` },
      { status: 404 },
    )
