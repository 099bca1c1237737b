// Counts down the wait. Without this script the page states it in words, and its button works.
const waitScript = document.currentScript
const wait = document.querySelector('[role=status]')
/** @type {HTMLElement | null} */
const countdown = document.querySelector('[role=timer]')
/** @type {HTMLButtonElement | null} */
const button = document.querySelector('form button')
if (waitScript === null || wait === null || countdown === null)
  throw new Error('No wait on this page')
const { over = '' } = waitScript.dataset

// This clock runs on while the page sleeps.
const untilMs = Date.now() + 1000 * Number(countdown.dataset.seconds)

const secondsLeft = () => Math.max(0, Math.ceil((untilMs - Date.now()) / 1000))

const show = () => {
  const seconds = secondsLeft()
  const isOver = seconds === 0
  countdown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  countdown.hidden = isOver
  // aria-disabled, because a disabled button cannot be reached with the keyboard.
  button?.setAttribute('aria-disabled', String(!isOver))
  if (isOver) {
    clearInterval(timer)
    wait.textContent = over
  }
}

const timer = setInterval(show, 1000)
show()
button?.form?.addEventListener('submit', (event) => {
  if (secondsLeft() > 0) event.preventDefault()
})
