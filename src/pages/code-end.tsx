// The pages for a code that can no longer be answered: what became of it, and the way to a new one.
import type { CodeEnd } from '../objects/device-authorization/outcomes.ts'
import { dropCookie } from './kit/cookies.ts'
import type { PageRequest } from './kit/page-request.ts'
import { ProblemPage } from './kit/problem.tsx'
import type { PageContext } from './kit/layout.tsx'

/** Tells a person who may know what became of a code (VP-6). */
export const ended = (context: PageRequest, end: CodeEnd) => {
  dropCookie(context, 'user_code')
  const page = context.get('page')
  const { title, text } = page.language.messages.ended[end]
  return context.html(
    <ProblemPage page={page} title={title} text={text} action={newCode(page)} />,
    404,
  )
}

/** The device's client was removed after the device had started. */
export const clientGone = (context: PageRequest, page: PageContext) => {
  dropCookie(context, 'user_code')
  const { title, text } = page.language.messages.ended.clientGone
  return context.html(
    <ProblemPage
      page={page}
      title={title}
      text={text(page.brand.name)}
      action={newCode(page)}
      hasSupport
    />,
    403,
  )
}

const newCode = ({ basePath, language }: PageContext) => ({
  href: `${basePath}/device`,
  label: language.messages.ended.action,
})
