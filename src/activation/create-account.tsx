// A new account, without losing the code that brought the person here (VP-22).
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { createAccount as makeAccount } from '../identity/built-in.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../rate-limit.ts'
import { tooMany } from './problem.tsx'
import { Kept, signedIn } from './sign-in.tsx'
import { type PageEnvironment, keepUserCode, keptUserCode, sessionCookie } from './visit.ts'
import { Button, Csrf, Field, KeptUserCode, ShowPasswordScript } from './form.tsx'
import { Layout, type PageContext } from './layout.tsx'

const copy = {
  title: 'Create your account',
  problemTitle: 'Problem creating your account',
  name: 'Name',
  email: 'Email',
  password: 'Password',
  passwordHint: 'At least 15 characters. A few words you’ll remember is good.',
  submit: 'Create account',
  haveOne: 'Have an account?',
  signIn: 'Sign in',
}

interface CreateAccountPageProps {
  readonly page: PageContext
  readonly userCode?: string | undefined
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
  userCode,
  name,
  email,
  problems,
}) => {
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
      <Kept userCode={userCode} />
      <form method="post" action={`${page.basePath}/device/create-account`} novalidate>
        <Csrf page={page} />
        <KeptUserCode userCode={userCode} />
        <Field
          name="name"
          label={copy.name}
          error={problems.name}
          type="text"
          autocomplete="name"
          autocapitalize="words"
          value={name}
          autofocus={isFirst.name}
        />
        <Field
          name="email"
          label={copy.email}
          error={problems.email}
          type="email"
          autocomplete="username"
          value={email}
          autofocus={isFirst.email}
        />
        <Field
          name="password"
          label={copy.password}
          hint={copy.passwordHint}
          error={problems.password}
          type="password"
          autocomplete="new-password"
          autofocus={isFirst.password}
        />
        <Button>{copy.submit}</Button>
      </form>
      <p>
        {copy.haveOne}{' '}
        <a class="link" href={`${page.basePath}/device/sign-in`}>
          {copy.signIn}
        </a>
      </p>
      <ShowPasswordScript page={page} />
    </Layout>
  )
}

const problemCopy = {
  name: { missing: 'Enter your name.', too_long: 'Use a shorter name, up to 64 characters.' },
  email: {
    malformed: 'Enter an address like name@example.com.',
    taken: 'There is an account with this address. Sign in instead.',
  },
  password: {
    too_short: 'That is too short.',
    too_long: 'Use at most 256 characters.',
    common: 'This password is one of the first that are guessed. Choose another.',
    personal: 'Don’t build it from your name, your address or the name of this service.',
    repetitive: 'Don’t repeat the same few characters.',
  },
}

/** GET shows the form; POST makes the account, signs in and goes on. */
export const createAccount = new Hono<PageEnvironment>()
  .get('/', (context) =>
    context.html(
      <CreateAccountPage
        page={context.get('page')}
        userCode={keptUserCode(context)}
        problems={{}}
      />,
    ),
  )
  .post('/', async (context) => {
    const form = context.get('form')
    keepUserCode(context, form('user_code'))
    if (!(await isWithinLimit(context.env.NEW_ACCOUNT_LIMIT, context.req.raw, 'account')))
      return tooMany(context, LIMIT_PERIOD_MS)
    const typed = { name: form('name'), email: form('email'), password: form('password') }
    const { brand } = context.get('config')
    const created = await makeAccount(context.env, typed, brand.name, sessionCookie(context))
    if ('cookie' in created) return signedIn(context, created.cookie)
    const { name, email, password } = created.problems
    return context.html(
      <CreateAccountPage
        page={context.get('page')}
        userCode={keptUserCode(context)}
        name={typed.name}
        email={typed.email}
        problems={{
          name: name && problemCopy.name[name],
          email: email && problemCopy.email[email],
          password: password && problemCopy.password[password],
        }}
      />,
      400,
    )
  })
