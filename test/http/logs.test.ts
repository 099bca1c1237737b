// Data that the log must not hold (HH-15): a whole sign-in, with every possible failure.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { parseUserCode } from '../../src/codes.ts'
import { Account, DeviceAuthorization, Login } from '../../src/objects/index.ts'
import { startDevice } from '../support/device.ts'
import { introspect, refresh, refreshed, revoke } from '../support/grants.ts'
import { PASSWORD, Person } from '../support/person.ts'
import { ISSUER, SECRET } from '../support/settings.ts'
import { askUserinfo } from '../support/tokens.ts'
import { freshAddress, worker } from '../support/worker.ts'

const METHODS = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const

let log: string
beforeEach(() => {
  log = ''
  for (const method of METHODS)
    vi.spyOn(console, method).mockImplementation((...said: unknown[]) => {
      log += `${said.map((item) => (item instanceof Error ? `${item.stack}` : JSON.stringify(item))).join(' ')}\n`
    })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const once = (method: 'poll' | 'redeem' | 'start' | 'open') =>
  vi
    .spyOn(DeviceAuthorization.prototype, method)
    .mockImplementationOnce(() => Promise.reject(new Error('the disk is gone')))

const onceInAccount = (method: 'refresh' | 'revokeGrant') =>
  vi
    .spyOn(Account.prototype, method)
    .mockImplementationOnce(() => Promise.reject(new Error('the disk is gone')))

it('HH-15 the log holds no code, token, secret, password, cookie or email address', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const email = 'canary.bird@example.com'
  const credentials = { client_id: 'post', client_secret: SECRET }
  const verifier = 'canary-verifier-canary-verifier-canary-verifier'

  once('start')
  await expect(startDevice('post', { fields: credentials })).rejects.toThrow('503')
  const device = await startDevice('post', {
    fields: { ...credentials, scope: 'openid email offline_access' },
  })
  await device.poll({ ...credentials, client_secret: 'canary-guess' })
  await device.poll({ ...credentials, code_verifier: verifier })
  await device.poll({ ...credentials, device_code: `${device.deviceCode}x` })
  once('poll')
  expect((await device.poll(credentials)).status).toBe(503)

  const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
  vi.spyOn(Login.prototype, 'register').mockImplementationOnce(() =>
    Promise.reject(new Error('the disk is gone')),
  )
  await person.createAccount('Canary', email)
  await person.createAccount('Canary', email)
  await person.signIn(email, 'canary-password')
  await person.signIn(email)
  once('open')
  await person.open(device.answer.verification_uri_complete)
  const confirm = await person.open(device.answer.verification_uri_complete)
  await person.decide(confirm, 'allow')

  once('redeem')
  expect((await device.poll(credentials)).status).toBe(503)
  const { status, body } = await device.poll(credentials)
  expect(status).toBe(200)
  expect((await askUserinfo(body.access_token)).body.email).toBe(email)
  await askUserinfo(`${body.access_token}x`)
  onceInAccount('refresh')
  expect((await refresh(body.refresh_token, { clientId: 'post' })).status).toBe(503)
  const next = await refreshed(body.refresh_token, { clientId: 'post' })
  await refresh(`${next.refresh_token}x`, { clientId: 'post' })
  await introspect(next.refresh_token, { clientId: 'post' })
  onceInAccount('revokeGrant')
  expect(await revoke(next.refresh_token, { clientId: 'post' })).toMatch(/^503/)
  expect(await revoke(next.refresh_token, { clientId: 'post' })).toBe('200')
  await device.poll(credentials)

  // The log is not empty, or this would prove nothing.
  expect(log.split('the disk is gone').length - 1).toBeGreaterThanOrEqual(6)
  const cookies = person.setCookies.map((header) => /=([^;]*)/.exec(header)?.[1] ?? '')
  expect(cookies.length).toBeGreaterThan(0)
  for (const secret of [
    device.deviceCode,
    device.userCode,
    parseUserCode(device.userCode) ?? '',
    body.access_token,
    body.id_token,
    body.refresh_token,
    next.access_token,
    next.refresh_token,
    SECRET,
    PASSWORD,
    email,
    verifier,
    'canary',
    ...cookies.filter((value) => value.length > 7),
  ]) {
    expect(secret.length).toBeGreaterThan(5)
    expect(log.toLowerCase()).not.toContain(secret.toLowerCase())
  }
})
