// Push prompts: the form with `data-push` gets a button that subscribes this browser and sends the
// subscription. Without this script the button stays hidden, and the rest of the page works.
/** @type {HTMLFormElement | null} */
const form = document.querySelector('form[data-push]')
const problem = document.getElementById('push-problem')
const unsupported = document.getElementById('push-unsupported')
if (form === null || problem === null || unsupported === null)
  throw new Error('No push prompts on this page')

/** @param {string} base64url */
const bytesOf = (base64url) =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  )

const subscribe = async () => {
  const { push = '', worker = '', scope = '' } = form.dataset
  // Before anything else: some browsers ask for permission only right after a press.
  if ((await Notification.requestPermission()) !== 'granted') throw new Error('not permitted')
  await navigator.serviceWorker.register(worker, { scope })
  const { pushManager } = await navigator.serviceWorker.ready
  // An old subscription may belong to another person, or to a replaced key.
  await (await pushManager.getSubscription())?.unsubscribe()
  const subscription = await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(push),
  })
  return subscription.toJSON()
}

const send = async () => {
  problem.hidden = true
  try {
    const { endpoint, keys } = await subscribe()
    for (const [name, value] of Object.entries({ endpoint, ...keys })) {
      const field = form.elements.namedItem(name)
      if (field instanceof HTMLInputElement) field.value = value ?? ''
    }
    form.submit()
  } catch (error) {
    problem.hidden = false
    problem.focus()
    console.warn(error)
  }
}

if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) {
  form.hidden = false
  unsupported.hidden = true
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void send()
  })
}
