// Signing in at another identity provider: OpenID Connect's authorization code flow with PKCE, state
// and nonce, by openid-client.
import * as openid from 'openid-client'
import * as z from 'zod/mini'
import { FRESH_SIGN_IN_MS, PROVIDER_CACHE_MS } from '../config/limits.ts'
import { plainText } from '../text/plain-text.ts'
import { SECOND } from '../durations.ts'
import { logFailure } from '../http/failure-log.ts'
import type { IdentityProvider } from '../config/identity-provider.ts'
import { Cache } from '../http/cache.ts'
import { isLoopback } from '../loopback.ts'
import type { Claims } from '../objects/account/profile.ts'
import { ask, mintSubject, upstreamLogin } from '../objects/index.ts'
import { NotFetched, fetchTrusted } from '../http/public-fetch.ts'
import { Published } from '../http/published.ts'
import { authenticationIn } from '../tokens/authentication.ts'
import { type Opened, type SignInContext, openAccount } from './session.ts'

const MAX_PROVIDERS_KEPT = 50
const METADATA = { accept: 'application/json', maxBytes: 64 * 1024 }
/** A person waits for each answer. */
const TIMEOUT_SECONDS = 5

const configurations = new Published<openid.Configuration>(MAX_PROVIDERS_KEPT)
/** Providers that leave `auth_time` out: their login page is asked for at once, and shown once. */
const omitsAuthTime = new Cache<true>(MAX_PROVIDERS_KEPT)

/** What the browser keeps between leaving for the provider and coming back. */
const attemptSchema = z.object({
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  prompt: z.optional(z.enum(['login', 'select_account'])),
})
export type Attempt = z.output<typeof attemptSchema>

export const parseAttempt = (text: string | undefined): Attempt | undefined => {
  try {
    return attemptSchema.parse(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}

/** Where the person signs in, and what their browser has to keep. Throws if the provider is away. */
export const beginUpstreamSignIn = async (
  env: Cloudflare.Env,
  provider: IdentityProvider,
  redirectUri: string,
  /** `login`: show the login page again; `select_account`: it may be another person now. */
  wanted: Attempt['prompt'],
): Promise<{ location: string; attempt: Attempt }> => {
  const configuration = await configurationOf(env, provider)
  const prompt = omitsAuthTime.get(provider.id, Date.now()) === true ? 'login' : wanted
  const attempt: Attempt = {
    provider: provider.id,
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    codeVerifier: openid.randomPKCECodeVerifier(),
    prompt,
  }
  const location = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: provider.scope,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(attempt.codeVerifier),
    code_challenge_method: 'S256',
    // SS-5: as fresh there as it has to be here.
    max_age: String(FRESH_SIGN_IN_MS / SECOND),
    ...(prompt !== undefined && { prompt }),
  })
  return { location: location.href, attempt }
}

export type UpstreamOutcome =
  Opened | { readonly outcome: 'refused' | 'cancelled' | 'failed' | 'not_fresh' }

/** Checks the answer. Any error in it is `failed`, and logged. */
export const finishUpstreamSignIn = async (
  env: Cloudflare.Env,
  provider: IdentityProvider,
  attempt: Attempt,
  answer: URL,
  visit: SignInContext,
): Promise<UpstreamOutcome> => {
  let person: Recognised
  try {
    person = await recognise(env, provider, attempt, answer)
  } catch (error) {
    if (error instanceof openid.AuthorizationResponseError && error.error === 'access_denied')
      return { outcome: 'cancelled' }
    logFailure(new Error(`sign-in at an identity provider: ${describe(error)}`))
    return { outcome: 'failed' }
  }
  const { subject: theirs, claims, amr } = person
  const now = Date.now()
  if (person.authTimeMs === undefined) omitsAuthTime.set(provider.id, true, now + PROVIDER_CACHE_MS)
  else omitsAuthTime.delete(provider.id)
  const authTimeMs = person.authTimeMs ?? loginPageTimeMs(attempt, now)
  if (authTimeMs === undefined || now >= authTimeMs + FRESH_SIGN_IN_MS)
    return { outcome: 'not_fresh' }
  const subject = await upstreamAccount(env, provider.issuer, theirs, claims.name)
  const signIn = { amr, provider: provider.id, atMs: authTimeMs }
  return openAccount(env, subject, claims, signIn, visit)
}

