// Lets people show the typed password. Without this script the button stays hidden.
/** @type {NodeListOf<HTMLButtonElement>} */
const revealers = document.querySelectorAll('button[data-reveals]')
for (const button of revealers) {
  const input = document.getElementById(button.dataset.reveals ?? '')
  if (!(input instanceof HTMLInputElement)) continue
  const [show, hide] = button.children

  const reveal = (/** @type {boolean} */ visible) => {
    input.type = visible ? 'text' : 'password'
    show?.toggleAttribute('hidden', visible)
    hide?.toggleAttribute('hidden', !visible)
  }

  button.hidden = false
  button.addEventListener('click', () => reveal(input.type === 'password'))
  // Browsers remember the values of text fields, so the field is a password again when it is sent.
  input.form?.addEventListener('submit', () => reveal(false))
}
