// The two codes of a device authorization (RFC 8628 §3.2): the short one a person reads, and the
// long one a device polls with. Each names its object, so no index is needed.
//
// A user code is short enough to guess, so guesses are limited per account where people enter it. A
// device_code must not bypass that limit, so it is sealed with the server's secret. Without the seal, a
// stranger could build a device_code from a guessed user code, and the response, its timing or a
// starting object would reveal a live code.
import type { Digest, UserCode } from './ids.ts'
import { randomBytes, seal, sha256, unseal } from './crypto.ts'

export type UserCodeCharset = 'letters' | 'digits'
/** The charset of the codes that devices show: `either` where they differ. */
export type ShownCharset = UserCodeCharset | 'either'

interface UserCodeForm {
  readonly charset: UserCodeCharset
  readonly alphabet: string
  readonly length: number
  readonly groupLength: number
}

// RFC 8628 §6.1: consonants alone form no words, and no letter looks like another. The digits are
// for remote controls without letters. 34.6 and 29.9 bits.
const FORM_OF: Readonly<Record<UserCodeCharset, UserCodeForm>> = {
  letters: { charset: 'letters', alphabet: 'BCDFGHJKLMNPQRSTVWXZ', length: 8, groupLength: 4 },
  digits: { charset: 'digits', alphabet: '0123456789', length: 9, groupLength: 3 },
}
// A form's index is its byte in a device_code: append only. A typed code has the first form that fits.
const FORMS = [FORM_OF.letters, FORM_OF.digits] as const

// Room for eight letters with any separators.
const MAX_TYPED_LENGTH = 64
const SECRET_BYTES = 32
const NUMBER_BYTES = 5
// Excludes the seal.
const DEVICE_CODE_BYTES = 1 + NUMBER_BYTES + NUMBER_BYTES + SECRET_BYTES
const PURPOSE = 'device_code'

/** A new user code in its normalised form, each character drawn without modulo bias. */
export const mintUserCode = (charset: UserCodeCharset, random = randomBytes): UserCode => {
  const { alphabet, length } = FORM_OF[charset]
  const limit = 256 - (256 % alphabet.length)
  let code = ''
  while (code.length < length) {
    for (const byte of random(2 * length)) {
      if (byte < limit && code.length < length) code += alphabet[byte % alphabet.length]
    }
  }
  return code as UserCode
}

/** A normalised user code as people see it: `WDJB-MJHT`, `019-450-730`. */
export const displayUserCode = (userCode: UserCode): string => {
  const { groupLength } = formOf(userCode) ?? FORM_OF.letters
  return userCode.replaceAll(new RegExp(`.{${groupLength}}(?=.)`, 'g'), '$&-')
}

/**
 * The normalised user code in typed, pasted or scanned text, or undefined. Case, separators,
 * full-width forms and the script of digits do not matter (RFC 8628 §6.1).
 */
export const parseUserCode = (typed: string): UserCode | undefined => {
  if (typed.length > MAX_TYPED_LENGTH) return undefined
  const plain = plainCharacters(typed)
  return FORMS.map((form) => keepAlphabet(plain, form)).find(isUserCode)
}

/** The charset of a user code. */
export const charsetOf = (userCode: UserCode): UserCodeCharset =>
  formOf(userCode)?.charset ?? 'letters'

/** The forms of the codes of this charset. */
export const formsOf = (charset: ShownCharset): readonly UserCodeForm[] =>
  FORMS.filter((form) => charset === 'either' || charset === form.charset)

/** The typed letters and digits that no code of this charset has, each once. */
export const charactersInNoCode = (typed: string, charset: ShownCharset): readonly string[] => {
  const alphabet = formsOf(charset)
    .map((form) => form.alphabet)
    .join('')
  const characters = plainCharacters(typed.slice(0, MAX_TYPED_LENGTH)).match(/[\p{L}\p{N}]/gu) ?? []
  return [...new Set(characters)].filter((character) => !alphabet.includes(character))
}

