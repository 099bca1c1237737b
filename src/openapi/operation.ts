// The parts that an operation of the description is made of.
import type { ErrorCode } from '../http/protocol.ts'
import { type FORMS, PARAMETERS } from './parameters.ts'
import type { SchemaName } from './schemas.ts'

const refer = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` })

export const json = (name: SchemaName, type = 'application/json') => ({
  [type]: { schema: refer(name) },
})

export const answer = (description: string, name: SchemaName, type?: string) => ({
  description,
  content: json(name, type),
})

/** By status; an empty code stands for a request without a token. */
export type Refusals = Readonly<Record<number, readonly (ErrorCode | '')[]>>

/** 403 is the answer to plain http too; 429 and 503 come from anywhere. */
export const refusals = (codes: Refusals) =>
  Object.fromEntries(
    Object.entries({
      ...codes,
      403: [...(codes[403] ?? []), 'invalid_request'] as const,
      429: ['temporarily_unavailable'],
      503: ['temporarily_unavailable'],
    }).map(([status, errors]) => [
      status,
      errors.includes('')
        ? { description: `no token was shown, or ${named(errors)}`, content: NO_TOKEN }
        : answer(named(errors), 'Error'),
    ]),
  )

const named = (errors: readonly string[]): string =>
  errors.filter((error) => error !== '').join(', ')

/** A cacheable document with an ETag. */
export const published = (ok: object) => ({
  200: ok,
  304: { description: 'the cached copy is still valid' },
  ...refusals({}),
})

/** RFC 6750 §3: a request without a token gets no error code. */
const NO_TOKEN = {
  'application/json': {
    schema: { anyOf: [refer('Error'), { type: 'object', maxProperties: 0 }] },
  },
}

export const form = ({ required, optional }: (typeof FORMS)[keyof typeof FORMS]) => ({
  required: required.length > 0,
  content: {
    'application/x-www-form-urlencoded': {
      schema: {
        type: 'object',
        ...(required.length > 0 && { required: [...required] }),
        properties: Object.fromEntries(
          [...required, ...optional].map((name) => [
            name,
            name === 'resource'
              ? {
                  type: 'array',
                  items: { type: 'string', format: 'uri' },
                  description: PARAMETERS[name],
                }
              : { type: 'string', description: PARAMETERS[name] },
          ]),
        ),
      },
    },
  },
})

export const header = (name: string, description: string) => ({
  name,
  in: 'header',
  schema: { type: 'string' },
  description,
})
export const DPOP = header('DPoP', 'a proof of the key that tokens are bound to (RFC 9449)')
export const PREFER = header(
  'Prefer',
  '`wait=N` holds a pending poll for up to N seconds, at most 55 (RFC 7240)',
)

export const path = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string' },
  description,
})
export const USER_CODE = path('user_code', 'as it was scanned or typed')
