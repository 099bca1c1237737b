// The demo's app: opened with a device's code, it shows one request and sends one decision. The markup is
// in app.html, its elements in app-elements.js, the texts in app-words.js, the requests in app-api.js, the
// session in app-session.js.
import { decide, review } from './app-api.js'
import { beginSignIn, currentSession, endSession, finishSignIn } from './app-session.js'
import { byId, element, fact, field, find, say } from './app-elements.js'
import { RESULTS, asShown, inWords, problemOf } from './app-words.js'

/**
 * @import { Answer, Decision, Device, PendingReview } from './answer.d.ts'
 * @typedef {Record<string, string>} SignInParameters
 */

const SCREENS = ['loading', 'signed-out', 'home']
const SHEETS = ['review', 'result']

const signIn = find('sign-in', HTMLButtonElement)

/** The code of the device, as scanned or typed; empty without one. */
let userCode = ''
/** @type {SignInParameters} */
let howToSignIn = {}
/**
 * The request on the screen; undefined without one.
 * @type {PendingReview | undefined}
 */
let openReview
/** @type {number | undefined} */
let expiry

const show = (/** @type {string} */ screen) => {
  for (const id of SCREENS) byId(id).hidden = id !== screen
  byId('sign-out').hidden = screen !== 'home'
}

/** @param {string} [sheet] */
const openSheet = (sheet) => {
  for (const id of SHEETS) byId(id).hidden = id !== sheet
  byId('dim').hidden = sheet === undefined
  byId('behind').inert = sheet !== undefined
  if (sheet === undefined) return
  byId(sheet).scrollTop = 0
  byId(`${sheet}-title`).focus({ preventScroll: true })
}

/**
 * @param {string} [problem]
 * @param {SignInParameters} how
 */
const showSignedOut = (problem, how = {}) => {
  howToSignIn = how
  openReview = undefined
  openSheet()
  byId('signed-out-text').textContent =
    userCode === ''
      ? 'Sign in once on this phone, and televisions need one tap.'
      : 'A television waits for your answer. Sign in to see it.'
  say('signed-out-problem', problem)
  signIn.disabled = false
  show('signed-out')
}

const leaveToSignIn = async () => {
  signIn.disabled = true
  try {
    await beginSignIn(userCode, howToSignIn)
  } catch {
    showSignedOut('Example ID does not answer. Try again in a moment.', howToSignIn)
  }
}

/** @param {{ problem?: string, codeProblem?: string }} problems */
const showHome = ({ problem, codeProblem } = {}) => {
  openReview = undefined
  openSheet()
  say('home-problem', problem)
  say('code-problem', codeProblem)
  byId('code').setAttribute('aria-invalid', String(codeProblem !== undefined))
  showBehind()
}

const ask = async (/** @type {string} */ code) => {
  userCode = code
  const session = currentSession()
  if (session === undefined) {
    showSignedOut()
    return
  }
  show('loading')
  hear(await review(session, code))
}

const answer = async (/** @type {object} */ decision) => {
  const session = currentSession()
  if (session === undefined) {
    showSignedOut('You have been signed out meanwhile.')
    return
  }
  setBusy(true)
  hear(await decide(session, userCode, { ...decision, shown_proof: openReview?.shown_proof }))
  setBusy(false)
}

// After a return from another app: the request may have been decided on the page.
const lookAgain = async () => {
  const session = currentSession()
  if (document.hidden || openReview === undefined || session === undefined) return
  const latest = await review(session, userCode)
  if (openReview !== undefined && latest.body.status !== 'pending') hear(latest)
}

const setBusy = (/** @type {boolean} */ isBusy) => {
  for (const button of byId('review').querySelectorAll('button')) button.disabled = isBusy
}

/**
 * Handles every response of Antenna.
 * @param {Answer} answer
 */
const hear = ({ status, body, maxAge, retryAfterSeconds }) => {
  if (body.status === 'pending') showReview(body)
  else if (body.error === 'already_decided') showResult(body.status, true)
  // Antenna describes the device only to the account that was asked.
  else if (body.status !== undefined)
    showResult(body.status, body.device !== undefined, body.device)
  else if (body.error === 'check_not_passed') showMissing(body.missing)
  else if (body.error === 'too_far' && openReview !== undefined)
    showReview({ ...openReview, policy: 'refuse' })
  else if (body.error === 'unknown_code' && openReview !== undefined) showResult('expired')
  else if (body.error === 'unknown_code')
    showHome({
      codeProblem: 'That code is wrong or has expired. Use the code that the screen shows now.',
    })
  else if (body.error === 'insufficient_user_authentication')
    showSignedOut('You signed in a while ago. Sign in again to confirm that it is you.', {
      ...(maxAge !== undefined && { max_age: maxAge }),
      prompt: 'login',
    })
  else if (status === 401) {
    endSession()
    showSignedOut('You have been signed out. Sign in again to continue.')
  } else showProblem(problemOf(status, retryAfterSeconds))
}

