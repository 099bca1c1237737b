// A page with the question of a device, which waits for a decision elsewhere.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { type Device, authorizationBehind, startDevice } from './device.ts'
import { Member } from './member.ts'
import type { Page, Person } from './person.ts'

export const DECISION = '/device/confirm/decision'

/** Opens what the device's picture says. */
export const scan = (person: Person, device: Pick<Device, 'userCode'>): Promise<Page> =>
  person.open(`/device?user_code=${device.userCode}`)

const fieldOn = ({ html }: Page, name: 'csrf' | 'shown'): string =>
  new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? ''

/** The request of confirm.js on `page`, for its own code or another. */
export const waitOn = (
  person: Person,
  page: Page,
  { userCode }: Pick<Device, 'userCode'>,
): Promise<Page> =>
  person.post(DECISION, {
    csrf: fieldOn(page, 'csrf'),
    user_code: userCode,
    shown: fieldOn(page, 'shown'),
  })

/** Since when pages wait for an answer to this device. */
const waitingSince = (device: Device): Promise<readonly number[]> =>
  runInDurableObject(authorizationBehind(device.userCode), (_, state) =>
    state
      .getWebSockets('page')
      .filter(({ readyState }) => readyState === WebSocket.OPEN)
      .map((socket) => (socket.deserializeAttachment() as { sinceMs: number }).sinceMs)
      .toSorted((a, b) => a - b),
  )

/** Number of pages that wait for a decision on this device. */
export const waitingPages = async (device: Device): Promise<number> =>
  (await waitingSince(device)).length

/** Has `page` wait; its answer is still to come. */
export const holdPage = async (
  person: Person,
  page: Page,
  device: Device,
): Promise<{ answer: Promise<Page> }> => {
  const before = await waitingSince(device)
  const answer = waitOn(person, page, device)
  for (let tries = 0; tries < 1000; tries += 1)
    if (String(await waitingSince(device)) !== String(before)) return { answer }
  throw new Error('the page does not wait')
}

/** The same for a page that shows what the device's picture leads to. */
export const hold = async (
  person: Person,
  device: Device,
): Promise<{ page: Page; answer: Promise<Page> }> => {
  const page = await scan(person, device)
  return { page, ...(await holdPage(person, page, device)) }
}

/** One person with a laptop, where the question stands open and waits, and a phone. */
export const waiting = async (clientId = 'tv') => {
  const ada = new Member()
  const [laptop, phone] = await Promise.all([ada.browser(), ada.browser()])
  const device = await startDevice(clientId)
  const { page, answer } = await hold(laptop, device)
  return { ada, laptop, phone, device, page, answer }
}

/** Number of recent wrong codes of an account. */
export const wrongCodesOf = ({ subject }: { readonly subject: string }): Promise<number> =>
  runInDurableObject(
    env.ACCOUNT.get(env.ACCOUNT.idFromString(subject)),
    async (_, { storage }) =>
      (await storage.get<{ count: number }>('wrong_user_codes'))?.count ?? 0,
  )
