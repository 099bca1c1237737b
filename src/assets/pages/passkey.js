// Passkeys: a form with `data-passkey` gets a button that asks the browser for a passkey and sends the
// browser's response. Without this script the button stays hidden, and the rest of the page works.
const {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
} = SimpleWebAuthnBrowser

const ask = {
  get: (optionsJSON, useBrowserAutofill) =>
    startAuthentication({ optionsJSON, useBrowserAutofill }),
  create: (optionsJSON) => startRegistration({ optionsJSON }),
}

// The challenge expires after five minutes.
const STALE_MS = 4 * 60 * 1000

const start = async (form, useBrowserAutofill = false) => {
  if (performance.now() > STALE_MS) return location.assign(form.dataset.again)
  const problem = form.querySelector('[data-problem]')
  const optionsJSON = JSON.parse(form.dataset.options)
  try {
    const credential = await ask[form.dataset.passkey](optionsJSON, useBrowserAutofill)
    form.elements.credential.value = JSON.stringify(credential)
    form.submit()
  } catch (error) {
    // Autofill starts without a click, and a press of the button ends it: both are silent.
    if (useBrowserAutofill) return
    // The person closed the browser's dialogue, or it found no passkey: the error does not say which.
    problem.hidden = false
    problem.focus()
    if (error.name !== 'NotAllowedError' && error.name !== 'AbortError') console.warn(error)
    if (form.dataset.passkey === 'get') void offer(form)
  }
}

// Offers passkeys in the browser's autofill.
const offer = async (form) => {
  if (await browserSupportsWebAuthnAutofill()) await start(form, true)
}

if (browserSupportsWebAuthn()) {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      form.querySelector('[data-problem]').hidden = true
      void start(form)
    })
    if (form.dataset.passkey === 'get') void offer(form)
  }
}
