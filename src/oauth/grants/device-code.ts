// The device_code grant (RFC 8628 §3.4 and §3.5): poll, and redeem once.
import type { ProximityPolicy } from '../../config/client-settings.ts'
import type { Client } from '../../config/clients.ts'
import { fartherOf } from '../../config/proximity-policy.ts'
import { type DeviceCode, parseDeviceCode } from '../../codes.ts'
import { MAX_PREFERRED_HOLD_MS, SLOW_DOWN_MS } from '../../config/limits.ts'
import { sha256 } from '../../crypto.ts'
import { MINUTE, SECOND } from '../../durations.ts'
import { once } from '../../once.ts'
import type { Allowance } from '../../objects/device-authorization/approval.ts'
import type { Absent } from '../../objects/device-authorization/device-authorization.ts'
import type {
  MissingProof,
  Poller,
  PollOutcome,
  RedeemOutcome,
} from '../../objects/device-authorization/outcomes.ts'
import { retainedUntilMs } from '../../objects/device-authorization/state.ts'
import { refreshableUntilMs } from '../../objects/account/grant-state.ts'
import { accountOf, deviceAuthorizationOf } from '../../objects/index.ts'
import { digestOf, firstRefreshToken } from '../../tokens/refresh-token.ts'
import { macSecret } from '../../tokens/signing-keys.ts'
import { refreshTokenKey, verifyDpopProof, requireProof } from '../../http/dpop.ts'
import { logEvent } from '../../http/log.ts'
import { OAuthError, slowDown } from '../../http/errors.ts'
import { heldPoll } from '../held-poll.ts'
import { preferredWaitSeconds } from '../prefer.ts'
import { mayRefresh, remainingScope } from '../scope.ts'
import { prepareTokens, tokenResponse } from '../token-response.ts'
import { isWithinLimit } from '../../http/rate-limit.ts'
import {
  type Location,
  type Proximity,
  placeIn,
  proximityOf,
  requestLocation,
} from '../../sender/location.ts'
import type { RequestContext, TokenRequest } from '../../http/request-context.ts'

/** Answers a poll: at once, or after a hold. */
export const grant = async (tokenRequest: TokenRequest): Promise<Response> => {
  const { context, client, parameters } = tokenRequest
  const text = parameters.get('device_code')
  if (text === undefined) throw new OAuthError('invalid_request', 'device_code is missing')
  // DC-22: before the code is checked, so that fetching a nonce is no poll.
  const dpopJkt = await verifyDpopProof(context)
  requireProof(client, dpopJkt)
  const deviceCode = readDeviceCode(await macSecret(context.env), client, text)
  const verifier = parameters.get('code_verifier')
  const poller: Poller = {
    arrivedAtMs: context.arrivedAtMs,
    clientId: client.id,
    secretHash: deviceCode.secretHash,
    codeChallenge: verifier === undefined ? undefined : sha256(verifier),
    dpopJkt,
    location: requestLocation(context.request),
  }
  if (!(await isWithinPollLimits(context, deviceCode)))
    throw slowDown(client.intervalMs + SLOW_DOWN_MS)
  await context.oneTimeValues.use()
  const polled = await pollOrHold(tokenRequest, deviceCode, poller)
  if (polled.outcome !== 'redeemable') throw refusal(polled, deviceCode)
  // LP-5: the device hung up, so the grant stays unredeemed.
  if (context.request.signal.aborted) throw refusal({ outcome: 'pending' })
  return redeem(tokenRequest, deviceCode, poller)
}

// DC-8: a flood does not even start the object. Polls are counted by the secret of their device_code,
// and by address.
const isWithinPollLimits = async ({ env, request }: RequestContext, { secretHash }: DeviceCode) => {
  const { success } = await env.POLL_LIMIT.limit({ key: secretHash })
  return success && isWithinLimit(env, 'TOKEN_LIMIT', request, 'poll')
}

const readDeviceCode = (serverSecret: Uint8Array, client: Client, text: string): DeviceCode => {
  const deviceCode = parseDeviceCode(serverSecret, text)
  if (deviceCode === undefined) throw refusal({ outcome: 'invalid' })
  // A code that its object has deleted starts no object; the minute allows for clock skew.
  const { expiresAtMs } = deviceCode
  const forgottenAtMs = retainedUntilMs({ expiresAtMs, intervalMs: client.intervalMs })
  if (Date.now() > forgottenAtMs + MINUTE) throw refusal({ outcome: 'expired' })
  return deviceCode
}

const pollOrHold = async (
  { context, client }: TokenRequest,
  { userCode, expiresAtMs }: DeviceCode,
  poller: Poller,
): Promise<PollOutcome | Absent> => {
  const { env, request, headers } = context
  const preferred = preferredWaitSeconds(request.headers.get('Prefer'))
  const waitSeconds =
    preferred === undefined ? undefined : Math.min(preferred, MAX_PREFERRED_HOLD_MS / SECOND)
  const holdMs = waitSeconds === undefined ? client.holdMs : waitSeconds * SECOND
  if (holdMs === 0) return deviceAuthorizationOf(env, userCode).poll(poller)
  const { polled, wasHeld } = await heldPoll(env, {
    userCode,
    poller,
    isPreferred: waitSeconds !== undefined,
    untilMs: Math.min(Date.now() + holdMs, expiresAtMs),
    expiresAtMs,
    signal: request.signal,
  })
  if (wasHeld && waitSeconds !== undefined) headers.set('Preference-Applied', `wait=${waitSeconds}`)
  return polled
}

