// The end of a device_code (RFC 8628 §3.5): conformance DC-12 and DC-13. A redeemed one is in
// repeated-redemption.test.ts.
import { runDurableObjectAlarm } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { mintDeviceCode, parseUserCode } from '../../src/codes.ts'
import { holdClock, passSeconds } from '../support/clock.ts'
import { type Device, approve, authorizationBehind, deny, startDevice } from '../support/device.ts'
import { STRANGERS_SECRET } from '../support/worker.ts'
import { somebody } from '../support/member.ts'
import { named } from '../support/named.ts'

holdClock()

const pollAfter = async (device: Device, seconds: number): Promise<string> => {
  passSeconds(seconds)
  const { status, body } = await device.poll()
  return `${status} ${body.error ?? 'tokens'}`
}
/** The object's alarm after its time is over. */
const forget = async (device: Device) =>
  expect(await runDurableObjectAlarm(authorizationBehind(device.userCode))).toBe(true)

describe('an undecided device_code', () => {
  it('DC-12 is pending to its last second, and then expired permanently', async () => {
    const device = await startDevice()
    expect(await pollAfter(device, 599)).toBe('400 authorization_pending')
    expect(await pollAfter(device, 2)).toBe('400 expired_token')
    expect(await pollAfter(device, 300)).toBe('400 expired_token')
    await forget(device)
    expect(await pollAfter(device, 399)).toBe('400 expired_token')
    expect(await pollAfter(device, 85_100)).toBe('400 expired_token')
  })

  it('DC-12 has the lifetime that is configured for the client', async () => {
    const device = await startDevice('short-tv')
    expect(await pollAfter(device, 59)).toBe('400 authorization_pending')
    expect(await pollAfter(device, 2)).toBe('400 expired_token')
  })

  it('DC-12 cannot be approved after its expiry', async () => {
    const device = await startDevice()
    passSeconds(601)
    expect((await approve(device.userCode, { subject: (await somebody()).subject })).outcome).toBe(
      'not_valid',
    )
    expect(await pollAfter(device, 1)).toBe('400 expired_token')
  })

  it.each([
    ['10 minutes', 600],
    ['an hour, which none of ours lives', 3600],
    ['its end a minute ago', -60],
    ['its end a day ago', -86_400],
  ])('DC-12 is invalid if it is forged, with a lifetime of %s', async (_life, seconds) => {
    const device = await startDevice()
    const userCode = parseUserCode(device.userCode) ?? ''
    const expiresAtMs = Date.now() + seconds * 1000
    const { text } = mintDeviceCode(STRANGERS_SECRET, named(userCode), expiresAtMs)
    const answer = await device.poll({ device_code: text })
    expect([answer.status, answer.body.error]).toStrictEqual([400, 'invalid_grant'])
  })

  it('DC-12 is invalid if its object stores nothing although it should be live', async () => {
    const device = await startDevice()
    await forget(device)
    expect(await pollAfter(device, 1)).toBe('400 invalid_grant')
  })
})

describe('a decision shortly before the expiry', () => {
  it.each<[string, string, number, number, string]>([
    ['approval collected 4 s later', 'tv', 599, 4, '200 tokens'],
    ['approval collected within 30 s after the end', 'tv', 599, 30, '200 tokens'],
    ['approval collected too late', 'tv', 599, 33, '400 expired_token'],
    ['approval collected long after', 'tv', 30, 900, '400 expired_token'],
  ])('DC-13 %s', async (_name, clientId, approvedAfter, waited, heard) => {
    const device = await startDevice(clientId)
    passSeconds(approvedAfter)
    await approve(device.userCode, { subject: (await somebody()).subject })
    expect(await pollAfter(device, waited)).toBe(heard)
  })

  it('DC-13 is kept for twice the interval of a slow client', async () => {
    const device = await startDevice('slow-tv')
    passSeconds(599)
    await approve(device.userCode, { subject: (await somebody()).subject })
    expect(await pollAfter(device, 115)).toBe('200 tokens')
  })

  it('DC-11 DC-12 to deny is returned until the record is deleted, and then expiry', async () => {
    const device = await startDevice()
    await deny(device.userCode)
    expect(await pollAfter(device, 700)).toBe('400 access_denied')
    await forget(device)
    expect(await pollAfter(device, 1)).toBe('400 expired_token')
  })
})
