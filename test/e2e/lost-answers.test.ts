// Connections that break with a TCP reset when an answer is on its way: no single lost answer signs
// a device out, or leaves it with two refresh tokens. A minute later: test/oauth/refresh-token-rotation.
import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../src/config/client-settings.ts'
import { CuttingProxy, type ServerAnswer, untilReset } from './support/cutting-proxy.ts'
import { Person } from '../support/person.ts'
import { type Server, startServer } from './support/server.ts'
import { SECRET, TEST_VARS } from '../support/settings.ts'

type Fields = Readonly<Record<string, string>>
type Tokens = Readonly<Record<'access_token' | 'refresh_token', string>>

// A client with a secret can check its tokens without using them.
const CLIENT = { client_id: 'post', client_secret: SECRET }
const SCOPE = 'openid offline_access'
const INVALID = '400 invalid_grant'

let server: Server
let proxy: CuttingProxy
let person: Person
beforeAll(async () => {
  server = await startServer({ SCOPES: TEST_VARS.SCOPES, CLIENTS: TEST_VARS.CLIENTS })
  proxy = new CuttingProxy(server.origin)
  await proxy.start()
  await nextPerson()
})
afterAll(async () => {
  await proxy.close()
  await server.close()
})

/** A person may look up at most five codes a second. */
const nextPerson = async () => {
  person = new Person(fetch, server.origin)
  await person.createAccount('Hedy Lamarr', `${crypto.randomUUID()}@example.com`)
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
const ask = async (path: string, fields: Fields, headers: Fields = {}): Promise<ServerAnswer> => {
  const body = new URLSearchParams({ ...CLIENT, ...fields })
  const response = await fetch(`${proxy.origin}${path}`, { method: 'POST', body, headers })
  return { status: response.status, text: await response.text() }
}
const refresh = (refresh_token: string) =>
  ask('/token', { grant_type: 'refresh_token', refresh_token })
const revoke = (token: string) => ask('/revoke', { token })
const heard = ({ status, text }: ServerAnswer): string =>
  `${status} ${text === '' ? 'empty' : (JSON.parse(text).error ?? 'tokens')}`
const tokensIn = (answer: ServerAnswer): Tokens => {
  expect(heard(answer)).toBe('200 tokens')
  return JSON.parse(answer.text)
}
const refreshTokenIn = (answer: ServerAnswer): string => tokensIn(answer).refresh_token
/** The valid ones of these tokens, without using them. */
const goodOf = async (tokens: readonly string[]): Promise<string[]> => {
  const answers = await Promise.all(tokens.map((token) => ask('/introspect', { token })))
  for (const { status, text } of answers) expect(status, text).toBe(200)
  return tokens.filter((_, at) => JSON.parse(answers[at]?.text ?? '').active)
}

const question = (userCode: string) => person.open(`/device?user_code=${userCode}`)
const allow = async (userCode: string) => {
  const { html } = await person.decide(await question(userCode), 'allow')
  expect(html).toContain('You’re connected')
}

const startDevice = async () => {
  const { text } = await ask('/device_authorization', { scope: SCOPE })
  const { device_code, user_code: userCode } = JSON.parse(text)
  const poll = (headers: Fields = {}) =>
    ask('/token', { grant_type: DEVICE_CODE_GRANT, device_code }, headers)
  const hold = async () => {
    const polled = poll({ Prefer: 'wait=25' })
    await vi.waitUntil(() => proxy.waiting === 1, { timeout: 60_000 })
    // It has the request; that it waits for the person shows only in that it does not answer.
    await pause(300)
    expect(proxy.waiting).toBe(1)
    return { polled }
  }
  return { userCode, poll, hold }
}
const allowedDevice = async () => {
  const device = await startDevice()
  await allow(device.userCode)
  return device
}
const connect = async () => tokensIn(await (await allowedDevice()).poll())

/** One refresh token was handed out, however often, and it leads on. */
const expectOneChain = async (answers: readonly ServerAnswer[]): Promise<void> => {
  const [token = '', ...others] = new Set(answers.map(refreshTokenIn))
  expect(others).toStrictEqual([])
  expect(await goodOf([token])).toStrictEqual([token])
  const next = refreshTokenIn(await refresh(token))
  expect(refreshTokenIn(await refresh(token)), 'always to the same').toBe(next)
  expect(heard(await refresh(next))).toBe('200 tokens')
}

/** The payload of an answer's access token: equal for one token signed twice. */
const claimsIn = (answer: ServerAnswer) => decodeJwt(tokensIn(answer).access_token)

describe('a redemption with a lost answer', () => {
  it.each([0, 1100])('DC-6 repeated %i ms later gets the same tokens', async (ms) => {
    const device = await allowedDevice()
    const lost = await proxy.lose('/token', device.poll)
    await pause(ms)
    const found = await device.poll()
    expect(claimsIn(found)).toStrictEqual(claimsIn(lost))
    const accessTokens = [lost, found].map((one) => tokensIn(one).access_token)
    expect(await goodOf(accessTokens)).toStrictEqual(accessTokens)
    expect((await question(device.userCode)).html, 'asked once').toContain('You’re connected')
    await expectOneChain([lost, found])
  })

  it.each([0, 1100])(
    'DC-6 LP-1 repeated %i ms later gets the same tokens after a held poll',
    async (ms) => {
      const device = await startDevice()
      const lost = await proxy.lose('/token', async () => {
        const { polled } = await device.hold()
        return Promise.all([polled, allow(device.userCode)])
      })
      await pause(ms)
      await expectOneChain([lost, await device.poll()])
    },
  )

  it('DC-6 can be repeated as often as it is lost', async () => {
    const device = await allowedDevice()
    const answers: ServerAnswer[] = []
    for (let times = 0; times < 6; times += 1) answers.push(await proxy.lose('/token', device.poll))
    await expectOneChain([...answers, await device.poll()])
    expect(heard(await device.poll()), 'and not once it is used').toBe(INVALID)
  })
})

// The front that wrangler puts before the Worker keeps a hang-up to itself, so that the Worker may
// well answer into the void. What it does if it notices is in test/oauth/held-poll-faults.test.ts.
it.each([-100, 0, 8, 16, 32])(
  'DC-6 waits for a device that is away %i ms after the approval',
  async (ms) => {
    const device = await startDevice()
    const page = await question(device.userCode)
    const { length } = proxy.lost
    proxy.cutNext('/token')
    const { polled } = await device.hold()
    const tapped = pause(-ms).then(() => person.decide(page, 'allow'))
    await Promise.all([untilReset(polled), tapped, pause(ms).then(() => proxy.hangUp())])
    await expectOneChain([...proxy.lost.slice(length), await device.poll()])
  },
)

describe('a refresh with a lost answer', () => {
  beforeAll(nextPerson)

  it('RF-6 can be repeated with the same token any number of times, for the same successor', async () => {
    let { refresh_token: token } = await connect()
    for (let times = 0; times < 3; times += 1) {
      const old = token
      const lost = refreshTokenIn(await proxy.lose('/token', () => refresh(old)))
      token = refreshTokenIn(await refresh(old))
      expect(token).toBe(lost)
      expect(await goodOf([old, token])).toStrictEqual([old, token])
    }
    expect(heard(await refresh(token))).toBe('200 tokens')
  })

  it('RF-6 is caught up by a second process with the same token file', async () => {
    const { refresh_token: r1 } = await connect()
    const r2 = refreshTokenIn(await proxy.lose('/token', () => refresh(r1)))
    const r3 = refreshTokenIn(await refresh(r2))
    expect([await refresh(r1), await refresh(r2)].map(refreshTokenIn)).toStrictEqual([r2, r3])
    expect(heard(await refresh(r3))).toBe('200 tokens')
  })

  it.each([1, 2])('RF-6 has one successor for two simultaneous requests (lost: %i)', async (at) => {
    const { refresh_token: r1 } = await connect()
    const { length } = proxy.lost
    proxy.cutNext('/token', at - 1)
    const twice = [refresh(r1), refresh(r1)]
    await untilReset(Promise.all(twice))
    const both = [await Promise.any(twice), ...proxy.lost.slice(length)]
    expect(both).toHaveLength(2)
    await expectOneChain([...both, await refresh(r1)])
  })
})

describe('a revocation with a lost answer', () => {
  beforeAll(nextPerson)

  it('RV-3 RV-6 has ended the grant, and can be repeated', async () => {
    const { access_token: access, refresh_token: r1 } = await connect()
    const lost = await proxy.lose('/revoke', () => revoke(r1))
    expect(await goodOf([access, r1])).toStrictEqual([])
    expect(heard(await refresh(r1))).toBe(INVALID)
    for (const answer of [lost, await revoke(r1)]) expect(heard(answer)).toBe('200 empty')
  })

  it('RV-6 has ended one access token, and can be repeated', async () => {
    const { access_token: access, refresh_token: r1 } = await connect()
    const lost = await proxy.lose('/revoke', () => revoke(access))
    expect(await goodOf([access, r1])).toStrictEqual([r1])
    for (const answer of [lost, await revoke(access)]) expect(heard(answer)).toBe('200 empty')
    expect(heard(await refresh(r1))).toBe('200 tokens')
  })

  it('RV-2 RV-6 ends the tokens of a lost refresh too', async () => {
    const { refresh_token: r1 } = await connect()
    const next = tokensIn(await proxy.lose('/token', () => refresh(r1)))
    await proxy.lose('/revoke', () => revoke(r1))
    expect(await goodOf([r1, next.access_token, next.refresh_token])).toStrictEqual([])
  })
})

it.each(['Bearer', 'DPoP'])(
  'DC-6 RF-6 RV-3 openid-client recovers from each loss (%s)',
  async (type) => {
    const config = await openid.discovery(new URL(proxy.origin), 'tv', undefined, openid.None(), {
      execute: [openid.allowInsecureRequests],
    })
    const keyPair = type === 'DPoP' ? await openid.randomDPoPKeyPair() : undefined
    const options = keyPair && { DPoP: openid.getDPoPHandle(config, keyPair) }
    const device = await openid.initiateDeviceAuthorization(config, { scope: SCOPE })
    await allow(device.user_code)
    const poll = () => openid.pollDeviceAuthorizationGrant(config, device, undefined, options)
    const go = (token = '') => openid.refreshTokenGrant(config, token, undefined, options)
    const dead = { error: 'invalid_grant' }
    // With DPoP the first answer brings but a nonce.
    const lost = await proxy.lose('/token', poll, keyPair ? 1 : 0)
    const { refresh_token: r1 } = await poll()
    expect(r1).toBe(refreshTokenIn(lost))
    const lostNext = await proxy.lose('/token', () => go(r1))
    const { refresh_token: r2 = '' } = await go(r1)
    expect(r2).toBe(refreshTokenIn(lostNext))
    const signOut = () => openid.tokenRevocation(config, r2)
    await proxy.lose('/revoke', signOut)
    await signOut()
    await expect(go(r2)).rejects.toMatchObject(dead)
  },
)
