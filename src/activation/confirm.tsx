// The question: is this your device, and may it have this? (RFC 8628 §3.3, §5.4)
import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import { parseUserCode } from '../codes.ts'
import { FRESH_SIGN_IN_MS } from '../config.ts'
import { MINUTE } from '../durations.ts'
import type { SignedIn } from '../identity/session.ts'
import type {
  AuthorizationRequest,
  DecisionOutcome,
} from '../objects/device-authorization-state.ts'
import { accountOf, ask, deviceAuthorizationOf } from '../objects/index.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../rate-limit.ts'
import { mintGrantId } from '../tokens/refresh-token.ts'
import { dropCookie } from './cookies.ts'
import { notValid } from './enter-code.tsx'
import { placeName, timeAgo } from './place-and-time.ts'
import { tooMany } from './problem.tsx'
import { keepResult } from './result.tsx'
import {
  type PageEnvironment,
  type PageRequest,
  keepUserCode,
  keptUserCode,
  codeTryer,
} from './visit.ts'
import { Button, Csrf, KeptUserCode } from './form.tsx'
import { Layout, Screen, UserCode, type PageContext } from './layout.tsx'

const copy = {
  title: (client: string) => `Connect a device to ${client}?`,
  signedIn: 'Signed in',
  switchAccount: 'Switch account',
  sameCode: 'Does your device show this code?',
  timeLeft: (minutes: number) =>
    minutes > 1 ? `Works for ${minutes} more minutes` : 'Works for about one more minute',
  otherCode: 'Enter a different code',
  device: 'The device that asks',
  deviceName: 'Calls itself',
  place: 'Asks from',
  network: 'Network',
  askedAt: 'Asked',
  scopes: 'It will be able to',
  warning: 'Only allow if you started this on your own device.',
  never: 'Never approve a code somebody sent you by mail, chat or phone.',
  deny: 'Don’t allow',
  allow: 'Allow',
}

interface ConfirmPageProps {
  readonly page: PageContext
  readonly person: { readonly name: string; readonly email: string }
  readonly client: { readonly name: string; readonly uri?: string | undefined }
  readonly device: {
    readonly name: string
    readonly place?: string | undefined
    readonly network?: string | undefined
    readonly askedAt: string
  }
  readonly userCode: string
  readonly scopes: readonly string[]
  readonly minutesLeft: number
  readonly switchAccountAction: string
}

export const ConfirmPage: FC<ConfirmPageProps> = ({
  page,
  person,
  client,
  device,
  userCode,
  scopes,
  minutesLeft,
  switchAccountAction,
}) => (
  <Layout page={page} title={copy.title(client.name)} wide>
    <form class="person" method="post" action={switchAccountAction}>
      <Csrf page={page} />
      <KeptUserCode userCode={userCode} />
      <p>
        <span class="unseen">{copy.signedIn}: </span>
        <bdi>{person.name}</bdi> <span class="quiet">{person.email}</span>
      </p>
      <Button look="plain">{copy.switchAccount}</Button>
    </form>
    <div>
      <h1>{copy.title(client.name)}</h1>
      {client.uri === undefined ? null : <p class="quiet">{host(client.uri)}</p>}
    </div>
    <div class="side">
      <Screen>
        <p>{copy.sameCode}</p>
        <UserCode code={userCode} />
        <p class="quiet">{copy.timeLeft(minutesLeft)}</p>
      </Screen>
      <section>
        <h2>{copy.device}</h2>
        <dl>
          <Fact term={copy.deviceName}>
            <bdi>{device.name}</bdi>
          </Fact>
          <Fact term={copy.place}>{device.place}</Fact>
          <Fact term={copy.network}>{device.network}</Fact>
          <Fact term={copy.askedAt}>{device.askedAt}</Fact>
        </dl>
      </section>
    </div>
    <div class="side">
      {scopes.length === 0 ? null : (
        <section>
          <h2>{copy.scopes}</h2>
          <ul>
            {scopes.map((scope) => (
              <li>{scope}</li>
            ))}
          </ul>
        </section>
      )}
      <a class="link quiet" href={`${page.basePath}/device`}>
        {copy.otherCode}
      </a>
      <form class="decide" method="post" action={`${page.basePath}/device/confirm`}>
        <Csrf page={page} />
        <KeptUserCode userCode={userCode} />
        <p>
          <strong>{copy.warning}</strong> {copy.never}
        </p>
        <div class="choices">
          <Button look="ink" name="decision" value="deny">
            {copy.deny}
          </Button>
          <Button name="decision" value="allow">
            {copy.allow}
          </Button>
        </div>
      </form>
    </div>
  </Layout>
)

