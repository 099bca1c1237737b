// A provider that behaves like Sign in with Apple: answers by a form that its page posts, wants client
// secrets that are signed JWTs, has no UserInfo, and tells the name in the first answer alone.
import { type Server, type ServerResponse, createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  type CryptoKey,
  SignJWT,
  decodeProtectedHeader,
  exportPKCS8,
  generateKeyPair,
  jwtVerify,
} from 'jose'
import type { Member } from './upstream-provider.ts'

const CLIENT_ID = 'com.example.login'
const TEAM_ID = 'TEAM123456'
const KEY_ID = 'KEY1234567'
const HALF_A_YEAR_SECONDS = 15_777_000

interface Code {
  readonly request: URLSearchParams
  readonly member: Member
}

/** Starts one, with the key that it gave to the operator. */
export const startAppleLikeProvider = async (): Promise<AppleLikeProvider> => {
  const [own, clients] = await Promise.all([
    generateKeyPair('RS256'),
    generateKeyPair('ES256', { extractable: true }),
  ])
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const pem = await exportPKCS8(clients.privateKey)
  return new AppleLikeProvider(server, own.privateKey, clients.publicKey, pem)
}

export class AppleLikeProvider {
  readonly issuer: string
  /** The content of the operator's key file. */
  readonly pem: string
  /** The client secrets that came, the latest last. */
  readonly secrets: string[] = []
  readonly #server: Server
  readonly #key: CryptoKey
  readonly #clientKey: CryptoKey
  readonly #known = new Set<string>()
  readonly #codes = new Map<string, Code>()

  constructor(server: Server, key: CryptoKey, clientKey: CryptoKey, pem: string) {
    const address = server.address()
    this.issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    this.pem = pem
    this.#server = server
    this.#key = key
    this.#clientKey = clientKey
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '', this.issuer)
      void text(request).then((body) => this.#answer(url, new URLSearchParams(body), response))
    })
  }

  entry() {
    return {
      id: 'apple',
      name: 'Apple',
      issuer: this.issuer,
      client_id: CLIENT_ID,
      client_secret_jwt: { private_key: 'APPLE_KEY', key_id: KEY_ID, team_id: TEAM_ID },
      scope: 'openid name email',
      response_mode: 'form_post',
    }
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(url: URL, form: URLSearchParams, response: ServerResponse): Promise<void> {
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, {
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/auth/authorize`,
          token_endpoint: `${this.issuer}/auth/token`,
          jwks_uri: `${this.issuer}/auth/keys`,
          response_modes_supported: ['query', 'fragment', 'form_post'],
          token_endpoint_auth_methods_supported: ['client_secret_post'],
        })
      case '/auth/authorize':
        // With a scope that tells anything, Apple answers in no other way.
        return url.searchParams.get('response_mode') === 'form_post'
          ? html(response, signInPage(url.searchParams.toString()))
          : json(response, { error: 'invalid_request' }, 400)
      case '/auth/sign-in':
        return html(response, this.#signIn(new URLSearchParams(form.get('request') ?? ''), form))
      case '/auth/token':
        return this.#token(form, response)
      default:
        return json(response, { error: 'not_found' }, 404)
    }
  }

  #signIn(request: URLSearchParams, form: URLSearchParams): string {
    const [firstName = '', lastName = ''] = (form.get('name') ?? '').split(' ')
    const email = form.get('email') ?? ''
    const target = request.get('redirect_uri') ?? ''
    const state = request.get('state') ?? ''
    if (form.has('cancel')) return postPage(target, { state, error: 'user_cancelled_authorize' })
    const code = crypto.randomUUID()
    this.#codes.set(code, { request, member: { name: firstName, email } })
    const isFirst = !this.#known.has(email)
    this.#known.add(email)
    const user = JSON.stringify({ name: { firstName, lastName }, email: 'unsigned@example.com' })
    return postPage(target, { state, code, ...(isFirst && { user }) })
  }

  async #token(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const secret = form.get('client_secret') ?? ''
    this.secrets.push(secret)
    if (!(await this.#isValid(secret)) || form.get('client_id') !== CLIENT_ID)
      return json(response, { error: 'invalid_client' }, 400)
    const { request, member } = this.#codes.get(form.get('code') ?? '') ?? {}
    this.#codes.delete(form.get('code') ?? '')
    if (request?.get('redirect_uri') !== form.get('redirect_uri') || member === undefined)
      return json(response, { error: 'invalid_grant' }, 400)
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      email: member.email,
      email_verified: true,
      auth_time: now,
      nonce: request?.get('nonce'),
      nonce_supported: true,
    }
    const idToken = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'own' })
      .setIssuer(this.issuer)
      .setAudience(CLIENT_ID)
      .setSubject(`000792.${member.email}`)
      .setIssuedAt(now)
      .setExpirationTime(now + 600)
      .sign(this.#key)
    return json(response, { access_token: 'a', token_type: 'Bearer', id_token: idToken })
  }

  async #isValid(secret: string): Promise<boolean> {
    try {
      const { payload } = await jwtVerify(secret, this.#clientKey, {
        algorithms: ['ES256'],
        issuer: TEAM_ID,
        subject: CLIENT_ID,
        audience: this.issuer,
      })
      const { iat = 0, exp = Infinity } = payload
      return exp - iat <= HALF_A_YEAR_SECONDS && decodeProtectedHeader(secret).kid === KEY_ID
    } catch {
      return false
    }
  }
}

const json = (response: ServerResponse, body: object, status = 200): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

const html = (response: ServerResponse, body: string): void => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8').end(body)
}

const escaped = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

const hidden = ([name, value]: readonly [string, string]): string =>
  `<input type="hidden" name="${name}" value="${escaped(value)}" />`

const signInPage = (request: string): string => `<!doctype html>
<html lang="en">
  <title>Apple</title>
  <h1>Sign in to Apple</h1>
  <form method="post" action="/auth/sign-in">
    ${hidden(['request', request])}
    <label>Name <input name="name" /></label>
    <label>Email <input name="email" type="email" /></label>
    <button>Sign in</button>
    <button name="cancel">Cancel</button>
  </form>
</html>`

const postPage = (
  target: string,
  fields: Readonly<Record<string, string>>,
): string => `<!doctype html>
<html lang="en">
  <title>Apple</title>
  <body onload="document.forms[0].submit()">
    <form method="post" action="${escaped(target)}">${Object.entries(fields).map(hidden).join('')}</form>
  </body>
</html>`
