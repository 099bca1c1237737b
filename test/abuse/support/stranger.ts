// A stranger without an account, with public knowledge only: the formats of our values, the subject
// of a person, a live user code. The stranger makes up the rest, with a secret that is not ours.
import { env } from 'cloudflare:workers'
import { mintDeviceCode, parseUserCode } from '../../../src/codes.ts'
import { randomBytes, seal, toBase64url } from '../../../src/crypto.ts'
import { issueChallenge } from '../../../src/identity/challenge.ts'
import { mintSession } from '../../../src/identity/session.ts'
import { formatRefreshToken, parseRefreshToken } from '../../../src/tokens/refresh-token.ts'
import { DEVICE_CODE_GRANT, startDevice } from '../../support/device.ts'
import { readyKeyHolder } from '../../support/dpop.ts'
import { signedJwt } from './machine-requests.ts'
import { cookieHeader, credentialOf, formTokenFor } from './page-requests.ts'
import {
  STRANGERS_SECRET,
  formRequest,
  freshAddress,
  serverSecret,
  url,
} from '../../support/worker.ts'
import { ISSUER } from '../../support/settings.ts'
import { connectDevice } from '../../support/tokens.ts'
import { type Visitor, signedIn } from '../../support/visitor.ts'
import { named } from '../../support/named.ts'

export type Fields = Readonly<Record<string, string>>

export class Stranger {
  /** A person with a known subject. */
  readonly victim: Visitor
  /** Values of that person's device; their secrets are unknown. */
  readonly tokens: Fields
  /** The user code of a device that waits. */
  waiting = ''
  /** The cookies of a browser without a session. */
  visit: Fields = {}

  private constructor(victim: Visitor, tokens: Fields) {
    this.victim = victim
    this.tokens = tokens
  }

  static async arrive(): Promise<Stranger> {
    const victim = await signedIn('Victoria', `${crypto.randomUUID()}@example.com`)
    const { tokens } = await connectDevice('tv', { approval: { subject: victim.subject } })
    return new Stranger(victim, tokens)
  }

  /** Sees the code of another device, in a browser without cookies. */
  async look(): Promise<void> {
    this.waiting = parseUserCode((await startDevice()).userCode) ?? ''
    this.visit = { visit: toBase64url(randomBytes(32)) }
  }

  /** The cookies of the victim’s own browser: what they do themselves. */
  asVictim(more: Fields = {}): Fields {
    return { session: this.victim.cookies['session'] ?? '', ...more }
  }

  forgedDeviceCode(afterMs: number): string {
    return mintDeviceCode(STRANGERS_SECRET, named(this.waiting), Date.now() + afterMs).text
  }

  async forgedRefreshToken(): Promise<string> {
    const known = parseRefreshToken(await serverSecret(), this.tokens['refresh_token'] ?? '')
    if (known === undefined) throw new TypeError('the token is not ours')
    return formatRefreshToken(STRANGERS_SECRET, { ...known, secret: randomBytes(32) })
  }

  forgedAccessToken(): Promise<string> {
    return resigned(this.tokens['access_token'])
  }

  forgedIdToken(): Promise<string> {
    return resigned(this.tokens['id_token'])
  }

  forgedSession(): Fields {
    return { session: mintSession(STRANGERS_SECRET, this.victim.subject).value }
  }

  forgedChallenge(): string {
    const head = Buffer.concat([Buffer.alloc(4, 0x7f), randomBytes(16)])
    return seal(STRANGERS_SECRET, `passkey sign-in ${formTokenFor(this.visit)}`, head)
  }

  /** A challenge of ours, as every browser gets one. */
  challenge(): Promise<string> {
    const ceremony = { purpose: 'sign-in', formToken: formTokenFor(this.visit) } as const
    return issueChallenge(env, ceremony, Date.now())
  }

  /** Signs in with an unknown passkey. */
  signInWith(challenge: string, { subject = this.victim.subject, origin = ISSUER } = {}): Request {
    const credential = credentialOf(subject, [
      ['type', '"webauthn.get"'],
      ['challenge', JSON.stringify(challenge)],
      ['origin', JSON.stringify(origin)],
    ])
    return send('/device/sign-in/passkey', { credential }, this.visit)
  }
}

/** The JWT with its own header and claims, signed with a key of the stranger's. */
const resigned = (jwt = ''): Promise<string> => {
  const [header, payload] = jwt
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object)
  return signedJwt({ ...header, alg: 'ES256' }, payload ?? {})
}

/** A proof of a key that is new to us, and right in everything. */
export const freshProof = async (path = '/token'): Promise<Fields> => ({
  DPoP: await (await readyKeyHolder()).proof({ address: url(path) }),
})

export const get = (path: string, headers: Fields = {}): Request =>
  new Request(url(path), {
    headers: { 'CF-Connecting-IP': freshAddress(), ...headers },
    redirect: 'manual',
  })

export const start = (fields: Fields = {}, headers: Fields = {}): Request =>
  formRequest('/device_authorization', { client_id: 'tv', ...fields }, headers)

export const poll = (deviceCode: string, headers: Fields = {}, more: Fields = {}): Request => {
  const own = { grant_type: DEVICE_CODE_GRANT, client_id: 'tv', device_code: deviceCode }
  return formRequest('/token', { ...own, ...more }, headers)
}

export const refresh = (token: string, headers: Fields = {}, more: Fields = {}): Request => {
  const own = { grant_type: 'refresh_token', client_id: 'tv', refresh_token: token }
  return formRequest('/token', { ...own, ...more }, headers)
}

/** A page, as a browser with these cookies opens it. */
export const open = (path: string, cookies: Fields): Request =>
  get(path, { Cookie: cookieHeader(cookies) })

/** A form of a page, as a browser with these cookies sends it. */
export const send = (path: string, fields: Fields, cookies: Fields): Request =>
  formRequest(
    path,
    { csrf: formTokenFor(cookies), ...fields },
    { Cookie: cookieHeader(cookies), 'Sec-Fetch-Site': 'same-origin' },
  )

/** The status of an answer, and its error if it is JSON with one. */
export const heardIn = async (response: Response): Promise<readonly (number | string)[]> => {
  const text = await response.text()
  const isJson = response.headers.get('Content-Type')?.includes('json') === true
  const { error } = (isJson ? JSON.parse(text) : {}) as { error?: string }
  return [response.status, ...(error === undefined ? [] : [error])]
}
