// Lets people show the typed password. Without this script the button stays hidden.
for (const button of document.querySelectorAll('button[data-reveals]')) {
  const input = document.getElementById(button.dataset.reveals)
  const [show, hide] = button.children

  const reveal = (visible) => {
    input.type = visible ? 'text' : 'password'
    show.hidden = visible
    hide.hidden = !visible
  }

  button.hidden = false
  button.addEventListener('click', () => reveal(input.type === 'password'))
  // Browsers remember the values of text fields, so the field is a password again when it is sent.
  input.form.addEventListener('submit', () => reveal(false))
}
