// A page that cannot go on: what happened in one sentence, and the one way out.
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { MINUTE, SECOND } from '../durations.ts'
import { logFailure } from '../failure-log.ts'
import { ObjectUnavailable } from '../objects/index.ts'
import { hasCookies } from './cookies.ts'
import type { PageRequest } from './visit.ts'
import type { FC } from 'hono/jsx'
import { Layout, type PageContext } from './layout.tsx'

const copy = {
  missing: { title: 'There is no such page', text: 'Check the address, or start with your code.' },
  forbidden: {
    title: 'That did not come from this page',
    text: 'The form was too old or came from somewhere else. Nothing was changed. Please try again.',
  },
  cookies: {
    title: 'This page needs cookies',
    text: 'Allow cookies for this site, so that your code is kept while you sign in, and start again.',
  },
  tooLarge: { title: 'That was too much', text: 'The form was larger than it can be.' },
  unavailable: {
    title: 'Something went wrong here',
    text: 'Nothing was changed. Please try again in a moment.',
  },
  tooMany: (minutes: number) => ({
    title: 'Too many tries',
    text: `To keep accounts safe there is a pause now. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
  }),
  start: 'Enter a code',
}

interface ProblemPageProps {
  readonly page: PageContext
  readonly title: string
  readonly text: string
  readonly action?: { readonly href: string; readonly label: string } | undefined
}

export const ProblemPage: FC<ProblemPageProps> = ({ page, title, text, action }) => (
  <Layout page={page} title={title}>
    <h1>{title}</h1>
    <p>{text}</p>
    {action === undefined ? null : (
      <a class="button" href={action.href}>
        {action.label}
      </a>
    )}
  </Layout>
)

export const missing = (context: PageRequest) => problem(context, copy.missing, 404)

export const forbidden = (context: PageRequest) =>
  problem(context, hasCookies(context) ? copy.forbidden : copy.cookies, 403)

export const tooLarge = (context: PageRequest) => problem(context, copy.tooLarge, 413)

/** RFC 6585 §4. */
export const tooMany = (context: PageRequest, waitMs: number) => {
  context.header('Retry-After', String(Math.ceil(waitMs / SECOND)))
  const { title, text } = copy.tooMany(Math.ceil(waitMs / MINUTE))
  const page = context.get('page')
  return context.html(<ProblemPage page={page} title={title} text={text} />, 429)
}

/** Whatever a page did not expect: an object out of reach, or a bug. */
export const unavailable = (error: Error, context: PageRequest) => {
  logFailure(error)
  return problem(context, copy.unavailable, error instanceof ObjectUnavailable ? 503 : 500)
}

const problem = (
  context: PageRequest,
  { title, text }: { title: string; text: string },
  status: ContentfulStatusCode,
) => {
  // A file that failed has no page around it.
  const page: PageContext | undefined = context.get('page')
  if (page === undefined) return context.text(title, status)
  const action = { href: `${page.basePath}/device`, label: copy.start }
  return context.html(<ProblemPage page={page} title={title} text={text} action={action} />, status)
}
