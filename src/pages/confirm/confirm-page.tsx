// The page with a device's request: the client, its scopes, the device and its location.
import type { UserCode } from '../../ids.ts'
import type { Child, FC } from 'hono/jsx'
import { type UserCodeCharset, charsetOf } from '../../codes.ts'
import type { Check, CheckProblems } from '../../review/check.ts'
import type { RequestDescription } from '../../review/description.ts'
import { MINUTE } from '../../durations.ts'
import { timeAgo, timeOfDay } from '../../language/place-and-time.ts'
import { Unverified } from '../kit/client-name.tsx'
import { agoOf, Clock, ClockScript, countdownOf } from '../kit/clock.tsx'
import { confirmPath } from '../kit/errand.tsx'
import { CodeField } from '../kit/code-field.tsx'
import { Button, Checkbox, Csrf, KeptUserCode, Notice } from '../kit/form.tsx'
import { Email, Layout, Screen, ShownUserCode, type PageContext } from '../kit/layout.tsx'

/** The check for a person who may be far from the device, and the problems with their input. */
export interface ShownCheck extends Partial<Check> {
  readonly problems: CheckProblems
}

export interface ConfirmPageProps {
  readonly page: PageContext
  readonly person: { readonly name: string; readonly email: string | undefined }
  readonly client: RequestDescription['client']
  readonly device: RequestDescription['device']
  readonly userCode: UserCode
  /** The proof that this account was shown the request. */
  readonly shown: string
  readonly scopes: readonly string[]
  /** The services where that is, other than this one (RFC 8707). */
  readonly resources: readonly string[]
  readonly expiresAtMs: number
  readonly now: number
  /** The person's time zone; undefined where the edge does not tell it. */
  readonly timeZone: string | undefined
  /** Undefined where the device is near enough. */
  readonly check: ShownCheck | undefined
}

export const ConfirmPage: FC<ConfirmPageProps> = (props) => {
  const { page, client, userCode, check } = props
  const copy = page.language.messages.confirm
  const hasProblem = check !== undefined && Object.values(check.problems).some(Boolean)
  const title = copy.title(client.name)
  return (
    <Layout page={page} title={hasProblem ? copy.problemTitle : title} wide>
      <Person {...props} />
      <div>
        <h1>{title}</h1>
        <AboutClient {...props} />
      </div>
      <div class="side">
        {check === undefined ? (
          <Screen>
            <p>{copy.sameCode}</p>
            <ShownUserCode userCode={userCode} />
            <p class="quiet">
              <TimeLeft {...props} />
            </p>
          </Screen>
        ) : (
          <Notice kind="status">
            {copy.check.title} <span>{copy.check.text}</span>
          </Notice>
        )}
        <Device {...props} />
      </div>
      <div class="side">
        <Scopes {...props} />
        <Decision {...props} />
      </div>
      <script
        src={`${page.basePath}/device/confirm.js`}
        data-review={`${page.basePath}${confirmPath(userCode)}`}
        data-decision={`${page.basePath}/device/confirm/decision`}
        defer
      />
      <ClockScript page={page} />
    </Layout>
  )
}

const AboutClient: FC<ConfirmPageProps> = ({ page, client }) => {
  const { name, uri, isVerified } = client
  // A host that is also the name would appear twice.
  const site = uri === undefined || host(uri) === name ? undefined : host(uri)
  if (site === undefined && isVerified) return null
  return (
    <p class="row quiet">
      {site === undefined ? null : <span>{site}</span>}
      <Unverified page={page} client={client} />
    </p>
  )
}

const Person: FC<ConfirmPageProps> = ({ page, person, userCode }) => {
  const copy = page.language.messages.confirm
  return (
    <form class="person" method="post" action={`${page.basePath}/device/sign-out`}>
      <Csrf page={page} />
      <KeptUserCode userCode={userCode} />
      <p>
        <span class="unseen">{copy.signedIn} </span>
        <bdi>{person.name}</bdi> <Email address={person.email} />
      </p>
      <Button look="plain">{copy.switchAccount}</Button>
    </form>
  )
}