const Fact: FC<{ readonly term: string; readonly children?: Child }> = ({ term, children }) =>
  children === undefined ? null : (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )

const host = (uri: string): string => URL.parse(uri)?.host ?? uri

/** GET shows the question (and changes nothing, VP-2); POST takes the decision. */
export const confirm = new Hono<PageEnvironment>()
  .get('/', async (context) => {
    const shown = keptUserCode(context)
    if (shown === undefined) return goTo(context, '/device')
    const decider = await admit(context, shown)
    if (decider instanceof Response) return decider
    const reviewed = await ask(() => authorizationOf(context, shown).review(decider.subject))
    switch (reviewed.outcome) {
      case 'reviewable':
        return show(context, decider, shown, reviewed.request)
      case 'not_valid':
        return wrongCode(context, decider)
      case 'approved':
      case 'denied':
        // Their own doing, so it tells nobody anything to say so again.
        return showResult(context, reviewed.outcome, reviewed.request)
    }
  })
  .post('/', async (context) => {
    const form = context.get('form')
    const shown = form('user_code')
    if (!keepUserCode(context, shown)) return goTo(context, '/device')
    const decider = await admit(context, shown)
    if (decider instanceof Response) return decider
    const outcome = form('decision') === 'allow' ? 'approved' : 'denied'
    const decision = await decide(context, decider, shown, outcome)
    return decision.outcome === 'decided'
      ? showResult(context, outcome, decision.request)
      : wrongCode(context, decider)
  })

const goTo = (context: PageRequest, path: string): Response =>
  context.redirect(`${context.get('page').basePath}${path}`, 303)

// Who may have a code looked up now; otherwise, what they see instead.
const admit = async (context: PageRequest, shown: string): Promise<SignedIn | Response> => {
  if (!(await isWithinLimit(context.env.PERSON_LIMIT, context.req.raw, 'confirm')))
    return tooMany(context, LIMIT_PERIOD_MS)
  const decider = await freshPerson(context, shown)
  if (decider === undefined) return goTo(context, '/device/sign-in')
  return decider.codeWaitMs > 0 ? tooMany(context, decider.codeWaitMs) : decider
}

const showResult = (
  context: PageRequest,
  outcome: 'approved' | 'denied',
  request: AuthorizationRequest,
): Response => {
  dropCookie(context, 'user_code')
  keepResult(context, {
    outcome: outcome === 'approved' ? 'connected' : 'declined',
    clientName: request.clientName,
    deviceName: request.origin.deviceName,
  })
  return goTo(context, '/device/result')
}

// SS-5: signed in, and recently, because phones are handed around.
const freshPerson = async (context: PageRequest, shown: string): Promise<SignedIn | undefined> => {
  const known = await codeTryer(context, parseUserCode(shown) ?? '')
  const isFresh = known !== undefined && Date.now() < known.authTimeMs + FRESH_SIGN_IN_MS
  return isFresh ? known : undefined
}

const authorizationOf = (context: PageRequest, shown: string) =>
  deviceAuthorizationOf(context.env, parseUserCode(shown) ?? '')

const decide = (
  context: PageRequest,
  { subject, authTimeMs, amr }: SignedIn,
  shown: string,
  outcome: 'approved' | 'denied',
): Promise<DecisionOutcome> =>
  ask(() => {
    const authorization = authorizationOf(context, shown)
    const grantId = mintGrantId()
    return outcome === 'approved'
      ? authorization.approve({ subject, grantId, authTimeMs, amr })
      : authorization.deny(subject)
  })

// RFC 8628 §5.1: counted per account, whether the code never was, has run out, or was another's.
const wrongCode = async (context: PageRequest, { subject }: SignedIn) => {
  await ask(async () => accountOf(context.env, subject)?.countWrongCode())
  return notValid(context)
}

const show = (
  context: PageRequest,
  decider: SignedIn,
  userCode: string,
  request: AuthorizationRequest,
) => {
  const { scopes } = context.get('config')
  const page = context.get('page')
  const { origin } = request
  return context.html(
    <ConfirmPage
      page={page}
      person={{ name: decider.name, email: decider.email }}
      client={{ name: request.clientName, uri: request.clientUri }}
      device={{
        name: origin.deviceName,
        place: placeName(origin),
        network: origin.network,
        askedAt: timeAgo(Date.now() - request.requestedAtMs),
      }}
      userCode={userCode}
      scopes={request.scope.map((word) => scopes.get(word) ?? word)}
      minutesLeft={Math.floor((request.expiresAtMs - Date.now()) / MINUTE)}
      switchAccountAction={`${page.basePath}/device/sign-out`}
    />,
  )
}
