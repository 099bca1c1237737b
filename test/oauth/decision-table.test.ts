// conformance section 0.2: what POST /token answers to the device grant, top to bottom, the first
// match. Each request is also wrong in what is checked later, so the order shows too.
import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { mintDeviceCode, parseUserCode } from '../../src/codes.ts'
import { accountOf } from '../../src/objects/index.ts'
import { passSeconds } from '../support/clock.ts'
import {
  type Device,
  DEVICE_CODE_GRANT,
  answerOf,
  approve,
  deny,
  startDevice,
} from '../support/device.ts'
import { newPerson, somebody } from '../support/member.ts'
import { newKeyHolder, readyKeyHolder } from '../support/dpop.ts'
import { STRANGERS_SECRET, formRequest, freshAddress, url, worker } from '../support/worker.ts'
import { SECRET } from '../support/settings.ts'
import { named } from '../support/named.ts'

afterEach(() => {
  vi.useRealTimers()
})

const form = (fields: Readonly<Record<string, string>>, headers = {}) =>
  formRequest('/token', fields, headers)
const raw = (init: RequestInit) =>
  new Request(url('/token'), {
    method: 'POST',
    headers: { 'CF-Connecting-IP': freshAddress() },
    ...init,
  })
const basic = (id: string, secret: string) => ({
  Authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`,
})

const pollOf = (device: Device, fields: Readonly<Record<string, string>> = {}, headers = {}) =>
  form(
    {
      grant_type: DEVICE_CODE_GRANT,
      client_id: 'tv',
      device_code: device.deviceCode,
      ...fields,
    },
    headers,
  )
const allow = async (device: Device) =>
  approve(device.userCode, { subject: (await somebody()).subject })
const started = async (clientId = 'tv', fetch = worker) => {
  vi.useFakeTimers({ toFake: ['Date'] })
  return startDevice(clientId, { fetch })
}

type Row = [row: string, request: () => Request | Promise<Request>, status: number, error: string]

const REFUSALS: Row[] = [
  ['1: not POST', () => raw({ method: 'GET' }), 405, 'invalid_request'],
  ['1: PUT with a form', () => raw({ method: 'PUT', body: 'a=b' }), 405, 'invalid_request'],
  ['2: body over the cap', () => raw({ body: 'x'.repeat(65_537) }), 413, 'invalid_request'],
  ['3: no content type', () => raw({ body: new Uint8Array(9) }), 400, 'invalid_request'],
  [
    '3: wrong content type',
    () => raw({ body: '{"client_id":"nobody"}', headers: { 'Content-Type': 'application/json' } }),
    400,
    'invalid_request',
  ],
  ['3: undecodable', () => formRequest('/token', 'client_id=nobody%zz'), 400, 'invalid_request'],
  ['3: twice', () => formRequest('/token', 'client_id=nobody&client_id=x'), 400, 'invalid_request'],
  [
    '4: two mechanisms, for an unknown client',
    () => form({ client_id: 'nobody', client_secret: 'x' }, basic('nobody', 'x')),
    400,
    'invalid_request',
  ],
  [
    '4: client_id that contradicts the credential',
    () => form({ client_id: 'tv' }, basic('basic', 'wrong')),
    400,
    'invalid_request',
  ],
  ['4: no client named', () => form({ grant_type: 'nosuch' }), 400, 'invalid_request'],
  ['5: unknown client', () => form({ client_id: 'nobody' }), 401, 'invalid_client'],
  ['5: wrong secret', () => form({}, basic('basic', 'wrong')), 401, 'invalid_client'],
  ['5: no secret', () => form({ client_id: 'basic' }), 401, 'invalid_client'],
  [
    '5: secret of a public client',
    () => form({ client_id: 'tv', client_secret: SECRET }),
    401,
    'invalid_client',
  ],
  ['6: grant_type missing', () => form({ client_id: 'refresh-only' }), 400, 'invalid_request'],
  [
    '6: grant_type empty',
    () => form({ client_id: 'refresh-only', grant_type: '' }),
    400,
    'invalid_request',
  ],
  [
    '7: grant_type unknown',
    () => form({ client_id: 'refresh-only', grant_type: 'nosuch' }),
    400,
    'unsupported_grant_type',
  ],
  [
    '8: client without the refresh grant, and no refresh_token',
    () => form({ client_id: 'device-only', grant_type: 'refresh_token' }),
    400,
    'unauthorized_client',
  ],
  [
    '8: client without the grant, and no device_code',
    () => form({ client_id: 'refresh-only', grant_type: DEVICE_CODE_GRANT }),
    400,
    'unauthorized_client',
  ],
  [
    '9: device_code missing',
    () => form({ client_id: 'tv', grant_type: DEVICE_CODE_GRANT }),
    400,
    'invalid_request',
  ],
  [
    '9: device_code empty',
    () => form({ client_id: 'tv', grant_type: DEVICE_CODE_GRANT, device_code: '' }),
    400,
    'invalid_request',
  ],
  [
    '9: device_code missing, and a bad proof',
    () => form({ client_id: 'tv', grant_type: DEVICE_CODE_GRANT }, { DPoP: 'nosuch' }),
    400,
    'invalid_request',
  ],
  [
    '10: a bad proof, for a device_code unknown',
    () =>
      form(
        { client_id: 'tv', grant_type: DEVICE_CODE_GRANT, device_code: 'nosuch' },
        { DPoP: 'nosuch' },
      ),
    400,
    'invalid_dpop_proof',
  ],
  [
    '10: a proof without a nonce, and denied',
    async () => {
      const device = await started()
      await deny(device.userCode)
      return pollOf(device, {}, { DPoP: await (await newKeyHolder()).proof() })
    },
    400,
    'use_dpop_nonce',
  ],
  [
    '10: a proof for something else, and approved',
    async () => {
      const device = await started()
      await allow(device)
      return pollOf(device, {}, { DPoP: await (await readyKeyHolder()).proof({ method: 'GET' }) })
    },
    400,
    'invalid_dpop_proof',
  ],
  [
    '11: device_code unknown',
    async () => pollOf(await started(), { device_code: 'A'.repeat(43) }),
    400,
    'invalid_grant',
  ],
  [
    '11: device_code forged for a live user code, and past its lifetime',
    async () => {
      const device = await started()
      const userCode = parseUserCode(device.userCode) ?? ''
      const forged = mintDeviceCode(STRANGERS_SECRET, named(userCode), Date.now() - 1000).text
      return pollOf(device, { device_code: forged })
    },
    400,
    'invalid_grant',
  ],
  [
    '11: device_code unknown, and a proof that was used before',
    async () => {
      const device = await started()
      const headers = { DPoP: await (await readyKeyHolder()).proof() }
      await device.poll({}, headers)
      return pollOf(device, { device_code: 'A'.repeat(43) }, headers)
    },
    400,
    'invalid_grant',
  ],
  [
    '10: a proof that was used before, and denied',
    async () => {
      const device = await started()
      const headers = { DPoP: await (await readyKeyHolder()).proof() }
      await device.poll({}, headers)
      await deny(device.userCode)
      return pollOf(device, {}, headers)
    },
    400,
    'invalid_dpop_proof',
  ],
  [
    '12: another client’s, and denied',
    async () => {
      const device = await started()
      await deny(device.userCode)
      return pollOf(device, { client_id: 'other-tv' })
    },
    400,
    'invalid_grant',
  ],
  [
    '12: another client’s, and expired',
    async () => {
      const device = await started()
      passSeconds(700)
      return pollOf(device, { client_id: 'other-tv' })
    },
    400,
    'invalid_grant',
  ],
  [
    '13: redeemed, and past its lifetime',
    async () => {
      const device = await started()
      await allow(device)
      await device.poll()
      passSeconds(700)
      return pollOf(device)
    },
    400,
    'invalid_grant',
  ],
  [
    '14: denied, and past its lifetime',
    async () => {
      const device = await started()
      await deny(device.userCode)
      passSeconds(700)
      return pollOf(device)
    },
    400,
    'access_denied',
  ],
  [
    '15: past its lifetime, and polled too soon',
    async () => {
      const device = await started('patient-tv')
      passSeconds(599.5)
      await device.poll()
      // The lifetime ends with a whole second.
      passSeconds(2)
      return pollOf(device, { client_id: 'patient-tv' })
    },
    400,
    'expired_token',
  ],
  [
    '16: approved, but the account is disabled',
    async () => {
      const device = await started()
      const { subject } = await newPerson()
      await approve(device.userCode, { subject })
      await accountOf(env, subject)?.disable(true)
      return pollOf(device)
    },
    400,
    'invalid_grant',
  ],
  [
    '16: approved, but for another key',
    async () => {
      const device = await started('tv', (await newKeyHolder()).fetch)
      await allow(device)
      return pollOf(device, {}, { DPoP: await (await readyKeyHolder()).proof() })
    },
    400,
    'invalid_grant',
  ],
  [
    '16: approved, but for a key',
    async () => {
      const device = await started('tv', (await newKeyHolder()).fetch)
      await allow(device)
      return pollOf(device)
    },
    400,
    'invalid_grant',
  ],
  [
    '18: pending, and polled too soon',
    async () => {
      const device = await started()
      passSeconds(0.5)
      await device.poll()
      return pollOf(device)
    },
    400,
    'slow_down',
  ],
  ['19: pending', async () => pollOf(await started()), 400, 'authorization_pending'],
]

it.each(REFUSALS)('DC-20 row %s', async (_row, request, status, error) => {
  const answer = await answerOf(await worker(await request()))
  expect([answer.status, answer.body.error]).toStrictEqual([status, error])
  expect(answer.body).not.toHaveProperty('access_token')
  expect(answer.headers.has('WWW-Authenticate')).toBe(status === 401)
  expect(answer.headers.has('Allow')).toBe(status === 405)
})

it('DC-20 row 17: approved, also polled too soon', async () => {
  const device = await started()
  passSeconds(0.5)
  await device.poll()
  await allow(device)
  const answer = await answerOf(await worker(pollOf(device)))
  expect(answer.status).toBe(200)
  expect(answer.body).not.toHaveProperty('error')
})
