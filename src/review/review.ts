// Every decision of a person about a device (RFC 8628 §3.3, §5.4), and the check before it when the
// device may be far away (RFC 10027 §6.1.1). Pages, notifications and the approval API all decide here.
import type { GrantId, Subject, UserCode } from '../ids.ts'
import type { ProximityAction } from '../config/client-settings.ts'
import { sha256 } from '../crypto.ts'
import type { Config } from '../config/config.ts'
import { type LogEvents, logEvent } from '../http/log.ts'
import type { SessionDigest } from '../objects/account/sessions.ts'
import type { AuthorizationRequest } from '../objects/device-authorization/authorization-request.ts'
import type { Allowance, Authentication } from '../objects/device-authorization/approval.ts'
import type { CodeEnd, DenialReason } from '../objects/device-authorization/outcomes.ts'
import { accountOf, deviceAuthorizationOf } from '../objects/index.ts'
import { promptSource } from '../objects/account/prompt-guard.ts'
import { noteAwaited } from './awaited-device.ts'
import { type Check, type CheckProblems, checkProblems } from './check.ts'
import { type DeviceDistance, deviceDistance, fartherOf } from '../config/proximity-policy.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../http/rate-limit.ts'
import { isStillClient } from '../tokens/client-id.ts'
import { mintGrantId } from '../tokens/refresh-token.ts'
import { type Proximity, type Location, placeIn, requestLocation } from '../sender/location.ts'
import { countWrongCode, evenIfCut } from '../identity/wrong-codes.ts'

/** The person who decides, signed in on a page or behind an access token. */
export interface Approver extends Authentication {
  readonly subject: Subject
  /** Milliseconds until they may try the next user code. */
  readonly codeWaitMs: number
  /** This code was wrong a moment ago. */
  readonly isKnownWrong?: boolean
  /** They proved that they have been shown this request before. */
  readonly wasShown?: boolean
  /** The grant of their token, if this server issued it. */
  readonly grant?: ApprovingGrant
}

/** A grant whose tokens approve further devices. */
export interface ApprovingGrant {
  readonly id: GrantId
  /** The proximity of its own device at approval: its tokens vouch for nothing nearer. */
  readonly proximity: Proximity
}

/** A request that waits for a decision; `location` is that of the device, as far as it is known. */
export interface PendingReview<Person extends Approver = Approver> extends DeviceDistance {
  readonly approver: Person
  readonly userCode: UserCode
  readonly request: AuthorizationRequest
  readonly personLocation: Location
  /** The action of the client's policy at this proximity, or `refuse` if this token cannot confirm. */
  readonly proximityAction: ProximityAction
}

/** The decision of a person about a device. */
export type Decision = 'approved' | 'denied' | 'reported' | 'withdrawn'

export type ReviewResult<Person extends Approver> =
  | { readonly outcome: 'wait'; readonly waitMs: number }
  | { readonly outcome: 'nobody' }
  /** `ended`: what became of the code, where this person may know. */
  | { readonly outcome: 'not_valid'; readonly ended?: CodeEnd | undefined }
  | {
      readonly outcome: 'decided'
      readonly decision: Decision
      readonly request: AuthorizationRequest
    }
  | { readonly outcome: 'reviewable'; readonly review: PendingReview<Person> }

