// Passkeys: sign in without typing anything, and without anything that can be phished (WebAuthn
// Level 3). The ceremonies themselves are @simplewebauthn/server's; it is loaded when it is needed,
// since most requests are not.
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { PASSKEY_CHALLENGE_LIFETIME_MS } from '../config/limits.ts'
import { logFailure } from '../http/failure-log.ts'
import { logWarning } from '../http/log.ts'
import { accountOf, ask, passkeyLogin } from '../objects/index.ts'
import type { Passkey } from '../objects/account/passkeys.ts'
import { type Ceremony, issueChallenge, verifyChallenge } from './challenge.ts'
import { type Opened, type SignedIn, type SignInContext, openAccount } from './session.ts'

/** Where the ceremony happens: what the browser vouches for. */
export interface RelyingParty {
  readonly name: string
  /** The issuer's origin, and its host name (RP ID). */
  readonly origin: string
}

// ES256, RS256, EdDSA: what phones, Windows and security keys have (COSE).
const ALGORITHMS = [-7, -257, -8]
// WebAuthn §7.1.
const MAX_CREDENTIAL_ID_LENGTH = 1364

const webAuthn = () => import('@simplewebauthn/server')

/**
 * Options for `navigator.credentials.get()`. They list no credentials, and so tell nothing about
 * anybody (SS-13).
 */
export const generatePasskeyAuthenticationOptions = async (
  env: Cloudflare.Env,
  party: RelyingParty,
  formToken: string,
): Promise<PublicKeyCredentialRequestOptionsJSON> => ({
  challenge: await issueChallenge(env, { purpose: 'sign-in', formToken }, Date.now()),
  rpId: hostOf(party),
  allowCredentials: [],
  userVerification: 'required',
  timeout: PASSKEY_CHALLENGE_LIFETIME_MS,
})

/** Signs in with a passkey; refused whatever is wrong with it. */
export const verifyPasskeyAuthenticationResponse = async (
  env: Cloudflare.Env,
  party: RelyingParty,
  formToken: string,
  response: AuthenticationResponseJSON,
  visit: SignInContext,
): Promise<Opened | { readonly outcome: 'refused' }> => {
  const refused = { outcome: 'refused' } as const
  const isFirstUse = await verifyClientData(env, party, { purpose: 'sign-in', formToken }, response)
  if (isFirstUse === undefined) return refused
  const subject = Buffer.from(response.response.userHandle ?? '', 'base64url').toString('hex')
  const account = accountOf(env, subject)
  if (account === undefined || !(await isFirstUse())) return refused
  const passkey = await ask(() => account.passkey(response.id))
  if (passkey === undefined) return refused
  const { verifyAuthenticationResponse } = await webAuthn()
  const verified = await attempt(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: challengeOf(response),
      expectedOrigin: party.origin,
      expectedRPID: hostOf(party),
      // SS-11: a counter that does not grow is a sign, and no reason to lock anybody out.
      credential: { id: passkey.id, publicKey: Uint8Array.from(passkey.publicKey), counter: 0 },
      requireUserVerification: true,
    }),
  )
  if (verified?.verified !== true) return refused
  const { newCounter, credentialBackedUp, credentialDeviceType } = verified.authenticationInfo
  const isBackupEligible = credentialDeviceType === 'multiDevice'
  if (isBackupEligible !== passkey.isBackupEligible) return refused
  if (newCounter <= passkey.counter && newCounter + passkey.counter > 0)
    logWarning({
      event: 'passkey counter did not grow',
      before: passkey.counter,
      now: newCounter,
    })
  await ask(() =>
    account.keepPasskey({
      ...passkey,
      counter: newCounter,
      isBackedUp: credentialBackedUp,
      usedAtMs: Date.now(),
    }),
  )
  // RFC 8176: a key that was proven, held in hardware unless it can be copied, and the person
  // present and verified.
  const amr = [isBackupEligible ? 'swk' : 'hwk', 'user']
  return openAccount(env, subject, undefined, { amr }, visit)
}

