// Offers to show a typed password. Without this script the button stays hidden and nothing is lost.
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
  // Browsers remember what a text field sent; a password must go out as one.
  input.form.addEventListener('submit', () => reveal(false))
}
