// Random values, SHA-256, base64url, seals and constant-time comparison. Synchronous on purpose: a
// Durable Object must not await between reading and writing.
import type { Digest } from './ids.ts'
import { createHash, createHmac, randomFillSync, timingSafeEqual } from 'node:crypto'

/** `length` bytes from the system's random generator. */
export const randomBytes = (length: number): Uint8Array => randomFillSync(new Uint8Array(length))

/** The base64url text (RFC 4648 §5, no padding) of `bytes`. */
export const toBase64url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')

/** The bytes of a base64url text, or undefined for anything but its one canonical spelling. */
export const fromBase64url = (text: string): Uint8Array | undefined => {
  // Skips what is no base64url, and reads other spellings.
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'))
  return toBase64url(bytes) === text ? bytes : undefined
}

export const sha256Bytes = (data: Uint8Array | string): Uint8Array =>
  createHash('sha256').update(data).digest()

/** SHA-256 as base64url; also the S256 transformation of RFC 7636 §4.2. */
export const sha256 = (data: Uint8Array | string): Digest =>
  toBase64url(sha256Bytes(data)) as Digest

/** The digest that a setting spells in hexadecimal. */
export const digestFromHex = (hex: string): Digest =>
  Buffer.from(hex, 'hex').toString('base64url') as Digest

/** Compares two texts in a time that depends only on their lengths. */
export const isEqualInConstantTime = (a: string, b: string): boolean => {
  const encoder = new TextEncoder()
  const [left, right] = [encoder.encode(a), encoder.encode(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

// 128 bits are enough, because each guess at a MAC costs a request.
const SEAL_BYTES = 16

/**
 * `bytes` with a MAC, as base64url: only the holder of `secret` can make it. A seal for one purpose is
 * invalid for any other.
 */
export const seal = (secret: Uint8Array, purpose: string, bytes: Uint8Array): string =>
  toBase64url(Buffer.concat([bytes, sealOf(secret, purpose, bytes)]))

/** The bytes that were sealed for `purpose`, or undefined if the seal is invalid. */
export const unseal = (
  secret: Uint8Array,
  purpose: string,
  text: string,
): Uint8Array | undefined => {
  const sealed = fromBase64url(text)
  if (sealed === undefined || sealed.length < SEAL_BYTES) return undefined
  const bytes = sealed.subarray(0, -SEAL_BYTES)
  const isValid = timingSafeEqual(sealOf(secret, purpose, bytes), sealed.subarray(-SEAL_BYTES))
  return isValid ? bytes : undefined
}

// The NUL separates the purpose from the bytes, and from other uses of the secret.
const sealOf = (secret: Uint8Array, purpose: string, bytes: Uint8Array): Uint8Array =>
  createHmac('sha256', secret).update(`${purpose}\0`).update(bytes).digest().subarray(0, SEAL_BYTES)
