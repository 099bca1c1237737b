// Sign-in on the way to a device's request. The code is kept, so that no one enters it twice (VP-22).
import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { SECOND } from '../../durations.ts'
import { parseEmail, signIn as signInWithPassword } from '../../identity/built-in.ts'
import { parseAuthenticationResponse } from '../../identity/credential-response.ts'
import {
  generatePasskeyAuthenticationOptions,
  verifyPasskeyAuthenticationResponse,
} from '../../identity/passkey.ts'
import { endSession } from '../../identity/session.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../../http/rate-limit.ts'
import { dropCookie, keepCookie } from '../kit/cookies.ts'
import { type Errand, codeInAddress, errandIn, errandQuery, goOn } from '../kit/errand.tsx'
import { isInAppBrowser } from '../../sender/in-app-browser.ts'
import { isForeign } from '../kit/fetch-metadata.ts'
import { missing, tooMany } from '../kit/problem.tsx'
import { type Problem, SignInPage } from './sign-in-page.tsx'
import {
  type PageEnvironment,
  type PageRequest,
  goTo,
  isFreshSignIn,
  relyingPartyOf,
  sessionCookie,
  signedInVisitor,
  signInContextOf,
} from '../kit/page-request.ts'

/** GET shows the ways to sign in; POST takes a password, and goes on to what the code asks. */
export const signIn = new Hono<PageEnvironment>()
  .get('/', async (context) => {
    // The address of a code may be opened again, in a browser that is signed in.
    if (isForeign(context) || codeInAddress(context) === undefined) return showSignIn(context)
    const known = await signedInVisitor(context)
    return known !== undefined && isFreshSignIn(known)
      ? goOn(context, errandIn(context))
      : showSignIn(context)
  })
  .post('/', async (context) => {
    if (!context.get('config').hasBuiltInAccounts) return missing(context)
    const form = context.get('form')
    const copy = context.get('page').language.messages.signIn
    const errand = errandIn(context)
    if (!(await mayTry(context))) return tooMany(context, LIMIT_PERIOD_MS, errand.userCode)
    const typed = form('email')
    const email = parseEmail(typed)
    if (email === undefined)
      return showSignIn(context, { email: typed, problem: aboutPassword(copy.refused) }, 403)
    const credentials = { email, password: form('password') }
    const outcome = await signInWithPassword(context.env, credentials, signInContextOf(context))
    switch (outcome.outcome) {
      case 'signed_in':
        return signedIn(context, outcome.cookie, errand)
      case 'refused':
        return showSignIn(context, { email: typed, problem: aboutPassword(copy.refused) }, 403)
      case 'wait': {
        const seconds = Math.ceil(outcome.retryAfterMs / SECOND)
        context.header('Retry-After', String(seconds))
        return showSignIn(
          context,
          { email: typed, problem: aboutPassword(copy.wait(seconds)) },
          429,
        )
      }
    }
  })
  .post('/passkey', async (context) => {
    if (!context.get('config').hasBuiltInAccounts) return missing(context)
    const form = context.get('form')
    const { csrf, language } = context.get('page')
    const errand = errandIn(context)
    if (!(await mayTry(context))) return tooMany(context, LIMIT_PERIOD_MS, errand.userCode)
    const response = parseAuthenticationResponse(form('credential'))
    const outcome =
      response &&
      (await verifyPasskeyAuthenticationResponse(
        context.env,
        relyingPartyOf(context),
        csrf,
        response,
        signInContextOf(context),
      ))
    return outcome?.outcome === 'signed_in'
      ? signedIn(context, outcome.cookie, errand)
      : showSignIn(context, { problem: { text: language.messages.signIn.passkeyProblem } }, 403)
  })

const mayTry = (context: PageRequest): Promise<boolean> =>
  isWithinLimit(context.env, 'PERSON_LIMIT', context.req.raw, 'sign-in')

/** POST ends the session and shows the sign-in page. */
export const signOut = new Hono<PageEnvironment>().post('/', async (context) => {
  await endSession(context.env, sessionCookie(context))
  dropCookie(context, 'session')
  return goTo(context, `/device/sign-in${errandQuery({ ...errandIn(context), isSwitching: true })}`)
})

/** The page after a sign-in: the question of the code that waits, or the page that asked for it. */
export const signedIn = (context: PageRequest, cookie: string, errand: Errand): Response => {
  keepCookie(context, 'session', cookie)
  dropCookie(context, 'visit')
  return goOn(context, errand)
}

const aboutPassword = (text: string): Problem => ({ text, isAboutPassword: true })

/** The sign-in page with its problem. A signed-in person is asked to sign in once more. */
export const showSignIn = async (
  context: PageRequest,
  {
    email,
    problem,
    errand = errandIn(context),
    goesTo,
  }: { email?: string; problem?: Problem; errand?: Errand; goesTo?: string } = {},
  status: ContentfulStatusCode = 200,
): Promise<Response> => {
  const { hasBuiltInAccounts, identityProviders } = context.get('config')
  const page = context.get('page')
  const known = await signedInVisitor(context)
  // People from a provider have no password here, and the other way round.
  const isBuiltIn = hasBuiltInAccounts && known?.provider === undefined
  const passkeyOptions = isBuiltIn
    ? await generatePasskeyAuthenticationOptions(context.env, relyingPartyOf(context), page.csrf)
    : undefined
  return context.html(
    <SignInPage
      page={page}
      errand={errand}
      goesTo={goesTo}
      email={email ?? known?.email}
      problem={problem}
      isInApp={isInApp(context)}
      reauthenticate={known !== undefined}
      passkeyOptions={passkeyOptions}
      providers={
        known === undefined
          ? identityProviders
          : identityProviders.filter(({ id }) => id === known.provider)
      }
    />,
    status,
  )
}

/**
 * To the sign-in page, or past it where a single provider is the only way to sign in. Not by a redirect:
 * this may answer a form, whose redirects must not leave the site (`form-action`).
 */
export const askToSignIn = (context: PageRequest, errand: Errand): Response | Promise<Response> => {
  const { hasBuiltInAccounts, identityProviders } = context.get('config')
  const [only, ...others] = identityProviders
  // Some providers refuse a browser inside another app: the page says what to do.
  if (hasBuiltInAccounts || only === undefined || others.length > 0 || isInApp(context))
    return goTo(context, `/device/sign-in${errandQuery(errand)}`)
  const { basePath } = context.get('page')
  const goesTo = `${basePath}/device/sign-in/at/${only.id}${errandQuery(errand)}`
  return showSignIn(context, { errand, goesTo })
}

const isInApp = (context: PageRequest): boolean =>
  isInAppBrowser(context.req.header('User-Agent') ?? '')
