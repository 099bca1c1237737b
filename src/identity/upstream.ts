// Signing in at another identity provider: OpenID Connect's authorization code flow with PKCE, state
// and nonce, by openid-client.
import type { Subject } from '../ids.ts'
import * as openid from 'openid-client'
import { PROVIDER_CACHE_MS } from '../config/limits.ts'
import { SECOND } from '../durations.ts'
import { logFailure } from '../http/log.ts'
import type { IdentityProvider } from '../config/identity-provider.ts'
import { isLoopback } from '../config/loopback.ts'
import type { ToldClaims } from '../objects/account/profile.ts'
import { mintSubject, upstreamLogin } from '../objects/index.ts'
import { NotFetched, fetchTrusted } from '../http/public-fetch.ts'
import { Published } from '../http/published.ts'
import { authenticationIn } from '../tokens/authentication.ts'
import { claimsOf } from './claims.ts'
import { signedClientSecret } from './client-secret.ts'
import { type Opened, type SignInContext, openAccount } from './session.ts'

const MAX_CACHED_PROVIDERS = 50
const METADATA = { accept: 'application/json', maxBytes: 64 * 1024 }
/** A person waits for each answer. */
const TIMEOUT_SECONDS = 5

const configurations = new Published<openid.Configuration>(MAX_CACHED_PROVIDERS)

/** One sign-in at a provider, kept in the browser while the person is there. */
export interface Attempt extends SignInWish {
  readonly provider: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

export interface SignInWish {
  /** `login`: show the login page again; `select_account`: it may be another person now. */
  readonly prompt?: 'login' | 'select_account' | undefined
  /** The second request of one sign-in: there is no third. */
  readonly isRetry?: boolean | undefined
}

/** The provider's sign-in address, and the attempt. Throws if the provider is unreachable. */
export const beginUpstreamSignIn = async (
  env: Cloudflare.Env,
  provider: IdentityProvider,
  redirectUri: string,
  { prompt: wanted, isRetry }: SignInWish,
): Promise<{ location: string; attempt: Attempt }> => {
  const configuration = await configurationOf(env, provider)
  const prompt = supportedPrompt(configuration.serverMetadata(), wanted)
  const attempt: Attempt = {
    provider: provider.id,
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    codeVerifier: openid.randomPKCECodeVerifier(),
    prompt,
    isRetry,
  }
  const location = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: provider.scope,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(attempt.codeVerifier),
    code_challenge_method: 'S256',
    // SS-5: the provider must apply the same limit as we do.
    ...(provider.maxSignInMs !== undefined && { max_age: String(provider.maxSignInMs / SECOND) }),
    ...(prompt !== undefined && { prompt }),
    ...(provider.responseMode === 'form_post' && { response_mode: 'form_post' }),
  })
  return { location: location.href, attempt }
}

// Initiating User Registration via OpenID Connect §4.2. The login page, too, lets another person in.
const supportedPrompt = (
  { prompt_values_supported: supported }: Readonly<Record<string, unknown>>,
  wanted: SignInWish['prompt'],
): SignInWish['prompt'] => {
  if (wanted === undefined || !Array.isArray(supported)) return wanted
  return ([wanted, 'login'] as const).find((prompt) => supported.includes(prompt))
}

/** A sign-in that the provider failed. */
export interface Failed {
  readonly outcome: 'failed'
  /** True if it was out of reach; false if its answer was not valid. */
  readonly isAway: boolean
  /** Finds the error in the log. */
  readonly requestId: string
}

export type UpstreamOutcome =
  | Opened
  | Failed
  | { readonly outcome: 'disabled' | 'cancelled' | 'prompt_refused' }
  /** Signed in too long ago; without an age, the provider does not tell. */
  | { readonly outcome: 'not_fresh'; readonly ageMs: number | undefined }

/** Checks the answer. Any error in it is `failed`, and logged. */
export const finishUpstreamSignIn = async (
  env: Cloudflare.Env,
  provider: IdentityProvider,
  attempt: Attempt,
  answer: URL,
  context: SignInContext,
): Promise<UpstreamOutcome> => {
  let person: UpstreamIdentity
  try {
    person = await fetchIdentity(env, provider, attempt, answer)
  } catch (error) {
    const code = error instanceof openid.AuthorizationResponseError ? error.error : ''
    // The second is Apple's.
    if (code === 'access_denied' || code === 'user_cancelled_authorize')
      return { outcome: 'cancelled' }
    if (attempt.prompt === 'select_account' && isPromptRefusal(code))
      return { outcome: 'prompt_refused' }
    return failedAt(provider, error)
  }
  const { subject: upstreamSubject, claims, amr } = person
  const now = Date.now()
  const authTimeMs = provider.maxSignInMs === undefined ? now : person.authTimeMs
  const ageMs = authTimeMs === undefined ? undefined : now - authTimeMs
  // OpenID Connect Core §3.1.3.7: max_age makes auth_time required. Without it a year-old session at the
  // provider looks like a new sign-in.
  if (ageMs === undefined || ageMs >= (provider.maxSignInMs ?? Infinity))
    return { outcome: 'not_fresh', ageMs }
  const subject = await upstreamAccount(env, provider.issuer, upstreamSubject, claims.name)
  const signIn = { amr, provider: provider.id, atMs: now - ageMs }
  const opened = await openAccount(env, subject, claims, signIn, context)
  return opened.outcome === 'refused' ? { outcome: 'disabled' } : opened
}

