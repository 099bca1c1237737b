// The push prompt: a device that can name its account has the question shown in the browsers that the
// person opted in. The tap opens the page that asks; nothing is decided before.
import type { ShownClient } from '../config/client-name.ts'
import type { PushSettings } from '../config/push.ts'
import { displayUserCode } from '../codes.ts'
import { sha256 } from '../crypto.ts'
import { SECOND } from '../durations.ts'
import { logFailure } from '../http/failure-log.ts'
import { logInfo } from '../http/log.ts'
import type { AuthorizationRequest } from '../objects/device-authorization/authorization-request.ts'
import { accountOf, ask } from '../objects/index.ts'
import { promptSource } from '../objects/account/prompt-guard.ts'
import { NotFetched, postPublic } from '../http/public-fetch.ts'
import { hostLimits, pushServiceLimits } from '../http/outbound-limits.ts'
import { placeIn } from '../sender/location.ts'
import { isAtPushService } from './address.ts'
import { type PushMessage, pushRequest } from './message.ts'

/** The account that a device named, by what we can vouch for. */
export interface NamedAccount {
  readonly subject: string
  /** When the ID token was issued that names it; undefined if something else did. */
  readonly issuedAtMs: number | undefined
}

/** A device that waits. */
export interface WaitingDevice {
  /** Normalised. */
  readonly userCode: string
  readonly request: AuthorizationRequest
}

/** A device that asks a person, as they see its client. */
export interface AskingDevice extends WaitingDevice {
  readonly client: ShownClient
}

interface Sender {
  readonly settings: PushSettings
  /** For trying it out: push services on this machine. */
  readonly allowsLoopback: boolean
}

/** Asks the person by push, if that may be. Throws ObjectUnavailable. */
export const promptPerson = async (
  env: Cloudflare.Env,
  { settings, allowsLoopback }: Sender,
  { subject, issuedAtMs }: NamedAccount,
  { userCode, request, client }: AskingDevice,
): Promise<void> => {
  const { clientId, origin, proximityPolicy } = request
  const account = accountOf(env, subject)
  const browsers = await ask(() =>
    account?.prompt({
      codeHash: sha256(userCode),
      clientId,
      source: promptSource(clientId, origin),
      origin,
      proximityPolicy,
      hintIssuedAtMs: issuedAtMs,
    }),
  )
  const message = messageFor(userCode, request, client, Date.now())
  const send = async ({ sessionId, ...address }: NonNullable<typeof browsers>[number]) => {
    const { endpoint } = address
    // An account may name any host: what is no push service is asked no more than others are.
    const limits = isAtPushService(endpoint) ? pushServiceLimits(env) : hostLimits(env)
    const target = { address: endpoint, allowsLoopback, limits }
    try {
      const status = await postPublic(target, await pushRequest(settings, address, message))
      logPush(clientId, status)
      // RFC 8030 §7.3, and what push services say of browsers that took it back.
      if (status === 404 || status === 410)
        await ask(() => account?.unsubscribe(sessionId, endpoint))
    } catch (error) {
      if (error instanceof NotFetched) logPush(clientId, error.message)
      else logFailure(error)
    }
  }
  await Promise.all((browsers ?? []).map(send))
}

// No more than the page behind it tells, and nothing secret: the code is on the device's screen.
const messageFor = (
  userCode: string,
  { deviceName, origin, expiresAtMs, secretHash }: AuthorizationRequest,
  client: ShownClient,
  now: number,
): PushMessage => ({
  payload: {
    code: displayUserCode(userCode),
    client: client.name,
    isVerified: client.isVerified,
    device: deviceName,
    ...placeIn(origin),
  },
  ttlSeconds: Math.max(0, Math.floor((expiresAtMs - now) / SECOND)),
  // The push service reads it, so nothing that a code could be guessed from.
  topic: sha256(`push topic ${secretHash}`).slice(0, 32),
})

// Neither whom nor where: endpoints are secrets of browsers.
const logPush = (clientId: string, outcome: number | string): void => {
  logInfo({ event: 'prompt by push', clientId, outcome })
}
