// A countdown until the next attempt, and the way on afterwards. The code is kept and not shown: a
// code that must be read from the device must not be readable here.
import type { UserCode } from '../../ids.ts'
import type { FC } from 'hono/jsx'
import { Button, Csrf, KeptUserCode } from './form.tsx'
import { Layout, type PageContext } from './layout.tsx'

interface WaitPageProps {
  readonly page: PageContext
  readonly seconds: number
  /** The code that waits, if any. */
  readonly userCode: UserCode | undefined
}

export const WaitPage: FC<WaitPageProps> = ({ page, seconds, userCode }) => {
  const copy = page.language.messages.problem.tooMany
  return (
    <Layout page={page} title={copy.title}>
      <h1>{copy.title}</h1>
      <p role="status">{copy.text(seconds)}</p>
      <p role="timer" class="countdown" dir="ltr" data-seconds={seconds} hidden />
      {userCode === undefined ? null : (
        <form method="post" action={`${page.basePath}/device`}>
          <Csrf page={page} />
          <KeptUserCode userCode={userCode} />
          <p class="quiet">{copy.kept}</p>
          <Button>{copy.again}</Button>
        </form>
      )}
      <script src={`${page.basePath}/device/wait.js`} data-over={copy.over} defer />
    </Layout>
  )
}
