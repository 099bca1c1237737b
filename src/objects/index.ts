// The Durable Object classes, and how to reach each.
import type { Account } from './account/account.ts'
import type { ClientRecord } from './client-record.ts'
import type { DeviceAuthorization } from './device-authorization/device-authorization.ts'
import type { Keyring } from './keyring/keyring.ts'
import type { Login } from './login/login.ts'
import type { ReplayGuard } from './replay-guard.ts'

export { Account } from './account/account.ts'
export { ClientRecord } from './client-record.ts'
export { DeviceAuthorization } from './device-authorization/device-authorization.ts'
export { Keyring } from './keyring/keyring.ts'
export { Login } from './login/login.ts'
export { ReplayGuard } from './replay-guard.ts'

type Env = Cloudflare.Env

/** The object of a normalised user code. */
export const deviceAuthorizationOf = (
  env: Env,
  userCode: string,
): DurableObjectStub<DeviceAuthorization> => env.DEVICE_AUTHORIZATION.getByName(userCode)

/** A subject that nobody has had before (OpenID Connect Core §2). */
export const mintSubject = (env: Env): string => env.ACCOUNT.newUniqueId().toString()

/** What knows whose a passkey is, so that it is one account's only (WebAuthn §7.1). */
export const passkeyLogin = (env: Env, credentialId: string): DurableObjectStub<Login> =>
  env.LOGIN.getByName(`passkey:${credentialId}`)

/** What knows a subject of an identity provider. */
export const upstreamLogin = (
  env: Env,
  issuer: string,
  subject: string,
): DurableObjectStub<Login> => env.LOGIN.getByName(`oidc:${issuer} ${subject}`)

/** What knows an e-mail address and its password, whether or not there is an account. */
export const emailLogin = (env: Env, email: string): DurableObjectStub<Login> =>
  env.LOGIN.getByName(`email:${email}`)

/** The account of a subject, or undefined if we cannot have issued that subject. */
export const accountOf = (env: Env, subject: string): DurableObjectStub<Account> | undefined => {
  try {
    return env.ACCOUNT.get(env.ACCOUNT.idFromString(subject))
  } catch {
    return undefined
  }
}

/** The record of a client that registered itself, whether or not there is such a client. */
export const clientRecordOf = (env: Env, clientId: string): DurableObjectStub<ClientRecord> =>
  env.CLIENT_RECORD.getByName(clientId)

/** What remembers the one-time values of one sender; `kind` keeps different ones apart. */
export const replayGuardOf = (
  env: Env,
  kind: 'assertion' | 'dpop' | 'passkey',
  sender: string,
): DurableObjectStub<ReplayGuard> => env.REPLAY_GUARD.getByName(`${kind}:${sender}`)

export const keyringOf = (env: Env): DurableObjectStub<Keyring> => env.KEYRING.getByName('keyring')

/** An object that could not be reached or failed: nothing is known about what was asked. */
export class ObjectUnavailable extends Error {
  override readonly name = 'ObjectUnavailable'
  /** Asking again at once would make it worse. */
  readonly isOverloaded: boolean

  constructor(cause: unknown) {
    super('a Durable Object could not be asked', { cause })
    this.isOverloaded = cause instanceof Error && 'overloaded' in cause && cause.overloaded === true
  }
}

/** Asks an object. Throws ObjectUnavailable, whatever went wrong there. */
export const ask = async <T>(call: () => T): Promise<Awaited<T>> => {
  try {
    return await call()
  } catch (error) {
    throw new ObjectUnavailable(error)
  }
}
