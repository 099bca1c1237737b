// What cannot be undone is asked once, on a page of its own, without a script.
import { describe, expect, it } from 'vitest'
import { approve, startDevice } from '../support/device.ts'
import { Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { signedIn } from '../support/visitor.ts'
import { freshAddress, worker } from '../support/worker.ts'

const REMOVE = '/devices/device/remove'

const owner = async () => {
  const { subject, cookies } = await signedIn('Ada', `${crypto.randomUUID()}@example.com`)
  const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
  person.cookies.set('__Host-session', cookies['session'] ?? '')
  return { subject, person }
}

const withDevice = async (name: string) => {
  const { subject, person } = await owner()
  const device = await startDevice('tv', { fields: { device_name: name } })
  await approve(device.userCode, { subject })
  const { body } = await device.poll()
  return { person, accessToken: body.access_token as string }
}

const isAlive = async (accessToken: string) => {
  const answer = await worker(
    new Request(`${ISSUER}/userinfo`, { headers: { Authorization: `Bearer ${accessToken}` } }),
  )
  return answer.status === 200
}

describe('the removal of a device', () => {
  it('is asked once, and changes nothing before that', async () => {
    const { person, accessToken } = await withDevice('Attic TV')
    const asked = await person.submit(await person.open('/devices'), REMOVE)
    expect(asked.status).toBe(200)
    expect(asked.html).toMatch(/<h1>Remove .Attic TV.\?<\/h1>/)
    expect(await isAlive(accessToken)).toBe(true)
    const done = await person.submit(asked, REMOVE, { sure: 'yes' })
    expect(done.html).toMatch(/class="notice done" role="status">.Attic TV. is removed\./)
    expect(await isAlive(accessToken)).toBe(false)
  })

  it('names nothing that a link claims', async () => {
    const { person } = await owner()
    person.cookies.set('__Host-removed', encodeURIComponent('<b>Your\u202e bank</b>'))
    const page = await person.open('/devices?done=removed')
    expect(page.html).toContain('&lt;b&gt;Your bank&lt;/b&gt;')
    const foreign = await person.open('/devices?done=removed', { 'Sec-Fetch-Site': 'cross-site' })
    expect(foreign.html).not.toContain('is removed')
  })

  it.each([REMOVE, '/devices/passkey/remove'])(
    '%s of an unknown id shows the page',
    async (action) => {
      const { person } = await withDevice('Attic TV')
      const page = await person.open('/devices')
      const [, csrf = ''] = /name="csrf" value="([^"]*)"/.exec(page.html) ?? []
      const after = await person.post(action, { csrf, id: 'nothing', sure: 'yes' })
      expect(after.url.pathname + after.url.search).toBe('/devices')
    },
  )
})

it('XD-8 “This wasn’t me” is asked once, and changes nothing before that', async () => {
  const { person } = await owner()
  const device = await startDevice('tv', { fields: { device_name: 'Attic TV' } })
  const page = await person.decide(
    await person.open(`/device?user_code=${device.userCode}`),
    'allow',
  )
  const asked = await person.submit(page, '/device/result', { decision: 'not-me' })
  expect(asked.html).toMatch(/<h1>Remove .Attic TV. and sign out\?<\/h1>/)
  expect((await person.open('/devices')).url.pathname).toBe('/devices')
  const done = await person.submit(asked, '/device/result', { sure: 'yes' })
  expect(done.html).toContain('The device was removed')
  expect((await device.poll()).body.error).toBe('access_denied')
})
