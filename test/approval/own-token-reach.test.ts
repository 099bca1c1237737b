// The reach of our own tokens that decide about devices: a token proves no distance nearer than
// that of its own device at the approval, and the devices approved with it end with it.
import type { Subject } from '../../src/ids.ts'
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SECOND } from '../../src/durations.ts'
import { sha256 } from '../../src/crypto.ts'
import { accountOf } from '../../src/objects/index.ts'
import type { Proximity } from '../../src/sender/location.ts'
import { ApprovalApp } from '../support/approval-app.ts'
import { type Answer, type Device, UNKNOWN, answerOf, startDevice } from '../support/device.ts'
import { newPerson } from '../support/member.ts'
import { type KeyHolder, newKeyHolder } from '../support/dpop.ts'
import { AT_ONCE, summary } from '../support/held-poll.ts'
import { connectInternet } from '../support/internet.ts'
import { type Placed, formRequest, sentFrom, workerWith } from '../support/worker.ts'
import { type Network, RECIFE, TURKU } from '../support/places.ts'
import { TEST_VARS } from '../support/settings.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { named } from '../support/named.ts'

const acme = new TrustedIssuer()
const TRUSTING = {
  same_network: 'allow',
  same_operator: 'allow',
  same_city: 'allow',
  same_country: 'allow',
  far: 'allow',
  unknown: 'allow',
}
const app = (id: string, more: object = {}) => ({
  client_id: id,
  client_name: `The ${id}`,
  scope: 'openid offline_access device:approve',
  dpop_bound_access_tokens: true,
  hold_seconds: 0,
  ...more,
})
const fetch = workerWith({
  APPROVAL_ISSUERS: [acme.entry()],
  CLIENTS: [
    ...TEST_VARS.CLIENTS,
    app('app'),
    app('other-app'),
    app('trusting-app', { proximity: TRUSTING }),
    app('careful-app', { proximity: { same_network: 'confirm' } }),
    app('strict-app', { proximity: { ...TRUSTING, same_country: 'refuse' } }),
    { ...TEST_VARS.CLIENTS[0], client_id: 'trusting-tv', proximity: TRUSTING },
  ],
})

