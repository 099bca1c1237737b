// A new account, without losing the code that brought the person here (VP-22).
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import {
  MAX_EMAIL_LENGTH,
  MAX_NAME_LENGTH,
  createAccount as makeAccount,
} from '../identity/built-in.ts'
import { MAX_PASSWORD_LENGTH } from '../objects/login/password.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../http/rate-limit.ts'
import { missing, tooMany } from './kit/problem.tsx'
import { Waiting } from './sign-in/sign-in-page.tsx'
import { signedIn } from './sign-in/sign-in.tsx'
import { type PageEnvironment, signInContextOf } from './kit/page-request.ts'
import { type Errand, ErrandFields, errandIn, errandQuery } from './kit/errand.tsx'
import { Button, Csrf, Field, ShowPasswordScript } from './kit/form.tsx'
import { Layout, type PageContext } from './kit/layout.tsx'

interface CreateAccountPageProps {
  readonly page: PageContext
  readonly errand: Errand
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly problems: {
    readonly name?: string | undefined
    readonly email?: string | undefined
    readonly password?: string | undefined
  }
}

export const CreateAccountPage: FC<CreateAccountPageProps> = ({
  page,
  errand,
  name,
  email,
  problems,
}) => {
  const copy = page.language.messages.createAccount
  const hasProblem = Object.values(problems).some((problem) => problem !== undefined)
  const isFirst = {
    name: problems.name !== undefined,
    email: problems.name === undefined && problems.email !== undefined,
    password:
      problems.name === undefined &&
      problems.email === undefined &&
      problems.password !== undefined,
  }
  return (
    <Layout page={page} title={hasProblem ? copy.problemTitle : copy.title}>
      <h1>{copy.title}</h1>
      <Waiting page={page} userCode={errand.userCode} />
      <form method="post" action={`${page.basePath}/device/create-account`} novalidate>
        <Csrf page={page} />
        <ErrandFields errand={errand} />
        <Field
          page={page}
          name="name"
          label={copy.name}
          error={problems.name}
          type="text"
          autocomplete="name"
          maxlength={MAX_NAME_LENGTH}
          autocapitalize="words"
          value={name}
          autofocus={isFirst.name}
        />
        <Field
          page={page}
          name="email"
          label={copy.email}
          error={problems.email}
          type="email"
          autocomplete="username"
          maxlength={MAX_EMAIL_LENGTH}
          value={email}
          autofocus={isFirst.email}
        />
        <Field
          page={page}
          name="password"
          label={copy.password}
          hint={copy.passwordHint}
          error={problems.password}
          type="password"
          autocomplete="new-password"
          maxlength={MAX_PASSWORD_LENGTH}
          autofocus={isFirst.password}
        />
        <Button>{copy.submit}</Button>
      </form>
      <p>
        {copy.haveOne}{' '}
        <a class="link" href={`${page.basePath}/device/sign-in${errandQuery(errand)}`}>
          {copy.signIn}
        </a>
      </p>
      <ShowPasswordScript page={page} />
    </Layout>
  )
}

/** GET shows the form; POST makes the account, signs in and goes on. */
export const createAccount = new Hono<PageEnvironment>()
  .use('*', async (context, next) =>
    context.get('config').hasBuiltInAccounts ? next() : missing(context),
  )
  .get('/', (context) =>
    context.html(
      <CreateAccountPage page={context.get('page')} errand={errandIn(context)} problems={{}} />,
    ),
  )
  .post('/', async (context) => {
    const form = context.get('form')
    const errand = errandIn(context)
    if (!(await isWithinLimit(context.env, 'NEW_ACCOUNT_LIMIT', context.req.raw, 'account')))
      return tooMany(context, LIMIT_PERIOD_MS, errand.userCode)
    const typed = { name: form('name'), email: form('email'), password: form('password') }
    const { brand } = context.get('config')
    const created = await makeAccount(context.env, typed, brand.name, signInContextOf(context))
    if ('cookie' in created) return signedIn(context, created.cookie, errand)
    // Created a moment ago and disabled since: that cannot be explained here.
    const { name, email, password } = 'problems' in created ? created.problems : {}
    const page = context.get('page')
    const copy = page.language.messages.createAccount.problems
    return context.html(
      <CreateAccountPage
        page={page}
        errand={errand}
        name={typed.name}
        email={typed.email}
        problems={{
          name: name && copy.name[name],
          email: email && copy.email[email],
          password: password && copy.password[password],
        }}
      />,
      400,
    )
  })
