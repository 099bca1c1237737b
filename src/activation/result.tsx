// The end of the phone's part: what was decided, and back to the television (VP-17).
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import * as z from 'zod/mini'
import { keepCookie, readCookie } from './cookies.ts'
import type { PageEnvironment, PageRequest } from './visit.ts'
import { Layout, Screen, type PageContext } from './layout.tsx'

const copy = {
  connected: {
    title: 'You’re connected',
    next: 'Go back to your TV.',
    detail: (client: string, device: string) => (
      <>
        <bdi>{client}</bdi> is ready on <bdi>{device}</bdi>. You can close this page.
      </>
    ),
  },
  declined: {
    title: 'Nothing was shared',
    next: 'You did not allow it.',
    detail: (client: string, device: string) => (
      <>
        <bdi>{device}</bdi> is not connected to <bdi>{client}</bdi>. If you did not start this, you
        did the right thing.
      </>
    ),
  },
}

interface ResultPageProps {
  readonly page: PageContext
  readonly outcome: 'connected' | 'declined'
  readonly clientName: string
  readonly deviceName: string
}

export const ResultPage: FC<ResultPageProps> = ({ page, outcome, clientName, deviceName }) => {
  const { title, next, detail } = copy[outcome]
  return (
    <Layout page={page} title={title}>
      {outcome === 'connected' ? <Connected /> : <Standby />}
      <h1>{title}</h1>
      <p class="lead">{next}</p>
      <p>{detail(clientName, deviceName)}</p>
    </Layout>
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

const resultSchema = z.object({
  outcome: z.enum(['connected', 'declined']),
  clientName: z.string(),
  deviceName: z.string(),
})
type Result = z.infer<typeof resultSchema>

/** Keeps what the last page has to say across the redirect. */
export const keepResult = (context: PageRequest, kept: Result): void => {
  keepCookie(context, 'result', JSON.stringify(kept))
}

/** GET tells what was decided. */
export const result = new Hono<PageEnvironment>().get('/', (context) => {
  const page = context.get('page')
  const kept = parseResult(readCookie(context, 'result') ?? '')
  if (kept === undefined) return context.redirect(`${page.basePath}/device`, 303)
  return context.html(<ResultPage page={page} {...kept} />)
})

const parseResult = (text: string): Result | undefined => {
  try {
    return resultSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
