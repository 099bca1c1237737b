// Every page in every state that it has, and how a person gets there. By what stands in the markup,
// not by words: some of them are read in other languages too.
import { createHash } from 'node:crypto'
import { Authenticator } from './authenticator.ts'
import { Person } from '../../support/person.ts'
import type { Phone } from './phone.ts'
import { RECIFE, TURKU, at } from '../../support/places.ts'
import { PushSubscriber } from '../../support/push-subscriber.ts'
import { RemoteDevice } from './remote-device.ts'

type Reach = (phone: Phone) => Promise<void>

/** A client that lets no far device in. */
export const STRICT_CLIENT = {
  client_id: 'strict-tv',
  client_name: 'The strict-tv',
  scope: 'openid offline_access',
  proximity: { far: 'refuse' },
}

const REGISTRATION_TOKEN = 'let-me-in'

/** A provider that is out of reach. */
export const DEAD_PROVIDER = {
  id: 'acme',
  name: 'Acme',
  issuer: 'http://127.0.0.1:9',
  client_id: 'antenna',
}

/** Lets clients register. */
export const REGISTRAR = {
  REGISTRATION_TOKEN_SHA256: createHash('sha256').update(REGISTRATION_TOKEN).digest('hex'),
}

/** Presses what leads to another page, and waits for that. */
export const follow = async (phone: Phone, selector: string): Promise<void> => {
  const target = phone.page.locator(selector).first()
  await Promise.all([phone.page.waitForEvent('load'), phone.tap(target)])
}

const submit = 'main form button:not([type=button])'
const allow = 'button[value=allow]'

const near: Reach = async (phone) => {
  await phone.join()
  await phone.scan(await RemoteDevice.start(phone.origin))
}

interface Registered {
  readonly client_id: string
  readonly registration_client_uri: string
  readonly registration_access_token: string
}

/** The question about a device of an unlisted client. */
const unverified = async (phone: Phone): Promise<Registered> => {
  const response = await fetch(`${phone.origin}/register`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${REGISTRATION_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Kitchen radio',
      application_type: 'native',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    }),
  })
  const client = (await response.json()) as Registered
  await phone.join()
  await phone.scan(await RemoteDevice.start(phone.origin, { clientId: client.client_id }))
  return client
}

const far = async (phone: Phone, clientId = 'tv'): Promise<void> => {
  await phone.join()
  await phone.scan(await RemoteDevice.start(phone.origin, { clientId, place: at(RECIFE) }))
}

const askedNotMe: Reach = async (phone) => {
  await near(phone)
  await follow(phone, allow)
  await follow(phone, 'button[value=not-me]')
}

const askedToRemove: Reach = async (phone) => {
  await phone.join()
  const device = await RemoteDevice.start(phone.origin)
  await phone.scan(device)
  await follow(phone, allow)
  await device.collect()
  await phone.open('/devices')
  await follow(phone, '[action$="device/remove"] button')
}

const everything: Reach = async (phone) => {
  const email = await phone.join()
  const laptop = new Person(fetch, phone.origin, at(TURKU))
  await laptop.signIn(email)
  const { fields } = new PushSubscriber('https://push.example/laptop')
  await laptop.submit(await laptop.open('/devices'), '/devices/prompts/add', fields)
  const device = await RemoteDevice.start(phone.origin)
  await phone.scan(device)
  await follow(phone, allow)
  await device.collect()
  await Authenticator.addTo(phone.page)
  await phone.open('/devices')
  await follow(phone, 'form[data-passkey] button')
  for (const summary of await phone.page.locator('summary').all()) await phone.tap(summary)
  // Chromium without a head may not show notifications.
  await phone.tap(phone.page.locator('form[data-push] button'))
  await phone.page.locator('#push-problem').waitFor()
}

