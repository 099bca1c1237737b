// Unlisted clients: next to their name stands, in every language, that they are not verified.
// Conformance VP-23.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LANGUAGES } from '../../src/language/language.ts'
import { ApprovalApp } from '../support/approval-app.ts'
import { type Device, startDevice } from '../support/device.ts'
import { connectInternet } from '../support/internet.ts'
import { RADIO, REGISTRATION, register } from '../support/registration.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { visitorAt } from '../support/visitor.ts'
import { workerWith } from '../support/worker.ts'

const acme = new TrustedIssuer()
const fetch = workerWith({ ...REGISTRATION, APPROVAL_ISSUERS: [acme.entry()] })

beforeEach(() => {
  connectInternet()
})
afterEach(() => {
  vi.restoreAllMocks()
})

const startUnlisted = async (): Promise<Device> =>
  startDevice((await register(RADIO, { fetch })).body.client_id, { fetch })

describe.each(LANGUAGES.map((language) => [language.tag, language] as const))(
  'in %s',
  (tag, language) => {
    const { label, inSentence } = language.messages.unverified

    it('VP-23 the question and the result say that the client is not verified', async () => {
      const { userCode } = await startUnlisted()
      const person = await visitorAt(fetch, 'Ada', { 'Accept-Language': tag })
      const question = await person.open(`/device?user_code=${userCode}`)
      expect(question.html).toContain(`<span class="unverified">${label('Northlight')}</span>`)
      const result = await person.decide(question, 'allow')
      expect(result.html).toContain(inSentence('Kitchen radio', 'Northlight'))
    })

    it('VP-23 the list of devices says so', async () => {
      const device = await startUnlisted()
      const person = await visitorAt(fetch, 'Ada', { 'Accept-Language': tag })
      await person.decide(await person.open(`/device?user_code=${device.userCode}`), 'allow')
      await device.poll()
      const { html } = await person.open('/devices')
      expect(html).toContain(
        `<bdi>Kitchen radio</bdi> <span class="unverified">${label('Northlight')}</span>`,
      )
    })

    it('VP-23 the approval API says so', async () => {
      const { userCode } = await startUnlisted()
      const app = new ApprovalApp(fetch, `Bearer ${await acme.token(`ada-${tag}`)}`, {
        'Accept-Language': tag,
      })
      const verification = { verified: false, verified_text: label('Northlight') }
      expect((await app.review(userCode)).body.client).toMatchObject(verification)
      await app.decide(userCode, { decision: 'deny' })
      const { body } = await app.review(userCode)
      expect([body.status, body.client]).toMatchObject(['declined', verification])
    })
  },
)

describe('a listed client', () => {
  it('VP-23 is not marked on a page', async () => {
    const device = await startDevice('tv', { fetch })
    const person = await visitorAt(fetch)
    const question = await person.open(`/device?user_code=${device.userCode}`)
    const result = await person.decide(question, 'allow')
    await device.poll()
    for (const { html } of [question, result, await person.open('/devices')]) {
      expect(html).toContain('The tv')
      expect(html).not.toMatch(/verified/i)
    }
  })

  it('VP-23 is verified in the approval API', async () => {
    const { userCode } = await startDevice('tv', { fetch })
    const app = new ApprovalApp(fetch, `Bearer ${await acme.token('berta')}`)
    const { client } = (await app.review(userCode)).body
    expect(client.verified).toBe(true)
    expect(client).not.toHaveProperty('verified_text')
  })
})

it('VP-23 a device connected under a name that is now reserved is listed by its client_id', async () => {
  const before = workerWith({ ...REGISTRATION, BRAND_NAME: 'Southlight' })
  const { body } = await register({ ...RADIO, client_name: 'Northlight' }, { fetch: before })
  const device = await startDevice(body.client_id, { fetch: before })
  const person = await visitorAt(fetch)
  await person.decide(await person.open(`/device?user_code=${device.userCode}`), 'allow')
  await device.poll()
  const { html } = await person.open('/devices')
  expect(html).toContain(`<bdi>${body.client_id}</bdi>`)
  expect(html).not.toContain('<bdi>Northlight</bdi>')
})
