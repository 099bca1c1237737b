// An issuer that the operator trusts to name the approver (APPROVAL_ISSUERS), on the internet of
// the tests. Its tokens are valid by default.
import { type JWK, SignJWT } from 'jose'
import { Host } from './internet.ts'
import { nowInSeconds } from './key-client.ts'
import { KEY_PAIRS, type KeyPairName, PUBLIC_KEYS, kidOf } from './key-pairs.ts'
import { ISSUER } from './settings.ts'

/** `undefined` leaves a member out. */
export interface IssuedToken {
  readonly alg?: KeyPairName
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  /** A signing key in place of the issuer's own for `alg`. */
  readonly key?: CryptoKey | JWK | Uint8Array
}

let issuers = 0

export class TrustedIssuer {
  readonly issuer: string
  /** The paths that were asked for. */
  readonly paths: string[] = []
  metadata: Readonly<Record<string, unknown>>
  keys: readonly JWK[] = PUBLIC_KEYS.keys
  /** An answer in place of its keys. */
  keySet: string | undefined
  /** The path of its metadata. */
  path: string
  isAway = false

  constructor(path = '') {
    issuers += 1
    const origin = `https://accounts-${issuers}.example`
    this.issuer = origin + path
    this.path = `${path}/.well-known/openid-configuration`
    this.metadata = { issuer: this.issuer, jwks_uri: `${origin}/keys` }
    // oxlint-disable-next-line no-new
    new Host((_, address) => this.#answer(new URL(address).pathname), `${origin}/`)
  }

  /** Its entry in APPROVAL_ISSUERS. */
  entry(more: object = {}) {
    return { issuer: this.issuer, audience: ISSUER, ...more }
  }

  /** An access token (RFC 9068) of a person who signed in a minute ago. */
  token(sub: string, { alg = 'ES256', claims, header, key }: IssuedToken = {}): Promise<string> {
    const now = nowInSeconds()
    const { crit = [] } = (header ?? {}) as { crit?: string[] }
    return new SignJWT({
      iss: this.issuer,
      sub,
      aud: ISSUER,
      client_id: 'the-app',
      scope: 'openid device:approve',
      auth_time: now - 60,
      iat: now,
      exp: now + 300,
      jti: crypto.randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ alg, kid: kidOf(alg), typ: 'at+jwt', ...header })
      .sign(key ?? KEY_PAIRS[alg], {
        crit: Object.fromEntries(crit.map((name) => [name, true])),
      })
  }

  #answer(path: string): Response {
    this.paths.push(path)
    if (this.isAway) return new Response(null, { status: 503 })
    if (path === this.path) return Response.json(this.metadata)
    return path === '/keys'
      ? new Response(this.keySet ?? JSON.stringify({ keys: this.keys }))
      : new Response(null, { status: 404 })
  }
}
