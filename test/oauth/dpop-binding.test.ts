// Codes and tokens bound to the key of a DPoP proof (RFC 9449 §5, §6, §10 by analogy): conformance
// DP-6, DP-8, DA-17, DC-6, DC-22, IN-5. Refresh tokens are in dpop-refresh.test.ts.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DeviceAuthorization } from '../../src/objects/index.ts'
import { passSeconds } from '../support/clock.ts'
import {
  type Answer,
  type Device,
  DEVICE_CODE_GRANT,
  answerOf,
  approve,
  startDevice,
} from '../support/device.ts'
import { type KeyHolder, type ProofOptions, newKeyHolder, readyKeyHolder } from '../support/dpop.ts'
import { connectConfidential, introspect, refresh } from '../support/grants.ts'
import { LONG, allow, hold } from '../support/held-poll.ts'
import { connectDevice } from '../support/tokens.ts'
import { somebody } from '../support/member.ts'
import { formRequest, url, worker } from '../support/worker.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const summary = ({ status, body }: Answer): string => `${status} ${body.error ?? body.token_type}`
const PENDING = '400 authorization_pending'
const ADDRESS = url('/device_authorization')
const NOT_GOOD = '400 invalid_grant'

const allowed = async (device: Device): Promise<Device> => {
  await approve(device.userCode, { subject: (await somebody()).subject })
  return device
}

/** Polls beside the owner's: with a key of their own, or without one. */
const STRANGERS: [string, (device: Device) => Promise<Answer>][] = [
  ['another key', async (device) => (await newKeyHolder()).poll(device)],
  ['no key', (device) => device.poll()],
]

/** A device that requested its code with a proof, and polls without one by default. */
const bound = async (): Promise<{ holder: KeyHolder; device: Device }> => {
  const holder = await newKeyHolder()
  const fetch = holder.fetchOnlyAt('/device_authorization')
  return { holder, device: await startDevice('tv', { fetch }) }
}

describe('a device_code requested with a proof', () => {
  it('DA-17 is redeemed with the same key', async () => {
    const { holder, device } = await bound()
    expect(summary(await holder.poll(device))).toBe(PENDING)
    await allowed(device)
    expect(summary(await holder.poll(device))).toBe('200 DPoP')
  })

  it.each(STRANGERS)('DA-17 DP-8 is refused with %s, and not used up', async (_, ask) => {
    const { holder, device } = await bound()
    expect(summary(await ask(device))).toBe(NOT_GOOD)
    expect(summary(await holder.poll(device)), 'and that was no poll').toBe(PENDING)
    await allowed(device)
    expect(summary(await ask(device)), 'row 16').toBe(NOT_GOOD)
    expect(summary(await holder.poll(device))).toBe('200 DPoP')
  })

  it('DA-17 is answered as unknown with another key', async () => {
    const { device } = await bound()
    const stolen = await (await newKeyHolder()).poll(device)
    const unknown = await device.poll({ device_code: 'x'.repeat(43) })
    expect(stolen.body).toStrictEqual(unknown.body)
  })

  it('DA-17 is refused to its own client with a hint at the missing proof, and to no other client', async () => {
    const { device } = await bound()
    const own = await device.poll()
    expect(own.body.error).toBe('invalid_grant')
    expect(own.body.error_description).toContain('DPoP proof')
    const foreign = await device.poll({ client_id: 'other-tv' })
    const unknown = await device.poll({ device_code: 'x'.repeat(43) })
    expect(foreign.body).toStrictEqual(unknown.body)
  })

  it('DA-17 is not bound by a dpop_jkt parameter', async () => {
    const holder = await newKeyHolder()
    const device = await startDevice('tv', { fields: { dpop_jkt: 'x'.repeat(43) } })
    await allowed(device)
    expect(summary(await holder.poll(device))).toBe('200 DPoP')
  })

  it('DA-17 is bound by the proof, whatever a dpop_jkt parameter says', async () => {
    const holder = await newKeyHolder()
    const { jkt } = await newKeyHolder()
    const device = await startDevice('tv', { fields: { dpop_jkt: jkt }, fetch: holder.fetch })
    expect(summary(await holder.poll(device))).toBe(PENDING)
  })

  it.each([
    ['for another endpoint', 'invalid_dpop_proof', {}],
    ['without a key', 'invalid_dpop_proof', { address: ADDRESS, header: { jwk: undefined } }],
    ['without a nonce', 'use_dpop_nonce', { address: ADDRESS, claims: { nonce: undefined } }],
  ])('DA-17 is not issued for a proof %s: %s', async (_name, error, options) => {
    const start = vi.spyOn(DeviceAuthorization.prototype, 'start')
    const holder = await readyKeyHolder()
    const ask = async (more: ProofOptions) => {
      const headers = { DPoP: await holder.proof(more) }
      const request = formRequest('/device_authorization', { client_id: 'tv' }, headers)
      return answerOf(await worker(request))
    }
    const refusal = await ask(options)
    expect([refusal.status, refusal.body.error]).toStrictEqual([400, error])
    expect(start).not.toHaveBeenCalled()
    expect((await ask({ address: ADDRESS })).status).toBe(200)
    expect(start).toHaveBeenCalledOnce()
  })
})

