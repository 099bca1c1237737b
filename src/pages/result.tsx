// The last page on the phone: the outcome, and back to the television (VP-17). A mistaken approval is
// withdrawn here.
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import * as z from 'zod/mini'
import { type ShownClient, shownClient } from '../config/client-name.ts'
import { parseUserCode } from '../codes.ts'
import { seal, unseal } from '../crypto.ts'
import { plainText } from '../text/plain-text.ts'
import { accountOf } from '../objects/index.ts'
import { withdraw } from '../review/review.ts'
import { deviceWords } from '../language/device-words.ts'
import { macSecret } from '../tokens/signing-keys.ts'
import { nameInSentence } from './kit/client-name.tsx'
import { dropCookie, keepCookie, readCookie } from './kit/cookies.ts'
import { Button, Csrf } from './kit/form.tsx'
import { Layout, Screen, type PageContext } from './kit/layout.tsx'
import { SurePage } from './kit/sure-page.tsx'
import {
  type PageEnvironment,
  type PageRequest,
  goTo,
  pageForClient,
  sessionCookie,
  signedInVisitor,
} from './kit/page-request.ts'

// Untrusted names, perhaps stored by an older release that cleaned them less.
const name = z.pipe(z.string(), z.transform(plainText))

const resultSchema = z.object({
  outcome: z.enum(['approved', 'denied', 'reported', 'withdrawn']),
  clientId: z.string(),
  clientName: name,
  deviceName: name,
  userCode: z.string(),
})
type Result = z.output<typeof resultSchema>

interface ResultPageProps {
  readonly page: PageContext
  readonly result: Pick<Result, 'outcome' | 'deviceName'>
  readonly client: ShownClient
  /** The sealed result, which the form sends back: another tab may have kept a later one. */
  readonly sealed: string
  /** True if the page offers to add a passkey. */
  readonly offersPasskey: boolean
}

export const ResultPage: FC<ResultPageProps> = ({
  page,
  result,
  sealed,
  client,
  offersPasskey,
}) => {
  const { outcome, deviceName } = result
  const copy = page.language.messages.result
  const { title, next, detail } = copy[outcome]
  const isApproved = outcome === 'approved'
  return (
    <Layout page={page} title={title}>
      {isApproved ? <Connected /> : <Standby />}
      <h1>{title}</h1>
      <p class="lead">{next}</p>
      <p>{detail(nameInSentence(page, client), deviceWords(deviceName, page.language.messages))}</p>
      {outcome === 'denied' ? <p>{copy.mistake}</p> : null}
      {isApproved ? null : <NextStep page={page} outcome={outcome} />}
      {isApproved && offersPasskey ? (
        <section class="offer">
          <h2>{copy.passkey.title}</h2>
          <p>{copy.passkey.text}</p>
          <a class="button plain" href={`${page.basePath}/devices#passkeys`}>
            {page.language.messages.devices.addPasskey}
          </a>
        </section>
      ) : null}
      {outcome === 'withdrawn' ? null : (
        <p>
          <a class="link quiet" href={`${page.basePath}/devices`}>
            {page.language.messages.layout.devices}
          </a>
        </p>
      )}
      {isApproved ? <NotMe page={page} sealed={sealed} /> : null}
    </Layout>
  )
}

const NextStep: FC<{ readonly page: PageContext; readonly outcome: Result['outcome'] }> = ({
  page: { basePath, language },
  outcome,
}) => (
  <a class="button plain" href={`${basePath}/${outcome === 'withdrawn' ? 'devices' : 'device'}`}>
    {outcome === 'withdrawn' ? language.messages.layout.devices : language.messages.ended.action}
  </a>
)

const NotMe: FC<Pick<ResultPageProps, 'page' | 'sealed'>> = ({ page, sealed }) => {
  const copy = page.language.messages.result
  return (
    <form class="regret" method="post" action={`${page.basePath}/device/result`}>
      <Csrf page={page} />
      <input type="hidden" name="result" value={sealed} />
      <Button look="plain" name="decision" value="not-me">
        {copy.notMe}
      </Button>
      <p class="quiet">{copy.notMeHint}</p>
    </form>
  )
}

const Connected: FC = () => (
  <Screen show="picture lit">
    <svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor">
      <path
        class="tick"
        d="M4 12.5 9.5 18 20 6.5"
        pathLength="1"
        stroke-width="2.5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  </Screen>
)

/** Switched off, with its small red light. */
const Standby: FC = () => (
  <Screen show="picture off">
    <svg viewBox="0 0 8 8" aria-hidden="true">
      <circle cx="4" cy="4" r="4" fill="#ff5a4f" />
    </svg>
  </Screen>
)

const PURPOSE = 'result'

/** Keeps what the last page has to say across the redirect. Sealed, because it names an object. */
export const keepResult = async (context: PageRequest, kept: Result): Promise<void> => {
  const json = Buffer.from(JSON.stringify(kept))
  keepCookie(context, 'result', seal(await macSecret(context.env), PURPOSE, json))
}

const openResult = async (context: PageRequest, sealed: string): Promise<Result | undefined> => {
  const json = unseal(await macSecret(context.env), PURPOSE, sealed)
  return json && parseResult(Buffer.from(json).toString())
}

/** GET tells what was decided; POST takes a connection back, and ends every session. */
export const result = new Hono<PageEnvironment>()
  .get('/', async (context) => {
    const sealed = readCookie(context, 'result') ?? ''
    const kept = await openResult(context, sealed)
    if (kept === undefined) return goTo(context, '/device')
    return context.html(
      <ResultPage
        page={pageForClient(context, kept.clientId)}
        result={kept}
        sealed={sealed}
        client={shownClient(context.get('config'), kept)}
        offersPasskey={kept.outcome === 'approved' && (await mayAddPasskey(context))}
      />,
    )
  })
  .post('/', async (context) => {
    const sealed = context.get('form')('result')
    const kept = await openResult(context, sealed)
    const person = await signedInVisitor(context)
    if (kept === undefined || person === undefined) return goTo(context, '/device/sign-in')
    if (context.get('form')('sure') !== 'yes') return askWhetherSure(context, kept, sealed)
    const userCode = parseUserCode(kept.userCode)
    if (userCode === undefined) return goTo(context, '/devices')
    const withdrawn = await withdraw(context.env, context.get('config'), person.subject, userCode)
    if (withdrawn.outcome === 'not_valid') return goTo(context, '/devices')
    dropCookie(context, 'session')
    await keepResult(context, { ...kept, outcome: 'withdrawn' })
    return goTo(context, '/device/result')
  })

const askWhetherSure = (context: PageRequest, { clientId, deviceName }: Result, sealed: string) => {
  const page = pageForClient(context, clientId)
  const { title, text, yes } = page.language.messages.sure.notMe
  return context.html(
    <SurePage
      page={page}
      title={title(deviceWords(deviceName, page.language.messages))}
      text={text}
      action="/device/result"
      fields={{ result: sealed }}
      yes={yes}
      back="/device/result"
    />,
  )
}

// Only people with a password gain from a passkey.
const mayAddPasskey = async (context: PageRequest): Promise<boolean> => {
  const cookie = sessionCookie(context)
  if (!context.get('config').hasBuiltInAccounts || cookie === undefined) return false
  const own = await accountOf(context.env, cookie.subject)?.ownPasskeys(cookie.digest)
  if (own === undefined || own.passkeys.length > 0) return false
  return own.person.provider === undefined && own.person.amr.includes('pwd')
}

const parseResult = (text: string): Result | undefined => {
  try {
    return resultSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
