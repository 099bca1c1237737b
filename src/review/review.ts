// Every decision of a person about a device (RFC 8628 §3.3, §5.4), and the check before it when the
// device may be far away (RFC 10027 §6.1.1). Pages, notifications and the approval API all decide here.
import type { ProximityAction } from '../config/client-settings.ts'
import { parseUserCode } from '../codes.ts'
import { sha256 } from '../crypto.ts'
import type { Config } from '../config/config.ts'
import { type LogEvents, logEvent } from '../http/log.ts'
import type { SessionDigest } from '../objects/account/sessions.ts'
import type { AuthorizationRequest } from '../objects/device-authorization/authorization-request.ts'
import type { Allowance, Authentication } from '../objects/device-authorization/approval.ts'
import type { DenialReason } from '../objects/device-authorization/state.ts'
import { accountOf, ask, deviceAuthorizationOf } from '../objects/index.ts'
import { promptSource } from '../objects/account/prompt-guard.ts'
import { type DeviceDistance, deviceDistance, fartherOf } from '../config/proximity-policy.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../http/rate-limit.ts'
import { mintGrantId } from '../tokens/refresh-token.ts'
import { type Proximity, type Location, placeIn, requestLocation } from '../sender/location.ts'
import { countWrongCode } from '../identity/wrong-codes.ts'

/** Who decides, however they showed who they are. */
export interface Approver extends Authentication {
  readonly subject: string
  /** How long until their next user code may be tried, in ms. */
  readonly codeWaitMs: number
  /** This code was wrong a moment ago. */
  readonly isKnownWrong?: boolean
  /** They proved that they have been shown this request before. */
  readonly wasShown?: boolean
  /** The grant whose token they show, where that is one of ours. */
  readonly grant?: ApprovingGrant
}

/** A grant whose tokens let further devices in. */
export interface ApprovingGrant {
  readonly id: string
  /** How near its own device was when it was allowed: its tokens vouch for nothing nearer. */
  readonly proximity: Proximity
}

/** A device that waits for somebody's answer. `location` is where it is, as far as that is known. */
export interface PendingReview<Person extends Approver = Approver> extends DeviceDistance {
  readonly decider: Person
  /** Normalised. */
  readonly userCode: string
  readonly request: AuthorizationRequest
  readonly personLocation: Location
  /** What the client's policy demands at this distance. */
  readonly reaction: ProximityAction
}

/** What somebody has decided about a device. */
export type Decision = 'approved' | 'declined' | 'reported' | 'withdrawn'

export type ReviewResult<Person extends Approver> =
  | { readonly outcome: 'wait'; readonly waitMs: number }
  | { readonly outcome: 'nobody' | 'not_valid' }
  | {
      readonly outcome: 'decided'
      readonly verdict: Decision
      readonly request: AuthorizationRequest
    }
  | { readonly outcome: 'question'; readonly question: PendingReview<Person> }

/** Who may have a code looked up now, and what it asks. `identify` says who they are, if they may. */
export const admit = async <Person extends Approver>(
  env: Cloudflare.Env,
  request: Request,
  userCode: string,
  identify: () => Promise<Person | undefined>,
): Promise<ReviewResult<Person>> => {
  if (!(await isWithinLimit(env, 'PERSON_LIMIT', request, 'confirm')))
    return { outcome: 'wait', waitMs: LIMIT_PERIOD_MS }
  const decider = await identify()
  if (decider === undefined) return { outcome: 'nobody' }
  if (decider.isKnownWrong === true) return { outcome: 'not_valid' }
  if (decider.codeWaitMs > 0) return { outcome: 'wait', waitMs: decider.codeWaitMs }
  const { subject } = decider
  const whereabouts = requestLocation(request)
  const { country, network } = whereabouts
  const opened = await ask(() =>
    deviceAuthorizationOf(env, userCode).open({ subject, country, network }),
  )
  switch (opened.outcome) {
    case 'opened_by_many':
      logEvent('device_authorization.decided', {
        clientId: opened.clientId,
        outcome: 'opened_by_many',
      })
      return notValid(env, decider, userCode)
    case 'not_valid':
      return notValid(env, decider, userCode)
    // Their own doing, so it tells nobody anything to say so again.
    case 'approved':
      return { outcome: 'decided', verdict: 'approved', request: opened.request }
    case 'denied':
      return { outcome: 'decided', verdict: VERDICTS[opened.reason], request: opened.request }
    case 'reviewable': {
      const { request: asked, pollerLocation } = opened
      const distance = distanceOf(asked, pollerLocation, decider, whereabouts)
      const reaction = asked.proximityPolicy[distance.proximity]
      const more = { request: asked, personLocation: whereabouts, reaction }
      return { outcome: 'question', question: { decider, userCode, ...distance, ...more } }
    }
  }
}

const distanceOf = (
  { proximityPolicy, origin }: AuthorizationRequest,
  pollerLocation: Location | undefined,
  { grant }: Approver,
  person: Location,
): DeviceDistance => {
  const distance = deviceDistance(proximityPolicy, person, origin, pollerLocation)
  if (grant === undefined) return distance
  const proximity = fartherOf(proximityPolicy, distance.proximity, grant.proximity)
  return { ...distance, proximity }
}

const VERDICTS = {
  declined: 'declined',
  reported: 'reported',
  withdrawn: 'withdrawn',
  // The two that nobody decided are told to nobody.
  opened_by_many: 'reported',
  collected_elsewhere: 'withdrawn',
} as const satisfies Record<DenialReason, Decision>

/** What a person did where the policy says `confirm`: a scanned address proves neither. */
export interface Check {
  /** The code as they read it off the device. */
  readonly typedCode: string | undefined
  readonly isInFront: boolean
}

