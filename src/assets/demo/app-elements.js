// Finds and makes elements of the demo's app.

/**
 * An element of app.html. Throws if it is missing or of another kind.
 * @template {HTMLElement} E
 * @param {string} id
 * @param {new () => E} kind
 */
export const find = (id, kind) => {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`app.html has no ${kind.name} ${id}`)
  return found
}

export const byId = (/** @type {string} */ id) => find(id, HTMLElement)

export const field = (/** @type {string} */ id) => find(id, HTMLInputElement)

/**
 * Shows a text in an element, or hides the element without a text.
 * @param {string} id
 * @param {string} [text]
 */
export const say = (id, text) => {
  byId(id).textContent = text ?? ''
  byId(id).hidden = text === undefined
}

export const element = (/** @type {string} */ name, text = '', className = '') => {
  const made = document.createElement(name)
  made.textContent = text
  made.className = className
  return made
}

/**
 * The row of a term, or none without values.
 * @param {string} term
 * @param {(string | HTMLElement | undefined)[]} values
 */
export const fact = (term, ...values) => {
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
}
