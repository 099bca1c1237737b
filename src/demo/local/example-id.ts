// Example ID, the demo's identity provider: npm's oidc-provider on loopback, all in memory. It accepts any
// name and password. start.ts runs it in Node; it is not part of the Worker.
import { createHash, randomUUID } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair } from 'jose'
import { type KoaContextWithOIDC, Provider, interactionPolicy } from 'oidc-provider'
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js'
import { isLoopback } from '../../config/loopback.ts'
import { APP, AUDIENCE, DEMO } from '../worker/client.ts'
import { NAME_LENGTH, PAGE_HEADERS, signInPage, startAgainPage } from './example-id-page.ts'

const HOST = '127.0.0.1'
const HOUR_SECONDS = 3600
const INTERACTION = /^\/interaction\/[\w-]+$/

/** Its clients: the displayed name and the path of the redirect URI (RFC 6749 §3.1.2). */
const CLIENTS: Readonly<Record<string, { readonly name: string; readonly path: string }>> = {
  [APP.client_id]: { name: 'Example TV', path: '/app' },
  [DEMO.identityProvider.client_id]: {
    name: 'your television',
    path: `/device/sign-in/at/${DEMO.identityProvider.id}/callback`,
  },
}

export interface ExampleId {
  readonly issuer: string
  close(): void
}

/** Starts it; port 0 means any free port. Throws Node's error if the port is in use. */
export const startExampleId = async (port: number): Promise<ExampleId> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, HOST, resolve)
  })
  const address = server.address()
  const issuer = `http://${HOST}:${typeof address === 'object' ? address?.port : port}`
  const people = new People()
  const provider = new Provider(issuer, configuration(key, people))
  // RFC 8252 §7.3: any port, because only this machine answers on loopback.
  provider.Client.prototype.redirectUriAllowed = function (uri) {
    const url = URL.parse(uri)
    const path = CLIENTS[this.clientId]?.path
    return url !== null && path !== undefined && isLocalWebAddress(url) && endsWith(url, path)
  }
  const handle = provider.callback()
  server.on('request', (request, response) => {
    const path = URL.parse(request.url ?? '', issuer)?.pathname ?? ''
    const answered = INTERACTION.test(path)
      ? interact(provider, people, request, response)
      : handle(request, response)
    // One failed request must not end the server.
    answered.catch(() => response.destroy())
  })
  return {
    issuer,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const isLocalWebAddress = ({ protocol, hostname }: URL): boolean =>
  ['http:', 'https:'].includes(protocol) && isLoopback(hostname)

const endsWith = ({ pathname, search, hash }: URL, path: string): boolean =>
  pathname.endsWith(path) && search === '' && hash === ''

/** People who signed in since the start. A name keeps its subject across restarts. */
class People {
  readonly #names = new Map<string, string>()

  enter(name: string): string {
    const subject = createHash('sha256').update(name.toLowerCase()).digest('base64url').slice(0, 22)
    this.#names.set(subject, name)
    return subject
  }

  claimsOf(sub: string): { sub: string; name: string; email?: string } | undefined {
    const name = this.#names.get(sub)
    if (name === undefined) return undefined
    const local = name
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.join('.')
    return { sub, name, ...(local && { email: `${local}@example.com`, email_verified: true }) }
  }
}

const configuration = (key: object, people: People): object => {
  const prompts = interactionPolicy.base()
  // Antenna sends prompt=select_account to switch to a different person.
  prompts.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }))
  return {
    adapter: createMemoryAdapter(),
    clients: Object.entries(CLIENTS).map(([id, { path }]) => ({
      client_id: id,
      token_endpoint_auth_method: 'none',
      redirect_uris: [`http://localhost${path}`],
    })),
    clientBasedCORS: (_: KoaContextWithOIDC, origin: string) =>
      isLoopback(URL.parse(origin)?.hostname ?? ''),
    jwks: { keys: [key] },
    cookies: { keys: [randomUUID()], names: COOKIES },
    pkce: { required: () => true },
    interactions: { policy: prompts, url: interactionUrl },
    features: { devInteractions: { enabled: false }, resourceIndicators: RESOURCE_INDICATORS },
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    // The app's access token is only for Antenna, so the name must be in the ID token.
    conformIdTokenClaims: false,
    // RFC 9068 §2.2.1, §2.2.2.
    extraTokenClaims: ({ oidc }: KoaContextWithOIDC, { accountId }: { accountId: string }) => ({
      auth_time: oidc.entities.AuthorizationCode?.authTime,
      ...people.claimsOf(accountId),
    }),
    ttl: {
      AccessToken: HOUR_SECONDS,
      IdToken: HOUR_SECONDS,
      Interaction: HOUR_SECONDS,
      Session: 24 * HOUR_SECONDS,
      Grant: 24 * HOUR_SECONDS,
    },
    findAccount: (_: KoaContextWithOIDC, sub: string) => {
      const claims = people.claimsOf(sub)
      return claims && { accountId: sub, claims: () => claims }
    },
    loadExistingGrant: grantAll,
    renderError: (context: KoaContextWithOIDC, problem: object) => {
      context.body = problem
    },
  }
}

// Browsers send cookies to every port of a host, so these names are distinct.
const COOKIES = {
  session: 'example_id_session',
  interaction: 'example_id_interaction',
  resume: 'example_id_resume',
}

const interactionUrl = (_: KoaContextWithOIDC, { uid }: { uid: string }): string =>
  `/interaction/${uid}`

// Access tokens for a resource are JWTs (RFC 9068); all others are opaque.
const RESOURCE_INDICATORS = {
  enabled: true,
  useGrantedResource: () => true,
  getResourceServerInfo: (_: KoaContextWithOIDC, resource: string) => ({
    audience: resource,
    scope: resource === AUDIENCE ? APP.scope : '',
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  }),
}

// Both clients are the service's own, so no consent is required.
const grantAll = async ({ oidc: { client, session, provider } }: KoaContextWithOIDC) => {
  const clientId = client?.clientId
  const grant = new provider.Grant({ clientId, accountId: session?.accountId })
  grant.addOIDCScope('openid profile email')
  if (clientId === APP.client_id) grant.addResourceScope(AUDIENCE, APP.scope)
  await grant.save()
  return grant
}

// Its one page: a sign-in form that can be cancelled.
const interact = async (
  provider: Provider,
  people: People,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const details = await provider.interactionDetails(request, response).catch(() => undefined)
  // The sign-in belongs to another browser, or has expired.
  if (details === undefined) {
    response.writeHead(400, PAGE_HEADERS).end(await startAgainPage())
    return
  }
  if (request.method !== 'POST') {
    const client = CLIENTS[String(details.params['client_id'])]?.name ?? ''
    response.writeHead(200, PAGE_HEADERS).end(await signInPage(client))
    return
  }
  const form = new URLSearchParams(await text(request))
  const name = (form.get('name') ?? '').trim().slice(0, NAME_LENGTH)
  const result =
    form.has('cancel') || name === ''
      ? { error: 'access_denied' }
      : { login: { accountId: people.enter(name), amr: ['pwd'] }, select_account: {} }
  await provider.interactionFinished(request, response, result)
}