// NFKC knows full-width forms and not the digits of other scripts.
const plainCharacters = (typed: string): string =>
  typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/\p{Nd}/gu, digitValue)

// Unicode encodes the digits of each script in order, in runs of ten that begin with zero.
const digitValue = (digit: string): string => {
  const codePoint = digit.codePointAt(0) ?? 0
  let first = codePoint
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1
  return String((codePoint - first) % 10)
}

export interface DeviceCode {
  readonly userCode: UserCode
  readonly expiresAtMs: number
  /** SHA-256 of the 256-bit secret; the secret itself is not stored. */
  readonly secretHash: Digest
}

/** A new device_code for `userCode`, sealed with the server's secret, and its record. */
export const mintDeviceCode = (
  serverSecret: Uint8Array,
  userCode: UserCode,
  expiresAtMs: number,
): { text: string; deviceCode: DeviceCode } => {
  const form = formOf(userCode)
  if (form === undefined) throw new TypeError('not a normalised user code')
  const secret = randomBytes(SECRET_BYTES)
  const bytes = new Uint8Array(DEVICE_CODE_BYTES)
  bytes[0] = FORMS.indexOf(form)
  writeNumber(bytes, 1, toNumber(userCode, form))
  writeNumber(bytes, 1 + NUMBER_BYTES, Math.floor(expiresAtMs / 1000))
  bytes.set(secret, DEVICE_CODE_BYTES - SECRET_BYTES)
  return { text: seal(serverSecret, PURPOSE, bytes), deviceCode: describe(bytes, userCode) }
}

/** The contents of a device_code, or undefined if this server did not issue it. */
export const parseDeviceCode = (serverSecret: Uint8Array, text: string): DeviceCode | undefined => {
  const bytes = unseal(serverSecret, PURPOSE, text)
  if (bytes?.length !== DEVICE_CODE_BYTES) return undefined
  const form = FORMS[bytes[0] ?? FORMS.length]
  if (form === undefined) return undefined
  const userCode = fromNumber(readNumber(bytes, 1), form)
  return userCode === undefined ? undefined : describe(bytes, userCode)
}

const describe = (bytes: Uint8Array, userCode: UserCode): DeviceCode => ({
  userCode,
  expiresAtMs: readNumber(bytes, 1 + NUMBER_BYTES) * 1000,
  secretHash: sha256(bytes.subarray(DEVICE_CODE_BYTES - SECRET_BYTES)),
})

const keepAlphabet = (text: string, { alphabet }: UserCodeForm): string =>
  [...text].filter((character) => alphabet.includes(character)).join('')

const isUserCode = (text: string): text is UserCode => formOf(text) !== undefined

const formOf = (userCode: string): UserCodeForm | undefined =>
  FORMS.find((form) => userCode.length === form.length && keepAlphabet(userCode, form) === userCode)

const toNumber = (userCode: string, { alphabet }: UserCodeForm): number =>
  [...userCode].reduce((sum, character) => sum * alphabet.length + alphabet.indexOf(character), 0)

const fromNumber = (value: number, { alphabet, length }: UserCodeForm): UserCode | undefined => {
  let rest = value
  let userCode = ''
  for (let position = 0; position < length; position += 1) {
    userCode = (alphabet[rest % alphabet.length] ?? '') + userCode
    rest = Math.floor(rest / alphabet.length)
  }
  return rest === 0 ? (userCode as UserCode) : undefined
}

const writeNumber = (bytes: Uint8Array, offset: number, value: number): void => {
  for (let index = 0, rest = value; index < NUMBER_BYTES; index += 1, rest = Math.floor(rest / 256))
    bytes[offset + NUMBER_BYTES - 1 - index] = rest % 256
}

const readNumber = (bytes: Uint8Array, offset: number): number =>
  bytes.subarray(offset, offset + NUMBER_BYTES).reduce((sum, byte) => sum * 256 + byte, 0)
