// A page that cannot go on: what happened in one sentence, and the one way out.
import type { UserCode } from '../../ids.ts'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { parseUserCode } from '../../codes.ts'
import { SECOND } from '../../durations.ts'
import { logFailure } from '../../http/log.ts'
import { ObjectUnavailable } from '../../objects/index.ts'
import { CodeForm } from './code-form.tsx'
import { hasCookies } from './cookies.ts'
import { DEFAULT_LANGUAGE, type Messages } from '../../language/language.ts'
import type { Form, PageRequest } from './page-request.ts'
import type { FC } from 'hono/jsx'
import { Button, Csrf, KeptUserCode } from './form.tsx'
import { Layout, type PageContext } from './layout.tsx'
import { WaitPage } from './wait-page.tsx'

interface ProblemPageProps {
  readonly page: PageContext
  readonly title: string
  readonly text: string
  /** A second paragraph. */
  readonly advice?: string
  readonly action?: { readonly href: string; readonly label: string } | undefined
  /** The code to go on with. Not shown: a person may be asked to read it off the device. */
  readonly waitingCode?: UserCode
  readonly requestId?: string | undefined
  /** True where the operator's help is a way on. */
  readonly hasSupport?: boolean
}

export const ProblemPage: FC<ProblemPageProps> = ({
  page,
  title,
  text,
  advice,
  action,
  waitingCode,
  requestId,
  hasSupport = false,
}) => (
  <Layout page={page} title={title}>
    <h1>{title}</h1>
    <p>{text}</p>
    {advice === undefined ? null : <p>{advice}</p>}
    <RequestId page={page} id={requestId} />
    {action === undefined ? null : (
      <a class="button" href={action.href}>
        {action.label}
      </a>
    )}
    {waitingCode === undefined ? null : (
      <form method="post" action={`${page.basePath}/device`}>
        <Csrf page={page} />
        <KeptUserCode userCode={waitingCode} />
        <Button>{page.language.messages.problem.tooMany.again}</Button>
      </form>
    )}
    {hasSupport && page.brand.supportUri !== undefined ? (
      <p>
        <a class="link" href={page.brand.supportUri}>
          {page.language.messages.layout.support}
        </a>
      </p>
    ) : null}
  </Layout>
)

/** The number under which the log has a failure. */
export const RequestId: FC<{ readonly page: PageContext; readonly id: string | undefined }> = ({
  page,
  id,
}) =>
  id === undefined ? null : (
    <p class="quiet">
      {page.language.messages.problem.requestId}{' '}
      <code class="request-id" dir="ltr">
        {id}
      </code>
    </p>
  )

/** An address that leads nowhere. People type addresses, so the way on is the field for their code. */
export const missing = (context: PageRequest) => {
  const page: PageContext | undefined = context.get('page')
  if (page === undefined) return problem(context, 'missing', 404)
  const { title, text } = page.language.messages.problem.missing
  return context.html(
    <Layout page={page} title={title}>
      <h1>{title}</h1>
      <p>{text}</p>
      <CodeForm page={page} />
    </Layout>,
    404,
  )
}

export const forbidden = (context: PageRequest) =>
  problem(context, hasCookies(context) ? 'forbidden' : 'cookies', 403)

/**
 * A form with the token of an earlier session, as after a sign-in in another tab. The way on is its own
 * page again, with its code, if the browser proves that the form is ours.
 */
export const outdated = (context: PageRequest, form: Form) => {
  if (context.req.header('Sec-Fetch-Site') !== 'same-origin' || !hasCookies(context))
    return forbidden(context)
  const page = context.get('page')
  const { outdated: copy, tooMany } = page.language.messages.problem
  const userCode = parseUserCode(form('user_code'))
  if (userCode !== undefined)
    return context.html(<ProblemPage page={page} {...copy} waitingCode={userCode} />, 403)
  const href = page.basePath + (isAboutDevices(context, form) ? '/devices' : '/device')
  const action = { href, label: tooMany.again }
  return context.html(<ProblemPage page={page} {...copy} action={action} />, 403)
}

// The list also removes the device of a result.
const isAboutDevices = (context: PageRequest, form: Form): boolean =>
  form('next') === 'devices' || /\/device(?:s|\/result)(?:\/|$)/.test(context.req.path)

export const tooLarge = (context: PageRequest) => problem(context, 'tooLarge', 413)

/** RFC 6585 §4. The code is kept, so that no one enters it twice (VP-22). */
export const tooMany = (context: PageRequest, waitMs: number, userCode?: UserCode) => {
  const seconds = Math.ceil(waitMs / SECOND)
  context.header('Retry-After', String(seconds))
  const page = context.get('page')
  return context.html(<WaitPage page={page} seconds={seconds} userCode={userCode} />, 429)
}

/** The client's policy does not let a device in from there (RFC 10027 §6.1.1). */
export const tooFar = (
  context: PageRequest,
  page: PageContext,
  clientName: string,
  userCode: UserCode,
) => {
  const { title, text, vpn } = page.language.messages.confirm.tooFar
  return context.html(
    <ProblemPage
      page={page}
      title={title}
      text={text(clientName)}
      advice={vpn}
      waitingCode={userCode}
      hasSupport
    />,
    403,
  )
}

/**
 * Any unexpected failure: an unreachable object, or a bug. A form may have taken effect all the same, so
 * the way on is its own page again, which shows what holds.
 */
export const unavailable = (error: Error, context: PageRequest) => {
  const requestId = logFailure(error)
  const status = error instanceof ObjectUnavailable ? 503 : 500
  const page: PageContext | undefined = context.get('page')
  if (page === undefined) return problem(context, 'unavailable', status)
  const { unavailable: copy, tooMany: wait } = page.language.messages.problem
  const action = { href: samePage(context, page.basePath), label: wait.again }
  return context.html(
    <ProblemPage page={page} {...copy} action={action} requestId={requestId} />,
    status,
  )
}

// All other paths are a stranger's: one that starts with two slashes is an address of another site.
const OURS = ['/device', '/devices', '/authorize']
// The pages that have forms below them.
const WITH_FORMS = [
  '/devices',
  '/device/confirm',
  '/device/result',
  '/device/create-account',
  '/device/sign-in',
]
// An answer of an identity provider is valid once.
const AT_PROVIDER = '/device/sign-in/at/'

const samePage = ({ req }: PageRequest, basePath: string): string => {
  const { pathname, search } = new URL(req.url)
  const path = pathname.slice(basePath.length)
  const isBelow = (page: string) => path === page || path.startsWith(`${page}/`)
  if (req.method === 'GET' && OURS.some(isBelow) && !path.startsWith(AT_PROVIDER))
    return basePath + path + search
  return basePath + (WITH_FORMS.find(isBelow) ?? '/device')
}

const problem = (
  context: PageRequest,
  what: Exclude<keyof Messages['problem'], 'tooMany' | 'start' | 'requestId'>,
  status: ContentfulStatusCode,
) => {
  // A file that failed has no page around it.
  const page: PageContext | undefined = context.get('page')
  const copy = (page?.language ?? DEFAULT_LANGUAGE).messages.problem
  const { title, text } = copy[what]
  if (page === undefined) return context.text(title, status)
  const action = { href: `${page.basePath}/device`, label: copy.start }
  return context.html(<ProblemPage page={page} title={title} text={text} action={action} />, status)
}
