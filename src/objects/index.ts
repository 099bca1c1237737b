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

/** A new subject, never assigned before (OpenID Connect Core §2). */
export const mintSubject = (env: Env): string => env.ACCOUNT.newUniqueId().toString()

/** The Login of a passkey, which ties it to one account (WebAuthn §7.1). */
export const passkeyLogin = (env: Env, credentialId: string): DurableObjectStub<Login> =>
  env.LOGIN.getByName(`passkey:${credentialId}`)

/** The Login of an identity provider's subject. */
export const upstreamLogin = (
  env: Env,
  issuer: string,
  subject: string,
): DurableObjectStub<Login> => env.LOGIN.getByName(`oidc:${issuer} ${subject}`)

/** The Login of an email address; the object exists even without an account. */
export const emailLogin = (env: Env, email: string): DurableObjectStub<Login> =>
  env.LOGIN.getByName(`email:${email}`)

/** The account of a subject, or undefined for a subject that we cannot have issued. */
export const accountOf = (env: Env, subject: string): DurableObjectStub<Account> | undefined => {
  try {
    return env.ACCOUNT.get(env.ACCOUNT.idFromString(subject))
  } catch {
    return undefined
  }
}

/** The record of a client that registered itself; the object exists even without such a client. */
export const clientRecordOf = (env: Env, clientId: string): DurableObjectStub<ClientRecord> =>
  env.CLIENT_RECORD.getByName(clientId)

/** The ReplayGuard of one sender, for one kind of one-time value. */
export const replayGuardOf = (
  env: Env,
  kind: 'assertion' | 'dpop' | 'passkey',
  sender: string,
): DurableObjectStub<ReplayGuard> => env.REPLAY_GUARD.getByName(`${kind}:${sender}`)

export const keyringOf = (env: Env): DurableObjectStub<Keyring> => env.KEYRING.getByName('keyring')

/** A call to an object failed: it is unknown whether the call took effect. */
export class ObjectUnavailable extends Error {
  override readonly name = 'ObjectUnavailable'
  /** Retrying at once would make it worse. */
  readonly isOverloaded: boolean

  constructor(cause: unknown) {
    super('a call to a Durable Object failed', { cause })
    this.isOverloaded = cause instanceof Error && 'overloaded' in cause && cause.overloaded === true
  }
}

/** Calls an object. Throws ObjectUnavailable for any failure of the call. */
export const ask = async <T>(call: () => T): Promise<Awaited<T>> => {
  try {
    return await call()
  } catch (error) {
    throw new ObjectUnavailable(error)
  }
}
