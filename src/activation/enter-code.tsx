// Where a person who did not scan the picture types the code (RFC 8628 §3.3).
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../rate-limit.ts'
import { dropCookie } from './cookies.ts'
import { tooMany } from './problem.tsx'
import { type PageEnvironment, type PageRequest, keepUserCode } from './visit.ts'
import { Button, Csrf, Field } from './form.tsx'
import { Layout, Screen, type PageContext } from './layout.tsx'

const copy = {
  title: 'Connect your device',
  problemTitle: 'Problem with the code',
  label: 'Code',
  hint: {
    letters: 'The code on your TV, like WDJB-MJHT',
    digits: 'The code on your TV, like 019-450-730',
  },
  submit: 'Continue',
}

interface EnterCodePageProps {
  readonly page: PageContext
  readonly userCode?: string | undefined
  readonly problem?: string | undefined
}

export const EnterCodePage: FC<EnterCodePageProps> = ({ page, userCode, problem }) => (
  <Layout page={page} title={problem === undefined ? copy.title : copy.problemTitle}>
    <h1>{copy.title}</h1>
    <form method="post" action={`${page.basePath}/device`} novalidate>
      <Csrf page={page} />
      <Field
        name="user_code"
        label={copy.label}
        hint={copy.hint[page.userCodeCharset]}
        error={problem}
        frame={Screen}
        class={page.userCodeCharset === 'letters' ? 'code' : 'code digits'}
        value={userCode}
        inputmode={page.userCodeCharset === 'letters' ? 'text' : 'numeric'}
        autocomplete="off"
        autocapitalize="characters"
        autofocus={problem !== undefined || userCode === undefined}
      />
      <Button>{copy.submit}</Button>
    </form>
  </Layout>
)

const problems = {
  malformed: 'That is not a whole code. Check it on your device and try again.',
  // VP-6: one sentence for codes that never were, have run out, or were used.
  notValid: 'This code is not valid, or not any more. Check it, or get a new one on your device.',
}

/** GET shows the form, or takes the code of a scanned picture; POST takes a typed one. */
export const enterCode = new Hono<PageEnvironment>()
  .get('/', (context) => {
    const scanned = context.req.query('user_code')
    if (scanned === undefined) {
      return context.html(<EnterCodePage page={context.get('page')} />)
    }
    return keepUserCode(context, scanned) ? review(context) : malformed(context, scanned)
  })
  .post('/', async (context) => {
    const typed = userCodeIn(context.get('form')('user_code'))
    if (!(await isWithinLimit(context.env.PERSON_LIMIT, context.req.raw, 'code')))
      return tooMany(context, LIMIT_PERIOD_MS)
    return keepUserCode(context, typed) ? review(context) : malformed(context, typed)
  })

/** The form again, for a code that led nowhere. */
export const notValid = (context: PageRequest) => {
  dropCookie(context, 'user_code')
  return context.html(<EnterCodePage page={context.get('page')} problem={problems.notValid} />, 404)
}

// Some paste the whole address of the picture.
const userCodeIn = (typed: string): string => /[?&]user_code=([^&\s]+)/.exec(typed)?.[1] ?? typed

// The redirect takes the code out of the address bar and the history (VP-14).
const review = (context: PageRequest) =>
  context.redirect(`${context.get('page').basePath}/device/confirm`, 303)

const malformed = (context: PageRequest, typed: string) =>
  context.html(
    <EnterCodePage
      page={context.get('page')}
      userCode={typed.slice(0, 20)}
      problem={problems.malformed}
    />,
    400,
  )