/** Looks up a code for the person that `identify` finds, within their limits. */
export const admit = async <Person extends Approver>(
  env: Cloudflare.Env,
  request: Request,
  identify: () => Promise<{ approver: Person; userCode: UserCode } | undefined>,
): Promise<ReviewResult<Person>> => {
  if (!(await isWithinLimit(env, 'PERSON_LIMIT', request, 'confirm')))
    return { outcome: 'wait', waitMs: LIMIT_PERIOD_MS }
  const identified = await identify()
  if (identified === undefined) return { outcome: 'nobody' }
  const { approver, userCode } = identified
  if (approver.isKnownWrong === true) return { outcome: 'not_valid' }
  if (approver.codeWaitMs > 0) return { outcome: 'wait', waitMs: approver.codeWaitMs }
  const personLocation = requestLocation(request)
  const opened = await evenIfCut(open(env, approver, userCode, personLocation))
  switch (opened.outcome) {
    case 'opened_by_many':
      return { outcome: 'not_valid' }
    case 'not_valid':
      return { outcome: 'not_valid', ended: opened.ended }
    // Their own decision, so repeating it reveals nothing.
    case 'approved':
      return { outcome: 'decided', decision: 'approved', request: opened.request }
    case 'denied':
      return { outcome: 'decided', decision: DECISIONS[opened.reason], request: opened.request }
    case 'reviewable': {
      const { request: asked, pollerLocation } = opened
      const distance = distanceOf(asked, pollerLocation, approver, personLocation)
      const proximityAction = actionFor(asked.proximityPolicy[distance.proximity], approver)
      const more = { request: asked, personLocation, proximityAction }
      return { outcome: 'reviewable', review: { approver, userCode, ...distance, ...more } }
    }
  }
}

// The look-up, and the count of a wrong code.
const open = async (
  env: Cloudflare.Env,
  approver: Approver,
  userCode: UserCode,
  { country, networkPrefix }: Location,
) => {
  const { subject } = approver
  const opened = await deviceAuthorizationOf(env, userCode).open({
    subject,
    country,
    networkPrefix,
    wasShown: approver.wasShown === true,
  })
  const { outcome } = opened
  if (outcome === 'opened_by_many')
    logEvent('device_authorization.decided', { clientId: opened.clientId, outcome })
  // A code that the person may hear about is no guess.
  const isKnown = outcome === 'not_valid' && opened.ended !== undefined
  if (outcome === 'opened_by_many' || (outcome === 'not_valid' && !isKnown))
    await countWrongCode(env, approver, userCode)
  return opened
}

const distanceOf = (
  { proximityPolicy, location }: AuthorizationRequest,
  pollerLocation: Location | undefined,
  { grant }: Approver,
  person: Location,
): DeviceDistance => {
  const distance = deviceDistance(proximityPolicy, person, location, pollerLocation)
  if (grant === undefined) return distance
  const proximity = fartherOf(proximityPolicy, distance.proximity, grant.proximity)
  return { ...distance, proximity }
}

// An app that signed in here reports the check itself, and an attacker may hold its tokens: `confirm` is
// for the page, unless the app was approved on its person's own network.
const actionFor = (action: ProximityAction, { grant }: Approver): ProximityAction => {
  const isNear = grant === undefined || grant.proximity === 'same_network'
  return action === 'confirm' && !isNear ? 'refuse' : action
}

const DECISIONS = {
  denied: 'denied',
  reported: 'reported',
  withdrawn: 'withdrawn',
  // No person took these two: the request was stopped, and the device did not get in.
  opened_by_many: 'reported',
  collected_elsewhere: 'reported',
} as const satisfies Record<DenialReason, Decision>

type ApprovalOutcome =
  | { readonly outcome: 'approved' | 'too_far' | 'client_gone' | 'not_valid' }
  | { readonly outcome: 'check_not_passed'; readonly problems: CheckProblems }

/** Approves the request, as far as the policy lets them. */
export const approve = async (
  env: Cloudflare.Env,
  config: Config,
  review: PendingReview,
  check: Check,
): Promise<ApprovalOutcome> => {
  const { approver, userCode, request, proximityAction } = review
  if (proximityAction === 'refuse') {
    noteTooFar(review)
    return { outcome: 'too_far' }
  }
  const problems = checkProblems(userCode, check)
  if (proximityAction === 'confirm' && (problems.code || problems.inFront)) {
    log(review, 'check_not_passed')
    return { outcome: 'check_not_passed', problems }
  }
  // Removed since the device started: it would be told 401 after its person heard of a success.
  if (!(await isStillClient({ env, config }, request.clientId))) {
    log(review, 'client_gone')
    return { outcome: 'client_gone' }
  }
  const { subject, authTimeMs, amr, grant } = approver
  const decision = await deviceAuthorizationOf(env, userCode).approve({
    subject,
    grantId: mintGrantId(),
    approvedAtMs: Date.now(),
    authTimeMs,
    amr,
    allowance: allowanceOf(review, proximityAction),
    approvingGrantId: grant?.id,
  })
  if (decision.outcome !== 'decided') return notValid(env, approver, userCode)
  log(review, 'approved')
  await noteAwaited(env, review, decision)
  return { outcome: 'approved' }
}

