// The device_code grant (RFC 8628 §3.4 and §3.5): conformance DC-1 to DC-5, DC-11, DC-14 to DC-18,
// DC-21, DC-23. When a poll comes is in device-code-polling.test.ts and device-code-expiry.test.ts.
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Account, DeviceAuthorization, accountOf } from '../../src/objects/index.ts'
import { holdClock } from '../support/clock.ts'
import {
  type Answer,
  DEVICE_CODE_GRANT,
  answerOf,
  approve,
  deny,
  startDevice,
} from '../support/device.ts'
import { newPerson, somebody } from '../support/member.ts'
import { ISSUER } from '../support/settings.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { formRequest, worker, workerWith } from '../support/worker.ts'
import { named } from '../support/named.ts'

holdClock()

type Fields = Readonly<Record<string, string>>

const ask = async (fields: Fields): Promise<Answer> =>
  answerOf(await worker(formRequest('/token', fields)))

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('an invalid poll', () => {
  it.each<[string, Fields, string]>([
    ['DC-1 grant_type missing', { grant_type: '' }, 'invalid_request'],
    ['DC-1 short name of the grant', { grant_type: 'device_code' }, 'unsupported_grant_type'],
    [
      'DC-1 upper-cased grant_type',
      { grant_type: DEVICE_CODE_GRANT.toUpperCase() },
      'unsupported_grant_type',
    ],
    ['DC-1 space behind it', { grant_type: `${DEVICE_CODE_GRANT} ` }, 'unsupported_grant_type'],
    ['PR-2 password grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['DC-2 client without the grant', { client_id: 'refresh-only' }, 'unauthorized_client'],
    ['DC-3 device_code empty', { device_code: '' }, 'invalid_request'],
    ['DC-4 unknown device_code', { device_code: 'x'.repeat(43) }, 'invalid_grant'],
    ['DC-4 user code in its place', { device_code: 'WDJB-MJHT' }, 'invalid_grant'],
    ['DC-4 the one but last letter changed', {}, 'invalid_grant'],
  ])('%s: refused with 400, and the request is unchanged', async (_name, fields, error) => {
    const device = await startDevice()
    const text = device.deviceCode
    const changed = `${text.slice(0, -2)}${text.at(-2) === 'A' ? 'B' : 'A'}${text.slice(-1)}`
    const answer = await device.poll({ device_code: changed, ...fields })
    expect([answer.status, answer.body.error]).toStrictEqual([400, error])
    expect((await device.poll()).body.error).toBe('authorization_pending')
  })

  it.each([
    ['device_code', DEVICE_CODE_GRANT],
    ['refresh', 'refresh_token'],
  ])('DC-1 with grant_type %s is told the full name', async (grantType, name) => {
    const { body } = await ask({ client_id: 'tv', grant_type: grantType })
    expect([body.error, body.error_description]).toStrictEqual([
      'unsupported_grant_type',
      expect.stringContaining(name),
    ])
  })

  it.each([
    ['DC-1 grant_type', { client_id: 'tv', device_code: 'x' }],
    ['DC-3 device_code', { client_id: 'tv', grant_type: DEVICE_CODE_GRANT }],
  ])('%s left out: refused with invalid_request', async (_name, fields) => {
    const answer = await ask(fields)
    expect([answer.status, answer.body.error]).toStrictEqual([400, 'invalid_request'])
  })

  it('DC-5 with a device_code of another client is refused, and the owner’s request is unchanged', async () => {
    const device = await startDevice('tv')
    const { subject } = await somebody()
    const stolen = await device.poll({ client_id: 'other-tv' })
    const unknown = await device.poll({ client_id: 'other-tv', device_code: 'x'.repeat(43) })
    expect(stolen.status).toBe(400)
    expect(stolen.body.error).toBe('invalid_grant')
    expect(stolen.body).toStrictEqual(unknown.body)
    expect((await device.poll()).body.error).toBe('authorization_pending')

    await approve(device.userCode, { subject })
    expect((await device.poll({ client_id: 'other-tv' })).body).toStrictEqual(unknown.body)
    expect((await device.poll()).status).toBe(200)
  })
})

describe('a poll', () => {
  it('DC-7 before the decision gets authorization_pending', async () => {
    const { status, body } = await (await startDevice()).poll()
    expect([status, body.error]).toStrictEqual([400, 'authorization_pending'])
  })

  it('DC-11 after a denial gets access_denied every time', async () => {
    const device = await startDevice()
    await deny(device.userCode)
    const answers = [await device.poll(), await device.poll(), await device.poll()]
    expect(answers.map(({ status, body }) => [status, body.error])).toStrictEqual(
      answers.map(() => [400, 'access_denied']),
    )
  })

  it('DC-14 DC-15 after the approval gets tokens with no-store, no null members and no extra ones', async () => {
    const device = await startDevice()
    await approve(device.userCode, { subject: (await somebody()).subject })
    const { status, headers, body } = await device.poll()
    expect(status).toBe(200)
    expect(body).toStrictEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'openid profile email offline_access library:read',
      refresh_token: expect.stringMatching(/^[\w-]{155}$/),
      id_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    })
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Pragma')).toBe('no-cache')
    expect(headers.get('Content-Type')).toMatch(/^application\/json/)
  })

  it('DC-14 gets no id_token without openid', async () => {
    const { tokens } = await connectDevice('plain-tv')
    expect(Object.keys(tokens).toSorted()).toStrictEqual([
      'access_token',
      'expires_in',
      'scope',
      'token_type',
    ])
  })

  it('DC-16 gets tokens exactly once of many simultaneous ones', async () => {
    const device = await startDevice()
    await approve(device.userCode, { subject: (await somebody()).subject })
    const answers = await Promise.all(Array.from({ length: 20 }, () => device.poll()))
    const errors = answers.filter(({ status }) => status !== 200)
    expect(errors.map(({ status, body }) => [status, body.error])).toStrictEqual(
      Array.from({ length: 19 }, () => [400, 'invalid_grant']),
    )
    const won = answers.find(({ status }) => status === 200)
    expect((await askUserinfo(won?.body.access_token)).status).toBe(200)
  })

  it('DC-17 cannot widen or change the scope', async () => {
    const { tokens } = await connectDevice('tv', {
      fields: { scope: 'openid' },
      poll: { scope: 'openid email library:write admin' },
    })
    expect(tokens.scope).toBe('openid')
  })

  it('DC-18 gets invalid_grant if the account was disabled meanwhile', async () => {
    const { subject } = await newPerson()
    const device = await startDevice()
    await approve(device.userCode, { subject })
    await accountOf(env, subject)?.disable(true)
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
  })

  it('DC-18 gets invalid_grant if the account does not exist', async () => {
    const device = await startDevice()
    await approve(device.userCode, { subject: named(env.ACCOUNT.idFromName('gone').toString()) })
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
  })
})

