// The last page of the phone's part. Its cookie names a device authorization, so it is sealed.
import { afterEach, expect, it, vi } from 'vitest'
import { Account } from '../../src/objects/account/account.ts'
import { DeviceAuthorization } from '../../src/objects/device-authorization/device-authorization.ts'
import { approve, startDevice } from '../support/device.ts'
import { resultCookie, signedIn } from '../support/visitor.ts'
import { Person } from '../support/person.ts'
import { STRANGERS_SECRET, freshAddress, serverSecret, worker } from '../support/worker.ts'
import { ISSUER } from '../support/settings.ts'

afterEach(() => void vi.restoreAllMocks())

it('XD-8 VP-5 a made-up result cookie shows nothing, and calls no device authorization', async () => {
  const { cookies } = await signedIn('Ada', `${crypto.randomUUID()}@example.com`)
  const { userCode } = await startDevice()
  const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
  person.cookies.set('__Host-session', cookies['session'] ?? '')
  person.cookies.set('__Host-result', resultCookie(await serverSecret(), { userCode }))
  const page = await person.open('/device/result')
  expect(page.html).toContain('value="not-me"')
  const withdrawn = vi.spyOn(DeviceAuthorization.prototype, 'withdraw')
  const madeUp = resultCookie(STRANGERS_SECRET, { userCode })
  person.cookies.set('__Host-result', madeUp)
  expect((await person.open('/device/result')).url.pathname).toBe('/device')
  const fields = { decision: 'not-me', sure: 'yes', result: madeUp }
  const after = await person.submit(page, '/device/result', fields)
  expect(after.url.pathname).toBe('/device/sign-in')
  expect(withdrawn).not.toHaveBeenCalled()
})

it('XD-8 a withdrawn device is recorded by its own data, not by the cookie’s', async () => {
  const log = vi.spyOn(console, 'info').mockReturnValue()
  const removed = vi.spyOn(Account.prototype, 'removeDevice')
  const { subject, cookies } = await signedIn('Ada', `${crypto.randomUUID()}@example.com`)
  const { userCode } = await startDevice('tv', { fields: { device_name: 'Attic TV' } })
  await approve(userCode, { subject })
  const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
  const kept = { userCode, clientId: 'other-tv', deviceName: 'Cinema' }
  person.cookies.set('__Host-session', cookies['session'] ?? '')
  person.cookies.set('__Host-result', resultCookie(await serverSecret(), kept))
  await person.submit(await person.open('/device/result'), '/device/result', {
    decision: 'not-me',
    sure: 'yes',
  })
  expect(removed).toHaveBeenCalledExactlyOnceWith(
    expect.any(String),
    'device_reported',
    {
      deviceName: 'Attic TV',
      source: undefined,
    },
    expect.any(String),
  )
  expect(log.mock.lastCall?.[0]).toMatchObject({ clientId: 'tv', outcome: 'withdrawn' })
})
