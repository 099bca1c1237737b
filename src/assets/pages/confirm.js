// A request may be decided elsewhere: on the phone, in an app, in another tab. Then this page shows the
// outcome. Until then nothing on it changes, and the page also works without this script.
const confirmScript = document.currentScript
/** @type {HTMLFormElement | null} */
const decisionForm = document.querySelector('form.decide')
if (confirmScript === null || decisionForm === null) throw new Error('This page asks nothing')
const { decision = '', review = '' } = confirmScript.dataset
/** @type {NodeListOf<HTMLInputElement>} */
const fields = decisionForm.querySelectorAll('[name=csrf], [name=user_code], [name=shown]')
const body = new URLSearchParams([...fields].map(({ name, value }) => [name, value]))

// The shortest time between two requests; failures double it.
const PACE_MS = 2000
const MAX_PACE_MS = 60_000

let paceMs = PACE_MS
let nextAtMs = 0
let waiting = AbortSignal.abort()
let stopWaiting = () => {}

/**
 * The status of the response, which may take 25 s; 0 without a response.
 * @param {Promise<Response>} request
 */
const statusOf = async (request) => {
  try {
    return (await request).status
  } catch {
    return 0
  }
}

/** @param {AbortSignal} signal */
const waitOn = async (signal) => {
  await new Promise((resolve) => setTimeout(resolve, nextAtMs - performance.now()))
  if (signal.aborted) return
  const beganAtMs = performance.now()
  const status = await statusOf(fetch(decision, { method: 'POST', body, signal }))
  if (signal.aborted) return
  const isFailure = status === 0 || status === 429 || status >= 500
  paceMs = isFailure ? Math.min(2 * paceMs, MAX_PACE_MS) : PACE_MS
  nextAtMs = beganAtMs + paceMs
  if (status === 200 || status === 404) location.replace(review)
  else if (status === 204 || isFailure) void waitOn(signal)
  else stopWaiting()
}

const keepWaiting = () => {
  if (document.hidden || !waiting.aborted) return
  const controller = new AbortController()
  stopWaiting = () => controller.abort()
  waiting = controller.signal
  void waitOn(waiting)
}

addEventListener('pageshow', keepWaiting)
addEventListener('pagehide', () => stopWaiting())
// A decision on this page must not race with the held request.
addEventListener('submit', () => stopWaiting())
document.addEventListener('visibilitychange', () => {
  if (document.hidden) stopWaiting()
  else keepWaiting()
})
