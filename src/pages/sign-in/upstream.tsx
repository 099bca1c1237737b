// Signing in at another identity provider: off to it, and back. The code waits in a cookie.
import { Hono } from 'hono'
import { issuerFor } from '../../config/config.ts'
import { logFailure } from '../../http/log.ts'
import type { IdentityProvider } from '../../config/identity-provider.ts'
import {
  type Attempt,
  beginUpstreamSignIn,
  finishUpstreamSignIn,
  parseAttempt,
} from '../../identity/upstream.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../../http/rate-limit.ts'
import { dropCookie, expectForeign, keepCookie, readCookie } from '../kit/cookies.ts'
import { isForeign } from '../kit/fetch-metadata.ts'
import { missing, tooMany } from '../kit/problem.tsx'
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
    // Or a link could sign the person in as the provider knows them, over an attempt that is under way.
    if (isForeign(context)) return goTo(context, '/device/sign-in')
    if (!(await isWithinLimit(context.env, 'PERSON_LIMIT', context.req.raw, 'upstream')))
      return tooMany(context, LIMIT_PERIOD_MS)
    const isKnown = (await signedInVisitor(context)) !== undefined
    const isSwitching = readCookie(context, 'switching') !== undefined
    return leave(context, provider, isKnown ? 'login' : isSwitching ? 'select_account' : undefined)
  })
  .get('/:provider/callback', async (context) => {
    const provider = providerOf(context)
    if (provider === undefined) return missing(context)
    const attempt = parseAttempt(readCookie(context, 'upstream'))
    // Unsolicited or too old: ignored. The pending sign-in stays open, so that a stranger's link
    // cannot end it.
    if (attempt?.provider !== provider.id || attempt.state !== context.req.query('state'))
      return failed(context)
    if (!(await isWithinLimit(context.env, 'PERSON_LIMIT', context.req.raw, 'callback')))
      return tooMany(context, LIMIT_PERIOD_MS)
    expectForeign(context)
    dropCookie(context, 'upstream')
    const answer = new URL(redirectUriOf(context, provider))
    answer.search = new URL(context.req.url).search
    const visit = signInContextOf(context)
    const outcome = await finishUpstreamSignIn(context.env, provider, attempt, answer, visit)
    const copy = context.get('page').language.messages.signIn
    switch (outcome.outcome) {
      case 'signed_in':
        return signedIn(context, outcome.cookie)
      case 'cancelled':
        return showSignIn(context, { problem: { text: copy.cancelled } }, 403)
      case 'not_fresh':
        // Once: a provider that ignores both parameters would send the person round for ever.
        return attempt.prompt === 'login'
          ? showSignIn(context, { problem: { text: copy.stale } }, 403)
          : leave(context, provider, 'login')
      case 'refused':
      case 'failed':
        return failed(context)
    }
  })

/** To the provider's page, with what was asked there kept in this browser. */
const leave = async (
  context: PageRequest,
  provider: IdentityProvider,
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
    keepCookie(context, 'upstream', JSON.stringify(attempt))
    return context.redirect(location, 303)
  } catch (error) {
    logFailure(error)
    return failed(context)
  }
}

const failed = (context: PageRequest): Promise<Response> =>
  showSignIn(
    context,
    { problem: { text: context.get('page').language.messages.signIn.failed } },
    403,
  )

const providerOf = (context: PageRequest): IdentityProvider | undefined =>
  context
    .get('config')
    .identityProviders.find(({ id }) => id === context.req.param('provider' as never))

const redirectUriOf = (context: PageRequest, { id }: IdentityProvider): string =>
  `${issuerFor(context.get('config'), context.req.url)}/device/sign-in/at/${id}/callback`
