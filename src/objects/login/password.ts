// Password hashes: scrypt with N=2^14 r=8 p=5, stored as a PHC string. PBKDF2 is capped too low on
// Workers and Argon2 is not built in.
import { scryptSync, timingSafeEqual } from 'node:crypto'
import { randomBytes } from '../../crypto.ts'

/** As strong as OWASP's N=2^17 r=8 p=1, but needs 16 of an isolate's 128 MiB. */
export const SCRYPT_PARAMETERS = { logN: 14, r: 8, p: 5 } as const

/**
 * The longest accepted password in UTF-16 units: the policy's 256 characters, each up to four units in
 * decomposed form. Checked before anything is computed.
 */
export const MAX_PASSWORD_LENGTH = 1024

const SALT_BYTES = 16
const HASH_BYTES = 32
const MAX_MEMORY_BYTES = 64 * 1024 * 1024
const PHC = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

interface Parameters {
  readonly logN: number
  readonly r: number
  readonly p: number
}

/**
 * The PHC string that is stored for `password`. Takes about 0.2 s of CPU time. Throws if the
 * password is longer than the policy allows.
 */
export const hashPassword = (password: string): string => {
  if (password.length > MAX_PASSWORD_LENGTH) throw new RangeError('the password is too long')
  const salt = randomBytes(SALT_BYTES)
  const { logN, r, p } = SCRYPT_PARAMETERS
  const hash = scrypt(password, salt, SCRYPT_PARAMETERS)
  return `$scrypt$ln=${logN},r=${r},p=${p}$${toB64(salt)}$${toB64(hash)}`
}

/**
 * True if `password` matches `stored`. Without `stored` it is false after the same time, so response times
 * do not reveal accounts. A password that is too long is false at once, with and without `stored`. Throws
 * on a malformed PHC string.
 */
export const verifyPassword = (password: string, stored: string | undefined): boolean => {
  if (password.length > MAX_PASSWORD_LENGTH) return false
  if (stored === undefined) {
    scrypt(password, new Uint8Array(SALT_BYTES), SCRYPT_PARAMETERS)
    return false
  }
  const { salt, hash, parameters } = parse(stored)
  return timingSafeEqual(scrypt(password, salt, parameters), hash)
}

/** True if the stored hash has other parameters than the current ones. */
export const needsRehash = (stored: string): boolean => {
  const { logN, r, p } = parse(stored).parameters
  return logN !== SCRYPT_PARAMETERS.logN || r !== SCRYPT_PARAMETERS.r || p !== SCRYPT_PARAMETERS.p
}

const parse = (stored: string) => {
  const [, logN, r, p, salt, hash] = PHC.exec(stored) ?? []
  if (salt === undefined || hash === undefined) throw new TypeError('not a scrypt PHC string')
  return {
    parameters: { logN: Number(logN), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

// Synchronous: the asynchronous one blocks the isolate as well, and this way only one hash at a time
// needs its 16 MiB.
const scrypt = (password: string, salt: Uint8Array, { logN, r, p }: Parameters): Buffer =>
  scryptSync(password.normalize('NFC'), salt, HASH_BYTES, {
    N: 2 ** logN,
    r,
    p,
    maxmem: MAX_MEMORY_BYTES,
  })

const toB64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64').replaceAll('=', '')