describe('a resource on the poll', () => {
  const fetch = workerWith({ RESOURCE: 'https://api.test' })

  it('DC-23 must be among the approved ones, and a refusal uses nothing up', async () => {
    const device = await startDevice('tv', { fetch, fields: { resource: 'https://api.test' } })
    await approve(device.userCode, { subject: (await somebody()).subject })
    for (const resource of [ISSUER, 'https://nosuch.test', 'https://api.test/']) {
      const { status, body } = await device.poll({ resource })
      expect([status, body.error]).toStrictEqual([400, 'invalid_target'])
    }
    expect((await device.poll({ resource: 'https://api.test' })).status).toBe(200)
  })
})

const unavailable = ({ status, headers, body }: Answer) => {
  expect([status, body.error]).toStrictEqual([503, 'temporarily_unavailable'])
  expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
  expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(headers.get('Cache-Control')).toBe('no-store')
  expect(JSON.stringify(body)).not.toContain('disk')
}
const fails = () => Promise.reject(new Error('the disk is gone'))

describe('a fault of the storage', () => {
  it('DC-21 is a 503 on the poll, and the device continues afterwards', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const device = await startDevice()
    const fault = vi.spyOn(DeviceAuthorization.prototype, 'poll').mockImplementation(fails)
    unavailable(await device.poll())
    fault.mockRestore()
    expect((await device.poll()).body.error).toBe('authorization_pending')
  })

  it('DC-21 is a 503 on a held poll too', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const device = await startDevice('held-tv')
    vi.spyOn(DeviceAuthorization.prototype, 'fetch').mockImplementation(fails)
    unavailable(await device.poll())
  })

  it('DC-21 is a 503 on the device authorization request', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    vi.spyOn(DeviceAuthorization.prototype, 'start').mockImplementation(fails)
    unavailable(
      await answerOf(await worker(formRequest('/device_authorization', { client_id: 'tv' }))),
    )
  })

  it('DC-21 DC-6 in the middle of a redemption is a 503 from which the next poll recovers', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const device = await startDevice()
    await approve(device.userCode, { subject: (await somebody()).subject })
    const fault = vi.spyOn(Account.prototype, 'connectDevice').mockImplementation(fails)
    const answer = await device.poll()
    unavailable(answer)
    fault.mockRestore()
    vi.setSystemTime(Date.now() + Number(answer.headers.get('Retry-After')) * 1000)
    expect((await device.poll()).status).toBe(200)
  })
})
