// A redemption with a lost answer, and requests beside it: conformance DC-6, DC-16.
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { parseDeviceCode } from '../../src/codes.ts'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import type { Poller } from '../../src/objects/device-authorization/outcomes.ts'
import { firstRefreshToken, formatRefreshToken } from '../../src/tokens/refresh-token.ts'
import { pass } from '../support/clock.ts'
import { type Answer, type Device, approve, startDevice } from '../support/device.ts'
import { newKeyHolder } from '../support/dpop.ts'
import { introspect, refreshed } from '../support/grants.ts'
import { LONG, allow, hold } from '../support/held-poll.ts'
import { ISSUER, TEST_VARS } from '../support/settings.ts'
import { type ConnectedDevice, askUserinfo, connectDevice } from '../support/tokens.ts'
import { somebody } from '../support/member.ts'
import { named } from '../support/named.ts'

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

/** The result of a repeat: the tokens of the first answer, or an error. */
const cameOf = ({ tokens }: ConnectedDevice, repeat: Answer): string => {
  if (repeat.status !== 200) return summary(repeat)
  const isSame =
    repeat.body.refresh_token === tokens.refresh_token && isSameToken(repeat.body, tokens)
  return isSame ? 'the same tokens' : 'other tokens'
}

/** Equal access tokens apart from the signature: ES256 gives another one each time. */
const isSameToken = (one: Answer['body'], other: Answer['body']): boolean => {
  const [a, b] = [one, other].map(({ access_token: token }) => JSON.stringify(decodeJwt(token)))
  return a === b
}

describe('a redemption', () => {
  it.each<[string, number, string]>([
    ['in the same moment', 0, NOT_GOOD],
    ['after 1 ms', 1, 'the same tokens'],
    ['after 1 s', 1000, 'the same tokens'],
    ['after 60 s', 60_000, 'the same tokens'],
    ['after more than 60 s', 60_001, NOT_GOOD],
    ['after the end of the code’s life', 601_000, NOT_GOOD],
  ])('DC-6 repeated %s is answered with %s', async (_, ms, expected) => {
    const connected = await connectDevice()
    expect(cameOf(connected, await pollAfter(connected.device, ms))).toBe(expected)
  })

  it.each([50, 30_000])(
    'DC-6 repeated %i ms later leaves every earlier answer valid',
    async (ms) => {
      const { device, tokens } = await connectDevice()
      const again = await pollAfter(device, ms)
      expect(again.body.scope).toBe(tokens.scope)
      const [first, second] = [tokens, again.body].map((body) => decodeJwt(body.id_token))
      const { at_hash: _hash, ...claims } = first ?? {}
      expect(second, 'but for the hash of its access token').toMatchObject(claims)
      expect(again.body.expires_in, 'what is left of it').toBe(600 - Math.floor(ms / 1000))
      for (const { access_token } of [tokens, again.body])
        expect((await askUserinfo(access_token)).status).toBe(200)
      const next = await refreshed(tokens.refresh_token)
      expect(await refreshed(again.body.refresh_token)).toMatchObject({
        refresh_token: next.refresh_token,
      })
      expect((await askUserinfo(next.access_token)).status).toBe(200)
    },
  )

  it('DC-6 repeated with another resource is answered with a token of its own', async () => {
    const connected = await connectDevice()
    pass(50)
    const narrow = await connected.device.poll({ resource: ISSUER })
    expect(narrow.body.refresh_token).toBe(connected.tokens.refresh_token)
    const full = await pollAfter(connected.device, 50)
    expect(cameOf(connected, full)).toBe('the same tokens')
  })

  it('DC-6 of a token with one minute left states the short lifetime', async () => {
    const { device } = await connectDevice('minute-tv')
    expect((await pollAfter(device, 59_000)).body.expires_in).toBe(1)
    expect((await pollAfter(device, 1000)).body.expires_in).toBe(0)
  })

  // Sixteen that arrive before and after it, as they come by a wire: test/e2e/one-token-per-code.test.ts.
  it('DC-6 repeated by fifteen at once gets one token', async () => {
    const connected = await connectDevice()
    pass(1)
    const repeats = await Promise.all(Array.from({ length: 15 }, () => connected.device.poll()))
    expect(repeats.map((repeat) => cameOf(connected, repeat))).toEqual(
      Array<string>(15).fill('the same tokens'),
    )
  })

  it.each([50, 2000])('DC-6 is repeated any number of times, each %i ms later', async (ms) => {
    const connected = await connectDevice()
    for (let repeat = 1; repeat <= 12; repeat += 1)
      expect(cameOf(connected, await pollAfter(connected.device, ms))).toBe('the same tokens')
  })

  it('DC-6 is repeated until 60 s after the first answer', async () => {
    const { device } = await connectDevice()
    expect(summary(await pollAfter(device, 40_000))).toBe('200 tokens')
    expect(summary(await pollAfter(device, 21_000))).toBe(NOT_GOOD)
  })

  it.each<[string, (tokens: Answer['body']) => Promise<unknown>]>([
    ['access token', ({ access_token }) => askUserinfo(access_token)],
    ['refresh token', ({ refresh_token }) => refreshed(refresh_token)],
  ])('DC-6 is not repeated, not even at once, once its %s was used', async (_, use) => {
    const { device, tokens } = await connectDevice()
    await use(tokens)
    for (const ms of [50, 2000]) expect(summary(await pollAfter(device, ms))).toBe(NOT_GOOD)
    expect((await askUserinfo(tokens.access_token)).status, 'and that lives on').toBe(200)
  })

  it.each([50, 2000])('DC-6 DC-5 is not repeated for another client, %i ms later', async (ms) => {
    const { device } = await connectDevice()
    pass(ms)
    expect(summary(await device.poll({ client_id: 'other-tv' }))).toBe(NOT_GOOD)
    expect(summary(await device.poll())).toBe('200 tokens')
  })

  it('DC-6 DP-8 is repeated at once with the same refresh token for its key only', async () => {
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

  it('DC-6 LP-1 is repeated at once with the same refresh token after a held poll', async () => {
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

describe('polls beside a redemption', () => {
  it('DC-16 get nothing: one of twenty gets tokens', async () => {
    const answers = await twenty(await allowed())
    expect(answers.map(summary).toSorted()).toEqual(ONE_OF_TWENTY)
  })

  it('DC-16 get nothing even if they are answered long after it', async () => {
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
  it('DC-6 is derived from the secret of the Keyring, in every isolate alike', async () => {
    const { subject } = await somebody()
    const { device, grantId, tokens } = await connectDevice()
    const own = await env.KEYRING.getByName('keyring').macSecret()
    const secretHash = parseDeviceCode(own, device.deviceCode)?.secretHash ?? named('')
    const made = async (keyring: string) => {
      const secret = await env.KEYRING.getByName(keyring).macSecret()
      return formatRefreshToken(
        secret,
        firstRefreshToken(secret, subject, named(grantId), secretHash),
      )
    }
    expect(await made('keyring')).toBe(tokens.refresh_token)
    expect(await made('of another Worker')).not.toBe(tokens.refresh_token)
  })
})
