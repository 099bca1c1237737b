// The endpoints where clients authenticate: what each is asked, and how it answers a client that it
// knows.
import { type Answer, DEVICE_CODE_GRANT, answerOf } from '../../support/device.ts'
import { type AssertionOptions, asKeyClient } from '../../support/key-client.ts'
import { formRequest, worker } from '../../support/worker.ts'

type Fields = Readonly<Record<string, string>>

/** Credentials of a client; `fields` override those of the assertion. */
export interface Attempt {
  readonly fields?: Fields
  readonly headers?: Fields
  readonly query?: string
  readonly assertion?: AssertionOptions
}

const PASSED = [200, undefined] as const

export const ENDPOINTS = [
  { path: '/device_authorization', fields: {}, passed: PASSED, passedInPublic: PASSED },
  {
    path: '/token',
    fields: { grant_type: DEVICE_CODE_GRANT, device_code: 'nosuch' },
    passed: [400, 'invalid_grant'],
    passedInPublic: [400, 'invalid_grant'],
  },
  { path: '/revoke', fields: { token: 'nosuch' }, passed: PASSED, passedInPublic: PASSED },
  // IN-1: a caller without credentials is told nothing.
  {
    path: '/introspect',
    fields: { token: 'nosuch' },
    passed: PASSED,
    passedInPublic: [401, 'invalid_client'],
  },
] as const
export type Endpoint = (typeof ENDPOINTS)[number]

export const askAs = async (endpoint: Endpoint, attempt: Attempt): Promise<Answer> => {
  const { fields, headers, query = '', assertion } = attempt
  const proof = assertion === undefined ? {} : await asKeyClient(assertion)
  const all = { ...endpoint.fields, ...proof, ...fields }
  return answerOf(await worker(formRequest(endpoint.path + query, all, headers)))
}

/** Each row at each endpoint. */
export const everywhere = <Row extends readonly unknown[]>(rows: Row[]) =>
  ENDPOINTS.flatMap((endpoint) => rows.map((row) => [endpoint.path, ...row, endpoint] as const))