let addresses = 0
const somewhere = (network: Network): Placed => {
  addresses += 1
  return { network, address: `198.51.100.${addresses}` }
}
const HOME = somewhere(TURKU)
const AT_HOME = { ...UNKNOWN, country: TURKU.country, networkPrefix: HOME.address }
const BY_PROXIMITY: Readonly<Record<Exclude<Proximity, 'unknown'>, Placed>> = {
  same_network: HOME,
  same_operator: somewhere(TURKU),
  same_city: somewhere({ ...TURKU, asn: 64_501 }),
  same_country: somewhere({ ...TURKU, asn: 64_501, city: 'Salo' }),
  far: somewhere(RECIFE),
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

interface SignedInApp {
  readonly holder: KeyHolder
  readonly subject: Subject
  readonly grantId: string
  readonly tokens: { readonly access_token: string; readonly refresh_token: string }
}

/** An app that its person approved at this distance. */
const signIn = async (proximity?: Proximity): Promise<SignedInApp> => {
  const [holder, subject] = [await newKeyHolder(fetch), (await newPerson()).subject]
  const allowance = proximity && {
    proximity,
    action: 'confirm' as const,
    deviceLocation: AT_HOME,
    personLocation: AT_HOME,
  }
  const approval = { subject, ...(allowance && { allowance }) }
  const { fetch: collector } = holder.at(sentFrom(HOME, fetch))
  return { holder, subject, ...(await connectDevice('app', { fetch: collector, approval })) }
}

const at = ({ holder, tokens }: SignedInApp, place: Placed): ApprovalApp =>
  new ApprovalApp(holder.at(sentFrom(place, fetch)).fetch, `DPoP ${tokens.access_token}`)

const checkOf = ({ userCode }: Device) => ({ typed_code: userCode, in_front: true })

const approveAt = (signedIn: SignedInApp, place: Placed, device: Device): Promise<Answer> =>
  at(signedIn, place).decide(device.userCode, { decision: 'approve', ...checkOf(device) })

describe('a token of ours', () => {
  it.each<[Proximity, Exclude<Proximity, 'unknown'>, Proximity]>([
    ['same_network', 'same_network', 'same_network'],
    ['same_network', 'far', 'far'],
    ['same_operator', 'same_network', 'same_operator'],
    ['same_city', 'same_operator', 'same_city'],
    ['same_country', 'same_network', 'same_country'],
    ['same_city', 'same_country', 'same_country'],
    ['far', 'same_network', 'far'],
    ['far', 'same_country', 'far'],
    ['unknown', 'same_network', 'unknown'],
  ])(
    'AP-18 of an app approved at %s, used from %s, proves %s',
    async (allowed, measured, level) => {
      const signedIn = await signIn(allowed)
      const device = await startDevice('tv', { fetch: sentFrom(HOME, fetch) })
      const { body } = await at(signedIn, BY_PROXIMITY[measured]).review(device.userCode)
      expect(body.device.proximity.level).toBe(level)
      const confirm = allowed === 'same_network' ? 'confirm' : 'refuse'
      expect(body.policy).toBe(level === 'far' ? confirm : 'allow')
      // Only a measured distance is shown.
      expect(typeof body.device.proximity.text).toBe(level === measured ? 'string' : 'undefined')
    },
  )

  it('AP-18 of an app approved from afar leaves the check to the page', async () => {
    const signedIn = await signIn('far')
    const device = await startDevice('tv', { fetch: sentFrom(HOME, fetch) })
    const checked = await approveAt(signedIn, HOME, device)
    expect(summary(checked)).toBe('403 too_far')
    expect(checked.body.error_description).toContain('on the page')
    const denied = await at(signedIn, HOME).decide(device.userCode, { decision: 'deny' })
    expect(summary(denied)).toBe('200 status')
  })

  it('AP-18 of an app on its person’s own network requires the code', async () => {
    const signedIn = await signIn('same_network')
    const device = await startDevice('tv', { fetch: sentFrom(BY_PROXIMITY.far, fetch) })
    const bare = await at(signedIn, HOME).decide(device.userCode, { decision: 'approve' })
    expect(summary(bare)).toBe('422 check_not_passed')
    expect(summary(await approveAt(signedIn, HOME, device))).toBe('200 status')
  })

  it.each<[string, Exclude<Proximity, 'unknown'>]>([
    ['app', 'same_network'],
    ['app', 'same_operator'],
    ['careful-app', 'far'],
  ])('AP-18 of %s at home, collected from %s, proves that distance', async (clientId, redeemer) => {
    const holder = await newKeyHolder(fetch)
    const asked = await startDevice(clientId, { fetch: sentFrom(HOME, holder.fetch) })
    const person = new ApprovalApp(
      sentFrom(HOME, fetch),
      `Bearer ${await acme.token(crypto.randomUUID())}`,
    )
    await person.decide(asked.userCode, { decision: 'approve', ...checkOf(asked) })
    const collector = holder.at(sentFrom(BY_PROXIMITY[redeemer], fetch))
    const { body: tokens } = await asked.poll({}, AT_ONCE, collector.fetch)
    const device = await startDevice('tv', { fetch: sentFrom(HOME, fetch) })
    const { body } = await at({ holder, subject: named(''), grantId: '', tokens }, HOME).review(
      device.userCode,
    )
    expect(body.device.proximity.level).toBe(redeemer)
  })

  it('AP-18 of a grant without a known distance proves none', async () => {
    const [holder, subject] = [await newKeyHolder(fetch), (await newPerson()).subject]
    const approval = { subject, allowance: undefined as never }
    const connected = await connectDevice('app', { fetch: holder.fetch, approval })
    const device = await startDevice('tv', { fetch: sentFrom(HOME, fetch) })
    const { body } = await at({ holder, subject, ...connected }, HOME).review(device.userCode)
    expect(body.device.proximity.level).toBe('far')
  })
})

describe('a request for device:approve', () => {
  it.each<[string, Exclude<Proximity, 'unknown'>, string]>([
    ['trusting-app', 'same_network', 'allow'],
    ['trusting-app', 'same_operator', 'confirm'],
    ['trusting-app', 'same_city', 'confirm'],
    ['trusting-app', 'same_country', 'confirm'],
    ['trusting-app', 'far', 'confirm'],
    ['strict-app', 'same_country', 'refuse'],
    // The same distances, without the scope device:approve.
    ['trusting-tv', 'far', 'allow'],
  ])('AP-19 of %s at %s needs: %s', async (clientId, proximity, policy) => {
    const holder = await newKeyHolder(fetch)
    const device = await startDevice(clientId, { fetch: sentFrom(HOME, holder.fetch) })
    const place = sentFrom(BY_PROXIMITY[proximity], fetch)
    const person = new ApprovalApp(place, `Bearer ${await acme.token(crypto.randomUUID())}`)
    expect((await person.review(device.userCode)).body.policy).toBe(policy)
  })

  it('AP-19 needs no more if the device asks for less', async () => {
    const holder = await newKeyHolder(fetch)
    const by = sentFrom(HOME, holder.fetch)
    const device = await startDevice('trusting-app', { fetch: by, fields: { scope: 'openid' } })
    const place = sentFrom(BY_PROXIMITY.far, fetch)
    const person = new ApprovalApp(place, `Bearer ${await acme.token(crypto.randomUUID())}`)
    expect((await person.review(device.userCode)).body.policy).toBe('allow')
  })

  it('AP-19 approved on one network is not collected from another', async () => {
    vi.spyOn(console, 'info').mockReturnValue()
    const holder = await newKeyHolder(fetch)
    const device = await startDevice('trusting-app', { fetch: sentFrom(HOME, holder.fetch) })
    const person = `Bearer ${await acme.token(crypto.randomUUID())}`
    const decided = await new ApprovalApp(sentFrom(HOME, fetch), person).decide(device.userCode, {
      decision: 'approve',
    })
    expect(summary(decided)).toBe('200 status')
    const elsewhere = holder.at(sentFrom(BY_PROXIMITY.same_city, fetch))
    expect(summary(await device.poll({}, AT_ONCE, elsewhere.fetch))).toBe('400 access_denied')
  })

  it('AP-19 gets no token without a proof', async () => {
    const device = await startDevice('app', { fetch })
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_request'])
    expect(body.error_description).toContain('DPoP')
  })
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