/** Logs the failure of a provider. */
export const failedAt = ({ id }: IdentityProvider, error: unknown): Failed => {
  const requestId = logFailure(
    new Error(`sign-in at the identity provider ${id}: ${describe(error)}`),
  )
  return { outcome: 'failed', isAway: isOutOfReach(error), requestId }
}

// OpenID Connect Core §3.1.2.6, and §4.1 of Initiating User Registration: providers refuse a prompt that
// they do not know with any of these.
const isPromptRefusal = (code: string): boolean =>
  /^(?:invalid_request|(?:account_selection|interaction|login)_required|unsupported_\w+)$/.test(
    code,
  )

const isOutOfReach = (error: unknown): boolean => {
  if (error instanceof NotFetched) return error.isTransient
  if (error instanceof openid.AuthorizationResponseError)
    return error.error === 'temporarily_unavailable'
  if (error instanceof openid.ResponseBodyError) return isBusy(error.status)
  if (error instanceof openid.ClientError) return isOutOfReach(error.cause)
  if (error instanceof Response) return isBusy(error.status)
  // `fetch` fails with a TypeError; a time-out is a DOMException.
  return error instanceof DOMException || (error instanceof TypeError && !('code' in error))
}

const isBusy = (status: number): boolean => status === 429 || status >= 500

/** The account of an issuer's subject, a new one if there is none. */
export const upstreamAccount = (
  env: Cloudflare.Env,
  issuer: string,
  upstreamSubject: string,
  name: string,
): Promise<Subject> => upstreamLogin(env, issuer, upstreamSubject).claim(mintSubject(env), name)

interface UpstreamIdentity {
  readonly subject: string
  readonly claims: ToldClaims
  readonly amr: readonly string[]
  /** The time of the sign-in at the provider, if told. */
  readonly authTimeMs: number | undefined
}

const fetchIdentity = async (
  env: Cloudflare.Env,
  provider: IdentityProvider,
  { state, nonce, codeVerifier }: Attempt,
  answer: URL,
): Promise<UpstreamIdentity> => {
  const configuration = await configurationOf(env, provider)
  const { clientSecretKey: key, clientId, issuer } = provider
  const tokens = await openid.authorizationCodeGrant(
    configuration,
    answer,
    {
      pkceCodeVerifier: codeVerifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    },
    key && { client_secret: await signedClientSecret(key, clientId, issuer) },
  )
  const idToken = tokens.claims()
  if (idToken === undefined) throw new TypeError('the provider sent no ID token')
  // Many providers return name and email at UserInfo only (OpenID Connect Core §5.4). `email_verified`
  // counts only from the response that holds the email.
  const more =
    configuration.serverMetadata().userinfo_endpoint === undefined
      ? {}
      : await openid.fetchUserInfo(configuration, tokens.access_token, idToken.sub)
  return {
    subject: idToken.sub,
    claims: claimsOf({
      ...givenName(provider, answer),
      ...idToken,
      ...('email' in more && { email_verified: false }),
      ...more,
    }),
    ...authenticationIn(idToken, Date.now()),
  }
}

// The name that a provider posts beside its answer (pages/sign-in/form-post.ts). No signature vouches for
// it, but none is needed: it is what this person's own browser calls them.
const givenName = ({ responseMode }: IdentityProvider, { searchParams }: URL) => {
  const name = responseMode === 'form_post' ? searchParams.get('name') : null
  return name !== null && { name }
}

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
      // Plain HTTP on loopback only, for local development.
      {
        timeout: TIMEOUT_SECONDS,
        [openid.customFetch]: (address) => fetchMetadata(env, address),
        ...(isLoopback(issuer.hostname) && { execute: [openid.allowInsecureRequests] }),
      },
    )
    // Later requests use the plain fetch.
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

// OpenID Connect Discovery §3: Basic is the default.
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

// The library's errors carry the provider's responses, which may hold tokens; error codes are fixed words.
const describe = (error: unknown): string => {
  if (error instanceof NotFetched) return error.message
  if (!(error instanceof Error)) return ''
  const code = 'code' in error ? String(error.code) : ''
  const answered = 'error' in error && /^[\w.-]{1,64}$/.test(String(error.error)) ? error.error : ''
  const { cause } = error
  const reason = cause instanceof Error ? `(${cause.name})` : ''
  return [error.name, code, answered, reason].filter((part) => part !== '').join(' ')
}
