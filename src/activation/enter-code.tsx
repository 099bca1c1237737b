// Where a person who did not scan the picture types the code (RFC 8628 §3.3).
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../rate-limit.ts'
import { dropCookie } from './cookies.ts'
import { tooMany } from './problem.tsx'
import { type PageEnvironment, type PageRequest, keepUserCode } from './visit.ts'
import { Button, Csrf, Field } from './form.tsx'
import { Layout, Screen, type PageContext } from './layout.tsx'

interface EnterCodePageProps {
  readonly page: PageContext
  readonly userCode?: string | undefined
  readonly problem?: string | undefined
}

export const EnterCodePage: FC<EnterCodePageProps> = ({ page, userCode, problem }) => {
  const copy = page.language.messages.enterCode
  return (
    <Layout page={page} title={problem === undefined ? copy.title : copy.problemTitle}>
      <h1>{copy.title}</h1>
      <form method="post" action={`${page.basePath}/device`} novalidate>
        <Csrf page={page} />
        <Field
          page={page}
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
    if (!(await isWithinLimit(context.env, 'PERSON_LIMIT', context.req.raw, 'code')))
      return tooMany(context, LIMIT_PERIOD_MS)
    return keepUserCode(context, typed) ? review(context) : malformed(context, typed)
  })

/** The form again, for a code that led nowhere. */
export const notValid = (context: PageRequest) => {
  dropCookie(context, 'user_code')
  const page = context.get('page')
  const problem = page.language.messages.enterCode.notValid
  return context.html(<EnterCodePage page={page} problem={problem} />, 404)
}

// Some paste the whole address of the picture.
const userCodeIn = (typed: string): string => /[?&]user_code=([^&\s]+)/.exec(typed)?.[1] ?? typed

// The redirect takes the code out of the address bar and the history (VP-14).
const review = (context: PageRequest) =>
  context.redirect(`${context.get('page').basePath}/device/confirm`, 303)

const malformed = (context: PageRequest, typed: string) => {
  const page = context.get('page')
  const problem = page.language.messages.enterCode.malformed
  return context.html(
    <EnterCodePage page={page} userCode={typed.slice(0, 20)} problem={problem} />,
    400,
  )
}
