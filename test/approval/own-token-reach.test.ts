// The reach of our own tokens that decide about devices: a token proves no distance nearer than
// that of its own device at the approval.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Proximity } from '../../src/sender/location.ts'
import { ApprovalApp } from '../support/approval-app.ts'
import { startDevice } from '../support/device.ts'
import { newPerson } from '../support/member.ts'
import { newKeyHolder } from '../support/dpop.ts'
import { AT_ONCE, summary } from '../support/held-poll.ts'
import { connectInternet } from '../support/internet.ts'
import { sentFrom } from '../support/worker.ts'
import { connectDevice } from '../support/tokens.ts'
import { named } from '../support/named.ts'
import {
  acme,
  fetch,
  HOME,
  BY_PROXIMITY,
  signIn,
  at,
  checkOf,
  approveAt,
} from '../support/approving-app.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

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
