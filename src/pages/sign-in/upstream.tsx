// Signing in at another identity provider: off to it, and back to the errand of this attempt.
import { Hono } from 'hono'
import { issuerFor } from '../../config/config.ts'
import { logFailure } from '../../http/log.ts'
import type { IdentityProvider } from '../../config/identity-provider.ts'
import { type Attempt, beginUpstreamSignIn, finishUpstreamSignIn } from '../../identity/upstream.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../../http/rate-limit.ts'
import { dropCookie, expectForeign } from '../kit/cookies.ts'
import { type Errand, errandIn } from '../kit/errand.tsx'
import { isForeign } from '../kit/fetch-metadata.ts'
import { missing, tooMany } from '../kit/problem.tsx'
import { findAttempt, keepAttempt } from './attempts.ts'
import { showSignIn, signedIn } from './sign-in.tsx'
import {
  type PageEnvironment,
  type PageRequest,
  goTo,
  signedInVisitor,
  signInContextOf,
} from '../kit/page-request.ts'

/** GET of a provider leads there; GET of its callback takes what it answers. */
export const upstream = new Hono<PageEnvironment>()
  .get('/:provider', async (context) => {
    const provider = providerOf(context)
    if (provider === undefined) return missing(context)
    // Or a link could sign the person in as the provider knows them.
    if (isForeign(context)) return goTo(context, '/device/sign-in')
    const errand = errandIn(context)
    if (!(await isWithinLimit(context.env, 'PERSON_LIMIT', context.req.raw, 'upstream')))
      return tooMany(context, LIMIT_PERIOD_MS, errand.userCode)
    const isKnown = (await signedInVisitor(context)) !== undefined
    const prompt = isKnown ? 'login' : errand.isSwitching === true ? 'select_account' : undefined
    return leave(context, provider, errand, prompt)
  })
  .get('/:provider/callback', async (context) => {
    const provider = providerOf(context)
    if (provider === undefined) return missing(context)
    const pending = await findAttempt(context, context.req.query('state') ?? '')
    // Unsolicited or too old: ignored. Pending sign-ins stay open, so that a stranger's link cannot
    // end them.
    if (pending?.attempt.provider !== provider.id) return failed(context)
    const { attempt, errand } = pending
    if (!(await isWithinLimit(context.env, 'PERSON_LIMIT', context.req.raw, 'callback')))
      return tooMany(context, LIMIT_PERIOD_MS, errand.userCode)
    expectForeign(context)
    dropCookie(context, 'upstream', attempt.state)
    const answer = new URL(redirectUriOf(context, provider))
    answer.search = new URL(context.req.url).search
    const visit = signInContextOf(context)
    const outcome = await finishUpstreamSignIn(context.env, provider, attempt, answer, visit)
    const copy = context.get('page').language.messages.signIn
    switch (outcome.outcome) {
      case 'signed_in':
        return signedIn(context, outcome.cookie, errand)
      case 'cancelled':
        return showSignIn(context, { errand, problem: { text: copy.cancelled } }, 403)
      case 'not_fresh':
        // Once: a provider that ignores both parameters would send the person round for ever.
        return attempt.prompt === 'login'
          ? showSignIn(context, { errand, problem: { text: copy.stale } }, 403)
          : leave(context, provider, errand, 'login')
      case 'refused':
      case 'failed':
        return failed(context, errand)
    }
  })

/** To the provider's page, with the attempt and its errand kept in this browser. */
const leave = async (
  context: PageRequest,
  provider: IdentityProvider,
  errand: Errand,
  prompt: Attempt['prompt'],
): Promise<Response> => {
  try {
    const redirectUri = redirectUriOf(context, provider)
    const { location, attempt } = await beginUpstreamSignIn(
      context.env,
      provider,
      redirectUri,
      prompt,
    )
    await keepAttempt(context, attempt, errand)
    return context.redirect(location, 303)
  } catch (error) {
    logFailure(error)
    return failed(context, errand)
  }
}

const failed = (context: PageRequest, errand?: Errand): Promise<Response> => {
  const problem = { text: context.get('page').language.messages.signIn.failed }
  return showSignIn(context, { errand, problem }, 403)
}

const providerOf = (context: PageRequest): IdentityProvider | undefined =>
  context
    .get('config')
    .identityProviders.find(({ id }) => id === context.req.param('provider' as never))

const redirectUriOf = (context: PageRequest, { id }: IdentityProvider): string =>
  `${issuerFor(context.get('config'), context.req.url)}/device/sign-in/at/${id}/callback`