export const PAGE_STATES = {
  'enter code': (phone) => phone.open('/device'),
  'enter code, half of one': (phone) => phone.open('/device?user_code=WDJB'),
  'enter code, by a link': async (phone) => {
    const { picture } = await RemoteDevice.start(phone.origin)
    // A page with an opaque origin counts as another site.
    await phone.page.setContent(`<a href="${picture}">Win a prize</a>`)
    await follow(phone, 'a')
  },
  'enter code, not valid': async (phone) => {
    await phone.join()
    await phone.open('/device?user_code=BCDF-GHJK')
  },
  'enter code, letters that no code has': async (phone) => {
    await phone.open('/device')
    await phone.page.locator('input.code').fill('WDJB-MJA0')
    await follow(phone, submit)
  },
  'code already answered': async (phone) => {
    await phone.join()
    const device = await RemoteDevice.start(phone.origin)
    await phone.scan(device)
    const other = new Person(fetch, phone.origin, at(TURKU))
    await other.createAccount('Bert', `${crypto.randomUUID()}@example.com`)
    await other.decide(await other.open(`/device?user_code=${device.userCode}`), 'deny')
    await phone.page.locator('main > a.button').waitFor()
  },
  'app gone': async (phone) => {
    const client = await unverified(phone)
    await fetch(client.registration_client_uri, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${client.registration_access_token}` },
    })
    await follow(phone, allow)
  },
  'sign in': async (phone) => phone.scan(await RemoteDevice.start(phone.origin)),
  'sign in, refused': async (phone) => {
    await phone.open('/device/sign-in')
    await follow(phone, submit)
  },
  'sign in, passkey not used': async (phone) => {
    await Authenticator.addTo(phone.page)
    await phone.open('/device/sign-in')
    await phone.tap(phone.page.locator('form[data-passkey] button'))
    await phone.page.locator('[data-problem]').waitFor()
  },
  'sign in, provider out of reach': async (phone) => {
    await phone.open('/device/sign-in')
    await follow(phone, 'a[href*="/at/"]')
  },
  'sign in, ended at the provider': (phone) =>
    phone.open('/device/sign-in/at/acme/callback?state=x'),
  'sign in again': async (phone) => {
    await phone.join()
    await phone.open('/device/sign-in')
  },
  'create account': (phone) => phone.open('/device/create-account'),
  'create account, problems': async (phone) => {
    await phone.open('/device/create-account')
    await follow(phone, submit)
  },
  'confirm, near': near,
  'confirm, not verified': async (phone) => void (await unverified(phone)),
  'confirm, far': far,
  'confirm, far, problems': async (phone) => {
    await far(phone)
    await follow(phone, allow)
  },
  'too far': (phone) => far(phone, STRICT_CLIENT.client_id),
  connected: async (phone) => {
    await near(phone)
    await follow(phone, allow)
  },
  declined: async (phone) => {
    await near(phone)
    await follow(phone, 'button[value=deny]')
  },
  reported: async (phone) => {
    await near(phone)
    await follow(phone, 'button[value=report]')
  },
  removed: async (phone) => {
    await askedNotMe(phone)
    await follow(phone, 'button[name=sure]')
  },
  'not me, asked once': askedNotMe,
  'my devices, none': async (phone) => {
    await phone.join()
    await phone.open('/devices')
  },
  'my devices, everything': everything,
  'my devices, one waiting': async (phone) => {
    await near(phone)
    await follow(phone, allow)
    await phone.open('/devices')
  },
  'my devices, asked once': askedToRemove,
  'my devices, one removed': async (phone) => {
    await askedToRemove(phone)
    await follow(phone, 'button[name=sure]')
  },
  'no such page': (phone) => phone.open('/device/nowhere'),
  'foreign form': async (phone) => {
    await phone.open('/device')
    await phone.page.evaluate(`document.forms[0].elements.csrf.value = ''`)
    await follow(phone, submit)
  },
  'too many tries': async (phone) => {
    await phone.join()
    for (const letter of 'BCDFGH') await phone.open(`/device?user_code=ZZZZ-ZZZ${letter}`)
  },
  'no sign-in here': (phone) => phone.open('/authorize?response_type=code'),
} satisfies Readonly<Record<string, Reach>>

export type PageState = keyof typeof PAGE_STATES
