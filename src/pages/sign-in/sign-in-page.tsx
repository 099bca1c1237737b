// The sign-in page: by password, by passkey, or at an identity provider.
import type { UserCode } from '../../ids.ts'
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { FC } from 'hono/jsx'
import { MAX_EMAIL_LENGTH } from '../../identity/built-in.ts'
import { MAX_PASSWORD_LENGTH } from '../../objects/login/password.ts'
import { type Errand, ErrandFields, errandQuery } from '../kit/errand.tsx'
import { Button, Csrf, Field, Notice, ShowPasswordScript } from '../kit/form.tsx'
import { RequestId } from '../kit/problem.tsx'
import { Layout, type PageContext } from '../kit/layout.tsx'
import { PasskeyForm, PasskeyScripts } from '../kit/passkey-form.tsx'

/** A problem; one about the password also marks its fields. */
export interface Problem {
  readonly text: string
  readonly isAboutPassword?: boolean
  /** Finds the failure in the log. */
  readonly requestId?: string
}

export interface SignInPageProps {
  readonly page: PageContext
  readonly errand: Errand
  readonly email?: string | undefined
  readonly problem?: Problem | undefined
  /** In a browser inside another app, where a person is rarely signed in. */
  readonly isInApp: boolean
  /** Signed in, but too long ago for what comes next. */
  readonly reauthenticate?: boolean | undefined
  /** Undefined where there are no built-in accounts. */
  readonly passkeyOptions: PublicKeyCredentialRequestOptionsJSON | undefined
  readonly providers: readonly { readonly id: string; readonly name: string }[]
  /** The address that a browser goes on to by itself. */
  readonly goesTo?: string | undefined
}

export const SignInPage: FC<SignInPageProps> = (props) => {
  const {
    page,
    errand,
    problem,
    isInApp,
    reauthenticate = false,
    passkeyOptions,
    providers,
  } = props
  const copy = page.language.messages.signIn
  const title = reauthenticate ? copy.againTitle : copy.title
  const hasBuiltIn = passkeyOptions !== undefined
  return (
    <Layout
      page={page}
      title={problem === undefined ? title : copy.problemTitle}
      goesTo={props.goesTo}
    >
      <h1>{title}</h1>
      {reauthenticate ? <p>{copy.again}</p> : null}
      <Waiting page={page} userCode={errand.userCode} />
      {isInApp ? <p class="quiet">{copy.inApp}</p> : null}
      {problem === undefined ? null : (
        <Notice kind="problem" id="problem">
          {problem.text}
        </Notice>
      )}
      <RequestId page={page} id={problem?.requestId} />
      {hasBuiltIn ? <PasswordForm {...props} /> : null}
      {passkeyOptions === undefined ? null : (
        <PasskeyForm
          page={page}
          ceremony="get"
          options={passkeyOptions}
          action={`${page.basePath}/device/sign-in/passkey`}
          again={`${page.basePath}/device/sign-in${errandQuery(errand)}`}
          label={copy.passkey}
          problem={copy.passkeyProblem}
          look="plain"
          errand={errand}
        />
      )}
      {hasBuiltIn && providers.length > 0 ? <p class="or">{copy.or}</p> : null}
      {providers.map(({ id, name }) => (
        <a
          class={hasBuiltIn ? 'button plain' : 'button'}
          href={`${page.basePath}/device/sign-in/at/${id}${errandQuery(errand)}`}
        >
          {copy.continueWith(name)}
        </a>
      ))}
      {reauthenticate ? (
        <form method="post" action={`${page.basePath}/device/sign-out`}>
          <Csrf page={page} />
          <ErrandFields errand={errand} />
          <Button look="plain">{copy.switchAccount}</Button>
        </form>
      ) : hasBuiltIn ? (
        <p>
          {copy.newHere}{' '}
          <a class="link" href={`${page.basePath}/device/create-account${errandQuery(errand)}`}>
            {copy.create}
          </a>
        </p>
      ) : null}
      {hasBuiltIn ? <ShowPasswordScript page={page} /> : null}
      {hasBuiltIn ? <PasskeyScripts page={page} /> : null}
    </Layout>
  )
}

const PasswordForm: FC<SignInPageProps> = ({
  page,
  errand,
  email,
  problem,
  reauthenticate = false,
}) => {
  const copy = page.language.messages.signIn
  const noticeId = problem?.isAboutPassword === true ? 'problem' : undefined
  const isKnown = email !== undefined && email !== ''
  return (
    <form method="post" action={`${page.basePath}/device/sign-in`} novalidate>
      <Csrf page={page} />
      <ErrandFields errand={errand} />
      <Field
        page={page}
        name="email"
        label={copy.email}
        noticeId={noticeId}
        type="email"
        autocomplete="username webauthn"
        maxlength={MAX_EMAIL_LENGTH}
        value={email}
        readonly={reauthenticate && isKnown}
        autofocus={noticeId !== undefined && !isKnown}
      />
      <Field
        page={page}
        name="password"
        label={copy.password}
        noticeId={noticeId}
        type="password"
        autocomplete="current-password"
        maxlength={MAX_PASSWORD_LENGTH}
        autofocus={isKnown}
      />
      <Button>{copy.submit}</Button>
    </form>
  )
}

/** Says that the code is not lost, and not what it is: it may have come by link, and the person may be
 * asked to read it off the device. */
export const Waiting: FC<{
  readonly page: PageContext
  readonly userCode: UserCode | undefined
}> = ({ page, userCode }) =>
  userCode === undefined ? null : <p class="quiet">{page.language.messages.signIn.waiting}</p>
