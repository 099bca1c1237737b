// Writes the separators of a user code while it is typed. Without this script the code needs none.
/** @type {{ charset: string, length: number, groupLength: number }[]} */
const forms = JSON.parse(document.currentScript?.dataset['forms'] ?? '[]')

const charactersIn = (/** @type {string} */ text) => text.match(/[\p{L}\p{N}]/gu) ?? []

const formOf = (/** @type {string} */ first) => {
  const charset = /\p{Nd}/u.test(first) ? 'digits' : 'letters'
  return forms.find((form) => form.charset === charset) ?? forms[0]
}

const separate = (/** @type {HTMLInputElement} */ field, /** @type {string} */ inputType) => {
  const { value, selectionStart, selectionEnd } = field
  const characters = charactersIn(value)
  const form = formOf(characters[0] ?? '')
  if (form === undefined) return
  const { length, groupLength } = form
  // A pasted address, or more than one code, stays as it is.
  if (characters.length > length || selectionStart !== selectionEnd) return
  // Backspace passes over a separator: one that came back behind the caret would stop it.
  const isBackward = inputType.startsWith('delete') && inputType !== 'deleteContentForward'
  const separated = (/** @type {string[]} */ some) =>
    some
      .map((character, index) => {
        const count = index + 1
        const endsGroup = count % groupLength === 0 && count < length
        return endsGroup && !(isBackward && count === some.length) ? `${character}-` : character
      })
      .join('')
  const shown = separated(characters)
  if (shown === value) return
  const caret = separated(charactersIn(value.slice(0, selectionStart ?? value.length))).length
  field.value = shown
  field.setSelectionRange(caret, caret)
}

/** @type {NodeListOf<HTMLInputElement>} */
const codeFields = document.querySelectorAll('input.code')
for (const field of codeFields) {
  field.addEventListener('input', (event) => {
    // An input method, and the browser's undo, rewrite text of their own.
    if (!(event instanceof InputEvent) || event.isComposing) return
    if (!event.inputType.startsWith('history')) separate(field, event.inputType)
  })
  field.addEventListener('compositionend', () => separate(field, 'insertText'))
}
