// An identity provider upstream: npm's oidc-provider on loopback, with a sign-in page of its own.
// It can be told to misbehave.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { type JWK, exportJWK, generateKeyPair } from 'jose'
import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js'
import { Person } from '../../support/person.ts'
import { type Misbehaviour, spoil } from './upstream-misbehaviour.ts'

const SECRET = 'a secret that only the two of them know'

/** The Worker secret that the entries of confidential clients name. */
export const UPSTREAM_SECRETS = { ACME_SECRET: SECRET }

/** A person with an account there. */
export interface Member {
  readonly name: string
  readonly email: string
}

/** The claims of a member at each of these providers. */
export const upstreamSubject = ({ email }: Member): string => `member-of-${email}`

/** The methods of sign-in in its claims: a password, and an unregistered one. */
export const UPSTREAM_AMR = ['pwd', 'company_badge', 'mfa']

/** The service's own app there, its redirect URI, and its name for Antenna (RFC 8707). */
export const UPSTREAM_APP = {
  clientId: 'the-app',
  callback: 'https://app.example.com/callback',
  resource: 'https://tv.example.com',
  scope: 'device:approve',
}

/** A `fetch` that stays at `origin`: of other pages, it returns only the address. */
export const fetchWithin =
  (origin: string) =>
  async (request: Request): Promise<Response> =>
    new URL(request.url).origin === origin ? fetch(request) : new Response()

/** Starts one; it serves once it knows its clients' addresses. */
export const startUpstreamProvider = async (): Promise<UpstreamProvider> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'the-only-one' }
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new UpstreamProvider(server, key)
}

interface EntryOptions {
  readonly isPublic?: boolean
  readonly max_sign_in_hours?: number
}

export class UpstreamProvider {
  readonly issuer: string
  /** The authorization requests, the latest last. */
  readonly authorizationRequests: URLSearchParams[] = []
  /** The requested paths, by browsers and by Antenna. */
  readonly paths: string[] = []
  readonly #server: Server
  readonly #key: JWK
  readonly #clients: { readonly id: string; readonly isPublic: boolean }[] = []
  readonly #members = new Map<string, Member>()
  #misbehaviour: Misbehaviour = {}

  constructor(server: Server, key: JWK) {
    const address = server.address()
    this.issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    this.#server = server
    this.#key = key
  }

  /** A new client here: its entry in IDENTITY_PROVIDERS. */
  entry(id: string, name: string, { isPublic = false, ...more }: EntryOptions = {}) {
    this.#clients.push({ id, isPublic })
    return {
      id,
      name,
      issuer: this.issuer,
      client_id: `client-${id}`,
      ...(!isPublic && { client_secret: 'ACME_SECRET' }),
      ...more,
    }
  }

