// A redemption whose answer was lost, and what is sent beside it: conformance DC-6, DC-16.
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config.ts'
import { DEMO } from '../../src/demo/client.ts'
import type { Poller } from '../../src/objects/device-authorization-state.ts'
import { deriveRefreshToken, formatRefreshToken } from '../../src/tokens/refresh-token.ts'
import { pass } from '../support/clock.ts'
import { type Answer, type Device, approve, startDevice } from '../support/device.ts'
import { newKeyHolder } from '../support/dpop.ts'
import { introspect, refresh, refreshed } from '../support/grants.ts'
import { LONG, allow, hold } from '../support/held-poll.ts'
import { TEST_VARS } from '../support/settings.ts'
import { type ConnectedDevice, askUserinfo, connectDevice, somebody } from '../support/tokens.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const summary = ({ status, body }: Answer): string => `${status} ${body.error ?? 'tokens'}`
const pollAfter = (device: Device, ms: number): Promise<Answer> => {
  pass(ms)
  return device.poll()
}
const allowed = async (options: Parameters<typeof startDevice>[1] = {}) => {
  const device = await startDevice('tv', options)
  await approve(device.userCode, { subject: (await somebody()).subject })
  return device
}
const NOT_GOOD = '400 invalid_grant'

/** What came of a repeat: whether it has the refresh token of the first answer, or another one. */
const cameOf = ({ tokens }: ConnectedDevice, repeat: Answer): string => {
  if (repeat.status !== 200) return summary(repeat)
  const isSame = repeat.body.refresh_token === tokens.refresh_token
  return isSame ? 'the same refresh token' : 'another refresh token'
}

describe('a redemption', () => {
  it.each<[string, number, string]>([
    ['in the same moment', 0, NOT_GOOD],
    ['after 1 ms', 1, 'the same refresh token'],
    ['after 50 ms', 50, 'the same refresh token'],
    ['after 999 ms', 999, 'the same refresh token'],
    ['after 1 s', 1000, 'another refresh token'],
    ['after 60 s', 60_000, 'another refresh token'],
    ['after more than 60 s', 60_001, NOT_GOOD],
    ['after the end of the code’s life', 601_000, NOT_GOOD],
  ])('DC-6 repeated %s is answered with %s', async (_, ms, expected) => {
    const connected = await connectDevice()
    expect(cameOf(connected, await pollAfter(connected.device, ms))).toBe(expected)
  })

  it('DC-6 repeated at once leaves both answers good', async () => {
    const { device, tokens } = await connectDevice()
    const again = await pollAfter(device, 50)
    expect(again.status).toBe(200)
    expect(again.body.refresh_token).toBe(tokens.refresh_token)
    expect(again.body.access_token).not.toBe(tokens.access_token)
    expect(again.body.scope).toBe(tokens.scope)
    const { sub, aud, grant_id } = decodeJwt(tokens.access_token)
    expect(decodeJwt(again.body.access_token)).toMatchObject({ sub, aud, grant_id })
    for (const { access_token } of [tokens, again.body])
      expect((await askUserinfo(access_token)).status).toBe(200)
    const next = await refreshed(tokens.refresh_token)
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    expect((await askUserinfo(next.access_token)).status).toBe(200)
  })

  it('DC-6 repeated after a second leaves the refresh token before dead, and harmless', async () => {
    const { device, tokens } = await connectDevice()
    const again = await pollAfter(device, 1000)
    expect(again.body.refresh_token).not.toBe(tokens.refresh_token)
    const { sub, aud, grant_id } = decodeJwt(tokens.access_token)
    expect(decodeJwt(again.body.access_token)).toMatchObject({ sub, aud, grant_id })
    expect(summary(await refresh(tokens.refresh_token))).toBe(NOT_GOOD)
    const next = await refreshed(again.body.refresh_token)
    expect(summary(await refresh(tokens.refresh_token))).toBe(NOT_GOOD)
    expect(summary(await refresh(next.refresh_token))).toBe('200 tokens')
  })

  it('DC-6 repeated at once and again later has its first refresh token dead too', async () => {
    const connected = await connectDevice()
    const { device, tokens } = connected
    expect(cameOf(connected, await pollAfter(device, 50))).toBe('the same refresh token')
    const last = await pollAfter(device, 2000)
    expect(cameOf(connected, last)).toBe('another refresh token')
    expect(summary(await refresh(tokens.refresh_token))).toBe(NOT_GOOD)
    expect(summary(await refresh(last.body.refresh_token))).toBe('200 tokens')
  })

  it.each([50, 2000])('DC-6 is repeated three times at most, each %i ms later', async (ms) => {
    const { device } = await connectDevice()
    for (let repeat = 1; repeat <= 3; repeat += 1)
      expect(summary(await pollAfter(device, ms))).toBe('200 tokens')
    expect(summary(await pollAfter(device, ms))).toBe(NOT_GOOD)
  })

  it('DC-6 is repeated within 60 s from the first one, whatever came between', async () => {
    const { device } = await connectDevice()
    expect(summary(await pollAfter(device, 40_000))).toBe('200 tokens')
    expect(summary(await pollAfter(device, 21_000))).toBe(NOT_GOOD)
  })

  it.each<[string, (tokens: Answer['body']) => Promise<unknown>]>([
    ['access token', ({ access_token }) => askUserinfo(access_token)],
    ['refresh token', ({ refresh_token }) => refreshed(refresh_token)],
  ])('DC-6 is not repeated, not even at once, after its %s was used', async (_, use) => {
    const { device, tokens } = await connectDevice()
    await use(tokens)
    for (const ms of [50, 2000]) expect(summary(await pollAfter(device, ms))).toBe(NOT_GOOD)
    expect((await askUserinfo(tokens.access_token)).status, 'and that lives on').toBe(200)
  })

  it.each([50, 2000])('DC-6 DC-5 is repeated by no other client, %i ms later', async (ms) => {
    const { device } = await connectDevice()
    pass(ms)
    expect(summary(await device.poll({ client_id: 'other-tv' }))).toBe(NOT_GOOD)
    expect(summary(await device.poll())).toBe('200 tokens')
  })

  it('DC-6 DP-8 is repeated at once with the same refresh token by its key alone', async () => {
    const holder = await newKeyHolder()
    const device = await allowed()
    const { body: tokens } = await holder.poll(device)
    pass(50)
    expect(summary(await (await newKeyHolder()).poll(device))).toBe(NOT_GOOD)
    expect(summary(await device.poll())).toBe(NOT_GOOD)
    const { body } = await holder.poll(device)
    expect([body.token_type, body.refresh_token]).toEqual(['DPoP', tokens.refresh_token])
  })

  it('DC-6 without offline_access is repeated without a refresh token', async () => {
    const connected = await connectDevice('tv', { fields: { scope: 'openid' } })
    const again = await pollAfter(connected.device, 50)
    expect(again.status).toBe(200)
    expect(again.body).not.toHaveProperty('refresh_token')
  })

  it('DC-6 LP-1 is repeated at once with the same refresh token if it had been held', async () => {
    const device = await startDevice('held-tv')
    const { answer } = await hold(device)
    pass(20_000)
    await allow(device)
    const lost = await answer
    pass(50)
    const again = await device.poll({}, LONG)
    expect(again.status).toBe(200)
    expect(again.body.refresh_token).toBe(lost.body.refresh_token)
    const { active } = await introspect(again.body.access_token)
    expect(active).toBe(true)
  })
})

