// What became of a code, for people who may know it: a page each, and the way to a new code.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MINUTE } from '../../src/durations.ts'
import { holdClock, pass } from '../support/clock.ts'
import { type Device, approve, authorizationBehind, deny, startDevice } from '../support/device.ts'
import { Person } from '../support/person.ts'
import { RECIFE, TURKU } from '../support/places.ts'
import { RADIO, REGISTRATION, manage, register } from '../support/registration.ts'
import { ISSUER } from '../support/settings.ts'
import { visitorAt } from '../support/visitor.ts'
import { Member } from '../support/member.ts'
import { wrongCodesOf } from '../support/waiting-page.ts'
import { freshAddress, sentFrom, worker, workerWith } from '../support/worker.ts'
import { named } from '../support/named.ts'

holdClock()
afterEach(() => void vi.restoreAllMocks())

const GENERIC = 'This code is invalid or has expired.'
const NEW_CODE = 'href="/device">Enter a new code</a>'

const scan = (person: Person, { userCode }: Pick<Device, 'userCode'>) =>
  person.open(`/device?user_code=${userCode}`)

const ENDS: readonly [string, string, (device: Device) => Promise<unknown>][] = [
  ['has expired', 'This code has expired', async () => pass(2 * MINUTE)],
  [
    'was allowed by another person',
    'This code was already answered',
    ({ userCode }) => approve(userCode),
  ],
  [
    'was collected by another person’s device',
    'This code was already answered',
    async (device) => {
      await approve(device.userCode)
      await device.poll()
    },
  ],
  [
    'was denied by another person',
    'This code was already answered',
    ({ userCode }) => deny(userCode),
  ],
  [
    'was opened by many',
    'This code was stopped',
    async ({ userCode }) => {
      for (const country of ['BR', 'FI', 'JP'])
        await authorizationBehind(userCode).open({ subject: named(country), country })
    },
  ],
]

describe.each(ENDS)('a code that %s', (_, title, bring) => {
  it('VP-6 says so to a person who was shown the question, in every way back to it', async () => {
    const ada = new Member()
    const person = await ada.browser()
    const device = await startDevice('short-tv')
    const question = await scan(person, device)
    await bring(device)
    const pages = [
      await person.submit(question, '/device/confirm', { decision: 'allow' }),
      await scan(person, device),
      await person.submit(await person.open('/device'), '/device', { user_code: device.userCode }),
    ]
    for (const page of pages) {
      expect(page.status).toBe(404)
      expect(page.html).toContain(`<h1>${title}</h1>`)
      expect(page.html).toContain(NEW_CODE)
    }
    expect(await wrongCodesOf(ada)).toBe(0)
  })

  it('VP-6 says so to a person on the network of the device', async () => {
    const home = sentFrom({ network: undefined, address: freshAddress() }, worker)
    const device = await startDevice('short-tv', { fetch: home })
    await bring(device)
    const ada = new Member()
    const page = await scan(await ada.browser(home), device)
    expect(page.html).toContain(`<h1>${title}</h1>`)
    expect(await wrongCodesOf(ada)).toBe(0)
  })

  it('VP-6 is told to nobody else from a code that never was, and counts', async () => {
    const device = await startDevice('short-tv')
    await scan(await new Member().browser(), device)
    await bring(device)
    const ada = new Member()
    const person = await ada.browser()
    for (const [index, userCode] of [device.userCode, 'ZZZZ-ZZZZ'].entries()) {
      const page = await scan(person, { userCode })
      expect([page.status, page.html.includes(GENERIC)]).toEqual([404, true])
      expect(page.html).not.toContain(title)
      expect(await wrongCodesOf(ada)).toBe(index + 1)
    }
  })

  it('VP-6 is not told to another account in the browser that was shown the question', async () => {
    const device = await startDevice('short-tv')
    const ada = await new Member().browser()
    await scan(ada, device)
    const eve = await new Member().browser()
    eve.cookies.set('__Host-shown', ada.cookies.get('__Host-shown') ?? '')
    await bring(device)
    expect((await scan(eve, device)).html).toContain(GENERIC)
  })
})

describe('a device whose client was removed after it had started', () => {
  it('VP-27 gets no approval, and the person is told', async () => {
    const fetch = workerWith(REGISTRATION)
    const { body } = await register(RADIO, { fetch })
    const device = await startDevice(body.client_id, { fetch })
    const person = await visitorAt(fetch)
    const question = await scan(person, device)
    const log = vi.spyOn(console, 'info').mockReturnValue()
    await manage('DELETE', body, { fetch })
    const page = await person.decide(question, 'allow')
    expect(page.status).toBe(403)
    expect(page.html).toContain('<h1>This app can no longer connect</h1>')
    expect(page.html).toContain(NEW_CODE)
    expect(log.mock.lastCall?.[0]).toMatchObject({ outcome: 'client_gone' })
    expect((await device.poll()).status).toBe(401)
  })

  it('VP-27 also where the operator took it off the list', async () => {
    const device = await startDevice('digits-tv')
    const without = workerWith({ CLIENTS: [] })
    const person = await visitorAt(without)
    const page = await person.decide(await scan(person, device), 'allow')
    expect(page.html).toContain('<h1>This app can no longer connect</h1>')
  })
})

describe('a device that is too far away', () => {
  it('VP-27 leads to another try, and to the operator’s help', async () => {
    const fetch = workerWith({
      SUPPORT_URI: 'https://northlight.example/help',
      CLIENTS: [
        {
          client_id: 'strict-tv',
          client_name: 'Strict',
          scope: 'openid',
          proximity: { far: 'refuse' },
        },
      ],
    })
    const device = await startDevice('strict-tv', { fetch: sentFrom({ network: RECIFE }, fetch) })
    const person = await visitorAt(sentFrom({ network: TURKU }, fetch))
    const page = await scan(person, device)
    expect(page.status).toBe(403)
    expect(page.html).toContain('Using a VPN?')
    expect(page.html).toContain('<a class="link" href="https://northlight.example/help">')
    expect((await person.submit(page, '/device')).html).toContain('too far away')
  })
})

describe('a decision', () => {
  it.each([
    ['deny', 'Enter a new code', '/device'],
    ['report', 'Enter a new code', '/device'],
  ])('VP-27 %s leads to the next step', async (decision, label, href) => {
    const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
    const question = await scan(person, await startDevice())
    const page = await person.submit(question, '/device/confirm', { decision })
    expect(page.html).toContain(`href="${href}">${label}</a>`)
  })

  it('VP-27 withdrawn leads to the devices', async () => {
    const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
    const allowed = await person.decide(await scan(person, await startDevice()), 'allow')
    const sure = await person.submit(allowed, '/device/result', { decision: 'not-me' })
    const page = sure.html.includes('The device was removed')
      ? sure
      : await person.submit(sure, '/device/result', { decision: 'not-me', sure: 'yes' })
    expect(page.html).toContain('href="/devices">My devices</a>')
  })
})
