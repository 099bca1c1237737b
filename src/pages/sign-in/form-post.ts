// Answers of providers that a page of theirs posts (OAuth 2.0 Form Post Response Mode). A form of another
// site brings none of our cookies, which are SameSite=Lax. So this reads and sets no cookie and checks
// nothing: it leads to the same callback by GET, which brings them and makes every check. That is the
// redirect of the default response mode, with the same one-time code, useless to anyone without the
// browser's own attempt.
import type { MiddlewareHandler } from 'hono'
import type { Config } from '../../config/config.ts'
import { plainText } from '../../text/plain-text.ts'
import type { PageEnvironment } from '../kit/page-request.ts'

/** The parameters that go on; all values of each, so that a repeated one is refused. */
const ANSWER = ['state', 'code', 'iss', 'error']

/** POST of the callback of a provider with `response_mode = "form_post"`. */
export const formPost =
  (config: Config): MiddlewareHandler<PageEnvironment> =>
  async (context, next) => {
    const id = context.req.param('provider')
    const provider = config.identityProviders.find((known) => known.id === id)
    if (provider?.responseMode !== 'form_post') return next()
    const form = new URLSearchParams(await context.req.text())
    const answer = new URLSearchParams(
      ANSWER.flatMap((name) => form.getAll(name).map((value): [string, string] => [name, value])),
    )
    const name = nameIn(form.get('user'))
    if (name !== '') answer.set('name', name)
    const path = `${config.basePath}/device/sign-in/at/${provider.id}/callback`
    return context.redirect(`${path}?${answer.toString()}`, 303)
  }

// Sign in with Apple tells the name here alone, in the first answer. The address there is not used: only
// the ID token vouches for one.
const nameIn = (user: string | null): string => {
  try {
    const { name } = JSON.parse(user ?? '{}') as { name?: Readonly<Record<string, unknown>> }
    return plainText(
      [name?.['firstName'], name?.['lastName']]
        .filter((part) => typeof part === 'string')
        .join(' '),
    )
  } catch {
    return ''
  }
}
