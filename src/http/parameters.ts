// The request form (RFC 6749 appendix B), read strictly: URLSearchParams would let repeated
// parameters, bad escapes and broken UTF-8 through.
import { readAtMost } from './body.ts'
import { OAuthError } from './errors.ts'
import { KNOWN_PARAMETERS, type ParameterName } from './protocol.ts'

// Ten times what the largest honest request needs.
const MAX_BODY_BYTES = 64 * 1024

/** The parameters of a request; an empty value counts as absent (RFC 6749 §3.2). */
export interface Parameters {
  readonly get: (name: ParameterName) => string | undefined
  /** RFC 8707 §2: the one parameter that may repeat. */
  readonly resource: readonly string[]
}

/** Reads the body of a form request. Throws `invalid_request`; 413 over 64 KiB. */
export const readParameters = async (request: Request): Promise<Parameters> => {
  const body = await readBody(request)
  if (body === undefined || body.byteLength > MAX_BODY_BYTES)
    throw new OAuthError('invalid_request', 'The body is larger than 64 KiB', { status: 413 })
  requireFormEncoding(request.headers.get('Content-Type'), body)
  return parseForm(body)
}

// With a Content-Length, HTTP ends the body there, and one read of all is much quicker.
const readBody = async (request: Request): Promise<Uint8Array | undefined> =>
  Number(request.headers.get('Content-Length') ?? Infinity) <= MAX_BODY_BYTES
    ? request.bytes()
    : readAtMost(request.body, MAX_BODY_BYTES)

const invalidRequest = (description: string): OAuthError =>
  new OAuthError('invalid_request', description)

const UTF_8 = ['utf-8', 'utf8']
// Labels that HTTP libraries add by default. ASCII reads the same under all of them, and what is beyond
// it is percent-encoded UTF-8 (RFC 6749 appendix B).
const ASCII_COMPATIBLE = ['us-ascii', 'ascii', 'iso-8859-1', 'latin1', 'windows-1252']

const requireFormEncoding = (contentType: string | null, body: Uint8Array): void => {
  const [type, ...parameters] = (contentType ?? '').toLowerCase().split(';')
  if (type?.trim() !== 'application/x-www-form-urlencoded')
    throw invalidRequest('The body must be application/x-www-form-urlencoded')
  const charset = parameters
    .map((parameter) => parameter.trim().split('='))
    .find(([name]) => name === 'charset')?.[1]
    ?.replaceAll('"', '')
  if (charset === undefined || UTF_8.includes(charset)) return
  if (!ASCII_COMPATIBLE.includes(charset) || !body.every((byte) => byte < 0x80))
    throw invalidRequest('The body must be UTF-8')
}

const parseForm = (body: Uint8Array): Parameters => {
  const seen = new Map<ParameterName, string>()
  const resource: string[] = []
  for (const pair of decodeUtf8(body).split('&')) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const name = decode(at === -1 ? pair : pair.slice(0, at))
    const value = at === -1 ? '' : decode(pair.slice(at + 1))
    if (!isKnown(name)) continue
    if (name === 'resource') {
      if (value !== '') resource.push(value)
    } else if (seen.has(name)) throw invalidRequest(`${name} is given twice`)
    else seen.set(name, value)
  }
  return { get: (name) => seen.get(name) || undefined, resource }
}

const known: ReadonlySet<string> = new Set(KNOWN_PARAMETERS)

const isKnown = (name: string): name is ParameterName => known.has(name)

/** Decodes one form-encoded value. Throws `invalid_request` for a bad encoding. */
export const decode = (text: string): string => {
  let decoded: string
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw invalidRequest('The body has an invalid percent escape or is not UTF-8')
  }
  if (decoded.includes('\0')) throw invalidRequest('The body holds a NUL character')
  return decoded
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    throw invalidRequest('The body is not UTF-8')
  }
}