const twenty = (device: Device) => Promise.all(Array.from({ length: 20 }, () => device.poll()))
const ONE_OF_TWENTY = ['200 tokens', ...Array<string>(19).fill(NOT_GOOD)]

describe('polls that are sent beside a redemption', () => {
  it('DC-16 get nothing: of twenty one has tokens', async () => {
    const answers = await twenty(await allowed())
    expect(answers.map(summary).toSorted()).toEqual(ONE_OF_TWENTY)
  })

  it('DC-16 get nothing either if they are answered long after it', async () => {
    const app = createApp(parseConfig(TEST_VARS, DEMO))
    let redemptions = 0
    const getByName = (name: string) => {
      const object = env.DEVICE_AUTHORIZATION.getByName(name)
      const redeem = (poller: Poller, resource: readonly string[]) => {
        redemptions += 1
        pass(100)
        return object.redeem(poller, resource)
      }
      return { start: object.start, poll: object.poll, redeem }
    }
    const slow = { ...env, DEVICE_AUTHORIZATION: { getByName } }
    const device = await allowed({
      fetch: async (request) => app.fetch(request, slow, createExecutionContext()),
    })
    const answers = await twenty(device)
    expect(redemptions).toBeGreaterThan(1)
    expect(answers.map(summary).toSorted()).toEqual(ONE_OF_TWENTY)
  })
})

describe('the refresh token of a redemption', () => {
  it('DC-6 is made with the secret of the Keyring, the same in every isolate', async () => {
    const { subject } = await somebody()
    const { grantId, tokens } = await connectDevice()
    const made = async (keyring: string) => {
      const secret = await env.KEYRING.getByName(keyring).macSecret()
      return formatRefreshToken(secret, deriveRefreshToken(secret, subject, grantId))
    }
    expect(await made('keyring')).toBe(tokens.refresh_token)
    expect(await made('of another Worker')).not.toBe(tokens.refresh_token)
  })
})
