// The demo's app: opened with a device's code, it shows one request and sends one decision. The markup is
// in app.html, the texts in app-words.js, the requests in app-api.js, the session in app-session.js.
import { decide, review } from './app-api.js'
import { beginSignIn, currentSession, endSession, finishSignIn } from './app-session.js'
import { RESULTS, asShown, inWords, problemOf } from './app-words.js'

const SCREENS = ['loading', 'signed-out', 'home']
const SHEETS = ['question', 'result']

const byId = (id) => document.getElementById(id)

/** The current user code, and the parameters of a sign-in for it. */
let userCode
let howToSignIn = {}
/** The request on the screen; undefined without one. */
let question
let expiry

const show = (screen) => {
  for (const id of SCREENS) byId(id).hidden = id !== screen
  byId('sign-out').hidden = screen !== 'home'
}

const openSheet = (sheet) => {
  for (const id of SHEETS) byId(id).hidden = id !== sheet
  byId('dim').hidden = sheet === undefined
  byId('behind').inert = sheet !== undefined
  if (sheet === undefined) return
  byId(sheet).scrollTop = 0
  byId(`${sheet}-title`).focus({ preventScroll: true })
}

/** Shows a text in an element, or hides the element without a text. */
const say = (id, text) => {
  byId(id).textContent = text ?? ''
  byId(id).hidden = text === undefined
}

const showSignedOut = (problem, how = {}) => {
  howToSignIn = how
  question = undefined
  openSheet()
  byId('signed-out-text').textContent =
    userCode === undefined
      ? 'Sign in once on this phone, and televisions need one tap.'
      : 'A television waits for your answer. Sign in to see it.'
  say('signed-out-problem', problem)
  byId('sign-in').disabled = false
  show('signed-out')
}

const leaveToSignIn = async () => {
  byId('sign-in').disabled = true
  try {
    await beginSignIn(userCode, howToSignIn)
  } catch {
    showSignedOut('Example ID does not answer. Try again in a moment.', howToSignIn)
  }
}

const showHome = ({ problem, codeProblem } = {}) => {
  question = undefined
  openSheet()
  say('home-problem', problem)
  say('code-problem', codeProblem)
  byId('code').setAttribute('aria-invalid', String(codeProblem !== undefined))
  showBehind()
}

const ask = async (code) => {
  userCode = code
  const session = currentSession()
  if (session === undefined) {
    showSignedOut()
    return
  }
  show('loading')
  hear(await review(session, code))
}

const answer = async (decision) => {
  const session = currentSession()
  if (session === undefined) {
    showSignedOut('You have been signed out meanwhile.')
    return
  }
  setBusy(true)
  hear(await decide(session, userCode, { ...decision, shown_proof: question?.shown_proof }))
  setBusy(false)
}

// After a return from another app: the request may have been decided on the page.
const lookAgain = async () => {
  const session = currentSession()
  if (document.hidden || question === undefined || session === undefined) return
  const latest = await review(session, userCode)
  if (question !== undefined && latest.body.status !== 'pending') hear(latest)
}

const setBusy = (isBusy) => {
  for (const button of byId('question').querySelectorAll('button')) button.disabled = isBusy
}