// OpenID Connect Core §3.1.3.7: max_age makes auth_time required. Without it a browser that signed in
// there last year comes back like one that did so now, unless the login page was asked for.
const loginPageTimeMs = ({ prompt }: Attempt, now: number): number | undefined =>
  prompt === 'login' ? now : undefined

/** Whose account a subject of an issuer opens: one that there is, or from now on a new one. */
export const upstreamAccount = (
  env: Cloudflare.Env,
  issuer: string,
  theirs: string,
  name: string,
): Promise<string> => ask(() => upstreamLogin(env, issuer, theirs).claim(mintSubject(env), name))

interface Recognised {
  readonly subject: string
  readonly claims: Claims
  readonly amr: readonly string[]
  /** When they really signed in there, if that was told. */
  readonly authTimeMs: number | undefined
}

const recognise = async (
  env: Cloudflare.Env,
  provider: IdentityProvider,
  { state, nonce, codeVerifier }: Attempt,
  answer: URL,
): Promise<Recognised> => {
  const configuration = await configurationOf(env, provider)
  const tokens = await openid.authorizationCodeGrant(configuration, answer, {
    pkceCodeVerifier: codeVerifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
  const idToken = tokens.claims()
  if (idToken === undefined) throw new TypeError('the provider sent no ID token')
  // Many tell name and address at UserInfo only (OpenID Connect Core §5.4). An address goes with what
  // the same answer says of it.
  const more =
    configuration.serverMetadata().userinfo_endpoint === undefined
      ? {}
      : await openid.fetchUserInfo(configuration, tokens.access_token, idToken.sub)
  return {
    subject: idToken.sub,
    claims: claimsOf({ ...idToken, ...('email' in more && { email_verified: false }), ...more }),
    ...authenticationIn(idToken, Date.now()),
  }
}

/** What an issuer says of somebody (OpenID Connect Core §5.1), as far as we keep it. */
export const claimsOf = (claims: Readonly<Record<string, unknown>>): Claims => {
  const email = addressIn(claims['email'])
  const name = [claims['name'], claims['preferred_username'], email, claims['sub']]
    .map((value) => (typeof value === 'string' ? plainText(value) : ''))
    .find((text) => text !== '')
  return { name: name ?? '', email, isEmailVerified: claims['email_verified'] === true }
}

// As it is or not at all: cut short or tidied up, it would be somebody else's.
const addressIn = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[^\p{C}\p{Z}]{1,254}$/u.test(value) ? value : undefined

const configurationOf = (
  env: Cloudflare.Env,
  provider: IdentityProvider,
): Promise<openid.Configuration> =>
  configurations.get(provider.id, async () => ({
    value: await discover(env, provider),
    cacheMs: PROVIDER_CACHE_MS,
  }))

const discover = async (
  env: Cloudflare.Env,
  provider: IdentityProvider,
): Promise<openid.Configuration> => {
  const issuer = new URL(provider.issuer)
  try {
    const configuration = await openid.discovery(
      issuer,
      provider.clientId,
      undefined,
      authenticationOf(provider),
      // On this machine only, for trying it out.
      {
        timeout: TIMEOUT_SECONDS,
        [openid.customFetch]: (address) => fetchMetadata(env, address),
        ...(isLoopback(issuer.hostname) && { execute: [openid.allowInsecureRequests] }),
      },
    )
    // For what follows the library's own will do.
    configuration[openid.customFetch] = (address, init) => fetch(address, init)
    return configuration
  } catch (error) {
    if (error instanceof Error && error.cause instanceof NotFetched) throw error.cause
    throw new NotFetched(`the metadata of a provider: ${describe(error)}`, { isTransient: false })
  }
}

const fetchMetadata = async (env: Cloudflare.Env, address: string): Promise<Response> => {
  const { text, headers } = await fetchTrusted(env, address, METADATA)
  return new Response(text, { headers: { 'Content-Type': headers.get('Content-Type') ?? '' } })
}

// OpenID Connect Discovery §3: Basic is what a provider takes that says nothing.
const authenticationOf = ({ clientSecret }: IdentityProvider): openid.ClientAuth => {
  if (clientSecret === undefined) return openid.None()
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const authenticate = methods.includes('client_secret_post')
      ? openid.ClientSecretPost(clientSecret)
      : openid.ClientSecretBasic(clientSecret)
    return authenticate(server, ...rest)
  }
}

// The library's errors carry answers of the provider, and those may hold tokens.
const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name} ${'code' in error ? String(error.code) : ''}` : ''
