// The service worker that shows sign-in requests. The Worker prepends its texts in the subscriber's
// language (pages/kit/files.ts). It approves nothing: a tap opens the confirmation page.
/**
 * @typedef {{ city?: string, region?: string, country?: string }} Place
 * @typedef {Place & { code: string, client: string, isVerified: boolean, device: string }} Message
 */

const { language, direction, base, words } = self.PROMPT

/**
 * One pass for all placeholders, because a device's name may look like a placeholder too.
 * @param {string} template
 * @param {Record<string, string | undefined>} parts
 */
const filled = (template, parts) =>
  template.replace(/\{(\w+)\}/g, (all, /** @type {string} */ name) => parts[name] ?? all)

/** @param {Place} place */
const placeName = ({ city, region, country }) => {
  const name = country && new Intl.DisplayNames(language, { type: 'region' }).of(country)
  const parts = [city, region === city ? undefined : region, name].filter(Boolean)
  return filled(words.places[parts.length - 1] ?? '', Object.fromEntries(parts.entries()))
}

const pageFor = (/** @type {string} */ code) =>
  `${base}/device?user_code=${encodeURIComponent(code)}`

/** @param {Pick<Message, 'client' | 'isVerified'>} message */
const clientName = ({ client, isVerified }) =>
  isVerified ? client : filled(words.unverified, { client })

const deviceName = (/** @type {string} */ device) =>
  Object.hasOwn(words.devices, device) ? words.devices[device] : device

/** @param {Message} message */
const show = ({ code, client, isVerified, device, ...place }) =>
  self.registration.showNotification(filled(words.title, { device: deviceName(device) }), {
    body: filled(words.text, {
      client: clientName({ client, isVerified }),
      place: placeName(place),
    }),
    lang: language,
    dir: direction,
    tag: code,
    data: { code },
    actions: [{ action: 'not-me', title: words.notMe }],
  })

const refuse = async (/** @type {string} */ code) => {
  const subscription = await self.registration.pushManager.getSubscription()
  const response = await fetch(`${base}/devices/prompts/not-me`, {
    method: 'POST',
    body: new URLSearchParams({ endpoint: subscription?.endpoint ?? '', user_code: code }),
  })
  if (!response.ok) throw new Error(`${response.status}`)
}

const answer = async (/** @type {string} */ action, /** @type {string} */ code) => {
  if (action === 'not-me') {
    // This fails if the person signed out meanwhile; the page has the same button.
    const isRefused = await refuse(code).then(
      () => true,
      () => false,
    )
    if (isRefused) return
  }
  await self.clients.openWindow(pageFor(code))
}

self.addEventListener('push', (event) => {
  if (event.data !== null) event.waitUntil(show(event.data.json()))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(answer(event.action, event.notification.data.code))
})
