// GET and POST /authorize: several clients and Discovery demand that there is such an endpoint.
// This one only says where sign-in starts. It takes no parameter in and never redirects (MD-6).
import { Hono } from 'hono'
import { ProblemPage } from './kit/problem.tsx'
import type { PageEnvironment } from './kit/page-request.ts'

export const authorize = new Hono<PageEnvironment>().on(['GET', 'POST'], '/', (context) => {
  const page = context.get('page')
  const copy = page.language.messages.authorize
  const action = { href: `${page.basePath}/device`, label: copy.action }
  return context.html(
    <ProblemPage page={page} title={copy.title} text={copy.text} action={action} />,
    400,
  )
})
