// The page that shows a device's request to a person (RFC 8628 §3.3, §5.4) and takes their decision.
import type { UserCode } from '../../ids.ts'
import { Hono } from 'hono'
import { shownClient } from '../../config/client-name.ts'
import { issuerFor } from '../../config/config.ts'
import {
  type PendingReview,
  type Decision,
  admit,
  approve,
  noteTooFar,
  deny,
} from '../../review/review.ts'
import { type Check, checkProblems } from '../../review/check.ts'
import type { SignedIn } from '../../identity/session.ts'
import type { AuthorizationRequest } from '../../objects/device-authorization/authorization-request.ts'
import { describeRequest } from '../../review/description.ts'
import { nameInSentence } from '../kit/client-name.tsx'
import { ConfirmPage, type ShownCheck } from './confirm-page.tsx'
import { dropCookie, expectForeign, keepCookie, readCookie } from '../kit/cookies.ts'
import { codeInAddress, confirmPath } from '../kit/errand.tsx'
import { askToGoOn, notValid } from '../enter-code.tsx'
import { isForeign } from '../kit/fetch-metadata.ts'
import { timeZoneOf } from '../../sender/location.ts'
import { clientGone, ended } from '../code-end.tsx'
import { tooFar, tooMany } from '../kit/problem.tsx'
import { keepResult } from '../result.tsx'
import { askToSignIn, showSignIn } from '../sign-in/sign-in.tsx'
import { proveShown } from '../../review/shown-request.ts'
import {
  type PageEnvironment,
  type PageRequest,
  codeTryer,
  goTo,
  keepShownProof,
  keepUserCode,
  keptUserCode,
  pageForClient,
} from '../kit/page-request.ts'

/** GET shows the request (and decides nothing, VP-2); POST takes the decision. */
export const confirm = new Hono<PageEnvironment>()
  .get('/', async (context) => {
    const userCode = codeInAddress(context) ?? keptUserCode(context)
    // Decided in another tab: its page forgets the code. Without a result, that page leads to the form.
    if (userCode === undefined) return goTo(context, '/device/result')
    const isBack = isReturn(context, userCode)
    if (isForeign(context) && !isBack) return askToGoOn(context, userCode)
    keepCookie(context, 'user_code', userCode)
    const review = await admitted(context, userCode, isBack)
    return review instanceof Response ? review : showReview(context, review)
  })
  .post('/', async (context) => {
    const form = context.get('form')
    const userCode = keepUserCode(context, form('user_code'))
    if (userCode === undefined) return goTo(context, '/device')
    const review = await admitted(context, userCode)
    if (review instanceof Response) return review
    const decision = form('decision')
    return decision === 'check'
      ? showReview(context, review, checkOf(context))
      : answer(context, review, decision)
  })

const isReturn = (context: PageRequest, userCode: UserCode): boolean => {
  if (readCookie(context, 'returned', userCode) === undefined) return false
  expectForeign(context)
  dropCookie(context, 'returned', userCode)
  return true
}

// The request under review, or the page to show instead.
const admitted = async (
  context: PageRequest,
  userCode: UserCode,
  /** Signed in a moment ago: sent to the provider at once, the person could go round for ever. */
  isBack = false,
): Promise<PendingReview<SignedIn> | Response> => {
  const result = await admit(context.env, context.req.raw, async () => {
    const approver = await codeTryer(context, userCode)
    return approver && { approver, userCode }
  })
  switch (result.outcome) {
    case 'wait':
      return tooMany(context, result.waitMs, userCode)
    case 'nobody':
      return isBack
        ? showSignIn(context, { errand: { userCode } })
        : askToSignIn(context, { userCode })
    case 'not_valid':
      return result.ended === undefined ? notValid(context, userCode) : ended(context, result.ended)
    case 'decided':
      return showResult(context, result.decision, result.request, userCode)
    case 'reviewable':
      return result.review
  }
}

const answer = async (
  context: PageRequest,
  review: PendingReview<SignedIn>,
  decision: string,
): Promise<Response> => {
  const { request, userCode } = review
  const done =
    decision === 'allow'
      ? await approve(context.env, context.get('config'), review, checkOf(context))
      : await deny(
          context.env,
          context.get('config'),
          review,
          decision === 'report' ? 'reported' : 'denied',
        )
  switch (done.outcome) {
    case 'not_valid':
      // Its end came meanwhile: the question's page tells which.
      return goTo(context, confirmPath(userCode))
    case 'client_gone':
      return clientGone(context, pageForClient(context, request.clientId))
    case 'too_far':
      return showTooFar(context, review)
    case 'check_not_passed':
      return showReview(context, review, checkOf(context))
    case 'approved':
    case 'denied':
    case 'reported':
      return showResult(context, done.outcome, request, userCode)
  }
}

const checkOf = (context: PageRequest): Check => {
  const form = context.get('form')
  return { typedCode: form('typed_code'), isInFront: form('in_front') === 'yes' }
}

const showResult = async (
  context: PageRequest,
  decision: Decision,
  { clientId, clientName, deviceName }: AuthorizationRequest,
  userCode: UserCode,
): Promise<Response> => {
  dropCookie(context, 'user_code')
  await keepResult(context, { outcome: decision, clientId, clientName, deviceName, userCode })
  return goTo(context, '/device/result')
}

const showTooFar = (
  context: PageRequest,
  { request, userCode }: PendingReview,
): Response | Promise<Response> => {
  const page = pageForClient(context, request.clientId)
  return tooFar(
    context,
    page,
    nameInSentence(page, shownClient(context.get('config'), request)),
    userCode,
  )
}

const showReview = async (
  context: PageRequest,
  review: PendingReview<SignedIn>,
  check?: Check,
): Promise<Response> => {
  const { approver, userCode, request } = review
  if (review.proximityAction === 'refuse') {
    noteTooFar(review)
    return showTooFar(context, review)
  }
  const config = context.get('config')
  const page = pageForClient(context, request.clientId)
  const { client, device, scopes, resources } = describeRequest(
    review,
    config,
    issuerFor(config, context.req.url),
    page.language,
  )
  const shown = { subject: approver.subject, userCode }
  const proof = await proveShown(context.env, shown, request.expiresAtMs)
  keepShownProof(context, proof)
  return context.html(
    <ConfirmPage
      page={page}
      person={approver}
      client={client}
      device={device}
      userCode={userCode}
      shown={proof}
      scopes={scopes.map(({ text }) => text)}
      resources={resources}
      expiresAtMs={request.expiresAtMs}
      now={Date.now()}
      timeZone={timeZoneOf(context.req.raw)}
      check={shownCheck(review, check)}
    />,
    check === undefined ? 200 : 400,
  )
}

const shownCheck = (
  { proximityAction, userCode }: PendingReview,
  check: Check | undefined,
): ShownCheck | undefined => {
  if (check === undefined) return proximityAction === 'confirm' ? UNCHECKED : undefined
  const { typedCode, isInFront } = check
  return {
    typedCode: typedCode?.slice(0, 20),
    isInFront,
    problems: checkProblems(userCode, check),
  }
}

const UNCHECKED = { problems: { code: false, inFront: false } }