/** Handles every response of Antenna. */
const hear = ({ status, body, maxAge, retryAfterSeconds }) => {
  if (status === 200 && body.status === 'pending') showQuestion(body)
  // Antenna describes the device only to the account that was asked.
  else if (status === 200) showResult(body.status, body.device !== undefined, body.device)
  else if (body.error === 'already_decided') showResult(body.status, true)
  else if (body.error === 'check_not_passed') showMissing(body.missing)
  else if (body.error === 'too_far') showQuestion({ ...question, policy: 'refuse' })
  else if (body.error === 'unknown_code' && question !== undefined) showResult('expired')
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

const showProblem = (problem) => {
  if (question === undefined) {
    byId('code').value = userCode
    showHome({ problem })
  } else say('question-problem', problem)
}

const showQuestion = (body) => {
  question = body
  const { client, device, scopes, policy } = body
  byId('client').textContent = client.client_name
  say('unverified', client.verified_text)
  byId('question-title').textContent = `Sign in on “${device.name}”?`
  say('question-problem')
  byId('shown-code').hidden = policy !== 'allow'
  byId('question-code').textContent = asShown(userCode)
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
  expiry = setTimeout(() => question && showResult('expired'), body.expires_in * 1000)
  showBehind()
  openSheet('question')
}

/** Shows the screen behind a sheet. */
const showBehind = () => {
  const { name } = currentSession() ?? {}
  byId('hello').textContent = name ? `Hello, ${name}` : 'Hello'
  show('home')
}

const showFacts = ({ place, proximity, network }) => {
  const far = proximity.level === 'far' ? 'far' : 'near'
  const facts = [
    ['Location', [place?.text, proximity.text && element('strong', proximity.text, far)]],
    ['Network', [network]],
  ]
  byId('facts').replaceChildren(
    ...facts.flatMap(([term, values]) => {
      const said = values.filter((value) => value !== undefined)
      if (said.length === 0) return []
      const row = element('div')
      const details = said.map((value) => {
        const detail = element('dd')
        detail.append(value)
        return detail
      })
      row.append(element('dt', term), ...details)
      return [row]
    }),
  )
}

const element = (name, text = '', className = '') => {
  const made = document.createElement(name)
  made.textContent = text
  made.className = className
  return made
}

// The check for one device must not count for the next.
const clearCheck = () => {
  byId('typed-code').value = ''
  byId('in-front').checked = false
  markMissing([])
}

/** Marks the missing parts of the policy `confirm`. */
const showMissing = (missing) => {
  markMissing(missing)
  byId(missing.includes('typed_code') ? 'typed-code' : 'in-front').focus()
}

const markMissing = (missing) => {
  for (const [id, name] of [
    ['typed-code', 'typed_code'],
    ['in-front', 'in_front'],
  ]) {
    byId(`${id}-problem`).hidden = !missing.includes(name)
    byId(id).setAttribute('aria-invalid', String(missing.includes(name)))
  }
}

const showResult = (outcome, isEarlier = false, device = question?.device) => {
  const [title, text] = RESULTS[outcome]
  clearTimeout(expiry)
  question = undefined
  byId('code').value = ''
  byId('result').dataset.outcome = outcome
  byId('result-title').textContent = title
  byId('result-text').textContent = text(device ? `“${device.name}”` : 'The device')
  byId('result-note').textContent = isEarlier ? 'You decided this before, here or on the page.' : ''
  byId('result-devices').hidden = !['approved', 'reported'].includes(outcome)
  showBehind()
  openSheet('result')
}

byId('sign-in').addEventListener('click', () => void leaveToSignIn())
byId('sign-out').addEventListener('click', () => {
  endSession()
  userCode = undefined
  // Otherwise the provider would sign the same person in again.
  showSignedOut(undefined, { prompt: 'login' })
})
byId('code-form').addEventListener('submit', (event) => {
  event.preventDefault()
  const code = byId('code').value.trim()
  if (code === '') showHome({ codeProblem: 'Type the code that the screen shows.' })
  else void ask(code)
})
byId('yes').addEventListener('click', () => {
  const check = { typed_code: byId('typed-code').value, in_front: byId('in-front').checked }
  void answer({ decision: 'approve', ...(question.policy === 'confirm' && check) })
})
byId('no').addEventListener('click', () => void answer({ decision: 'deny' }))
byId('report').addEventListener('click', () => void answer({ decision: 'report' }))
for (const id of ['later', 'done']) byId(id).addEventListener('click', () => showHome())

document.addEventListener('visibilitychange', () => void lookAgain())

const open = async () => {
  const scanned = new URLSearchParams(location.search).get('user_code') ?? undefined
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
  if (userCode !== undefined) await ask(userCode)
  else if (currentSession() === undefined) showSignedOut()
  else showHome()
}

void open()
