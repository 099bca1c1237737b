// A client that proves itself with a signature (private_key_jwt), rightly or wrongly.
import { type JWK, SignJWT } from 'jose'
import { KEY_PAIRS, type KeyPairName, kidOf } from './key-pairs.ts'
import { ISSUER } from './settings.ts'

export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Members that differ from a valid assertion; `undefined` leaves one out. */
export interface AssertionOptions {
  readonly clientId?: string
  readonly alg?: KeyPairName
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  /** A signing key in place of the client's own for `alg`. */
  readonly key?: CryptoKey | JWK | Uint8Array
}

export const nowInSeconds = (): number => Math.floor(Date.now() / 1000)

/** A client assertion, good for one minute and one use unless something is said to be different. */
export const assertion = ({
  clientId = 'key-tv',
  alg = 'ES256',
  claims = {},
  header = {},
  key = KEY_PAIRS[alg],
}: AssertionOptions = {}): Promise<string> => {
  const now = nowInSeconds()
  const all = { alg, kid: kidOf(alg), ...header }
  const critical: string[] = 'crit' in all && Array.isArray(all.crit) ? all.crit : []
  return new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: ISSUER,
    iat: now,
    exp: now + 60,
    jti: crypto.randomUUID(),
    ...claims,
  })
    .setProtectedHeader(all)
    .sign(key, { crit: Object.fromEntries(critical.map((name) => [name, true])) })
}

/** The fields that carry an assertion. */
export const carrying = (text: string): Readonly<Record<string, string>> => ({
  client_assertion: text,
  client_assertion_type: JWT_BEARER,
})

/** The client's credentials; they need no client_id, and are valid once. */
export const asKeyClient = async (options: AssertionOptions = {}) =>
  carrying(await assertion(options))
