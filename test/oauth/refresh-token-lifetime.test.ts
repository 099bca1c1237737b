// Lifetime of refresh tokens (RFC 9700 §4.14.2): conformance RF-9. The clock only goes forward in
// this file, because the signing keys of the future would stay.
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { passSeconds } from '../support/clock.ts'
import { connectConfidential, introspect, refresh, refreshed } from '../support/grants.ts'
import { connectDevice } from '../support/tokens.ts'

beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }))

const DAY = 86_400
const heard = async (token: string, clientId: string): Promise<string> => {
  const { status, body } = await refresh(token, { clientId })
  return `${status} ${body.error ?? 'tokens'}`
}

describe('an unused refresh token', () => {
  it.each([
    ['brief-tv', 2 * DAY - 1, '200 tokens'],
    ['brief-tv', 2 * DAY, '400 invalid_grant'],
    ['tv', 90 * DAY - 1, '200 tokens'],
    ['tv', 90 * DAY, '400 invalid_grant'],
  ])('RF-9 of %s after %i s: %s', async (clientId, seconds, answer) => {
    const { tokens } = await connectDevice(clientId)
    passSeconds(seconds)
    expect(await heard(tokens.refresh_token, clientId)).toBe(answer)
  })

  it('RF-9 RF-1 stays invalid, and is never called expired_token', async () => {
    const { tokens } = await connectDevice('brief-tv')
    for (let times = 0; times < 3; times += 1) {
      passSeconds(2 * DAY)
      expect(await heard(tokens.refresh_token, 'brief-tv')).toBe('400 invalid_grant')
    }
  })

  it('RF-9 RF-6 has the idle time of its successor while it can be repeated', async () => {
    const { tokens } = await connectDevice('brief-tv')
    passSeconds(1.5 * DAY)
    await refreshed(tokens.refresh_token, { clientId: 'brief-tv' })
    passSeconds(1.5 * DAY)
    expect(await heard(tokens.refresh_token, 'brief-tv')).toBe('200 tokens')
  })

  it('RF-9 IN-4 is active exactly as long as it is valid', async () => {
    const { tokens } = await connectConfidential()
    const isActive = async () =>
      (await introspect(tokens.refresh_token, { clientId: 'post' })).active
    expect(await isActive()).toBe(true)
    passSeconds(90 * DAY)
    expect(await isActive()).toBe(false)
  })
})

describe('a refresh token in daily use', () => {
  it.each([
    ['brief-tv', 1, 5],
    ['tv', 80, 400],
  ])('RF-9 of %s, every %i days, ends %i days after the sign-in', async (clientId, every, end) => {
    const { tokens } = await connectDevice(clientId)
    let latest: string = tokens.refresh_token
    for (let day = every; day < end; day += every) {
      passSeconds(every * DAY)
      latest = (await refreshed(latest, { clientId })).refresh_token
    }
    passSeconds(every * DAY - 1)
    latest = (await refreshed(latest, { clientId })).refresh_token
    passSeconds(1)
    expect(await heard(latest, clientId)).toBe('400 invalid_grant')
  })
})
