// The two ways to decide about devices, with results in the same words.
import { ApprovalApp } from '../support/approval-app.ts'
import type { Answer as AppAnswer } from '../support/device.ts'
import { type Page, Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import type { Fetch } from '../support/worker.ts'

/** A decision, and the check if the device is far. */
interface Answer {
  readonly decision: string
  readonly typedCode: string | undefined
  readonly isInFront: boolean
}

/** One of the two ways to decide about a device, page or app, with results in common words. */
export interface Lane {
  readonly lookUp: (code: string) => Promise<string>
  readonly decide: (code: string, answer: Answer) => Promise<string>
}

/** A browser that has this session. */
export const byPage = (send: Fetch, cookie: string): Lane => {
  const person = new Person(send, ISSUER)
  person.cookies.set('__Host-session', cookie)
  return {
    lookUp: async (code) => toldByPage(await person.open(`/device?user_code=${code}`)),
    decide: async (code, { decision, typedCode, isInFront }) => {
      const typed_code = typedCode ?? ''
      const { html: form } = await person.open('/device')
      const csrf = /name="csrf" value="([^"]+)"/.exec(form)?.[1] ?? ''
      const fields = { csrf, user_code: code, decision, typed_code }
      const all = { ...fields, ...(isInFront && { in_front: 'yes' }) }
      return toldByPage(await person.post('/device/confirm', all))
    },
  }
}

/** The service's app, with this access token. */
export const byApp = (send: Fetch, token: string): Lane => {
  const app = new ApprovalApp(send, `Bearer ${token}`)
  return {
    lookUp: async (code) => toldByApp(await app.review(code)),
    decide: async (code, { decision, typedCode: typed_code, isInFront }) => {
      return toldByApp(
        await app.decide(code, {
          decision: decision === 'allow' ? 'approve' : decision,
          in_front: isInFront,
          ...(typed_code !== undefined && { typed_code }),
        }),
      )
    },
  }
}

const toldByPage = ({ url, status, html }: Page): string => {
  if (url.pathname === '/device/sign-in') return 'who are you?'
  if (status === 429) return 'wait'
  if (status === 404) return 'not valid'
  if (status === 403) return 'too far'
  if (status === 400) return 'check'
  const titles = {
    'You’re connected': 'approved',
    'Nothing was shared': 'declined',
    'The request was stopped': 'reported',
    'The device was removed': 'withdrawn',
    'Connect a device to': 'question',
  }
  return Object.entries(titles).find(([title]) => html.includes(title))?.[1] ?? html
}

const toldByApp = ({ status, body }: AppAnswer): string => {
  const errors: Readonly<Record<number, string>> = {
    401: 'who are you?',
    403: 'too far',
    404: 'not valid',
    422: 'check',
    429: 'wait',
  }
  if (body.status === 'pending') return body.policy === 'refuse' ? 'too far' : 'question'
  return body.status ?? errors[status] ?? JSON.stringify(body)
}