const showProblem = (/** @type {string} */ problem) => {
  if (openReview === undefined) {
    field('code').value = userCode
    showHome({ problem })
  } else say('review-problem', problem)
}

const showReview = (/** @type {PendingReview} */ body) => {
  openReview = body
  const { client, device, scopes, policy } = body
  byId('client').textContent = client.client_name
  say('unverified', client.verified_text)
  byId('review-title').textContent = `Sign in on “${device.name}”?`
  say('review-problem')
  byId('shown-code').hidden = policy !== 'allow'
  byId('review-code').textContent = asShown(userCode)
  byId('minutes').textContent = `Good for ${inWords(body.expires_in)}`
  showFacts(device)
  byId('may').hidden = scopes.length === 0 || policy === 'refuse'
  byId('scopes').replaceChildren(...scopes.map(({ text }) => element('li', text)))
  byId('check').hidden = policy !== 'confirm'
  clearCheck()
  say(
    'too-far',
    policy === 'refuse'
      ? `It is not where you are, and “${client.client_name}” lets no such device in.`
      : undefined,
  )
  byId('warning').hidden = policy === 'refuse'
  byId('yes').hidden = policy === 'refuse'
  clearTimeout(expiry)
  expiry = setTimeout(() => openReview && showResult('expired'), body.expires_in * 1000)
  showBehind()
  openSheet('review')
}

/** Shows the screen behind a sheet. */
const showBehind = () => {
  const { name } = currentSession() ?? {}
  byId('hello').textContent = name ? `Hello, ${name}` : 'Hello'
  show('home')
}

/** @param {Device} device */
const showFacts = ({ place, proximity, network }) => {
  const far = proximity.level === 'far' ? 'far' : 'near'
  const distance = proximity.text && element('strong', proximity.text, far)
  byId('facts').replaceChildren(
    ...fact('Location', place?.text, distance),
    ...fact('Network', network),
  )
}

// The check for one device must not count for the next.
const clearCheck = () => {
  field('typed-code').value = ''
  field('in-front').checked = false
  markMissing([])
}

/**
 * Marks the missing parts of the policy `confirm`.
 * @param {readonly string[]} missing
 */
const showMissing = (missing) => {
  markMissing(missing)
  byId(missing.includes('typed_code') ? 'typed-code' : 'in-front').focus()
}

const markMissing = (/** @type {readonly string[]} */ missing) => {
  for (const id of ['typed-code', 'in-front']) {
    const isMissing = missing.includes(id.replace('-', '_'))
    byId(`${id}-problem`).hidden = !isMissing
    byId(id).setAttribute('aria-invalid', String(isMissing))
  }
}

/**
 * @param {Decision | 'expired'} outcome
 * @param {{ name: string }} [device]
 */
const showResult = (outcome, isEarlier = false, device = openReview?.device) => {
  const [title, text] = RESULTS[outcome]
  clearTimeout(expiry)
  openReview = undefined
  field('code').value = ''
  byId('result').dataset.outcome = outcome
  byId('result-title').textContent = title
  byId('result-text').textContent = text(device ? `“${device.name}”` : 'The device')
  byId('result-note').textContent = isEarlier ? 'You decided this before, here or on the page.' : ''
  byId('result-devices').hidden = !['approved', 'reported'].includes(outcome)
  showBehind()
  openSheet('result')
}

signIn.addEventListener('click', () => void leaveToSignIn())
byId('sign-out').addEventListener('click', () => {
  endSession()
  userCode = ''
  // Otherwise the provider would sign the same person in again.
  showSignedOut(undefined, { prompt: 'login' })
})
byId('code-form').addEventListener('submit', (event) => {
  event.preventDefault()
  const code = field('code').value.trim()
  if (code === '') showHome({ codeProblem: 'Type the code that the screen shows.' })
  else void ask(code)
})
byId('yes').addEventListener('click', () => {
  const check = { typed_code: field('typed-code').value, in_front: field('in-front').checked }
  void answer({ decision: 'approve', ...(openReview?.policy === 'confirm' && check) })
})
byId('no').addEventListener('click', () => void answer({ decision: 'deny' }))
byId('report').addEventListener('click', () => void answer({ decision: 'report' }))
for (const id of ['later', 'done']) byId(id).addEventListener('click', () => showHome())

document.addEventListener('visibilitychange', () => void lookAgain())

const open = async () => {
  const scanned = new URLSearchParams(location.search).get('user_code') ?? ''
  userCode = scanned
  try {
    const finished = await finishSignIn()
    userCode = finished?.userCode ?? scanned
  } catch {
    history.replaceState(null, '', location.pathname)
    showSignedOut('Signing in did not work. Try again.')
    return
  }
  // Keeps codes and responses out of the history.
  history.replaceState(null, '', location.pathname)
  if (userCode !== '') await ask(userCode)
  else if (currentSession() === undefined) showSignedOut()
  else showHome()
}

void open()
