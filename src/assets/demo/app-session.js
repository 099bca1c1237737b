// The session of the demo's app: the authorization code flow with PKCE at the service's identity provider
// (RFC 6749 §4.1, RFC 7636), as a public client. A real app uses a library for this, and keeps its tokens
// in the system's keychain.

/**
 * @typedef {{ accessToken: string, expiresAtMs: number, name?: string }} Session
 * @typedef {{ authorization_endpoint: string, token_endpoint: string }} Metadata
 * @typedef {{ access_token: string, id_token: string, expires_in: number }} Tokens
 * @typedef {{ state: string, nonce: string, verifier: string, userCode: string }} Attempt
 */

const { issuer = '', clientId = '', resource = '', scope = '' } = document.body.dataset
const redirectUri = location.origin + location.pathname

const SESSION = 'example-tv.session'
const ATTEMPT = 'example-tv.attempt'

/**
 * The session with a valid token; undefined if the person is signed out.
 * @returns {Session | undefined}
 */
export const currentSession = () => {
  /** @type {Session | null} */
  const session = JSON.parse(localStorage.getItem(SESSION) ?? 'null')
  return session !== null && Date.now() < session.expiresAtMs ? session : undefined
}

export const endSession = () => localStorage.removeItem(SESSION)

/**
 * Redirects to the provider and keeps `userCode` until the return. Throws if the provider is down.
 * @param {string} userCode
 * @param {Record<string, string>} more
 */
export const beginSignIn = async (userCode, more = {}) => {
  const { authorization_endpoint: endpoint } = await metadata()
  /** @type {Attempt} */
  const attempt = { state: randomText(), nonce: randomText(), verifier: randomText(), userCode }
  sessionStorage.setItem(ATTEMPT, JSON.stringify(attempt))
  const request = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    resource,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await challengeFor(attempt.verifier),
    code_challenge_method: 'S256',
    ...more,
  })
  location.assign(`${endpoint}?${request}`)
}

/**
 * The result of a sign-in if this is the redirect from the provider: a cancellation or a session, and the
 * user code from before. Throws if the response is invalid.
 */
export const finishSignIn = async () => {
  const answer = new URLSearchParams(location.search)
  if (!answer.has('state')) return undefined
  /** @type {Partial<Attempt>} */
  const attempt = JSON.parse(sessionStorage.getItem(ATTEMPT) ?? '{}')
  sessionStorage.removeItem(ATTEMPT)
  // RFC 6749 §10.12, RFC 9207.
  if (answer.get('state') !== attempt.state || answer.get('iss') !== issuer)
    throw new Error('The authorization response does not match a request')
  const { userCode = '' } = attempt
  if (answer.get('error') === 'access_denied') return { isCancelled: true, userCode }
  const tokens = await redeem(answer.get('code') ?? '', attempt.verifier ?? '')
  const { nonce, name } = claimsIn(tokens.id_token)
  if (nonce !== attempt.nonce) throw new Error('The ID token has a different nonce')
  const expiresAtMs = Date.now() + tokens.expires_in * 1000
  /** @type {Session} */
  const session = { accessToken: tokens.access_token, expiresAtMs, name }
  localStorage.setItem(SESSION, JSON.stringify(session))
  return { isCancelled: false, userCode }
}

/** @returns {Promise<Metadata>} */
const metadata = async () => {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`)
  return response.json()
}

/**
 * @param {string} code
 * @param {string} verifier
 * @returns {Promise<Tokens>}
 */
const redeem = async (code, verifier) => {
  const { token_endpoint: endpoint } = await metadata()
  const response = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
      resource,
    }),
  })
  if (!response.ok) throw new Error('The authorization code was refused')
  return response.json()
}

/**
 * The token came directly from the provider over TLS (OpenID Connect Core §3.1.3.7, step 6).
 * @param {string} idToken
 * @returns {{ nonce?: string, name?: string }}
 */
const claimsIn = (idToken) => {
  const [, payload = ''] = idToken.replace(/-/g, '+').replace(/_/g, '/').split('.')
  const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes))
}

const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)))

const challengeFor = async (/** @type {string} */ verifier) =>
  base64url(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))),
  )

const base64url = (/** @type {Uint8Array} */ bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')
