// POST /device/authorizations/{user_code}/decision: the person's answer.
import { type CheckProblems, allow, refuse } from '../review/review.ts'
import { OAuthError } from '../http/errors.ts'
import type { RequestContext } from '../http/request-context.ts'
import { readJsonObject } from '../http/json-body.ts'
import { admitApprover, unknownCode } from './approver.ts'
import { type DecisionRequest, decisionSchema } from './decision-request.ts'

/** Decides, once. What was decided already is told with the refusal. */
export const decide = async (exchange: RequestContext, shownCode: string): Promise<Response> => {
  const { env, config, request } = exchange
  const admission = await admitApprover(exchange, shownCode)
  if (admission instanceof Response) return admission
  const decision = parseDecision(await readJsonObject(request, invalidRequest))
  if (admission.outcome === 'decided')
    throw new OAuthError('already_decided', 'You have decided about this device already', {
      status: 409,
      members: { status: admission.verdict },
    })
  const { question } = admission
  const done =
    decision.decision === 'approve'
      ? await allow(env, question, {
          typedCode: decision.typed_code,
          isInFront: decision.in_front === true,
        })
      : await refuse(
          env,
          config,
          question,
          decision.decision === 'report' ? 'reported' : 'declined',
        )
  switch (done.outcome) {
    case 'not_valid':
      throw unknownCode()
    case 'too_far':
      throw new OAuthError('too_far', 'The client lets no device in from there', { status: 403 })
    case 'check_not_passed':
      throw checkNotPassed(done.problems)
    case 'approved':
    case 'declined':
    case 'reported':
      return Response.json({ status: done.outcome })
  }
}

const parseDecision = (body: Readonly<Record<string, unknown>>): DecisionRequest => {
  const parsed = decisionSchema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const member = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]
  throw invalidRequest(
    member === 'decision'
      ? 'decision must be approve, deny or report'
      : `${String(member)} is not good`,
  )
}

const invalidRequest = (description: string): OAuthError =>
  new OAuthError('invalid_request', description)

const checkNotPassed = ({ code, inFront }: CheckProblems): OAuthError =>
  new OAuthError('check_not_passed', 'The person has to show that the device is with them', {
    status: 422,
    members: { missing: [...(code ? ['typed_code'] : []), ...(inFront ? ['in_front'] : [])] },
  })
