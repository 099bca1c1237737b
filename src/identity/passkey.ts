// Passkeys: sign-in without typing and without a secret that can be phished (WebAuthn Level 3). The
// ceremonies are implemented by @simplewebauthn/server, which is loaded on demand: most requests do not
// need it.
import type { Subject } from '../ids.ts'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { PASSKEY_CHALLENGE_LIFETIME_MS } from '../config/limits.ts'
import { logFailure, logEvent } from '../http/log.ts'
import { accountOf, passkeyLogin } from '../objects/index.ts'
import type { Passkey } from '../objects/account/passkeys.ts'
import { type Ceremony, issueChallenge, verifyChallenge } from './challenge.ts'
import { type Opened, type SignedIn, type SignInContext, openAccount } from './session.ts'

/** The relying party, as the browser sees it. */
export interface RelyingParty {
  readonly name: string
  /** The issuer's origin, and its host name (RP ID). */
  readonly origin: string
}

// ES256, RS256 and EdDSA, for phones, Windows and security keys (COSE).
const ALGORITHMS = [-7, -257, -8]
// WebAuthn §7.1.
const MAX_CREDENTIAL_ID_LENGTH = 1364

const webAuthn = () => import('@simplewebauthn/server')

/**
 * Options for `navigator.credentials.get()`. They list no credentials, so they reveal no account
 * (SS-13).
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

/** Signs in with a passkey; `refused` for any problem with it. */
export const verifyPasskeyAuthenticationResponse = async (
  env: Cloudflare.Env,
  party: RelyingParty,
  formToken: string,
  response: AuthenticationResponseJSON,
  context: SignInContext,
): Promise<Opened | { readonly outcome: 'refused' }> => {
  const refused = { outcome: 'refused' } as const
  const isFirstUse = await verifyClientData(env, party, { purpose: 'sign-in', formToken }, response)
  if (isFirstUse === undefined) return refused
  // Claimed by the browser, proven by the signature.
  const subject = Buffer.from(response.response.userHandle ?? '', 'base64url').toString(
    'hex',
  ) as Subject
  const account = accountOf(env, subject)
  if (account === undefined || !(await isFirstUse())) return refused
  const passkey = await account.passkey(response.id)
  if (passkey === undefined) return refused
  const { verifyAuthenticationResponse } = await webAuthn()
  const verified = await attempt(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: challengeOf(response),
      expectedOrigin: party.origin,
      expectedRPID: hostOf(party),
      // SS-11: a counter that does not grow is a warning, not a reason to lock a person out.
      credential: { id: passkey.id, publicKey: Uint8Array.from(passkey.publicKey), counter: 0 },
      requireUserVerification: true,
    }),
  )
  if (verified?.verified !== true) return refused
  const { newCounter, credentialBackedUp, credentialDeviceType } = verified.authenticationInfo
  const isBackupEligible = credentialDeviceType === 'multiDevice'
  if (isBackupEligible !== passkey.isBackupEligible) return refused
  if (newCounter <= passkey.counter && newCounter + passkey.counter > 0)
    logEvent('passkey.counter_not_increased', {
      before: passkey.counter,
      now: newCounter,
    })
  await account.updatePasskey({
    ...passkey,
    counter: newCounter,
    isBackedUp: credentialBackedUp,
    usedAtMs: Date.now(),
  })
  // RFC 8176: proof of a key, in hardware unless it can be copied, with the person present and
  // verified.
  const amr = [isBackupEligible ? 'swk' : 'hwk', 'user']
  return openAccount(env, subject, undefined, { amr }, context)
}

/** Options for `navigator.credentials.create()`, for a signed-in person. */
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
    // Random; finds the account at sign-in (SS-13).
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

/** Adds a passkey to the account of a signed-in person. */
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
  // Checked first, because a claimed Login stays behind.
  if ((await account?.hasRoomForPasskey()) !== true) return { outcome: 'full' }
  // SS-12: no account of the site has it.
  const owner = await passkeyLogin(env, credential.id).claim(person.subject, '')
  if (owner !== person.subject) return refused
  const added = await account?.addPasskey({
    id: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: credential.transports ?? [],
    isBackupEligible: credentialDeviceType === 'multiDevice',
    isBackedUp: credentialBackedUp,
    name,
    addedAtMs: Date.now(),
    usedAtMs: undefined,
  })
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

// SS-6, SS-7: the checks that need no object, before the challenge is used up. We never run in a frame.
// The signature is checked later, so the challenge is used up even if that fails.
const verifyClientData = async (
  env: Cloudflare.Env,
  { origin }: RelyingParty,
  ceremony: Ceremony,
  response: AuthenticationResponseJSON | RegistrationResponseJSON,
): ReturnType<typeof verifyChallenge> => {
  const clientData = clientDataOf(response)
  const isFramed = clientData.crossOrigin === true || clientData.topOrigin !== undefined
  if (isFramed || clientData.origin !== origin || clientData.type !== TYPES[ceremony.purpose])
    return undefined
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

// The library throws for every invalid response; its message goes to the log only.
const attempt = async <T>(ceremony: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await ceremony()
  } catch (error) {
    logFailure(error)
    return undefined
  }
}