const allowanceOf = (
  { proximity, location, personLocation }: PendingReview,
  action: Allowance['action'],
): Allowance => ({ proximity, action, deviceLocation: location, personLocation })

/** Denies the request, or reports it as not their own, which their account records. */
export const deny = async (
  env: Cloudflare.Env,
  { push }: Config,
  review: PendingReview,
  reason: 'denied' | 'reported',
): Promise<{ readonly outcome: typeof reason | 'not_valid' }> => {
  const { approver, userCode, request, location } = review
  const { subject } = approver
  const { clientId, deviceName } = request
  const source = push && promptSource(clientId, request.location)
  // First, because it holds whatever becomes of the code: a decided request cannot be reported again.
  if (reason === 'reported')
    await accountOf(env, subject)?.reportRequest({ deviceName, place: placeIn(location), source })
  const decision = await deviceAuthorizationOf(env, userCode).deny(subject, reason)
  if (decision.outcome !== 'decided') return notValid(env, approver, userCode)
  log(review, reason)
  return { outcome: reason }
}

/** Reports the request that a notification asks about, for the browser that was asked. */
export const reportPrompt = async (
  env: Cloudflare.Env,
  { subject, digest }: { readonly subject: Subject; readonly digest: SessionDigest },
  endpoint: string,
  userCode: UserCode,
): Promise<{ readonly outcome: 'reported' | 'not_asked' | 'too_late' }> => {
  const account = accountOf(env, subject)
  const refusal = await account?.refusePrompt(digest, { endpoint, codeHash: sha256(userCode) })
  if (refusal === undefined || refusal.outcome === 'not_asked') return { outcome: 'not_asked' }
  if (refusal.outcome === 'too_late') return { outcome: 'too_late' }
  const decision = await deviceAuthorizationOf(env, userCode).deny(subject, 'reported')
  if (decision.outcome !== 'decided') return { outcome: 'too_late' }
  const { clientId, deviceName, location } = decision.request
  logEvent('device_authorization.decided', { clientId, outcome: 'reported' })
  await account?.reportRequest({ deviceName, place: placeIn(location) })
  return { outcome: 'reported' }
}

/** Withdraws the person's approval, removes the device and ends every session of theirs. */
export const withdraw = async (
  env: Cloudflare.Env,
  { push }: Config,
  subject: Subject,
  userCode: UserCode,
): Promise<{ readonly outcome: 'withdrawn' | 'not_valid' }> => {
  const withdrawn = await deviceAuthorizationOf(env, userCode).withdraw(subject)
  if (withdrawn.outcome === 'not_valid') return { outcome: 'not_valid' }
  const { grantId, request } = withdrawn
  const source = push && promptSource(request.clientId, request.location)
  const account = accountOf(env, subject)
  // Also before the device has collected its tokens, so that it never does.
  await account?.removeDevice(grantId, 'device_reported', {
    deviceName: request.deviceName,
    source,
  })
  await account?.signOutEverywhere({ withDevices: false })
  logEvent('device_authorization.decided', { clientId: request.clientId, outcome: 'withdrawn' })
  return { outcome: 'withdrawn' }
}

/** Logs that the policy refuses a device this far away. A person near it may still approve it. */
export const noteTooFar = (review: PendingReview): void => log(review, 'refused_as_too_far')

const notValid = async (
  env: Cloudflare.Env,
  approver: Approver,
  userCode: UserCode,
): Promise<{ readonly outcome: 'not_valid' }> => {
  await countWrongCode(env, approver, userCode)
  return { outcome: 'not_valid' }
}

const log = (
  { request, proximity, proximityAction }: PendingReview,
  outcome: LogEvents['device_authorization.decided']['outcome'],
): void =>
  logEvent('device_authorization.decided', {
    clientId: request.clientId,
    outcome,
    proximity,
    proximityAction,
  })