  /** Serves those clients from now on: `origin` is where people go back to. */
  serve(origin: string): void {
    const provider = new Provider(this.issuer, this.#configuration(origin))
    provider.use(async (context, next) => {
      await next()
      await spoil(context, this.#misbehaviour, this.#key)
    })
    const handle = provider.callback()
    this.#server.on('request', (request, response) => {
      const url = new URL(request.url ?? '', this.issuer)
      this.paths.push(url.pathname)
      if (url.pathname === '/auth') this.authorizationRequests.push(url.searchParams)
      if (this.#misbehaviour.isDown === true) request.destroy()
      else if (url.pathname.startsWith('/interaction/'))
        void this.#interact(provider, url.pathname, request, response)
      else void handle(request, response)
    })
  }

  /** From now on; without anything it behaves again. */
  misbehave(misbehaviour: Misbehaviour = {}): void {
    this.#misbehaviour = misbehaviour
  }

  /** A person's browser here, which stays at this origin. */
  browser(): Person {
    return new Person(fetchWithin(this.issuer), this.issuer)
  }

  /** Signs in where an authorization request leads, and returns the address that leads back. */
  async signIn(request: URL, member: Member, browser = this.browser()): Promise<URL> {
    const page = await browser.open(request.href)
    const action = /action="([^"]+\/login)"/.exec(page.html)?.[1]
    // Known already, or refused: no page was shown.
    if (action === undefined) return page.url
    return (await browser.submit(page, action, { ...member })).url
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #configuration(origin: string): object {
    // Browsers send cookies to all ports of a host, and there may be two of us.
    const { port } = new URL(this.issuer)
    return {
      adapter: createMemoryAdapter(),
      clients: [
        ...this.#clients.map(({ id, isPublic }) => ({
          client_id: `client-${id}`,
          ...(!isPublic && { client_secret: SECRET }),
          token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_post',
          redirect_uris: [`${origin}/device/sign-in/at/${id}/callback`],
        })),
        {
          client_id: UPSTREAM_APP.clientId,
          token_endpoint_auth_method: 'none',
          redirect_uris: [UPSTREAM_APP.callback],
        },
      ],
      jwks: { keys: [this.#key] },
      cookies: {
        keys: ['a key to sign cookies with'],
        names: { session: `s${port}`, interaction: `i${port}`, resume: `r${port}` },
      },
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false }, resourceIndicators: RESOURCE_INDICATORS },
      // RFC 9068 §2.2.1.
      extraTokenClaims: ({ oidc }: KoaContextWithOIDC) => ({
        auth_time: oidc.entities.AuthorizationCode?.authTime,
      }),
      claims: { openid: ['sub', 'amr'], profile: ['name'], email: ['email', 'email_verified'] },
      ttl: { Session: 86_400, Interaction: 600, Grant: 86_400, AccessToken: 600, IdToken: 600 },
      findAccount: (_: KoaContextWithOIDC, sub: string) => ({
        accountId: sub,
        claims: () => ({ sub, ...this.#members.get(sub), email_verified: true }),
      }),
      loadExistingGrant: grantAll,
      renderError: (context: KoaContextWithOIDC, problem: object) => {
        context.body = problem
      },
    }
  }

  // Its own pages: a sign-in form, and a way to cancel.
  async #interact(
    provider: Provider,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { error, signedInSecondsAgo = 0 } = this.#misbehaviour
    if (error !== undefined) {
      await provider.interactionFinished(request, response, { error })
    } else if (path.endsWith('/login')) {
      const form = new URLSearchParams(await text(request))
      const member = { name: form.get('name') ?? '', email: form.get('email') ?? '' }
      const accountId = upstreamSubject(member)
      this.#members.set(accountId, member)
      const ts = Math.floor(Date.now() / 1000) - signedInSecondsAgo
      const login = { accountId, ts, amr: UPSTREAM_AMR }
      await provider.interactionFinished(request, response, { login })
    } else if (path.endsWith('/cancel')) {
      await provider.interactionFinished(request, response, { error: 'access_denied' })
    } else {
      response.setHeader('Content-Type', 'text/html; charset=utf-8').end(signInPage(path))
    }
  }
}

// Access tokens for a resource are JWTs (RFC 9068); all others are opaque.
const RESOURCE_INDICATORS = {
  enabled: true,
  useGrantedResource: () => true,
  getResourceServerInfo: (_: KoaContextWithOIDC, resource: string) => ({
    audience: resource,
    scope: UPSTREAM_APP.scope,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  }),
}

// Antenna's permission to read the claims is not tested here.
const grantAll = async ({ oidc: { client, session, provider } }: KoaContextWithOIDC) => {
  const clientId = client?.clientId
  const grant = new provider.Grant({ clientId, accountId: session?.accountId })
  grant.addOIDCScope('openid profile email')
  if (clientId === UPSTREAM_APP.clientId)
    grant.addResourceScope(UPSTREAM_APP.resource, UPSTREAM_APP.scope)
  await grant.save()
  return grant
}

const signInPage = (path: string): string => `<!doctype html>
<html lang="en">
  <title>Acme</title>
  <h1>Sign in to Acme</h1>
  <form method="post" action="${path}/login">
    <label>Name <input name="name" /></label>
    <label>Email <input name="email" type="email" /></label>
    <button>Sign in</button>
  </form>
  <form method="post" action="${path}/cancel"><button>Cancel</button></form>
</html>`
