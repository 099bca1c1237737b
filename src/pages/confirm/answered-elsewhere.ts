// A page that shows the question waits here, in case the person answers it elsewhere: on the phone,
// in an app, in another tab. Trying codes here costs what it costs to enter them, and shows less.
import type { UserCode } from '../../ids.ts'
import { Hono } from 'hono'
import { MAX_HOLD_MS } from '../../config/limits.ts'
import { parseUserCode } from '../../codes.ts'
import { waitOn } from '../../review/held-socket.ts'
import {
  EXPIRY_HEADER,
  type WatchEnd,
  WATCHER_HEADER,
} from '../../objects/device-authorization/device-authorization.ts'

import type { WatchOutcome } from '../../objects/device-authorization/watch.ts'
import { type Wait, waitAt } from '../../objects/index.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../../http/rate-limit.ts'
import { countWrongCode, evenIfCut } from '../../identity/wrong-codes.ts'
import { keepCookie } from '../kit/cookies.ts'
import { forbidden, tooMany } from '../kit/problem.tsx'
import {
  type PageEnvironment,
  type CodeTryer,
  type PageRequest,
  codeTryer,
} from '../kit/page-request.ts'

interface Answer {
  readonly outcome: Exclude<WatchOutcome, 'pending'>
}

/**
 * POST waits: 200 once this person has decided, 404 once the request is over, 204 to ask again, 409
 * to leave the waiting to newer pages.
 */
export const answeredElsewhere = new Hono<PageEnvironment>().post('/', async (context) => {
  if (!(await isWithinLimit(context.env, 'PERSON_LIMIT', context.req.raw, 'decision')))
    return tooMany(context, LIMIT_PERIOD_MS)
  // Of the page and not of the cookie: another tab may have opened another code since.
  const userCode = parseUserCode(context.get('form')('user_code'))
  if (userCode === undefined) return context.body(null, 404)
  const person = await codeTryer(context, userCode)
  if (person === undefined) return forbidden(context)
  if (person.isKnownWrong === true) return context.body(null, 404)
  if (person.codeWaitMs > 0) return tooMany(context, person.codeWaitMs)
  switch (await watch(context, userCode, person)) {
    case 'decided':
      // The page goes where that is shown, by the code that is kept.
      keepCookie(context, 'user_code', userCode)
      return context.body(null, 200)
    case 'over':
    case 'not_valid':
      keepCookie(context, 'user_code', userCode)
      return context.body(null, 404)
    case 'superseded':
      return context.body(null, 409)
    case 'timed_out':
    case 'hung_up':
    case 'lost':
      return context.body(null, 204)
  }
})

const watch = async (context: PageRequest, userCode: UserCode, person: CodeTryer) => {
  const wait = await evenIfCut(startWaiting(context, userCode, person))
  if (wait.socket === undefined) return wait.answer.outcome
  return waitOn<WatchEnd>(wait.socket, {
    untilMs: Math.min(Date.now() + MAX_HOLD_MS, Number(wait.headers.get(EXPIRY_HEADER))),
    signal: context.req.raw.signal,
  })
}

const startWaiting = async (
  { env }: PageRequest,
  userCode: UserCode,
  person: CodeTryer,
): Promise<Wait<Answer>> => {
  const wait = await waitAt<Answer>(env, userCode, { [WATCHER_HEADER]: person.subject })
  // RFC 8628 §5.1: asking here is no cheaper than entering the code.
  if (wait.socket === undefined && wait.answer.outcome === 'not_valid')
    await countWrongCode(env, person, userCode)
  return wait
}