describe('a device_code requested without a proof', () => {
  it('DP-8 is redeemed with any key, or with none', async () => {
    for (const [ask, type] of [
      [async (device: Device) => (await newKeyHolder()).poll(device), 'DPoP'],
      [(device: Device) => device.poll(), 'Bearer'],
    ] as const)
      expect(summary(await ask(await allowed(await startDevice())))).toBe(`200 ${type}`)
  })

  it.each(STRANGERS)(
    'DC-6 once redeemed with a key is not repeated for another: %s',
    async (_, ask) => {
      const holder = await newKeyHolder()
      const device = await allowed(await startDevice())
      expect(summary(await holder.poll(device))).toBe('200 DPoP')
      passSeconds(2)
      expect(summary(await ask(device))).toBe(NOT_GOOD)
      expect(summary(await holder.poll(device))).toBe('200 DPoP')
    },
  )

  it('DC-6 once redeemed without a key is not repeated for one', async () => {
    const device = await allowed(await startDevice())
    expect(summary(await device.poll())).toBe('200 Bearer')
    passSeconds(2)
    expect(summary(await (await newKeyHolder()).poll(device))).toBe(NOT_GOOD)
    expect(summary(await device.poll())).toBe('200 Bearer')
  })
})

describe('a poll with a proof', () => {
  it('DC-22 that must first fetch a nonce does not count', async () => {
    const holder = await newKeyHolder()
    const device = await startDevice()
    passSeconds(0.5)
    const first = await device.poll({}, { DPoP: await holder.proof() })
    expect(summary(first)).toBe('400 use_dpop_nonce')
    expect(summary(await holder.poll(device))).toBe(PENDING)
    expect(summary(await holder.poll(device)), 'but this one was').toBe('400 slow_down')
  })

  it('DC-22 that is invalid uses nothing up, even if there are tokens', async () => {
    const holder = await readyKeyHolder()
    const device = await allowed(await startDevice())
    const bad = { DPoP: await holder.proof({ method: 'GET' }) }
    expect(summary(await device.poll({}, bad))).toBe('400 invalid_dpop_proof')
    expect(summary(await holder.poll(device))).toBe('200 DPoP')
  })

  it('DP-8 needs a new proof each time', async () => {
    const holder = await readyKeyHolder()
    const device = await startDevice()
    const proof = { DPoP: await holder.proof() }
    expect(summary(await device.poll({}, proof))).toBe(PENDING)
    await allowed(device)
    expect(summary(await device.poll({}, proof))).toBe('400 invalid_dpop_proof')
    expect(summary(await holder.poll(device))).toBe('200 DPoP')
  })

  it('DP-1 LP-1 is held, and gets tokens bound to its key', async () => {
    const holder = await newKeyHolder()
    const device = await startDevice('held-tv', { fetch: holder.fetch })
    const { answer } = await hold(device, { ...LONG, DPoP: await holder.proof() })
    await allow(device)
    expect(summary(await answer)).toBe('200 DPoP')
  })

  it.each([
    ['a nonce to fetch', 'use_dpop_nonce', { claims: { nonce: undefined } }],
    ['a bad proof', 'invalid_dpop_proof', { method: 'GET' }],
  ])('DC-22 LP-1 is not held for %s', async (_name, error, options) => {
    const holder = await readyKeyHolder()
    const device = await startDevice('held-tv')
    const headers = { ...LONG, DPoP: await holder.proof(options) }
    const { headers: said, body } = await device.poll({}, headers)
    expect(body.error).toBe(error)
    expect(said.has('Preference-Applied')).toBe(false)
  })
})

describe('a client with dpop_bound_access_tokens (RFC 9449 §5.2)', () => {
  it('DP-6 gets no tokens without a proof, and may retry with one', async () => {
    const holder = await newKeyHolder()
    const device = await startDevice('dpop-tv')
    expect(summary(await device.poll())).toBe('400 invalid_request')
    expect(summary(await holder.poll(device)), 'and that was no poll').toBe(PENDING)
    await allowed(device)
    expect(summary(await device.poll())).toBe('400 invalid_request')
    expect(summary(await holder.poll(device))).toBe('200 DPoP')
  })

  it('DP-6 refreshes with a proof only', async () => {
    const holder = await newKeyHolder()
    const { tokens } = await connectDevice('dpop-tv', { fetch: holder.fetchOnlyAt('/token') })
    const options = { clientId: 'dpop-tv' }
    expect(summary(await refresh(tokens.refresh_token, options))).toBe('400 invalid_request')
    const proven = await refresh(tokens.refresh_token, { ...options, fetch: holder.fetch })
    expect(summary(proven)).toBe('200 DPoP')
  })

  it('DP-6 is refused before its code is looked up', async () => {
    const fields = { grant_type: DEVICE_CODE_GRANT, client_id: 'dpop-tv', device_code: 'nosuch' }
    expect(summary(await answerOf(await worker(formRequest('/token', fields))))).toBe(
      '400 invalid_request',
    )
  })
})

describe('an introspected token', () => {
  it('IN-5 states the key of a bound token', async () => {
    const holder = await newKeyHolder()
    const { tokens } = await connectDevice('tv', { fetch: holder.fetch })
    expect(await introspect(tokens.access_token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: holder.jkt },
    })
  })

  it('IN-5 states no key of a bearer token', async () => {
    const holder = await newKeyHolder()
    const { tokens } = await connectConfidential('post', { fetch: holder.fetch })
    const options = { clientId: 'post' }
    expect(await introspect(tokens.access_token, options)).toHaveProperty('cnf')
    expect(await introspect(tokens.refresh_token, options)).not.toHaveProperty('cnf')
    const bearer = await connectDevice()
    expect(await introspect(bearer.tokens.access_token)).not.toHaveProperty('cnf')
  })
})
