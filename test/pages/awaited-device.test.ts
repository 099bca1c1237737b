// A device that was allowed and has not collected its tokens: its person sees it waiting, and can take the
// approval back.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startDevice } from '../support/device.ts'
import { MINUTE } from '../../src/durations.ts'
import { Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { signedIn } from '../support/visitor.ts'
import { freshAddress, worker } from '../support/worker.ts'

const REMOVE = '/devices/device/remove'
const WAITING = 'Waiting for the device'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const allowed = async () => {
  const { cookies } = await signedIn('Ada', `${crypto.randomUUID()}@example.com`)
  const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
  person.cookies.set('__Host-session', cookies['session'] ?? '')
  // Newer than the device of `signedIn`.
  vi.setSystemTime(Date.now() + 1000)
  const device = await startDevice('tv', { fields: { device_name: 'Attic TV' } })
  await person.decide(await person.open(`/device?user_code=${device.userCode}`), 'allow')
  return { person, device, devices: async () => (await person.open('/devices')).html }
}

describe('a device that was allowed', () => {
  it('is shown as waiting at once, and as connected once it collects its tokens', async () => {
    const { device, devices } = await allowed()
    const before = await devices()
    expect(before).toContain(WAITING)
    expect(before).toMatch(/Allowed .Attic TV., which has not signed in yet/)
    expect((await device.poll()).status).toBe(200)
    const after = await devices()
    expect(after).not.toContain(WAITING)
    expect(after).toMatch(/Connected .Attic TV./)
    expect(after.split('<bdi>Attic TV</bdi>')).toHaveLength(2)
  })

  it('keeps the name that its person gave it while it was waited for', async () => {
    const { person, device, devices } = await allowed()
    await person.submit(await person.open('/devices'), '/devices/device/rename', { name: 'My TV' })
    expect((await device.poll()).status).toBe(200)
    expect(await devices()).toContain('<bdi>My TV</bdi>')
  })

  it('gets no tokens once the approval is taken back', async () => {
    const { person, device, devices } = await allowed()
    await person.submit(await person.open('/devices'), REMOVE, { sure: 'yes' })
    expect((await device.poll()).body.error).toBe('invalid_grant')
    expect(await devices()).not.toContain(WAITING)
    expect(await devices()).toMatch(/Removed .Attic TV./)
  })

  it('gets no tokens after all devices were removed', async () => {
    const { person, device } = await allowed()
    const page = await person.open('/devices')
    vi.setSystemTime(Date.now() + 1)
    await person.submit(page, '/devices/everywhere', { with_devices: 'yes' })
    expect((await device.poll()).body.error).toBe('invalid_grant')
  })

  it('is named in the recent activity if it never comes back', async () => {
    const { devices } = await allowed()
    vi.setSystemTime(Date.now() + 12 * MINUTE)
    const html = await devices()
    expect(html).not.toContain(WAITING)
    expect(html).not.toContain('<bdi>Attic TV</bdi>')
    expect(html).toMatch(/Allowed .Attic TV., which never signed in/)
  })
})
