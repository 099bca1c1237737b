// VP-2: links of other sites lead to a page with one button, and such an open site costs a person
// nothing.
import { describe, expect, it, vi } from 'vitest'
import { HOUR } from '../../src/durations.ts'
import { startDevice } from '../support/device.ts'
import { type Fields, LINKS, PARTS, sent } from './other-site.ts'
import { Person } from '../support/person.ts'
import { RECIFE, TURKU } from '../support/places.ts'
import { ISSUER } from '../support/settings.ts'
import { visitorAt } from '../support/visitor.ts'
import { freshAddress, worker, sentFrom } from '../support/worker.ts'

const ALL = { ...LINKS, ...PARTS }

const GO_ON = 'If you scanned the QR code on your TV, press Continue.'

/** The text of a page, without its hidden fields. */
const shownOn = (html: string): string => html.replaceAll(/<input type="hidden"[^>]*>/g, '')

const codeAt = (index: number): string =>
  [...'BCDFGHJKLM'].map((letter) => letter.repeat(8))[index] ?? ''

describe('a page of another site', () => {
  it.each(Object.entries(ALL))(
    'cannot block approvals with ten wrong codes, each in %s',
    async (_, headers) => {
      const person = await visitorAt(worker)
      for (let index = 0; index < 10; index += 1)
        await person.open(`/device?user_code=${codeAt(index)}`, headers)
      const device = await startDevice()
      const question = await person.open(device.answer.verification_uri_complete)
      expect(question.html).toContain(device.userCode)
      expect((await person.decide(question, 'allow')).html).toContain('You’re connected')
    },
  )

  it.each(Object.entries(ALL))(
    'cannot exchange the device of a question by %s',
    async (_, headers) => {
      const [own, other] = [await startDevice(), await startDevice()]
      const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
      await person.open(own.answer.verification_uri_complete)
      await person.open(other.answer.verification_uri_complete, headers)
      await person.open('/device/confirm', headers)
      await person.open('/device/confirm/decision', headers)
      const question = await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
      expect(question.url.pathname).toBe('/device/confirm')
      expect(question.html).toContain(own.userCode)
    },
  )

  it.each(Object.entries(PARTS))('cannot put its text into %s', async (_, headers) => {
    const person = await visitorAt(worker)
    for (const address of ['/device', '/devices', '/device/confirm', '/device/sign-in']) {
      const page = await person.open(address, headers)
      expect([page.status, page.url.pathname]).toStrictEqual([403, address])
    }
  })
})

