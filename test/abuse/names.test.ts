// Names chosen by strangers, of devices, clients, people, passkeys and places: shown as text on one
// line, which cannot reverse the text around it (VP-16).
import { beforeAll, describe, expect, it } from 'vitest'
import { answerOf, startDevice } from '../support/device.ts'
import { faultsOf, marked } from './support/harmless.ts'
import { everything } from './support/machine-requests.ts'
import { resultCookie, visitorAt } from '../support/visitor.ts'
import { freshAddress, serverSecret, url } from '../support/worker.ts'
import { type Page, Person } from '../support/person.ts'
import { RADIO, register } from '../support/registration.ts'
import { ISSUER } from '../support/settings.ts'

const EVIL: [what: string, name: string][] = [
  ['an element', marked('<script>alert(1)</script>')],
  ['an attribute', marked('" onfocus="alert(1)" autofocus="')],
  ['the other quotes', marked(`' onfocus='alert(1)' autofocus='`)],
  ['the end of the title', marked('</title><svg onload=alert(1)>')],
  ['a comment', marked('<!--')],
  ['an entity', marked('&lt;b&gt;')],
  ['a character reference without an end', marked('&#x3c')],
  ['a template', marked('${alert(1)}{{alert(1)}}')],
  ['a JSON string’s end', marked('"}],"x":[{"y":"')],
  ['a line end', marked('\r\nSet-Cookie: a=b\r\n\r\n<html>')],
  ['a right-to-left override', marked('\u202egnp.elif')],
  ['an isolate without an end', marked('\u2067\u2067')],
  ['the end of an isolate', marked('\u2069\u2069')],
  ['a mark', marked('\u200f')],
  ['nothing that can be seen', marked('\u200b\u2060\ufeff\u00ad')],
  ['letters in tags', marked('\u{e0061}\u{e0062}')],
  ['bells', marked('\u0007\u001b[31m')],
  ['a separator', marked('\u2028\u2029\u0085')],
  ['towers', 'Z' + '\u0335\u0338\u0327'.repeat(400)],
  ['half a character', marked('\ud83d')],
]

const INVISIBLE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2067\ufeff\u{e0000}-\u{e007f}]/u

/** The page is harmless, whatever the names on it. */
const expectHarmless = async ({ html, status, headers, url: at }: Page): Promise<void> => {
  const copy = new Headers(headers)
  const response = new Response(html, { status, headers: copy })
  expect(await faultsOf(new Request(at), response)).toStrictEqual([])
  expect(INVISIBLE.exec(html)?.[0]?.codePointAt(0)?.toString(16)).toBeUndefined()
  // Our own isolates end where they began.
  const count = (mark: string) => html.split(mark).length
  expect(count('\u2068')).toBe(count('\u2069'))
}

const wellFormed = (name: string) => name.toWellFormed()

describe.each(EVIL)('%s, sealed by an older release,', (_what, name) => {
  it.each(['clientName', 'deviceName'])('is harmless as %s of a result', async (member) => {
    const person = new Person(everything, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    const cookie = resultCookie(await serverSecret(), { [member]: wellFormed(name) })
    person.cookies.set('__Host-result', cookie)
    const page = await person.open('/device/result')
    expect(page.html).toContain('You’re connected')
    await expectHarmless(page)
  })
})

describe.each(EVIL)('%s', (_what, name) => {
  let person: Person
  beforeAll(async () => {
    person = await visitorAt(everything)
  })

  it('in the name of a device is harmless on every page that shows it', async () => {
    const { userCode } = await startDevice('tv', { fields: { device_name: wellFormed(name) } })
    const question = await person.open(`/device?user_code=${userCode}`)
    expect(question.html).toContain('Allow')
    await expectHarmless(question)
    await expectHarmless(await person.decide(question, 'allow'))
  })

  it('in the name of a client is harmless', async () => {
    const { body } = await register({ ...RADIO, client_name: name }, { fetch: everything })
    const device = await startDevice(body.client_id, { fetch: everything })
    await expectHarmless(await person.open(`/device?user_code=${device.userCode}`))
  })

  it('entered into a field is harmless when it is shown again', async () => {
    const text = wellFormed(name)
    for (const [action, fields] of [
      ['/device', { user_code: text }],
      ['/device/sign-in', { email: text, password: text }],
      ['/device/create-account', { name: text, email: text, password: text }],
    ] as const) {
      const form = await person.open(action)
      await expectHarmless(await person.submit(form, action, fields))
    }
  })

  it('as a new name of a device is harmless', async () => {
    const list = await person.open('/devices')
    const id = /name="id" value="([^"]+)"/.exec(list.html)?.[1] ?? ''
    const fields = { id, name: wellFormed(name) }
    await expectHarmless(await person.submit(list, '/devices/device/rename', fields))
  })
})

// Creating an account is slow.
const OF_PEOPLE = EVIL.filter(([what]) => /element|override|bells|separator|half/.test(what))

it.each(OF_PEOPLE)(
  '%s in the name of a person is refused or harmless, on devices too',
  async (_, name) => {
    const somebody = new Person(everything, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    const address = `${crypto.randomUUID()}@example.com`
    const page = await somebody.createAccount(wellFormed(name).slice(0, 64), address)
    await expectHarmless(page)
    await expectHarmless(await somebody.open('/devices'))
    const device = await startDevice('tv', { fields: { scope: 'openid profile' } })
    const question = await somebody.open(`/device?user_code=${device.userCode}`)
    await somebody.decide(question, 'allow')
    const { body } = await device.poll()
    const { body: claims } = await answerOf(
      await everything(
        new Request(url('/userinfo'), {
          headers: { Authorization: `Bearer ${body.access_token}` },
        }),
      ),
    )
    expect(claims.name).not.toMatch(INVISIBLE)
  },
)

it('VP-16 a hostile place or operator from the edge is harmless', async () => {
  const person = await visitorAt(everything)
  const [, script = ''] = EVIL[0] ?? []
  const cf = { country: 'FI', city: script, region: '\u202e', asOrganization: '"><svg>' }
  const started = await everything(
    new Request(url('/device_authorization'), {
      method: 'POST',
      body: 'client_id=tv',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      cf,
    }),
  )
  const { user_code: userCode } = await started.json<{ user_code: string }>()
  await expectHarmless(await person.open(`/device?user_code=${userCode}`))
})
