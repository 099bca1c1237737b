// Passkeys: a form with `data-passkey` gets a button that asks the browser for a passkey and sends the
// browser's response. Without this script the button stays hidden, and the rest of the page works.
const {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
} = SimpleWebAuthnBrowser

// The challenge expires after five minutes.
const STALE_MS = 4 * 60 * 1000

/**
 * @param {HTMLFormElement} form
 * @returns {HTMLElement | null}
 */
const problemIn = (form) => form.querySelector('[data-problem]')

const askBrowser = (/** @type {HTMLFormElement} */ form, useBrowserAutofill = false) => {
  const optionsJSON = JSON.parse(form.dataset.options ?? '')
  return form.dataset.passkey === 'get'
    ? startAuthentication({ optionsJSON, useBrowserAutofill })
    : startRegistration({ optionsJSON })
}

const start = async (/** @type {HTMLFormElement} */ form, useBrowserAutofill = false) => {
  if (performance.now() > STALE_MS) return location.assign(form.dataset.again ?? '')
  /** @type {HTMLInputElement | null} */
  const field = form.querySelector('[name=credential]')
  const problem = problemIn(form)
  if (field === null || problem === null) return
  try {
    field.value = JSON.stringify(await askBrowser(form, useBrowserAutofill))
    form.submit()
  } catch (error) {
    // Autofill starts without a click, and a press of the button ends it: both are silent.
    if (useBrowserAutofill) return
    // The person closed the browser's dialogue, or it found no passkey: the error does not say which.
    problem.hidden = false
    problem.focus()
    const name = error instanceof Error ? error.name : ''
    if (name !== 'NotAllowedError' && name !== 'AbortError') console.warn(error)
    if (form.dataset.passkey === 'get') void offer(form)
  }
}

// Offers passkeys in the browser's autofill.
const offer = async (/** @type {HTMLFormElement} */ form) => {
  if (await browserSupportsWebAuthnAutofill()) await start(form, true)
}

if (browserSupportsWebAuthn()) {
  /** @type {NodeListOf<HTMLFormElement>} */
  const forms = document.querySelectorAll('form[data-passkey]')
  for (const form of forms) {
    form.hidden = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      problemIn(form)?.toggleAttribute('hidden', true)
      void start(form)
    })
    if (form.dataset.passkey === 'get') void offer(form)
  }
}
