// A device that was approved with a token of ours has access while the grant of that token lives.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SECOND } from '../../src/durations.ts'
import { sha256 } from '../../src/crypto.ts'
import { accountOf } from '../../src/objects/index.ts'
import { answerOf, startDevice } from '../support/device.ts'
import { type KeyHolder, newKeyHolder } from '../support/dpop.ts'
import { summary } from '../support/held-poll.ts'
import { connectInternet } from '../support/internet.ts'
import { formRequest, sentFrom } from '../support/worker.ts'
import { askUserinfo } from '../support/tokens.ts'
import { named } from '../support/named.ts'
import { fetch, HOME, type SignedInApp, signIn, approveAt } from '../support/approving-app.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const refresh = async (clientId: string, token: string, holder?: KeyHolder): Promise<string> => {
  const fields = { grant_type: 'refresh_token', client_id: clientId, refresh_token: token }
  return summary(await answerOf(await (holder?.fetch ?? fetch)(formRequest('/token', fields))))
}

/** The app lets another app in, and that a television. */
const chain = async () => {
  const first = await signIn('same_network')
  const holder = await newKeyHolder(fetch)
  const asked = await startDevice('other-app', { fetch: sentFrom(HOME, holder.fetch) })
  expect(summary(await approveAt(first, HOME, asked))).toBe('200 status')
  const { body: tokens } = await asked.poll()
  const second = { holder, subject: first.subject, grantId: '', tokens }
  const device = await startDevice('tv', { fetch: sentFrom(HOME, fetch) })
  expect(summary(await approveAt(second, HOME, device))).toBe('200 status')
  return { first, second, device }
}

type End = (first: SignedInApp) => Promise<unknown>

const ENDS: [string, End][] = [
  [
    'is removed',
    async ({ subject, grantId }) =>
      accountOf(env, subject)?.removeDevice(named(grantId), 'device_removed'),
  ],
  [
    'is reported',
    async ({ subject, grantId }) =>
      accountOf(env, subject)?.removeDevice(named(grantId), 'device_reported'),
  ],
  [
    'is revoked',
    ({ tokens }) =>
      fetch(formRequest('/revoke', { client_id: 'app', token: tokens.refresh_token })),
  ],
  [
    'has a refresh token replayed',
    async ({ tokens, holder }) => {
      let token = tokens.refresh_token
      for (let times = 0; times < 3; times += 1) {
        const fields = { grant_type: 'refresh_token', client_id: 'app', refresh_token: token }
        const { body } = await answerOf(await holder.fetch(formRequest('/token', fields)))
        token = body.refresh_token
        vi.setSystemTime(Date.now() + 120 * SECOND)
      }
      expect(await refresh('app', tokens.refresh_token, holder)).toBe('400 invalid_grant')
    },
  ],
  [
    'ends with all devices',
    async ({ subject }) => accountOf(env, subject)?.signOutEverywhere({ withDevices: true }),
  ],
]

describe('a device approved with a token of ours', () => {
  it.each(ENDS)(
    'AP-20 loses access when the grant of the token %s, through another app too',
    async (_name, end) => {
      const { first, second, device } = await chain()
      const { body: tokens } = await device.poll()
      expect((await askUserinfo(tokens.access_token, { fetch })).status).toBe(200)
      await end(first)
      expect((await askUserinfo(tokens.access_token, { fetch })).status).toBe(401)
      const others = [
        await refresh('other-app', second.tokens.refresh_token, second.holder),
        await refresh('tv', tokens.refresh_token),
      ]
      expect(others).toStrictEqual(['400 invalid_grant', '400 invalid_grant'])
    },
  )

  it.each(ENDS)('AP-20 collects no tokens after the grant of the token %s', async (_name, end) => {
    const { first, device } = await chain()
    await end(first)
    expect(summary(await device.poll())).toBe('400 invalid_grant')
  })

  it('AP-20 cannot name its person by an ID token after that grant has ended', async () => {
    const { first, device } = await chain()
    await device.poll()
    const account = accountOf(env, first.subject)
    await account?.removeDevice(named(first.grantId), 'device_removed')
    const stub = env.ACCOUNT.get(env.ACCOUNT.idFromString(first.subject))
    const voided = await runInDurableObject(stub, (_, { storage }) =>
      storage.list({ prefix: 'hints_void:' }),
    )
    const names = ['app', 'other-app', 'tv'].map((clientId) => `hints_void:${sha256(clientId)}`)
    expect([...voided.keys()].toSorted()).toStrictEqual(names.toSorted())
  })

  it('AP-20 keeps access when another app ends', async () => {
    const { first, second, device } = await chain()
    const { body: tokens } = await device.poll()
    const other = await startDevice('tv', { fetch: sentFrom(HOME, fetch) })
    expect(summary(await approveAt(first, HOME, other))).toBe('200 status')
    const { body: others } = await other.poll()
    await fetch(
      formRequest('/revoke', { client_id: 'other-app', token: second.tokens.refresh_token }),
    )
    expect((await askUserinfo(tokens.access_token, { fetch })).status).toBe(401)
    expect((await askUserinfo(others.access_token, { fetch })).status).toBe(200)
  })

  it('AP-20 is at most ten grants away from a person', async () => {
    let last = await signIn('same_network')
    const told = []
    for (let depth = 0; depth < 11; depth += 1) {
      const holder = await newKeyHolder(fetch)
      const asked = await startDevice('other-app', { fetch: sentFrom(HOME, holder.fetch) })
      await approveAt(last, HOME, asked)
      const answer = await asked.poll()
      told.push(summary(answer))
      last = { ...last, holder, tokens: answer.body }
      vi.setSystemTime(Date.now() + SECOND)
    }
    expect(told).toStrictEqual([...Array(10).fill('200 access_token'), '400 invalid_grant'])
  })
})
