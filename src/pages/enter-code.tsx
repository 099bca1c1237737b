// The page for typing a code that was not scanned (RFC 8628 §3.3).
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { charactersInNoCode, displayUserCode, parseUserCode } from '../codes.ts'
import type { UserCode } from '../ids.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../http/rate-limit.ts'
import { CodeForm } from './kit/code-form.tsx'
import { dropCookie } from './kit/cookies.ts'
import { confirmPath } from './kit/errand.tsx'
import { isForeign } from './kit/fetch-metadata.ts'
import { tooMany } from './kit/problem.tsx'
import {
  type PageEnvironment,
  type PageRequest,
  goTo,
  keepUserCode,
  keptUserCode,
} from './kit/page-request.ts'
import { Layout, type PageContext } from './kit/layout.tsx'

interface EnterCodePageProps {
  readonly page: PageContext
  /** The rejected input. */
  readonly typed?: string | undefined
  readonly problem?: string | undefined
  /** A code that a foreign page linked to: carried, so that one tap goes on, and not shown. */
  readonly linkedCode?: UserCode | undefined
  /** The query of the form's address. */
  readonly query?: string
}

export const EnterCodePage: FC<EnterCodePageProps> = ({
  page,
  typed,
  problem,
  linkedCode,
  query,
}) => {
  const copy = page.language.messages.enterCode
  const isLinked = linkedCode !== undefined
  return (
    <Layout page={page} title={problem === undefined ? copy.title : copy.problemTitle}>
      <h1>{copy.title}</h1>
      {isLinked ? (
        <>
          <p>{copy.byLink.text}</p>
          <p>
            <strong>{copy.byLink.warning}</strong>
          </p>
        </>
      ) : null}
      <CodeForm
        page={page}
        typed={typed}
        problem={problem}
        linkedCode={linkedCode}
        query={query}
        autofocus={problem !== undefined || !isLinked}
      />
    </Layout>
  )
}

/** GET shows the form, or takes the code of a scanned picture; POST takes a typed one. */
export const enterCode = new Hono<PageEnvironment>()
  .get('/', (context) => {
    const code = context.req.query('user_code')
    if (code === undefined) return context.html(<EnterCodePage page={context.get('page')} />)
    if (isForeign(context)) return askToGoOn(context, parseUserCode(code))
    const userCode = keepUserCode(context, code)
    return userCode === undefined ? malformed(context) : goTo(context, confirmPath(userCode))
  })
  .post('/', async (context) => {
    const form = context.get('form')
    const typed = userCodeIn(form('user_code'))
    const linked = form('linked_code')
    if (!(await isWithinLimit(context.env, 'PERSON_LIMIT', context.req.raw, 'code')))
      return tooMany(context, LIMIT_PERIOD_MS)
    const userCode = keepUserCode(context, typed === '' ? linked : typed)
    return userCode === undefined
      ? malformed(context, typed, linked)
      : goTo(context, confirmPath(userCode))
  })

/**
 * The form for a code that a foreign page linked to. That page may have sent the person here, or a
 * browser alone, as often as it likes: the code is looked up, counted and kept after the tap.
 */
export const askToGoOn = (context: PageRequest, linkedCode: UserCode | undefined) => {
  const page = context.get('page')
  // A wish for a language goes on with the code.
  const query =
    context.req.query('ui_locales') === undefined ? '' : `?ui_locales=${page.language.tag}`
  return context.html(<EnterCodePage page={page} linkedCode={linkedCode} query={query} />)
}

/** The form again, with the code that led nowhere. */
export const notValid = (context: PageRequest, userCode = keptUserCode(context)) => {
  dropCookie(context, 'user_code')
  const page = context.get('page')
  const problem = page.language.messages.enterCode.notValid
  return context.html(
    <EnterCodePage page={page} typed={userCode && displayUserCode(userCode)} problem={problem} />,
    404,
  )
}

// Some paste the whole address of the picture.
const userCodeIn = (typed: string): string => /[?&]user_code=([^&\s]+)/.exec(typed)?.[1] ?? typed

// Only typed text is shown again, never the contents of a link.
const malformed = (context: PageRequest, typed = '', linked = '') => {
  const page = context.get('page')
  const copy = page.language.messages.enterCode
  const inNoCode = charactersInNoCode(typed, page.userCodeCharset)
  const problem =
    inNoCode.length > 0
      ? copy.inNoCode[page.userCodeCharset](inNoCode)
      : copy.malformed[page.userCodeCharset]
  return context.html(
    <EnterCodePage
      page={page}
      typed={typed.slice(0, 20)}
      problem={problem}
      linkedCode={parseUserCode(linked)}
    />,
    400,
  )
}
