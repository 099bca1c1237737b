// Signing in at another identity provider: off to it, and back to the errand of this attempt.
import { Hono } from 'hono'
import { issuerFor } from '../../config/config.ts'
import { SECOND } from '../../durations.ts'
import { logEvent } from '../../http/log.ts'
import type { IdentityProvider } from '../../config/identity-provider.ts'
import {
  type Failed,
  type SignInWish,
  beginUpstreamSignIn,
  failedAt,
  finishUpstreamSignIn,
} from '../../identity/upstream.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../../http/rate-limit.ts'
import { dropCookie, expectForeign, keepCookie } from '../kit/cookies.ts'
import { type Errand, errandIn } from '../kit/errand.tsx'
import { isForeign } from '../kit/fetch-metadata.ts'
import { missing, tooMany } from '../kit/problem.tsx'
import { timeAgo } from '../../language/place-and-time.ts'
import { type PendingSignIn, findAttempt, isSelectionPending, keepAttempt } from './attempts.ts'
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
    return leave(context, provider, errand, await wishOf(context, provider, errand))
  })
  .get('/:provider/callback', async (context) => {
    const provider = providerOf(context)
    if (provider === undefined) return missing(context)
    const pending = await findAttempt(context, context.req.query('state') ?? '')
    // Unsolicited or too old: ignored. Pending sign-ins stay open, so that a stranger's link cannot
    // end them.
    if (pending?.attempt.provider !== provider.id) {
      const { ended } = context.get('page').language.messages.signIn
      return showSignIn(context, { problem: { text: ended } }, 403)
    }
    if (!(await isWithinLimit(context.env, 'PERSON_LIMIT', context.req.raw, 'callback')))
      return tooMany(context, LIMIT_PERIOD_MS, pending.errand.userCode)
    expectForeign(context)
    dropCookie(context, 'upstream', pending.attempt.state)
    return comeBack(context, provider, pending)
  })

const wishOf = async (
  context: PageRequest,
  provider: IdentityProvider,
  { isSwitching }: Errand,
): Promise<SignInWish> => {
  if (isSwitching === true)
    return { prompt: (await isSelectionPending(context, provider.id)) ? 'login' : 'select_account' }
  const isAgain = (await signedInVisitor(context)) !== undefined
  return { prompt: isAgain && provider.maxSignInMs !== undefined ? 'login' : undefined }
}

const comeBack = async (
  context: PageRequest,
  provider: IdentityProvider,
  { attempt, errand }: PendingSignIn,
): Promise<Response> => {
  const answer = new URL(redirectUriOf(context, provider))
  answer.search = new URL(context.req.url).search
  const visit = signInContextOf(context)
  const outcome = await finishUpstreamSignIn(context.env, provider, attempt, answer, visit)
  const copy = context.get('page').language.messages.signIn
  switch (outcome.outcome) {
    case 'signed_in':
      if (errand.userCode !== undefined) keepCookie(context, 'returned', 'yes', errand.userCode)
      return signedIn(context, outcome.cookie, errand)
    case 'cancelled':
      return showSignIn(context, { errand, problem: { text: copy.cancelled(provider.name) } }, 403)
    case 'prompt_refused':
      return leave(context, provider, errand, { prompt: 'login', isRetry: true })
    case 'not_fresh':
      // Once: a provider that ignores both parameters would send the person round for ever.
      return attempt.prompt === 'login' || attempt.isRetry === true
        ? notFresh(context, provider, errand, outcome.ageMs)
        : leave(context, provider, errand, { prompt: 'login', isRetry: true })
    case 'disabled':
      return showSignIn(context, { errand, problem: { text: copy.disabled } }, 403)
    case 'failed':
      return failed(context, provider, errand, outcome)
  }
}

/** To the provider's page, with the attempt and its errand kept in this browser. */
const leave = async (
  context: PageRequest,
  provider: IdentityProvider,
  errand: Errand,
  wish: SignInWish,
): Promise<Response> => {
  try {
    const redirectUri = redirectUriOf(context, provider)
    const { location, attempt } = await beginUpstreamSignIn(
      context.env,
      provider,
      redirectUri,
      wish,
    )
    await keepAttempt(context, attempt, errand)
    return context.redirect(location, 303)
  } catch (error) {
    return failed(context, provider, errand, failedAt(provider, error))
  }
}

const notFresh = (
  context: PageRequest,
  provider: IdentityProvider,
  errand: Errand,
  ageMs: number | undefined,
): Promise<Response> => {
  logEvent('identity_provider.sign_in_not_fresh', {
    provider: provider.id,
    ...(ageMs !== undefined && { ageSeconds: Math.floor(ageMs / SECOND) }),
  })
  const { language } = context.get('page')
  const { stale, untold } = language.messages.signIn
  const text =
    ageMs === undefined ? untold(provider.name) : stale(provider.name, timeAgo(ageMs, language))
  return showSignIn(context, { errand, problem: { text } }, 403)
}

const failed = (
  context: PageRequest,
  { name }: IdentityProvider,
  errand: Errand,
  { isAway, requestId }: Failed,
): Promise<Response> => {
  const text = context.get('page').language.messages.signIn.failed(name)
  return showSignIn(context, { errand, problem: { text, requestId } }, isAway ? 503 : 502)
}

const providerOf = (context: PageRequest): IdentityProvider | undefined =>
  context
    .get('config')
    .identityProviders.find(({ id }) => id === context.req.param('provider' as never))

const redirectUriOf = (context: PageRequest, { id }: IdentityProvider): string =>
  `${issuerFor(context.get('config'), context.req.url)}/device/sign-in/at/${id}/callback`
