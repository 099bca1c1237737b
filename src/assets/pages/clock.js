// Moves the times on a page. Without this script it names the time of day.
const MINUTE_MS = 60_000
// This clock runs on while the page sleeps.
const openedAtMs = Date.now()

/** @type {NodeListOf<HTMLElement>} */
const clocks = document.querySelectorAll('[data-texts]')

const tick = () => {
  const elapsedMs = Date.now() - openedAtMs
  for (const clock of clocks) {
    const { texts = '[]', next } = clock.dataset
    /** @type {string[]} */
    const all = JSON.parse(texts)
    const passed = Math.max(0, Math.floor(1 + (elapsedMs - Number(next)) / MINUTE_MS))
    const text = all[Math.min(passed, all.length - 1)]
    if (text !== undefined && clock.textContent !== text) clock.textContent = text
  }
}

setInterval(tick, 1000)
document.addEventListener('visibilitychange', tick)
