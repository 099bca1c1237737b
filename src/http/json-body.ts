// The body of a request that is one JSON object.
import { readAtMost } from './body.ts'
import { OAuthError } from './errors.ts'

const MAX_BODY_BYTES = 64 * 1024

/** Its members, whatever they are. Throws what `invalid` makes of the reason; 413 over 64 KiB. */
export const readJsonObject = async (
  request: Request,
  invalid: (description: string) => OAuthError,
): Promise<Readonly<Record<string, unknown>>> => {
  const body = await readAtMost(request.body, MAX_BODY_BYTES)
  if (body === undefined)
    throw new OAuthError('invalid_request', 'The body is larger than 64 KiB', { status: 413 })
  if (!/^application\/json *(;|$)/i.test(request.headers.get('Content-Type') ?? ''))
    throw invalid('The body must be application/json')
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body))
  } catch {
    throw invalid('The body is not JSON')
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw invalid('The body must be a JSON object')
  return json as Readonly<Record<string, unknown>>
}