const redeem = async (
  { context, client, parameters }: TokenRequest,
  deviceCode: DeviceCode,
  poller: Poller,
): Promise<Response> => {
  const { env, issuer } = context
  // Everything that can fail comes first: a redemption must be answered.
  await prepareTokens(env, client)
  const redeemed = await deviceAuthorizationOf(env, deviceCode.userCode).redeem(
    poller,
    parameters.resource,
  )
  if (redeemed.outcome === 'collected_elsewhere') {
    logEvent('device_authorization.collected_elsewhere', {
      clientId: client.id,
      proximity: redeemed.proximity,
      proximityAction: redeemed.request.proximityPolicy[redeemed.proximity],
    })
    await warnPerson(env, redeemed, poller)
  }
  if (redeemed.outcome !== 'redeemed') throw refusal(redeemed, deviceCode)
  const { request, approval, audience, redeemedAtMs } = redeemed
  const { subject, grantId, authTimeMs, amr, allowance, approvingGrantId } = approval
  const authentication = { authTimeMs, amr }
  const { resource, deviceName, location } = request
  const scope = remainingScope(request.scope, client)
  // RFC 6749 §5.2: `invalid_grant`, because this request has no scope that could be wrong.
  if (scope.length === 0)
    throw new OAuthError(
      'invalid_grant',
      'The client is no longer allowed any scope that was approved',
    )
  const refreshToken = mayRefresh(client, scope)
    ? firstRefreshToken(await macSecret(env), subject, grantId, deviceCode.secretHash)
    : undefined
  const connected = await accountOf(env, subject)?.connectDevice(grantId, {
    clientId: client.id,
    clientName: client.name,
    deviceName,
    place: placeIn(allowance?.deviceLocation ?? location),
    // The approved scope: reduced again each time that tokens are issued.
    scope: request.scope,
    resource,
    dpopJkt: refreshTokenKey(client, poller.dpopJkt),
    approvedAtMs: approval.approvedAtMs,
    authentication,
    allowed: allowance && {
      proximity: collectedProximity(request.proximityPolicy, allowance, poller.location),
      action: allowance.action,
    },
    approvedBy: approvingGrantId === undefined ? [] : [approvingGrantId],
    lastsUntilMs:
      refreshToken === undefined
        ? Date.now() + client.accessTokenLifetimeMs
        : refreshableUntilMs(Date.now(), client.refreshLimits, Date.now()),
    refreshToken: refreshToken && digestOf(refreshToken),
  })
  if (connected?.outcome !== 'connected') throw refusal({ outcome: 'invalid' })
  return tokenResponse(env, {
    issuer,
    client,
    subject,
    grantId,
    audience,
    scope,
    authentication,
    redeemedAtMs,
    refreshToken,
    dpopJkt: poller.dpopJkt,
  })
}

// The farther of the device that was shown and the one that collects: tokens with `device:approve` prove
// nothing nearer than their holder was.
const collectedProximity = (
  policy: ProximityPolicy,
  { proximity, personLocation }: Allowance,
  redeemer: Location,
): Proximity => fartherOf(policy, proximity, proximityOf(redeemer, personLocation))

// The page told the person that the device was connected, so they must learn that it is not.
const warnPerson = async (
  env: Cloudflare.Env,
  { request, approval }: Extract<RedeemOutcome, { outcome: 'collected_elsewhere' }>,
  { location }: Poller,
): Promise<void> => {
  await accountOf(env, approval.subject)?.noteCollectedElsewhere(approval.grantId, {
    deviceName: request.deviceName,
    place: placeIn(location),
  })
}

// The answer to nearly every poll, made once: an Error is the most expensive part of it, and before the
// first request it costs more than all else, because its stack trace leads through the whole bundle.
const pending = once(() => new OAuthError('authorization_pending', 'The user has not decided yet'))

const INVALID: Readonly<Record<MissingProof | 'device_code', string>> = {
  device_code: 'The device_code is unknown, used, or issued to another client',
  code_verifier: 'The device_code was requested with a code_challenge: send its code_verifier',
  code_challenge:
    'The device_code was requested without a code_challenge: send no code_verifier, or start again',
  dpop_proof: 'The device_code was requested with a DPoP proof: send one with the same key',
}

/** The error of a poll (RFC 8628 §3.5). */
const refusal = (
  outcome: Exclude<PollOutcome | RedeemOutcome | Absent, { outcome: 'redeemable' | 'redeemed' }>,
  deviceCode?: DeviceCode,
): OAuthError => {
  switch (outcome.outcome) {
    case 'pending':
      return pending()
    case 'slow_down':
      return slowDown(outcome.intervalMs)
    case 'denied':
    case 'collected_elsewhere':
      return new OAuthError('access_denied', 'The request was denied')
    case 'expired':
      return new OAuthError('expired_token', 'The device_code has expired: request a new one')
    case 'absent':
      // The object deletes itself, so the expiry in the code tells `expired` from `invalid`.
      return refusal({
        outcome:
          deviceCode !== undefined && Date.now() >= deviceCode.expiresAtMs ? 'expired' : 'invalid',
      })
    case 'invalid_target':
      return new OAuthError('invalid_target', 'The resource is not one that the user approved')
    case 'invalid':
      return new OAuthError('invalid_grant', INVALID[outcome.missing ?? 'device_code'])
  }
}
