// The demo app's two requests to Antenna: read a device authorization, and decide it.

const BASE = `${document.body.dataset.basePath}/device/authorizations`

/** The request of a device, or its decision. */
export const review = (session, userCode) =>
  send(session, 'GET', `/${encodeURIComponent(userCode)}?ui_locales=en`)

/** Sends the person's decision. */
export const decide = (session, userCode, decision) =>
  send(session, 'POST', `/${encodeURIComponent(userCode)}/decision`, decision)

/** Status 0: no response. */
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
    const answer = {
      status: response.status,
      body: await response.json(),
      retryAfterSeconds: Number(response.headers.get('Retry-After') ?? 0),
      // RFC 9470 §3: the required age of the sign-in.
      maxAge: /max_age="?(\d+)/.exec(response.headers.get('WWW-Authenticate') ?? '')?.[1],
    }
    noteAnswer(note, answer)
    return answer
  } catch {
    noteAnswer(note, { status: 0, body: {} })
    return { status: 0, body: {} }
  }
}

// The list of requests and responses next to the phone, on wide screens.
const noteRequest = (method, address, body) => {
  const note = document.createElement('li')
  note.append(line(`${method} ${address}`))
  if (body) note.append(line(JSON.stringify(body)))
  document.querySelector('#wire').append(note)
  return note
}

const noteAnswer = (note, { status, body }) => {
  const said = body.error ?? body.status ?? ''
  const policy = body.policy === undefined ? '' : `, policy ${body.policy}`
  note.append(line(status === 0 ? 'no answer' : `${status} ${said}${policy}`))
  note.classList.toggle('refused', status !== 200)
  note.scrollIntoView({ block: 'nearest' })
}

const line = (text) => {
  const element = document.createElement('code')
  element.textContent = text
  return element
}
