// Random values, SHA-256, base64url and comparison in constant time. Synchronous on purpose: a
// Durable Object must not await between reading and writing.
import { createHash, randomFillSync, timingSafeEqual } from 'node:crypto'
import { base64url } from 'jose'

/** `length` bytes from the system's random generator. */
export const randomBytes = (length: number): Uint8Array => randomFillSync(new Uint8Array(length))

/** The base64url text (RFC 4648 §5, no padding) of `bytes`. */
export const toBase64url = (bytes: Uint8Array): string => base64url.encode(bytes)

/** The bytes of a base64url text, or undefined for anything but its one canonical spelling. */
export const fromBase64url = (text: string): Uint8Array | undefined => {
  if (!/^[\w-]*$/.test(text)) return undefined
  try {
    const bytes = base64url.decode(text)
    return toBase64url(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}

export const sha256Bytes = (data: Uint8Array | string): Uint8Array =>
  createHash('sha256').update(data).digest()

/** SHA-256 as base64url; also the S256 transformation of RFC 7636 §4.2. */
export const sha256 = (data: Uint8Array | string): string => toBase64url(sha256Bytes(data))

/** Whether two texts are the same, in a time that depends only on their lengths. */
export const isEqualInConstantTime = (a: string, b: string): boolean => {
  const encoder = new TextEncoder()
  const [left, right] = [encoder.encode(a), encoder.encode(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
