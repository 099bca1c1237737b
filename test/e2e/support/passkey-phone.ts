// A phone with a passkey in it, and what it does with that on the pages.
import type { Browser } from 'playwright-core'
import { Authenticator } from './authenticator.ts'
import { Phone } from './phone.ts'

export const NOT_USED = 'No passkey was used. Try again, or sign in another way.'

/** Records the browser's requests for a passkey: its own offer is invisible. */
export const TELL_WHAT_IS_ASKED = `{
  const { credentials } = navigator
  const get = credentials.get.bind(credentials)
  credentials.get = (options) => {
    document.documentElement.dataset.asked = options.mediation
    return get(options)
  }
}`

/** Adds one, as a signed-in person. */
export const addPasskey = async (phone: Phone): Promise<void> => {
  await phone.open('/devices')
  await phone.tap('Add a passkey')
  await phone.reads('Your passkey is ready.')
}

/** Signed out, with a passkey in the phone. */
export const unlockWithPasskey = async (
  browser: Browser,
  origin: string,
  { hasAutofill = false } = {},
): Promise<{ phone: Phone; authenticator: Authenticator }> => {
  const phone = await Phone.unlock(browser, origin)
  const authenticator = await Authenticator.addTo(phone.page, { hasAutofill })
  await phone.join()
  await addPasskey(phone)
  await authenticator.setAnswering(false)
  await phone.tap(phone.button('Sign out').first())
  await phone.sees('Sign in')
  // Away from the page that asks for a passkey by itself.
  await phone.page.goto('about:blank')
  await authenticator.setAnswering(true)
  phone.taps = 0
  return { phone, authenticator }
}

export const usePasskey = (phone: Phone): Promise<void> => phone.tap('Sign in with a passkey')

type Fields = Readonly<Record<string, string>>

/** The browser's request with a passkey, which is not sent. */
export const interceptAnswer = async (phone: Phone): Promise<Fields> => {
  const { promise, resolve } = Promise.withResolvers<string>()
  await phone.page.route(`${phone.origin}/device/sign-in/passkey`, async (route) => {
    resolve(route.request().postData() ?? '')
    await route.abort()
  })
  await phone.open('/device/sign-in')
  await usePasskey(phone)
  return Object.fromEntries(new URLSearchParams(await promise))
}

/** Sends an answer by hand, with the cookies of this phone. */
export const sendAnswer = async (phone: Phone, answer: Fields): Promise<string> => {
  const cookies = await phone.page.context().cookies()
  const response = await fetch(`${phone.origin}/device/sign-in/passkey`, {
    method: 'POST',
    body: new URLSearchParams(answer),
    headers: { Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
    redirect: 'manual',
  })
  const isRefusal = (await response.text()).includes(NOT_USED)
  return `${response.status} ${isRefusal ? 'refused' : response.headers.get('Location')}`
}