/** Which of it is not as it has to be. */
export interface CheckProblems {
  readonly code: boolean
  readonly inFront: boolean
}

/** What is wrong with a check: what is typed has to be this code, and the box ticked. */
export const checkProblems = (
  { userCode }: Pick<PendingReview, 'userCode'>,
  { typedCode, isInFront }: Check,
): CheckProblems => ({
  code: parseUserCode(typedCode ?? '') !== userCode,
  inFront: !isInFront,
})

type ApprovalOutcome =
  | { readonly outcome: 'approved' | 'too_far' | 'not_valid' }
  | { readonly outcome: 'check_not_passed'; readonly problems: CheckProblems }

/** They allow it, as far as the policy lets them. */
export const allow = async (
  env: Cloudflare.Env,
  question: PendingReview,
  check: Check,
): Promise<ApprovalOutcome> => {
  const { decider, userCode, reaction } = question
  if (reaction === 'refuse') {
    noteTooFar(question)
    return { outcome: 'too_far' }
  }
  const problems = checkProblems(question, check)
  if (reaction === 'confirm' && (problems.code || problems.inFront)) {
    log(question, 'check_not_passed')
    return { outcome: 'check_not_passed', problems }
  }
  const { subject, authTimeMs, amr, grant } = decider
  const decision = await ask(() =>
    deviceAuthorizationOf(env, userCode).approve({
      subject,
      grantId: mintGrantId(),
      approvedAtMs: Date.now(),
      authTimeMs,
      amr,
      allowance: allowanceOf(question, reaction),
      approvingGrantId: grant?.id,
    }),
  )
  if (decision.outcome !== 'decided') return notValid(env, decider, userCode)
  log(question, 'approved')
  return { outcome: 'approved' }
}

const allowanceOf = (
  { proximity, location, personLocation }: PendingReview,
  action: Allowance['action'],
): Allowance => ({ proximity, action, deviceLocation: location, personLocation })

/** They do not; or say that they never asked for it, which their account remembers. */
export const refuse = async (
  env: Cloudflare.Env,
  { push }: Config,
  question: PendingReview,
  verdict: 'declined' | 'reported',
): Promise<{ readonly outcome: typeof verdict | 'not_valid' }> => {
  const { decider, userCode, request, location } = question
  const { subject } = decider
  const { clientId, deviceName, origin } = request
  const source = push && promptSource(clientId, origin)
  // First, as it is true whatever becomes of the code: nobody can report again what is decided.
  if (verdict === 'reported')
    await ask(async () =>
      accountOf(env, subject)?.reportRequest(deviceName, placeIn(location), source),
    )
  const decision = await ask(() => deviceAuthorizationOf(env, userCode).deny(subject, verdict))
  if (decision.outcome !== 'decided') return notValid(env, decider, userCode)
  log(question, verdict)
  return { outcome: verdict }
}

/** Reports the request that a notification asks about, for the browser that was asked. */
export const reportPrompt = async (
  env: Cloudflare.Env,
  { subject, digest }: { readonly subject: string; readonly digest: SessionDigest },
  endpoint: string,
  userCode: string,
): Promise<{ readonly outcome: 'reported' | 'not_asked' | 'too_late' }> => {
  const account = accountOf(env, subject)
  const refusal = await ask(() => account?.refusePrompt(digest, endpoint, sha256(userCode)))
  if (refusal === undefined || refusal.outcome === 'not_asked') return { outcome: 'not_asked' }
  if (refusal.outcome === 'too_late') return { outcome: 'too_late' }
  const decision = await ask(() => deviceAuthorizationOf(env, userCode).deny(subject, 'reported'))
  if (decision.outcome !== 'decided') return { outcome: 'too_late' }
  const { clientId, deviceName, origin } = decision.request
  logEvent('device_authorization.decided', { clientId, outcome: 'reported' })
  await ask(() => account?.reportRequest(deviceName, placeIn(origin)))
  return { outcome: 'reported' }
}

/** Withdraws the person's approval, removes the device and ends every session of theirs. */
export const withdraw = async (
  env: Cloudflare.Env,
  { push }: Config,
  subject: string,
  userCode: string,
): Promise<{ readonly outcome: 'withdrawn' | 'not_valid' }> => {
  const withdrawn = await ask(() => deviceAuthorizationOf(env, userCode).withdraw(subject))
  if (withdrawn.outcome === 'not_valid') return { outcome: 'not_valid' }
  const { grantId, request } = withdrawn
  const source = push && promptSource(request.clientId, request.origin)
  await ask(async () => {
    const account = accountOf(env, subject)
    // Also before the device has collected its tokens, so that it never does.
    await account?.removeDevice(grantId, 'device_reported', request.deviceName, source)
    await account?.signOutEverywhere({ withDevices: false })
  })
  logEvent('device_authorization.decided', { clientId: request.clientId, outcome: 'withdrawn' })
  return { outcome: 'withdrawn' }
}

/** Logs that the policy lets no device in from there. Somebody near it still may. */
export const noteTooFar = (question: PendingReview): void => log(question, 'refused_as_too_far')

const notValid = async (
  env: Cloudflare.Env,
  decider: Approver,
  userCode: string,
): Promise<{ readonly outcome: 'not_valid' }> => {
  await countWrongCode(env, decider, userCode)
  return { outcome: 'not_valid' }
}

const log = (
  { request, proximity, reaction }: PendingReview,
  outcome: LogEvents['device_authorization.decided']['outcome'],
): void =>
  logEvent('device_authorization.decided', {
    clientId: request.clientId,
    outcome,
    proximity,
    proximityAction: reaction,
  })
