// The Durable Object classes, and how to reach each.
//
// Callers get no stub but its methods, which translate the failures of a call. The linter keeps the
// bindings out of all other folders.
import type { Subject, UserCode } from '../ids.ts'
import type { Account } from './account/account.ts'
import type { ClientRecord } from './client-record.ts'
import {
  CALL_ID_HEADER,
  type DeviceAuthorization,
} from './device-authorization/device-authorization.ts'
import type { Keyring } from './keyring/keyring.ts'
import type { Login } from './login/login.ts'
import type { ReplayGuard } from './replay-guard.ts'
import { type CallIdPositions, type Remote, callObject, remote } from './call-object.ts'

export { ObjectUnavailable } from './call-object.ts'
export { Account } from './account/account.ts'
export { ClientRecord } from './client-record.ts'
export { DeviceAuthorization } from './device-authorization/device-authorization.ts'
export { Keyring } from './keyring/keyring.ts'
export { Login } from './login/login.ts'
export { ReplayGuard } from './replay-guard.ts'

type Env = Cloudflare.Env

// Only methods that would do something else when they are called again (call-object.ts).
const AUTHORIZATION_CALLS: CallIdPositions = new Map([
  ['poll', 1],
  ['redeem', 2],
  ['open', 1],
  ['withdraw', 1],
])
const LOGIN_CALLS: CallIdPositions = new Map([['tryPassword', 1]])
const REPLAY_GUARD_CALLS: CallIdPositions = new Map([['use', 2]])
const ACCOUNT_CALLS: CallIdPositions = new Map([
  ['open', 4],
  ['tryCodeByClaims', 2],
  ['removeDevice', 3],
  ['signOutEverywhere', 1],
  ['addPasskey', 1],
  ['removePasskey', 1],
  ['reportRequest', 1],
  ['noteCollectedElsewhere', 2],
  ['prompt', 1],
])

/** The object of a normalised user code. */
export const deviceAuthorizationOf = (env: Env, userCode: UserCode): Remote<DeviceAuthorization> =>
  remote(() => env.DEVICE_AUTHORIZATION.getByName(userCode), AUTHORIZATION_CALLS)

/** A new subject, never assigned before (OpenID Connect Core §2). */
export const mintSubject = (env: Env): Subject => env.ACCOUNT.newUniqueId().toString() as Subject

/** The Login of a passkey, which ties it to one account (WebAuthn §7.1). */
export const passkeyLogin = (env: Env, credentialId: string): Remote<Login> =>
  remote(() => env.LOGIN.getByName(`passkey:${credentialId}`), LOGIN_CALLS)

/** The Login of an identity provider's subject. */
export const upstreamLogin = (env: Env, issuer: string, subject: string): Remote<Login> =>
  remote(() => env.LOGIN.getByName(`oidc:${issuer} ${subject}`), LOGIN_CALLS)

/** The Login of an email address; the object exists even without an account. */
export const emailLogin = (env: Env, email: string): Remote<Login> =>
  remote(() => env.LOGIN.getByName(`email:${email}`), LOGIN_CALLS)

/** The account of a subject, or undefined for a subject that we cannot have issued. */
export const accountOf = (env: Env, subject: Subject): Remote<Account> | undefined => {
  const id = accountId(env, subject)
  return id && remote(() => env.ACCOUNT.get(id), ACCOUNT_CALLS)
}

const accountId = (env: Env, subject: Subject): DurableObjectId | undefined => {
  try {
    return env.ACCOUNT.idFromString(subject)
  } catch {
    return undefined
  }
}

/** The record of a client that registered itself; the object exists even without such a client. */
export const clientRecordOf = (env: Env, clientId: string): Remote<ClientRecord> =>
  remote(() => env.CLIENT_RECORD.getByName(clientId))

/** The ReplayGuard of one sender, for one kind of one-time value. */
export const replayGuardOf = (
  env: Env,
  kind: 'assertion' | 'dpop' | 'passkey',
  sender: string,
): Remote<ReplayGuard> =>
  remote(() => env.REPLAY_GUARD.getByName(`${kind}:${sender}`), REPLAY_GUARD_CALLS)

export const keyringOf = (env: Env): Remote<Keyring> =>
  remote(() => env.KEYRING.getByName('keyring'))

/** A socket to wait on, or the answer of an object that lets no one wait. */
export type Wait<Answer> =
  | { readonly socket: WebSocket; readonly headers: Headers }
  | { readonly socket: undefined; readonly answer: Answer }

/** Waits at the object of a user code; `headers` say for what. */
export const waitAt = <Answer>(
  env: Env,
  userCode: UserCode,
  headers: Readonly<Record<string, string>>,
): Promise<Wait<Answer>> => {
  const callId = crypto.randomUUID()
  return callObject(
    () => env.DEVICE_AUTHORIZATION.getByName(userCode),
    async (stub) => {
      const response = await stub.fetch('https://object/', {
        headers: { Upgrade: 'websocket', [CALL_ID_HEADER]: callId, ...headers },
      })
      const { webSocket } = response
      return webSocket === null
        ? { socket: undefined, answer: await response.json<Answer>() }
        : { socket: webSocket, headers: response.headers }
    },
  )
}
