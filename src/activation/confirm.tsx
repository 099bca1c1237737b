// What a person decides about a device (RFC 8628 §3.3, §5.4), and what is asked of them before where
// the device may be far away (RFC 10027 §6.1.1).
import { Hono } from 'hono'
import type { Reaction } from '../client-metadata.ts'
import { parseUserCode } from '../codes.ts'
import { type Config, FRESH_SIGN_IN_MS, issuerFor } from '../config.ts'
import { logDecision } from '../decision-log.ts'
import { MINUTE } from '../durations.ts'
import type { SignedIn } from '../identity/session.ts'
import type { AuthorizationRequest, DenialReason } from '../objects/device-authorization-state.ts'
import { accountOf, ask, deviceAuthorizationOf } from '../objects/index.ts'
import { promptSource } from '../objects/prompt-guard.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../rate-limit.ts'
import { mintGrantId } from '../tokens/refresh-token.ts'
import { type Proximity, placeIn, proximityOf, whereaboutsOf } from '../whereabouts.ts'
import { type Check, ConfirmPage } from './confirm-page.tsx'
import { dropCookie } from './cookies.ts'
import { notValid } from './enter-code.tsx'
import { placeName, timeAgo } from './place-and-time.ts'
import { tooFar, tooMany } from './problem.tsx'
import { type Outcome, keepResult } from './result.tsx'
import { scopeWords } from './scope-words.ts'
import {
  type PageEnvironment,
  type PageRequest,
  codeTryer,
  goTo,
  keepUserCode,
  keptUserCode,
  pageForClient,
} from './visit.ts'

/** GET shows the question (and decides nothing, VP-2); POST takes the decision. */
export const confirm = new Hono<PageEnvironment>()
  .get('/', async (context) => {
    const shown = keptUserCode(context)
    if (shown === undefined) return goTo(context, '/device')
    const question = await admit(context, shown)
    return question instanceof Response ? question : showQuestion(context, question)
  })
  .post('/', async (context) => {
    const form = context.get('form')
    const shown = form('user_code')
    if (!keepUserCode(context, shown)) return goTo(context, '/device')
    const question = await admit(context, shown)
    if (question instanceof Response) return question
    switch (form('decision')) {
      case 'allow':
        return allow(context, question)
      case 'check':
        return showQuestion(context, question, checkOf(context, shown))
      case 'report':
        return refuse(context, question, 'reported')
      default:
        return refuse(context, question, 'declined')
    }
  })

/** A device that waits for this person's answer. */
interface Question {
  readonly decider: SignedIn
  /** The code as it is shown. */
  readonly userCode: string
  readonly request: AuthorizationRequest
  readonly proximity: Proximity
  /** What the client's policy demands at this distance. */
  readonly reaction: Reaction
}

// Who may have a code looked up now, and what it asks; otherwise, what they see instead.
const admit = async (context: PageRequest, userCode: string): Promise<Question | Response> => {
  if (!(await isWithinLimit(context.env.PERSON_LIMIT, context.req.raw, 'confirm')))
    return tooMany(context, LIMIT_PERIOD_MS)
  const decider = await freshPerson(context, userCode)
  if (decider === undefined) return goTo(context, '/device/sign-in')
  if (decider.codeWaitMs > 0) return tooMany(context, decider.codeWaitMs)
  const { subject } = decider
  const whereabouts = whereaboutsOf(context.req.raw)
  const { country } = whereabouts
  const opened = await ask(() => authorizationOf(context, userCode).open({ subject, country }))
  switch (opened.outcome) {
    case 'not_valid':
      return wrongCode(context, decider)
    // Their own doing, so it tells nobody anything to say so again.
    case 'approved':
      return showResult(context, 'connected', opened.request, userCode)
    case 'denied':
      return showResult(context, DENIALS[opened.reason], opened.request, userCode)
    case 'reviewable': {
      const { request } = opened
      const proximity = proximityOf(request.origin, whereabouts)
      const reaction = request.proximityPolicy[proximity]
      return { decider, userCode, request, proximity, reaction }
    }
  }
}

const allow = async (context: PageRequest, question: Question): Promise<Response> => {
  const { decider, userCode, request, proximity, reaction } = question
  const log = { clientId: request.clientId, proximity, reaction }
  if (reaction === 'refuse') return showQuestion(context, question)
  const check = reaction === 'confirm' ? checkOf(context, userCode) : undefined
  if (check !== undefined && Object.values(check.problems).some(Boolean)) {
    logDecision({ ...log, outcome: 'check_not_passed' })
    return showQuestion(context, question, check)
  }
  const { subject, authTimeMs, amr } = decider
  const decision = await ask(() =>
    authorizationOf(context, userCode).approve({
      subject,
      grantId: mintGrantId(),
      approvedAtMs: Date.now(),
      authTimeMs,
      amr,
    }),
  )
  if (decision.outcome !== 'decided') return wrongCode(context, decider)
  logDecision({ ...log, outcome: 'approved' })
  return showResult(context, 'connected', request, userCode)
}