const Device: FC<ConfirmPageProps> = (props) => {
  const { page, device } = props
  const copy = page.language.messages.confirm
  const { place, proximity, proximityText } = device
  return (
    <section>
      <h2>{copy.device}</h2>
      <dl>
        <Detail term={copy.deviceName}>
          <bdi>{device.name}</bdi>
        </Detail>
        <Detail term={copy.place}>
          {place === undefined && proximityText === undefined ? undefined : (
            <>
              {place === undefined ? null : <span>{place}</span>}
              {proximityText === undefined ? null : (
                <strong class={proximity === 'far' ? 'distance far' : 'distance'}>
                  {proximityText}
                </strong>
              )}
            </>
          )}
        </Detail>
        <Detail term={copy.network}>{device.operator}</Detail>
        <Detail term={copy.askedAt}>
          <AskedAt {...props} />
        </Detail>
      </dl>
    </section>
  )
}

const TimeLeft: FC<ConfirmPageProps> = ({ page, expiresAtMs, now, timeZone }) => {
  const { timeLeft, until } = page.language.messages.confirm
  const time = timeOfDay(expiresAtMs, page.language, timeZone)
  return <Clock {...countdownOf(expiresAtMs - now, timeLeft)} still={time && until(time)} />
}

const AskedAt: FC<ConfirmPageProps> = ({ page, device, expiresAtMs, now, timeZone }) => {
  const { requestedAtMs } = device
  const minutes = Math.ceil((expiresAtMs - now) / MINUTE)
  const ago = (elapsedMs: number) => timeAgo(elapsedMs, page.language)
  return (
    <Clock
      {...agoOf(now - requestedAtMs, minutes, ago)}
      still={timeOfDay(requestedAtMs, page.language, timeZone)}
    />
  )
}

const Scopes: FC<ConfirmPageProps> = ({ page, userCode, shown, scopes, resources }) => {
  const copy = page.language.messages.confirm
  return (
    <>
      {scopes.length === 0 ? null : (
        <section>
          <h2>{copy.scopes}</h2>
          <ul>
            {scopes.map((scope) => (
              <li>{scope}</li>
            ))}
          </ul>
          {resources.length === 0 ? null : (
            <p class="quiet">{copy.resources(resources.map(host))}</p>
          )}
        </section>
      )}
      <div class="ways-out">
        <a class="link quiet" href={`${page.basePath}/device`}>
          {copy.otherCode}
        </a>
        <form method="post" action={`${page.basePath}/device/confirm`}>
          <Csrf page={page} />
          <KeptUserCode userCode={userCode} />
          <Shown proof={shown} />
          <Button look="bare" name="decision" value="report">
            {copy.report}
          </Button>
        </form>
      </div>
    </>
  )
}

const Decision: FC<ConfirmPageProps> = ({ page, userCode, shown, check }) => {
  const copy = page.language.messages.confirm
  return (
    <form
      class={check === undefined ? 'decide' : 'decide long'}
      method="post"
      action={`${page.basePath}/device/confirm`}
      novalidate
    >
      <Csrf page={page} />
      <KeptUserCode userCode={userCode} />
      <Shown proof={shown} />
      {check === undefined ? null : (
        <CheckFields page={page} check={check} charset={charsetOf(userCode)} />
      )}
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
  )
}

const Shown: FC<{ readonly proof: string }> = ({ proof }) => (
  <input type="hidden" name="shown" value={proof} />
)

interface CheckFieldsProps {
  readonly page: PageContext
  readonly check: ShownCheck
  readonly charset: UserCodeCharset
}

const CheckFields: FC<CheckFieldsProps> = ({
  page,
  check: { typedCode, isInFront = false, problems },
  charset,
}) => {
  const copy = page.language.messages.confirm.check
  return (
    <>
      {/* Enter in the field presses this; without it, the first button below, which denies. */}
      <button name="decision" value="check" hidden />
      <CodeField
        page={page}
        name="typed_code"
        label={copy.code}
        hint={copy.codeHint}
        error={problems.code ? copy.codeProblem : undefined}
        charset={charset}
        value={typedCode}
        autofocus={problems.code}
      />
      <Checkbox
        name="in_front"
        label={copy.inFront}
        checked={isInFront}
        error={problems.inFront ? copy.inFrontProblem : undefined}
      />
    </>
  )
}

const Detail: FC<{ readonly term: string; readonly children?: Child }> = ({ term, children }) =>
  children === undefined ? null : (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )

const host = (uri: string): string => URL.parse(uri)?.host ?? uri
