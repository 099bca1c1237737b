// Push notifications: the part of /devices that opts a browser in and out, and the "Not me" that a
// notification sends without a page.
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { parseUserCode } from '../../codes.ts'
import { issuerFor } from '../../config/config.ts'
import { isLoopback } from '../../config/loopback.ts'
import type { SubscribedBrowser } from '../../objects/account/prompts.ts'
import type { PushAddress } from '../../objects/account/push-subscriptions.ts'
import { parsePushAddress } from '../../push/address.ts'
import { isWithinLimit } from '../../http/rate-limit.ts'
import { reportPrompt } from '../../review/review.ts'
import { ActionForm, Actions, Detail } from '../kit/card.tsx'
import { isOwnPage } from '../kit/fetch-metadata.ts'
import { Button, Csrf, Notice } from '../kit/form.tsx'
import type { PageContext } from '../kit/layout.tsx'
import { placeName, timeAgo } from '../../language/place-and-time.ts'
import { type PageEnvironment, type PageRequest, sessionCookie } from '../kit/page-request.ts'

interface PromptsProps {
  readonly page: PageContext
  readonly browsers: readonly SubscribedBrowser[]
  readonly sessionId: string
  readonly now: number
  /** This server's VAPID public key. */
  readonly publicKey: string
}

export const Prompts: FC<PromptsProps> = (props) => {
  const { page, browsers, sessionId, now } = props
  const { language } = page
  const copy = language.messages.devices
  return (
    <section>
      <h2>{copy.prompts.title}</h2>
      <p class="quiet">{copy.prompts.text}</p>
      <ul class="cards">
        {browsers.map((asked) => (
          <li>
            <h3>
              <bdi>{asked.browser}</bdi>{' '}
              {asked.sessionId === sessionId ? <span class="tag">{copy.thisBrowser}</span> : null}
            </h3>
            <dl>
              <Detail term={copy.place}>{placeName(asked.place, language)}</Detail>
              <Detail term={copy.prompts.since}>
                {timeAgo(now - asked.subscribedAtMs, language)}
              </Detail>
            </dl>
            <Actions>
              <ActionForm page={page} action="prompts/remove" id={asked.sessionId}>
                <Button look="plain" aria-label={copy.prompts.stopLabel(asked.browser)}>
                  {copy.prompts.stop}
                </Button>
              </ActionForm>
            </Actions>
          </li>
        ))}
      </ul>
      {browsers.some((asked) => asked.sessionId === sessionId) ? null : <OptIn {...props} />}
    </section>
  )
}

/** Hidden until push.js, which makes it work, has run. */
const OptIn: FC<PromptsProps> = ({ page, publicKey }) => {
  const copy = page.language.messages.devices.prompts
  const language = encodeURIComponent(page.language.tag)
  return (
    <>
      <form
        method="post"
        action={`${page.basePath}/devices/prompts/add`}
        data-push={publicKey}
        data-worker={`${page.basePath}/device/push-worker.js?ui_locales=${language}`}
        data-scope={`${page.basePath}/devices`}
        hidden
      >
        <Csrf page={page} />
        <input type="hidden" name="endpoint" />
        <input type="hidden" name="p256dh" />
        <input type="hidden" name="auth" />
        <Notice kind="problem" id="push-problem" hidden>
          {copy.problem}
        </Notice>
        <Button>{copy.ask}</Button>
      </form>
      <p id="push-unsupported">{copy.unsupported}</p>
      <script src={`${page.basePath}/device/push.js`} defer />
    </>
  )
}

/** The subscription that push.js sent, if it is one. */
export const sentPushAddress = (context: PageRequest): Promise<PushAddress | undefined> => {
  const config = context.get('config')
  const form = context.get('form')
  const { hostname } = new URL(issuerFor(config, context.req.url))
  return parsePushAddress(
    { endpoint: form('endpoint'), p256dh: form('p256dh'), auth: form('auth') },
    { allowsLoopback: config.isDemo && isLoopback(hostname) },
  )
}

/**
 * POST from the notification. Its script has no form and so no form token; its proof is the endpoint,
 * known only to this browser, its push service and this server.
 */
export const promptDenial = new Hono<PageEnvironment>().post('/', async (context) => {
  const { env, req } = context
  if (!isOwnPage(context)) return context.body(null, 403)
  if (!(await isWithinLimit(env, 'PERSON_LIMIT', req.raw, 'prompt'))) return context.body(null, 429)
  const fields = new URLSearchParams(await req.text())
  const userCode = parseUserCode(fields.get('user_code') ?? '')
  const cookie = sessionCookie(context)
  if (userCode === undefined || cookie === undefined) return context.body(null, 403)
  const endpoint = fields.get('endpoint') ?? ''
  const { outcome } = await reportPrompt(env, cookie, endpoint, userCode)
  switch (outcome) {
    case 'not_asked':
      return context.body(null, 403)
    // The notification then opens the page, which shows the result and can take an approval back.
    case 'too_late':
      return context.body(null, 409)
    case 'reported':
      return context.body(null, 204)
  }
})
