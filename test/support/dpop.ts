// A device with a key pair of its own. It proves with each request that it has it (DPoP, RFC 9449),
// rightly or wrongly, and remembers the nonce that it was told.
import { createHash } from 'node:crypto'
import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose'
import { type Answer, DEVICE_CODE_GRANT, type Device } from './device.ts'
import { KEY_PAIRS, type KeyPairName, publicHalf } from './key-pairs.ts'
import { type Fetch, formRequest, url, worker } from './worker.ts'

type Fields = Readonly<Record<string, string>>
type Members = Readonly<Record<string, unknown>>
type Secret = CryptoKey | JWK

/** The claims of a proof: a poll by default; `undefined` leaves a member out. */
export interface ProofOptions {
  readonly method?: string
  readonly address?: string
  /** The access token that it goes with. */
  readonly token?: string | undefined
  readonly claims?: Members
  readonly header?: Members
  /** A signing key in place of the holder's own. */
  readonly signer?: Secret | Uint8Array
}

/** RFC 7638 by hand: the digest of the members that make the key, in alphabetical order. */
export const thumbprint = ({ crv, e, kty, n, x, y }: JWK): string =>
  createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url')

export const sha256 = (text: string): string =>
  createHash('sha256').update(text).digest('base64url')

export class KeyHolder {
  readonly alg: string
  readonly jwk: JWK
  readonly jkt: string
  readonly secret: Secret
  nonce: string | undefined
  readonly #send: Fetch

  constructor(alg: string, jwk: JWK, secret: Secret, send: Fetch) {
    this.alg = alg
    this.jwk = jwk
    this.jkt = thumbprint(jwk)
    this.secret = secret
    this.#send = send
  }

  async proof(options: ProofOptions = {}): Promise<string> {
    const { method = 'POST', address = url('/token'), token, claims, header, signer } = options
    return new SignJWT({
      htm: method,
      htu: address,
      jti: crypto.randomUUID(),
      iat: Math.floor(Date.now() / 1000),
      ...(this.nonce !== undefined && { nonce: this.nonce }),
      ...(token !== undefined && { ath: sha256(token) }),
      ...claims,
    })
      .setProtectedHeader({ alg: this.alg, typ: 'dpop+jwt', jwk: this.jwk, ...header })
      .sign(signer ?? this.secret)
  }

  /** Sends a request with a proof for it; once more if it was asked for a nonce. */
  readonly fetch: Fetch = async (request) => {
    const proven = async () => {
      const again = new Request(request.clone())
      const { origin, pathname } = new URL(request.url)
      const token = /^dpop (.*)$/i.exec(request.headers.get('Authorization') ?? '')?.[1]
      const address = origin + pathname
      again.headers.set('DPoP', await this.proof({ method: request.method, address, token }))
      return this.#heard(await this.#send(again))
    }
    const response = await proven()
    return (await isAskedForNonce(response)) ? proven() : response
  }

  /** The same key, at a Worker with other settings. */
  at(send: Fetch): KeyHolder {
    return new KeyHolder(this.alg, this.jwk, this.secret, send)
  }

  /** The same at one endpoint, and no proof anywhere else. */
  readonly fetchOnlyAt =
    (path: string): Fetch =>
    async (request) =>
      new URL(request.url).pathname === path ? this.fetch(request) : this.#send(request)

  /** Polls with a proof; once more if it was asked for a nonce. */
  async poll(device: Device, fields: Fields = {}, headers: Fields = {}): Promise<Answer> {
    const proven = async () => {
      const answer = await device.poll(fields, { DPoP: await this.proof(), ...headers })
      this.nonce = answer.headers.get('DPoP-Nonce') ?? this.nonce
      return answer
    }
    const answer = await proven()
    return answer.body.error === 'use_dpop_nonce' ? proven() : answer
  }

  /** Has itself told a nonce, by the refusal that every proof without one gets. */
  async learnNonce(): Promise<string> {
    this.nonce = undefined
    const fields = { grant_type: DEVICE_CODE_GRANT, client_id: 'tv', device_code: 'nosuch' }
    const headers = { DPoP: await this.proof() }
    this.#heard(await this.#send(formRequest('/token', fields, headers)))
    if (this.nonce === undefined) throw new Error('no nonce was told')
    return this.nonce
  }

  #heard(response: Response): Response {
    this.nonce = response.headers.get('DPoP-Nonce') ?? this.nonce
    return response
  }
}

/** A holder with a new key pair. */
export const newKeyHolder = async (fetch: Fetch = worker): Promise<KeyHolder> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  return new KeyHolder('ES256', await exportJWK(publicKey), privateKey, fetch)
}

/** A holder with a key pair of this algorithm: always the same, because RSA is slow. */
export const keyHolderOf = (alg: KeyPairName, fetch: Fetch = worker): KeyHolder =>
  new KeyHolder(alg, publicHalf(KEY_PAIRS[alg]), KEY_PAIRS[alg], fetch)

/** A holder with a nonce, so that a proof has only the fault of its row. */
export const readyKeyHolder = async (fetch: Fetch = worker): Promise<KeyHolder> => {
  const holder = await newKeyHolder(fetch)
  await holder.learnNonce()
  return holder
}

const isAskedForNonce = async (response: Response): Promise<boolean> =>
  [400, 401].includes(response.status) &&
  (await response.clone().json<{ error?: string }>()).error === 'use_dpop_nonce'
