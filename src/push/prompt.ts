// Push prompts: if a device can name its account, its request is shown in the browsers that the person
// opted in. A tap opens the confirm page; the notification itself cannot approve.
import type { Subject, UserCode } from '../ids.ts'
import type { ShownClient } from '../config/client-name.ts'
import type { PushSettings } from '../config/push.ts'
import { displayUserCode } from '../codes.ts'
import { sha256 } from '../crypto.ts'
import { SECOND } from '../durations.ts'
import { logFailure, logEvent } from '../http/log.ts'
import type { AuthorizationRequest } from '../objects/device-authorization/authorization-request.ts'
import { accountOf } from '../objects/index.ts'
import { promptSource } from '../objects/account/prompt-guard.ts'
import { NotFetched, postPublic } from '../http/public-fetch.ts'
import { hostLimits, pushServiceLimits } from '../http/outbound-limits.ts'
import { placeIn } from '../sender/location.ts'
import { isAtPushService } from './address.ts'
import { type PushMessage, pushRequest } from './message.ts'

/** The account that a device named with a proof that we accept. */
export interface NamedAccount {
  readonly subject: Subject
  /** The issue time of the ID token that named it; undefined if it was named otherwise. */
  readonly issuedAtMs: number | undefined
}

/** A device with a pending request. */
export interface WaitingDevice {
  readonly userCode: UserCode
  readonly request: AuthorizationRequest
}

/** A device with a pending request, and its client as people see it. */
export interface AskingDevice extends WaitingDevice {
  readonly client: ShownClient
}

interface Sender {
  readonly settings: PushSettings
  /** For local development: push services on loopback. */
  readonly allowsLoopback: boolean
}

/** Sends a prompt to the person's browsers, if the rules allow it. Throws ObjectUnavailable. */
export const promptPerson = async (
  env: Cloudflare.Env,
  { settings, allowsLoopback }: Sender,
  { subject, issuedAtMs }: NamedAccount,
  { userCode, request, client }: AskingDevice,
): Promise<void> => {
  const { clientId, location, proximityPolicy } = request
  const account = accountOf(env, subject)
  const browsers = await account?.prompt({
    codeHash: sha256(userCode),
    clientId,
    source: promptSource(clientId, location),
    location,
    proximityPolicy,
    hintIssuedAtMs: issuedAtMs,
  })
  const message = messageFor(userCode, request, client, Date.now())
  const send = async ({ sessionId, ...address }: NonNullable<typeof browsers>[number]) => {
    const { endpoint } = address
    // An account may name any host: one that is no known push service has the limits of any host.
    const limits = isAtPushService(endpoint) ? pushServiceLimits(env) : hostLimits(env)
    const target = { address: endpoint, allowsLoopback, limits }
    try {
      const status = await postPublic(target, await pushRequest(settings, address, message))
      logPush(clientId, status)
      // RFC 8030 §7.3: the subscription has expired, or the browser has ended it.
      if (status === 404 || status === 410) await account?.unsubscribe(sessionId, endpoint)
    } catch (error) {
      if (error instanceof NotFetched) logPush(clientId, error.message)
      else logFailure(error)
    }
  }
  await Promise.all((browsers ?? []).map(send))
}

// No more than the confirm page shows, and no secret: the code is on the device's screen.
const messageFor = (
  userCode: UserCode,
  { deviceName, location, expiresAtMs, secretHash }: AuthorizationRequest,
  client: ShownClient,
  now: number,
): PushMessage => ({
  payload: {
    code: displayUserCode(userCode),
    client: client.name,
    isVerified: client.isVerified,
    device: deviceName,
    ...placeIn(location),
  },
  ttlSeconds: Math.max(0, Math.floor((expiresAtMs - now) / SECOND)),
  // The push service can read the topic, so it must not reveal the code.
  topic: sha256(`push topic ${secretHash}`).slice(0, 32),
})

// Logs neither the person nor the endpoint, which is a secret of the browser.
const logPush = (clientId: string, outcome: number | string): void => {
  logEvent('push.sent', { clientId, outcome })
}
