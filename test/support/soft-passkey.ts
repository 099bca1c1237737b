// A passkey in software: an ES256 key that answers WebAuthn ceremonies, rightly or wrongly. What a
// real browser does is in test/e2e; here single bits can be wrong.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { type CBORType, encodeCBOR } from '@levischuck/tiny-cbor'

/** The members of a browser's and an authenticator's answer; each can be replaced. */
export interface Said {
  readonly clientData?: Readonly<Record<string, unknown>>
  readonly rpId?: string
  /** UP 1, UV 4, BE 8, BS 16. */
  readonly flags?: number
  readonly userHandle?: string
}

const PRESENT_AND_VERIFIED = 0x01 | 0x04
const HAS_CREDENTIAL = 0x40

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()
const toBase64url = (data: Uint8Array) => Buffer.from(data).toString('base64url')

export class SoftPasskey {
  readonly id = toBase64url(crypto.getRandomValues(new Uint8Array(16)))
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  /** The answer to `navigator.credentials.create()`. */
  create(challenge: string, said: Said = {}): string {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    const publicKey = new Map<number, CBORType>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ])
    const id = Buffer.from(this.id, 'base64url')
    const credential = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([0, id.length]),
      id,
      encodeCBOR(publicKey),
    ])
    const authData = Buffer.concat([this.#authData(said, HAS_CREDENTIAL), credential])
    const attestation = new Map<string, CBORType>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ])
    return this.#answer({
      clientDataJSON: toBase64url(this.#clientData('webauthn.create', challenge, said)),
      attestationObject: toBase64url(encodeCBOR(attestation)),
    })
  }

  /** The answer to `navigator.credentials.get()`. */
  get(challenge: string, userHandle: string, said: Said = {}): string {
    const authData = this.#authData(said, 0)
    const clientData = this.#clientData('webauthn.get', challenge, said)
    const signature = sign(
      'sha256',
      Buffer.concat([authData, sha256(clientData)]),
      this.#keys.privateKey,
    )
    return this.#answer({
      clientDataJSON: toBase64url(clientData),
      authenticatorData: toBase64url(authData),
      signature: toBase64url(signature),
      userHandle: said.userHandle ?? userHandle,
    })
  }

  #authData({ rpId, flags = PRESENT_AND_VERIFIED }: Said, more: number): Buffer {
    const hash = sha256(rpId ?? new URL(this.#origin).hostname)
    return Buffer.concat([hash, Buffer.from([flags | more, 0, 0, 0, 0])])
  }

  #clientData(type: string, challenge: string, { clientData }: Said): Buffer {
    const all = { type, challenge, origin: this.#origin, crossOrigin: false, ...clientData }
    return Buffer.from(JSON.stringify(all))
  }

  #answer(response: object): string {
    const { id } = this
    return JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      response,
      clientExtensionResults: {},
    })
  }
}