describe('an address with a code', () => {
  it.each(Object.entries(LINKS))(
    'VP-2 VP-14 in %s shows a page without the code, and one tap leads to the question',
    async (_, headers) => {
      const device = await startDevice()
      const person = await visitorAt(worker)
      const page = await person.open(device.answer.verification_uri_complete, headers)
      expect(page.status).toBe(200)
      expect(page.html).toContain(GO_ON)
      expect(shownOn(page.html)).not.toContain(device.userCode)
      expect(page.html).toMatch(/<input class="code[^>]* value=""|<input class="code(?![^>]*value)/)
      const question = await person.submit(page, '/device')
      expect(question.url.pathname).toBe('/device/confirm')
      expect(question.html).toContain(device.userCode)
    },
  )

  it.each<[string, Fields]>([
    ['that was scanned', sent('none', 'navigate', 'document')],
    ['that a page of ours links to', sent('same-origin', 'navigate', 'document')],
    ['in a browser without Fetch Metadata', {}],
    ['that a page of ours links to, in such a browser', { Referer: `${ISSUER}/tv` }],
  ])('%s leads to the question at once', async (_, headers) => {
    const device = await startDevice()
    const person = await visitorAt(worker)
    const question = await person.open(device.answer.verification_uri_complete, headers)
    expect(question.url.pathname).toBe('/device/confirm')
    expect(question.html).toContain(device.userCode)
  })

  it('gives way to a code that the person types', async () => {
    const [own, linked] = [await startDevice(), await startDevice()]
    const person = await visitorAt(worker)
    const page = await person.open(linked.answer.verification_uri_complete, LINKS['a link'])
    const question = await person.submit(page, '/device', { user_code: own.userCode })
    expect(question.html).toContain(own.userCode)
    expect(question.html).not.toContain(linked.userCode)
  })

  it('is still one tap away after an incomplete code was typed', async () => {
    const linked = await startDevice()
    const person = await visitorAt(worker)
    const page = await person.open(linked.answer.verification_uri_complete, LINKS['a link'])
    const again = await person.submit(page, '/device', { user_code: 'WDJB' })
    expect(again.status).toBe(400)
    expect(shownOn(again.html)).not.toContain(linked.userCode)
    const question = await person.submit(again, '/device', { user_code: '' })
    expect(question.html).toContain(linked.userCode)
  })

  it('that was stored before also needs the tap if another site opens the question', async () => {
    const device = await startDevice()
    const person = await visitorAt(worker)
    await person.open(device.answer.verification_uri_complete)
    const page = await person.open('/device/confirm', LINKS['a link'])
    expect(page.html).toContain(GO_ON)
    expect(shownOn(page.html)).not.toContain(device.userCode)
    expect((await person.submit(page, '/device')).html).toContain(device.userCode)
  })

  it('keeps the language of the link', async () => {
    const device = await startDevice()
    const person = new Person(worker, ISSUER, {
      'CF-Connecting-IP': freshAddress(),
      'Accept-Language': 'en, de;q=0.5',
    })
    const address = `${device.answer.verification_uri_complete}&ui_locales=de`
    const page = await person.open(address, LINKS['a link'])
    expect(page.html).toContain('<html lang="de"')
    expect((await person.open('/device')).html).toContain('<html lang="en"')
    const signIn = await person.submit(page, '/device?ui_locales=de')
    expect(signIn.html).toContain('<html lang="de"')
  })

  it.each(['WDJB', 'WDJB-MJHT-W', 'Call 555-0100', '"><script>'])(
    'with a malformed code like %j does not show it',
    async (text) => {
      for (const headers of [LINKS['a link'], sent('none', 'navigate', 'document')]) {
        const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
        const address = `/device?user_code=${encodeURIComponent(text)}`
        const page = await person.open(address, headers)
        const form = page.html.split('<form')[1] ?? ''
        expect(form.replaceAll('WDJB-MJHT', '')).not.toContain(text)
        expect(form).not.toMatch(/name="user_code"[^>]*value="[^"]/)
      }
    },
  )
})

describe('a code that waits for a sign-in', () => {
  it('XD-7 is hidden on the way, so that the person reads it from the device', async () => {
    const device = await startDevice()
    const email = `${crypto.randomUUID()}@example.com`
    const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    const signIn = await person.open(device.answer.verification_uri_complete)
    expect(signIn.url.pathname).toBe('/device/sign-in')
    const create = await person.open('/device/create-account')
    const wrong = await person.submit(create, '/device/create-account', { email })
    const refused = await person.submit(signIn, '/device/sign-in', { email: 'nobody' })
    await person.createAccount('Ada', email)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 13 * HOUR })
    const again = await person.open(signIn.url.href)
    vi.useRealTimers()
    expect(again.html).toContain('Sign in again')
    for (const page of [signIn, create, wrong, refused, again]) {
      expect(page.html).toContain('A device is waiting for your answer.')
      expect(shownOn(page.html)).not.toContain(device.userCode)
    }
  })

  it('XD-7 is hidden in the question of a far device too, and after a wrong answer', async () => {
    const device = await startDevice('tv', { fetch: sentFrom({ network: RECIFE }, worker) })
    const person = new Person(sentFrom({ network: TURKU }, worker), ISSUER, {
      'CF-Connecting-IP': freshAddress(),
    })
    await person.open(device.answer.verification_uri_complete)
    const question = await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
    const wrong = { decision: 'allow', typed_code: 'BCDF-BCDF', in_front: 'yes' }
    const refused = await person.submit(question, '/device/confirm', wrong)
    expect([question.status, refused.status]).toStrictEqual([200, 400])
    for (const page of [question, refused]) {
      expect(page.html).toContain('Read it from the device')
      expect(shownOn(page.html)).not.toContain(device.userCode)
    }
  })
})
