// A browser, as a push service and a sender of messages know it: an endpoint, a public key, a secret.
// It decrypts what comes (RFC 8291, RFC 8188) with node:crypto alone, which makes it a judge.
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { type JWK, importJWK, jwtVerify } from 'jose'

const CURVE = 'prime256v1'
const TAG_BYTES = 16
const POINT_BYTES = 65

interface Keys {
  readonly privateKey: Buffer
  readonly auth: Buffer
}

const newKeys = (): Keys => {
  const pair = createECDH(CURVE)
  pair.generateKeys()
  // Short by a byte, once in 256 times.
  const privateKey = Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()]).subarray(-32)
  return { privateKey, auth: randomBytes(16) }
}

const derive = (
  secret: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array | string,
  length: number,
): Buffer => Buffer.from(hkdfSync('sha256', secret, salt, info, length))

export class PushSubscriber {
  readonly endpoint: string
  readonly #keys: Keys

  constructor(endpoint: string, keys = newKeys()) {
    this.endpoint = endpoint
    this.#keys = keys
  }

  get p256dh(): string {
    return this.#pair().getPublicKey('base64url')
  }

  get auth(): string {
    return this.#keys.auth.toString('base64url')
  }

  /** The fields that the browser's page sends. */
  get fields() {
    return { endpoint: this.endpoint, p256dh: this.p256dh, auth: this.auth }
  }

  /** The plaintext of a message that is one record. Throws where it is not made for this browser. */
  decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16)
    const recordSize = body.readUInt32BE(16)
    const keyLength = body.readUInt8(20)
    if (keyLength !== POINT_BYTES) throw new Error(`a key of ${keyLength} bytes`)
    const sender = body.subarray(21, 21 + keyLength)
    const record = body.subarray(21 + keyLength)
    if (record.length > recordSize) throw new Error('more than one record')
    const pair = this.#pair()
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender])
    const material = derive(pair.computeSecret(sender), this.#keys.auth, info, 32)
    const key = derive(material, salt, 'Content-Encoding: aes128gcm\0', 16)
    const nonce = derive(material, salt, 'Content-Encoding: nonce\0', 12)
    const decipher = createDecipheriv('aes-128-gcm', key, nonce)
    decipher.setAuthTag(record.subarray(-TAG_BYTES))
    const padded = Buffer.concat([
      decipher.update(record.subarray(0, -TAG_BYTES)),
      decipher.final(),
    ])
    const end = padded.findLastIndex((byte: number) => byte !== 0)
    if (padded[end] !== 2) throw new Error('not the last record')
    return padded.subarray(0, end).toString()
  }

  #pair() {
    const pair = createECDH(CURVE)
    pair.setPrivateKey(this.#keys.privateKey)
    return pair
  }
}

/** The claims of a VAPID header for `audience`, checked as a push service does (RFC 8292 §3, §4). */
export const verifyVapid = async (authorization: string, audience: string, publicKey: string) => {
  const [, token = '', key = ''] = /^vapid t=([^,\s]+), ?k=(\S+)$/.exec(authorization) ?? []
  if (key !== publicKey) throw new Error('another key than the browser subscribed with')
  const point = Buffer.from(key, 'base64url')
  const jwk: JWK = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const { payload, protectedHeader } = await jwtVerify(token, await importJWK(jwk, 'ES256'), {
    algorithms: ['ES256'],
    audience,
    requiredClaims: ['exp', 'sub'],
  })
  const secondsLeft = (payload.exp ?? Infinity) - Date.now() / 1000
  if (secondsLeft > 24 * 60 * 60) throw new Error('good for more than a day')
  return { ...payload, typ: protectedHeader.typ }
}
