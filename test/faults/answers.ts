// The meaning of an answer, out of those allowed for each request. Anything else is wrong: another
// status, another error, JSON or a page that is not ours.
import { decodeJwt } from 'jose'
import { hiddenFields } from '../bench/browser.ts'
import type { Answer, Asked } from './history.ts'
import type { Heard } from './wire.ts'

type Read = (heard: Heard) => Answer | undefined

export const readAnswer = (does: Asked['does'], heard: Heard): Answer => {
  try {
    const answer = isUnavailable(heard) ? { is: 'unavailable' as const } : READ[does](heard)
    if (answer !== undefined) return answer
  } catch {
    // Not even legible.
  }
  const { status, headers, body } = heard
  const head = [status, headers['content-type'], headers.location].join(' ')
  return { is: 'wrong', text: `${does}: ${head} ${body.slice(0, 500)}` }
}

type Json = Readonly<Record<string, unknown>>

const json = ({ headers, body }: Heard): Json => {
  if (!headers['content-type']?.startsWith('application/json')) throw new TypeError('no JSON')
  return JSON.parse(body) as Json
}

const text = (value: unknown): string => {
  if (typeof value !== 'string' || value === '') throw new TypeError('no text')
  return value
}

const isPage = ({ headers, body }: Heard): boolean =>
  headers['content-type'] === 'text/html; charset=UTF-8' &&
  headers['content-security-policy'] !== undefined &&
  body.startsWith('<!doctype html>') &&
  body.endsWith('</html>')

const isUnavailable = (heard: Heard): boolean => {
  if (heard.status !== 503) return false
  if (isPage(heard)) return true
  return json(heard)['error'] === 'temporarily_unavailable' && heard.headers['retry-after'] === '1'
}

/** An error of the token endpoint; each has a description and no-store. */
const refusal = (heard: Heard): string => {
  const { error, error_description: description } = json(heard)
  if (heard.status !== 400 || heard.headers['cache-control'] !== 'no-store') return ''
  return text(description) && text(error)
}

const tokens: Read = (heard) => {
  if (heard.status !== 200 || heard.headers['cache-control'] !== 'no-store') return undefined
  const body = json(heard)
  const accessToken = text(body['access_token'])
  const { sub, grant_id: grantId, jti } = decodeJwt(accessToken)
  const grant = `${text(sub)} ${text(grantId)}`
  const refreshToken = text(body['refresh_token'])
  return { is: 'tokens', accessToken, tokenId: text(jti), refreshToken, grant }
}

const POLLED = {
  authorization_pending: 'pending',
  slow_down: 'slow_down',
  access_denied: 'denied',
  expired_token: 'expired',
  invalid_grant: 'invalid',
} as const

const polled: Read = (heard) => {
  if (heard.status === 200) return tokens(heard)
  const error = refusal(heard)
  return Object.hasOwn(POLLED, error) ? { is: POLLED[error as keyof typeof POLLED] } : undefined
}

const started: Read = (heard) => {
  if (heard.status !== 200) return undefined
  const { device_code: deviceCode, user_code: userCode } = json(heard)
  return { is: 'started', deviceCode: text(deviceCode), userCode: text(userCode) }
}

const introspected: Read = (heard) => {
  const { active } = json(heard)
  if (heard.status !== 200 || typeof active !== 'boolean') return undefined
  return { is: active ? 'active' : 'inactive' }
}

/** The page that follows a form. */
const led = ({ status, headers }: Heard): string => (status === 303 ? (headers.location ?? '') : '')

const OUTCOMES = { approved: 'connected', denied: 'declined', withdrawn: 'removed' } as const

const tooMany: Read = (heard) =>
  heard.status === 429 && isPage(heard) ? { is: 'too many' } : undefined

const SEAL_BYTES = 16

/** The cookie for the last page: JSON with a seal. */
const result: Read = (heard) => {
  if (led(heard) !== '/device/result') return undefined
  const cookie = heard.headers['set-cookie']?.find((one) => one.startsWith('result='))
  const sealed = Buffer.from(/=([^;]*)/.exec(cookie ?? '')?.[1] ?? '', 'base64url')
  const kept = JSON.parse(sealed.subarray(0, -SEAL_BYTES).toString()) as Json
  const outcome = text(kept['outcome'])
  return Object.hasOwn(OUTCOMES, outcome)
    ? { is: OUTCOMES[outcome as keyof typeof OUTCOMES] }
    : undefined
}

// Both the form again and the page about the code's end lead to another code; a form that came too late
// leads to that page.
const notValid: Read = (heard) =>
  (heard.status === 404 && isPage(heard) && /name="user_code"|href="\/device"/.test(heard.body)) ||
  led(heard).startsWith('/device/confirm')
    ? { is: 'not valid' }
    : undefined

const question: Read = (heard) =>
  heard.status === 200 && isPage(heard) && heard.body.includes('value="allow"')
    ? { is: 'question', fields: hiddenFields({ ...heard, head: '' }) }
    : undefined

const signedOut: Read = (heard) =>
  led(heard).startsWith('/device/sign-in') ? { is: 'signed out' } : undefined

const elsewhere: Read = (heard) => signedOut(heard) ?? tooMany(heard)

const decided: Read = (heard) => result(heard) ?? notValid(heard) ?? elsewhere(heard)

const READ: Readonly<Record<Asked['does'], Read>> = {
  start: started,
  poll: polled,
  refresh: (heard) => {
    const answer = polled(heard)
    return answer?.is === 'tokens' || answer?.is === 'invalid' ? answer : undefined
  },
  revoke: ({ status, body }) => (status === 200 && body === '' ? { is: 'revoked' } : undefined),
  introspect: introspected,
  'introspect access': introspected,
  userinfo: (heard) => {
    if (heard.status === 200 && text(json(heard)['sub'])) return { is: 'served' }
    if (heard.status !== 401 || json(heard)['error'] !== 'invalid_token') return undefined
    return { is: 'unauthorized' }
  },
  look: (heard) => question(heard) ?? decided(heard),
  allow: decided,
  decline: decided,
  withdraw: (heard) =>
    led(heard) === '/devices' ? { is: 'devices' } : (result(heard) ?? elsewhere(heard)),
  read: (heard) => (heard.status === 200 && isPage(heard) ? { is: 'page' } : elsewhere(heard)),
  remove: (heard) =>
    // Without the notice where the device is gone already.
    /^\/devices(\?done=removed)?$/.test(led(heard)) ? { is: 'devices' } : elsewhere(heard),
}
