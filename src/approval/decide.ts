// POST /device/authorizations/{user_code}/decision: the person's answer.
import type { CheckProblems } from '../review/check.ts'
import { type PendingReview, approve, deny } from '../review/review.ts'
import { OAuthError } from '../http/errors.ts'
import type { RequestContext } from '../http/request-context.ts'
import { readJsonObject } from '../http/json-body.ts'
import { admitApprover, unknownCode } from './approver.ts'
import { DECISION_STATUSES } from './decision-status.ts'
import { type DecisionRequest, decisionSchema } from './decision-request.ts'

/** Takes the person's decision, once. A second one is refused with the first one's outcome. */
export const decide = async (context: RequestContext, shownCode: string): Promise<Response> => {
  const { env, config, request } = context
  let reading: Promise<DecisionRequest> | undefined
  const readDecision = () => (reading ??= decisionIn(request))
  const result = await admitApprover(
    context,
    shownCode,
    async () => (await readDecision()).shown_proof ?? '',
  )
  if (result instanceof Response) return result
  const decision = await readDecision()
  if (result.outcome === 'decided')
    throw new OAuthError('already_decided', 'The person has already decided about this device', {
      members: { status: DECISION_STATUSES[result.decision] },
    })
  const { review } = result
  const done =
    decision.decision === 'approve'
      ? await approve(env, config, review, {
          typedCode: decision.typed_code,
          isInFront: decision.in_front === true,
        })
      : await deny(env, config, review, decision.decision === 'report' ? 'reported' : 'denied')
  switch (done.outcome) {
    case 'not_valid':
    case 'client_gone':
      throw unknownCode()
    case 'too_far':
      throw tooFar(review)
    case 'check_not_passed':
      throw checkNotPassed(done.problems)
    case 'approved':
    case 'denied':
    case 'reported':
      return Response.json({ status: DECISION_STATUSES[done.outcome] })
  }
}

// The policy's own `confirm` can be passed on the page, where the server sees the check itself.
const tooFar = ({ request, proximity }: PendingReview): OAuthError =>
  new OAuthError(
    'too_far',
    request.proximityPolicy[proximity] === 'confirm'
      ? 'This app was not approved on the network of its person: approve the device on the page'
      : 'The device is too far away for the policy of its client',
  )

const decisionIn = async (request: Request): Promise<DecisionRequest> => {
  const parsed = decisionSchema.safeParse(await readJsonObject(request, invalidRequest))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const member = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]
  throw invalidRequest(
    member === 'decision'
      ? 'decision must be approve, deny or report'
      : `${String(member)} is invalid`,
  )
}

const invalidRequest = (description: string): OAuthError =>
  new OAuthError('invalid_request', description)

const checkNotPassed = ({ code, inFront }: CheckProblems): OAuthError =>
  new OAuthError('check_not_passed', 'The person must confirm that the device is with them', {
    members: { missing: [...(code ? ['typed_code'] : []), ...(inFront ? ['in_front'] : [])] },
  })
