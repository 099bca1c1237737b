// Sign-in on the way to a device's question. The code waits; nobody is asked for it twice (VP-22).
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { SECOND } from '../durations.ts'
import { parseEmail, signIn as signInWithPassword } from '../identity/built-in.ts'
import { endSession } from '../identity/session.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../rate-limit.ts'
import { dropCookie, keepCookie } from './cookies.ts'
import { tooMany } from './problem.tsx'
import {
  type PageEnvironment,
  type PageRequest,
  keepUserCode,
  keptUserCode,
  signedInVisitor,
  sessionCookie,
} from './visit.ts'
import { Button, Csrf, Field, KeptUserCode, Notice, ShowPasswordScript } from './form.tsx'
import { Layout, UserCode, type PageContext } from './layout.tsx'

const copy = {
  title: 'Sign in',
  againTitle: 'Sign in again',
  again: 'To be sure it is you, enter your password once more.',
  problemTitle: 'Problem signing in',
  keptBefore: 'Code',
  keptAfter: 'is kept while you sign in.',
  email: 'Email',
  password: 'Password',
  submit: 'Sign in',
  newHere: 'New here?',
  create: 'Create an account',
  switchAccount: 'Use another account',
}

interface SignInPageProps {
  readonly page: PageContext
  readonly userCode?: string | undefined
  readonly email?: string | undefined
  readonly problem?: string | undefined
  /** Signed in, but too long ago for what comes next. */
  readonly reauthenticate?: boolean | undefined
}

export const SignInPage: FC<SignInPageProps> = ({
  page,
  userCode,
  email,
  problem,
  reauthenticate = false,
}) => {
  const title = reauthenticate ? copy.againTitle : copy.title
  const noticeId = problem === undefined ? undefined : 'problem'
  const isKnown = email !== undefined && email !== ''
  return (
    <Layout page={page} title={problem === undefined ? title : copy.problemTitle}>
      <h1>{title}</h1>
      {reauthenticate ? <p>{copy.again}</p> : null}
      <Kept userCode={userCode} />
      {problem === undefined ? null : (
        <Notice kind="problem" id="problem">
          {problem}
        </Notice>
      )}
      <form method="post" action={`${page.basePath}/device/sign-in`} novalidate>
        <Csrf page={page} />
        <KeptUserCode userCode={userCode} />
        <Field
          name="email"
          label={copy.email}
          noticeId={noticeId}
          type="email"
          autocomplete="username"
          value={email}
          readonly={reauthenticate && isKnown}
          autofocus={problem !== undefined && !isKnown}
        />
        <Field
          name="password"
          label={copy.password}
          noticeId={noticeId}
          type="password"
          autocomplete="current-password"
          autofocus={isKnown}
        />
        <Button>{copy.submit}</Button>
      </form>
      {reauthenticate ? (
        <form method="post" action={`${page.basePath}/device/sign-out`}>
          <Csrf page={page} />
          <KeptUserCode userCode={userCode} />
          <Button look="plain">{copy.switchAccount}</Button>
        </form>
      ) : (
        <p>
          {copy.newHere}{' '}
          <a class="link" href={`${page.basePath}/device/create-account`}>
            {copy.create}
          </a>
        </p>
      )}
      <ShowPasswordScript page={page} />
    </Layout>
  )
}

/** Says that the code is not lost. */
export const Kept: FC<{ readonly userCode: string | undefined }> = ({ userCode }) =>
  userCode === undefined ? null : (
    <p class="kept quiet">
      {copy.keptBefore} <UserCode code={userCode} /> {copy.keptAfter}
    </p>
  )

const problems = {
  refused: 'That email and password don’t belong together.',
  wait: (seconds: number) =>
    `Too many tries. Wait ${seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`}, then try again.`,
}

/** GET shows the form; POST signs in and goes on to what the code asks. */
export const signIn = new Hono<PageEnvironment>()
  .get('/', async (context) => {
    const known = await signedInVisitor(context)
    return showSignIn(context, {
      email: known?.email,
      reauthenticate: known !== undefined,
    })
  })
  .post('/', async (context) => {
    const form = context.get('form')
    keepUserCode(context, form('user_code'))
    if (!(await isWithinLimit(context.env.PERSON_LIMIT, context.req.raw, 'sign-in')))
      return tooMany(context, LIMIT_PERIOD_MS)
    const typed = form('email')
    const email = parseEmail(typed)
    if (email === undefined)
      return showSignIn(context, { email: typed, problem: problems.refused }, 403)
    const credentials = { email, password: form('password') }
    const outcome = await signInWithPassword(context.env, credentials, sessionCookie(context))
    switch (outcome.outcome) {
      case 'signed_in':
        return signedIn(context, outcome.cookie)
      case 'refused':
        return showSignIn(context, { email: typed, problem: problems.refused }, 403)
      case 'wait': {
        const seconds = Math.ceil(outcome.retryAfterMs / SECOND)
        context.header('Retry-After', String(seconds))
        return showSignIn(context, { email: typed, problem: problems.wait(seconds) }, 429)
      }
    }
  })

/** POST ends the session, and asks who it is instead. */
export const signOut = new Hono<PageEnvironment>().post('/', async (context) => {
  keepUserCode(context, context.get('form')('user_code'))
  await endSession(context.env, sessionCookie(context))
  dropCookie(context, 'session')
  return context.redirect(`${context.get('page').basePath}/device/sign-in`, 303)
})

/** What follows a sign-in: the question that the kept code asks, or the form for a code. */
export const signedIn = (context: PageRequest, cookie: string) => {
  keepCookie(context, 'session', cookie)
  dropCookie(context, 'visit')
  const { basePath } = context.get('page')
  return context.redirect(
    `${basePath}/device${keptUserCode(context) === undefined ? '' : '/confirm'}`,
    303,
  )
}

const showSignIn = (
  context: PageRequest,
  props: { email?: string | undefined; problem?: string; reauthenticate?: boolean },
  status: ContentfulStatusCode = 200,
) =>
  context.html(
    <SignInPage page={context.get('page')} userCode={keptUserCode(context)} {...props} />,
    status,
  )
