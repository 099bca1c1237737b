// The demo app's two requests to Antenna: read a device authorization, and decide it.
import { byId, element } from './app-elements.js'

/**
 * @import { Answer } from './answer.d.ts'
 * @import { Session } from './app-session.js'
 */

const BASE = `${document.body.dataset.basePath}/device/authorizations`

/** @type {Answer} */
const NO_ANSWER = { status: 0, body: {}, retryAfterSeconds: 0 }

/**
 * The request of a device, or its decision.
 * @param {Session} session
 * @param {string} userCode
 */
export const review = (session, userCode) =>
  send(session, 'GET', `/${encodeURIComponent(userCode)}?ui_locales=en`)

/**
 * Sends the person's decision.
 * @param {Session} session
 * @param {string} userCode
 * @param {object} decision
 */
export const decide = (session, userCode, decision) =>
  send(session, 'POST', `/${encodeURIComponent(userCode)}/decision`, decision)

/**
 * @param {Session} session
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
const send = async ({ accessToken }, method, path, body) => {
  const note = noteRequest(method, BASE + path, body)
  try {
    const response = await fetch(BASE + path, {
      method,
      headers: {
        Authorization: `Bearer ${accessToken}`,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    /** @type {Answer} */
    const answer = {
      status: response.status,
      body: await response.json(),
      retryAfterSeconds: Number(response.headers.get('Retry-After') ?? 0),
      maxAge: /max_age="?(\d+)/.exec(response.headers.get('WWW-Authenticate') ?? '')?.[1],
    }
    noteAnswer(note, answer)
    return answer
  } catch {
    noteAnswer(note, NO_ANSWER)
    return NO_ANSWER
  }
}

/**
 * Adds to the list of requests and responses next to the phone, on wide screens.
 * @param {string} method
 * @param {string} address
 * @param {object} [body]
 */
const noteRequest = (method, address, body) => {
  const note = element('li')
  note.append(element('code', `${method} ${address}`))
  if (body) note.append(element('code', JSON.stringify(body)))
  byId('wire').append(note)
  return note
}

/**
 * @param {HTMLElement} note
 * @param {Answer} answer
 */
const noteAnswer = (note, { status, body }) => {
  const said = body.error ?? body.status ?? ''
  const policy = body.status === 'pending' ? `, policy ${body.policy}` : ''
  note.append(element('code', status === 0 ? 'no answer' : `${status} ${said}${policy}`))
  note.classList.toggle('refused', status !== 200)
  note.scrollIntoView({ block: 'nearest' })
}