/** Options for `navigator.credentials.create()`, for somebody who is signed in. */
export const generatePasskeyRegistrationOptions = async (
  env: Cloudflare.Env,
  party: RelyingParty,
  formToken: string,
  person: SignedIn,
  existing: readonly Passkey[],
): Promise<PublicKeyCredentialCreationOptionsJSON> => ({
  challenge: await issueChallenge(env, { purpose: 'add', formToken }, Date.now()),
  rp: { id: hostOf(party), name: party.name },
  user: {
    // Random, and what finds the account again (SS-13).
    id: Buffer.from(person.subject, 'hex').toString('base64url'),
    name: person.email ?? person.name,
    displayName: person.name,
  },
  pubKeyCredParams: ALGORITHMS.map((alg) => ({ alg, type: 'public-key' })),
  excludeCredentials: existing.map(({ id }) => ({ id, type: 'public-key' })),
  authenticatorSelection: {
    residentKey: 'required',
    requireResidentKey: true,
    userVerification: 'required',
  },
  attestation: 'none',
  timeout: PASSKEY_CHALLENGE_LIFETIME_MS,
})

/** Adds a passkey to the account of somebody who is signed in. */
export const verifyPasskeyRegistrationResponse = async (
  env: Cloudflare.Env,
  party: RelyingParty,
  formToken: string,
  person: SignedIn,
  { response, name }: { response: RegistrationResponseJSON; name: string },
): Promise<{ readonly outcome: 'added' | 'full' | 'refused' }> => {
  const refused = { outcome: 'refused' } as const
  if (response.id.length > MAX_CREDENTIAL_ID_LENGTH) return refused
  const isFirstUse = await verifyClientData(env, party, { purpose: 'add', formToken }, response)
  if (isFirstUse === undefined || !(await isFirstUse())) return refused
  const { verifyRegistrationResponse } = await webAuthn()
  const verified = await attempt(() =>
    verifyRegistrationResponse({
      response,
      expectedChallenge: challengeOf(response),
      expectedOrigin: party.origin,
      expectedRPID: hostOf(party),
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  )
  if (verified?.verified !== true) return refused
  const { credential, credentialBackedUp, credentialDeviceType } = verified.registrationInfo
  const account = accountOf(env, person.subject)
  // First, because to claim it leaves something behind.
  if ((await ask(async () => account?.hasRoomForPasskey())) !== true) return { outcome: 'full' }
  // SS-12: new to the whole site.
  const owner = await ask(() => passkeyLogin(env, credential.id).claim(person.subject, ''))
  if (owner !== person.subject) return refused
  const added = await ask(async () =>
    account?.addPasskey({
      id: credential.id,
      publicKey: credential.publicKey,
      counter: credential.counter,
      transports: credential.transports ?? [],
      isBackupEligible: credentialDeviceType === 'multiDevice',
      isBackedUp: credentialBackedUp,
      name,
      addedAtMs: Date.now(),
      usedAtMs: undefined,
    }),
  )
  return added ?? refused
}

const hostOf = ({ origin }: RelyingParty): string => new URL(origin).hostname

interface ClientData {
  readonly type?: unknown
  readonly challenge?: unknown
  readonly origin?: unknown
  readonly crossOrigin?: unknown
  readonly topOrigin?: unknown
}

const TYPES = { 'sign-in': 'webauthn.get', add: 'webauthn.create' }

// SS-6, SS-7: what needs no object, before the challenge is used up. We never run in a frame. The
// signature is checked after that, so the challenge is used up whatever comes of it.
const verifyClientData = async (
  env: Cloudflare.Env,
  { origin }: RelyingParty,
  ceremony: Ceremony,
  response: AuthenticationResponseJSON | RegistrationResponseJSON,
): ReturnType<typeof verifyChallenge> => {
  const said = clientDataOf(response)
  const isFramed = said.crossOrigin === true || said.topOrigin !== undefined
  if (isFramed || said.origin !== origin || said.type !== TYPES[ceremony.purpose]) return undefined
  return verifyChallenge(env, ceremony, challengeOf(response), Date.now())
}

const challengeOf = (response: AuthenticationResponseJSON | RegistrationResponseJSON): string => {
  const { challenge } = clientDataOf(response)
  return typeof challenge === 'string' ? challenge : ''
}

const clientDataOf = ({
  response,
}: AuthenticationResponseJSON | RegistrationResponseJSON): ClientData => {
  try {
    const json: unknown = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString())
    return typeof json === 'object' && json !== null ? json : {}
  } catch {
    return {}
  }
}

// The library throws at everything that is wrong; what it says is for us alone.
const attempt = async <T>(ceremony: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await ceremony()
  } catch (error) {
    logFailure(error)
    return undefined
  }
}
