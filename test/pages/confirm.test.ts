// GET and POST /device/confirm: the question and its decision.
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { HOUR, MINUTE } from '../../src/durations.ts'
import { DeviceAuthorization } from '../../src/objects/index.ts'
import { restartOnceIn } from '../objects/restart.ts'
import { DEVICE_CODE_GRANT, startDevice } from '../support/device.ts'
import { Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { formRequest, freshAddress, worker } from '../support/worker.ts'

afterEach(() => {
  vi.useRealTimers()
})

const signedIn = async (name = 'Ada'): Promise<Person> => {
  const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
  await person.createAccount(name, `${crypto.randomUUID()}@example.com`)
  return person
}

const ask = (person: Person, userCode: string) => person.open(`/device?user_code=${userCode}`)

describe('the question', () => {
  it('VP-3 VP-9 names person, service, device, place, code and scopes in plain words', async () => {
    const request = formRequest('/device_authorization', {
      client_id: 'tv',
      scope: 'openid email offline_access library:read',
      device_name: 'Den TV',
    })
    const cf = { city: 'Turku', region: 'Turku', country: 'FI', asOrganization: 'Example Net' }
    const started = await worker(new Request(request, { cf }))
    const { user_code } = await started.json<{ user_code: string }>()
    const { html } = await ask(await signedIn('Ada Lovelace'), user_code)
    for (const shown of [
      'Ada Lovelace',
      'Connect a device to \u2068The tv\u2069?',
      'Den TV',
      'Turku, Finland',
      'Example Net',
      'just now',
      user_code,
      'See your email address',
      'Stay signed in on this device',
      'See the films and series in your library',
    ])
      expect(html).toContain(shown)
    expect(html).not.toContain('See your name')
  })

  it('VP-11 XD-7 offers both answers in one form, and warns of codes sent by other people', async () => {
    const device = await startDevice()
    const { html } = await ask(await signedIn(), device.userCode)
    expect(html).toMatch(/<button type="submit"[^>]*name="decision" value="deny">/)
    expect(html).toMatch(/<button type="submit"[^>]*name="decision" value="allow">/)
    expect(html).toContain('Never approve a code someone sent you by email, chat or phone.')
  })

  it.each([
    ['markup', '<script>alert(1)</script>', '&lt;script&gt;'],
    ['a right-to-left override', 'safe \u202Eevil', 'safe evil'],
    ['line breaks and controls', 'one\n\u0007two', 'one two'],
    ['letters that show nothing', 'Den\u3164\u115fTV\uffa0', 'DenTV'],
    ['nothing but such letters', '\u3164\u1160\u115f\uffa0\u2800', 'A device'],
  ])('VP-16 shows %s in a device name as plain text', async (_, name, shown) => {
    const device = await startDevice('tv', { fields: { device_name: name } })
    const { html } = await ask(await signedIn(), device.userCode)
    expect(html).toContain(shown)
    expect(html).not.toContain(name)
  })

  it('VP-16 cuts a device name at 64 characters', async () => {
    const device = await startDevice('tv', { fields: { device_name: 'x'.repeat(500) } })
    const { html } = await ask(await signedIn(), device.userCode)
    expect(html).toContain('x'.repeat(64))
    expect(html).not.toContain('x'.repeat(65))
  })

  it('VP-17 holds neither device_code nor token, nor does the last page', async () => {
    const device = await startDevice()
    const person = await signedIn()
    const question = await ask(person, device.userCode)
    const result = await person.decide(question, 'allow')
    const { body } = await device.poll()
    for (const page of [question, result]) {
      expect(page.html).not.toContain(device.deviceCode)
      expect(page.html).not.toContain(body.access_token)
    }
    expect(result.html).toContain('Go back to your TV.')
  })
})

describe('the decision', () => {
  it('VP-10 is requested again for the next device of the same client', async () => {
    const person = await signedIn()
    const first = await startDevice()
    await person.decide(await ask(person, first.userCode), 'allow')
    const second = await startDevice()
    await ask(person, second.userCode)
    expect((await second.poll()).body.error).toBe('authorization_pending')
  })

  it('VP-11 to deny is shown to the person and passed to the device', async () => {
    const device = await startDevice()
    const person = await signedIn()
    const result = await person.decide(await ask(person, device.userCode), 'deny')
    expect(result.html).toContain('Nothing was shared')
    expect((await device.poll()).body.error).toBe('access_denied')
  })

  it('is a denial unless it is "allow"', async () => {
    const device = await startDevice()
    const person = await signedIn()
    const question = await ask(person, device.userCode)
    await person.submit(question, '/device/confirm', { decision: 'perhaps' })
    expect((await device.poll()).body.error).toBe('access_denied')
  })

  it('VP-7 is taken once of two people, and the other is told that it is over', async () => {
    const device = await startDevice()
    const people = [await signedIn('One'), await signedIn('Two')]
    const questions = await Promise.all(people.map((person) => ask(person, device.userCode)))
    const results = await Promise.all(
      people.map((person, index) => {
        const question = questions[index]
        if (question === undefined) throw new Error('no question')
        return person.decide(question, index === 0 ? 'allow' : 'deny')
      }),
    )
    const paths = results.map(({ url }) => url.pathname).toSorted()
    expect(paths).toEqual(['/device/confirm', '/device/result'])
    expect(results.some(({ html }) => html.includes('This code was already answered'))).toBe(true)
  })

  it('is the same for a second tap on the button', async () => {
    const device = await startDevice()
    const person = await signedIn()
    const question = await ask(person, device.userCode)
    const taps = [await person.decide(question, 'allow'), await person.decide(question, 'allow')]
    for (const { html } of taps) expect(html).toContain('You’re connected')
  })

  it('VP-8 is refused after expiry, and changes nothing', async () => {
    const device = await startDevice('short-tv')
    const person = await signedIn()
    const question = await ask(person, device.userCode)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * MINUTE })
    const late = await person.decide(question, 'allow')
    expect(late.status).toBe(404)
    expect(late.html).toContain('This code has expired')
    expect((await device.poll()).body.error).toBe('expired_token')
  })

  it('applies to the device on the page, not to the one in another tab', async () => {
    const person = await signedIn()
    const [first, second] = [await startDevice(), await startDevice()]
    const question = await ask(person, first.userCode)
    await ask(person, second.userCode)
    await person.decide(question, 'allow')
    expect((await first.poll()).status).toBe(200)
    expect((await second.poll()).body.error).toBe('authorization_pending')
  })

  it.each(['nobody is signed in', 'the session has ended'])(
    'requires a sign-in when %s, and changes nothing',
    async (situation) => {
      const device = await startDevice()
      const person = await signedIn()
      const question = await ask(person, device.userCode)
      if (situation === 'the session has ended')
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 13 * HOUR })
      const stranger = new Person(worker, ISSUER)
      const target = situation === 'nobody is signed in' ? stranger : person
      const form = await stranger.open('/device')
      const csrf = /name="csrf" value="([^"]+)"/.exec(
        target === person ? question.html : form.html,
      )?.[1]
      const page = await target.post('/device/confirm', {
        csrf: csrf ?? '',
        user_code: device.userCode,
        decision: 'allow',
      })
      expect(page.url.pathname).toBe('/device/sign-in')
      vi.useRealTimers()
      expect((await device.poll()).body.error).toBe('authorization_pending')
    },
  )

  it('SS-5 requires the password again after twelve hours, and auth_time follows', async () => {
    const person = await signedIn()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 12 * HOUR + MINUTE })
    const device = await startDevice()
    const again = await ask(person, device.userCode)
    expect(again.url.pathname).toBe('/device/sign-in')
    expect(again.html).toContain('Sign in again')
    const email = /name="email"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="email"/.exec(
      again.html,
    )
    const question = await person.signIn(email?.[1] ?? email?.[2] ?? '')
    const signedInAt = Math.floor(Date.now() / 1000)
    await person.decide(question, 'allow')
    const { body } = await device.poll()
    const claims = JSON.parse(
      atob(body.id_token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')),
    )
    expect(claims.auth_time).toBe(signedInAt)
  })

  it('counts wrong codes that are sent directly to it', async () => {
    const person = await signedIn()
    const device = await startDevice()
    const { html } = await ask(person, device.userCode)
    const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? ''
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2000 })
    for (const letter of 'BCDFG')
      await person.post('/device/confirm', { csrf, user_code: letter.repeat(8), decision: 'allow' })
    const another = await startDevice()
    const sixth = await person.post('/device/confirm', {
      csrf,
      user_code: another.userCode,
      decision: 'allow',
    })
    expect(sixth.status).toBe(429)
  })

  it('DC-21 reaches an object that restarts under it', async () => {
    const device = await startDevice()
    const person = await signedIn()
    const question = await ask(person, device.userCode)
    const restart = restartOnceIn(DeviceAuthorization.prototype, 'approve')
    const page = await person.decide(question, 'allow')
    restart.end()
    expect(restart.restarts()).toBe(1)
    expect(page.html).toContain('You’re connected')
  })

  it('VP-26 is a 503 that leads to the same page while the object is unreachable', async () => {
    const device = await startDevice()
    const person = await signedIn()
    const question = await ask(person, device.userCode)
    const broken = vi.spyOn(env.DEVICE_AUTHORIZATION, 'getByName').mockImplementation(() => {
      throw new Error('out of reach')
    })
    const page = await person.decide(question, 'allow')
    broken.mockRestore()
    expect(page.status).toBe(503)
    expect(page.html).toContain('Something went wrong')
    // It may have been: only the answer is missing.
    expect(page.html).not.toContain('Nothing was changed')
    expect(page.html).toMatch(/<a class="button" href="[^"]*\/device\/confirm">Try again</)
    const poll = await worker(
      formRequest('/token', {
        grant_type: DEVICE_CODE_GRANT,
        client_id: 'tv',
        device_code: device.deviceCode,
      }),
    )
    expect(await poll.json()).toMatchObject({ error: 'authorization_pending' })
  })
})