const refuse = async (
  context: PageRequest,
  { decider, userCode, request, proximity, reaction }: Question,
  outcome: 'declined' | 'reported',
): Promise<Response> => {
  const { subject } = decider
  const decision = await ask(() => authorizationOf(context, userCode).deny(subject, outcome))
  if (decision.outcome !== 'decided') return wrongCode(context, decider)
  const { clientId, deviceName, origin } = request
  logDecision({ clientId, proximity, reaction, outcome })
  const source = context.get('config').push && promptSource(clientId, origin)
  if (outcome === 'reported')
    await ask(async () =>
      accountOf(context.env, subject)?.reportRequest(deviceName, placeIn(origin), source),
    )
  return showResult(context, outcome, request, userCode)
}

// What is typed has to be this code, and the box ticked: a scanned address proves neither.
const checkOf = (context: PageRequest, userCode: string): Check => {
  const form = context.get('form')
  const typedCode = form('typed_code')
  const isInFront = form('in_front') === 'yes'
  return {
    typedCode: typedCode.slice(0, 20),
    isInFront,
    problems: {
      code: parseUserCode(typedCode) !== parseUserCode(userCode),
      inFront: !isInFront,
    },
  }
}

const DENIALS = {
  declined: 'declined',
  reported: 'reported',
  withdrawn: 'removed',
  opened_by_many: 'reported',
} as const satisfies Record<DenialReason, Outcome>

const showResult = (
  context: PageRequest,
  outcome: Outcome,
  { clientId, clientName, deviceName }: AuthorizationRequest,
  userCode: string,
): Response => {
  dropCookie(context, 'user_code')
  keepResult(context, { outcome, clientId, clientName, deviceName, userCode })
  return goTo(context, '/device/result')
}

// SS-5: signed in, and recently, because phones are handed around.
const freshPerson = async (context: PageRequest, shown: string): Promise<SignedIn | undefined> => {
  const known = await codeTryer(context, parseUserCode(shown) ?? '')
  const isFresh = known !== undefined && Date.now() < known.authTimeMs + FRESH_SIGN_IN_MS
  return isFresh ? known : undefined
}

const authorizationOf = (context: PageRequest, shown: string) =>
  deviceAuthorizationOf(context.env, parseUserCode(shown) ?? '')

// RFC 8628 §5.1: counted per account, whether the code never was, has run out, or was another's.
const wrongCode = async (context: PageRequest, { subject }: SignedIn): Promise<Response> => {
  await ask(async () => accountOf(context.env, subject)?.countWrongCode())
  return notValid(context)
}

// What a service of the operator's allows is read before what every sign-in does.
const mostUnusualFirst = (scope: readonly string[], { scopes }: Config): readonly string[] => [
  ...scope.filter((token) => scopes.get(token) !== undefined),
  ...scope.filter((token) => scopes.get(token) === undefined),
]

const NO_PROBLEMS: Check = { problems: { code: false, inFront: false } }

const showQuestion = (
  context: PageRequest,
  { decider, userCode, request, proximity, reaction }: Question,
  check?: Check,
): Response | Promise<Response> => {
  const config = context.get('config')
  const page = pageForClient(context, request.clientId)
  if (reaction === 'refuse') {
    logDecision({
      clientId: request.clientId,
      outcome: 'refused_as_too_far',
      proximity,
      reaction,
    })
    return tooFar(context, page, request.clientName)
  }
  const { origin } = request
  const issuer = issuerFor(config, context.req.url)
  return context.html(
    <ConfirmPage
      page={page}
      person={decider}
      client={{ name: request.clientName, uri: request.clientUri }}
      device={{
        name: request.deviceName,
        place: placeName(origin, page.language),
        proximity,
        network: origin.operator,
        askedAt: timeAgo(Date.now() - request.requestedAtMs, page.language),
      }}
      userCode={userCode}
      scopes={mostUnusualFirst(request.scope, config).map((token) =>
        scopeWords(token, config, page.language),
      )}
      resources={request.resource.filter((one) => one !== issuer)}
      minutesLeft={Math.floor((request.expiresAtMs - Date.now()) / MINUTE)}
      check={check ?? (reaction === 'confirm' ? NO_PROBLEMS : undefined)}
    />,
    check === undefined ? 200 : 400,
  )
}
