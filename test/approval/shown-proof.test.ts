// The proof that an app's person was shown a request: what it opens while wrong codes make the account
// wait, and what it does not. Conformance AP-6; the page's is in pages/wrong-codes.test.ts.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/durations.ts'
import { upstreamAccount } from '../../src/identity/upstream.ts'
import { ApprovalApp } from '../support/approval-app.ts'
import { holdClock, pass } from '../support/clock.ts'
import { startDevice } from '../support/device.ts'
import { FORGED_PROOFS, type ForgedProof } from '../support/forged-proofs.ts'
import { connectInternet } from '../support/internet.ts'
import { nowInSeconds } from '../support/key-client.ts'
import { TEST_VARS } from '../support/settings.ts'
import { APP, signInApp } from '../support/signed-in-app.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { evictAccount } from '../support/member.ts'
import { wrongCodesOf } from '../support/waiting-page.ts'
import { workerWith } from '../support/worker.ts'

const acme = new TrustedIssuer()
const fetch = workerWith({ APPROVAL_ISSUERS: [acme.entry()], CLIENTS: [...TEST_VARS.CLIENTS, APP] })

holdClock()
beforeEach(connectInternet)
afterEach(() => void vi.restoreAllMocks())

const appOf = async (sub: string, claims = {}) =>
  new ApprovalApp(
    fetch,
    `Bearer ${await acme.token(sub, { claims: { exp: inAnHour(), ...claims } })}`,
  )
const inAnHour = () => nowInSeconds() + HOUR / SECOND

const LANES = {
  'a token of an issuer': async () => {
    const sub = crypto.randomUUID()
    const subject = await upstreamAccount(env, acme.issuer, sub, 'Ada')
    return { app: await appOf(sub), subject }
  },
  'a token of our own': () => signInApp(fetch),
}
type Lane = keyof typeof LANES

const enterWrong = async (app: ApprovalApp, count = 5) => {
  // People need longer than this between two codes.
  pass(2 * SECOND)
  for (const letter of [...'BCDFGHJKLMNP'].slice(0, count)) {
    const { status } = await app.review(`ZZZZ-ZZZ${letter}`)
    if (status === 429) throw new Error('the account waits already')
  }
}

const shownTo = async (app: ApprovalApp, clientId = 'tv') => {
  const device = await startDevice(clientId)
  const { body } = await app.review(device.userCode)
  return { device, shown_proof: body.shown_proof as string }
}

describe.each(Object.keys(LANES) as Lane[])('with %s', (lane) => {
  it.each([
    ['approve', 'approved', undefined],
    ['deny', 'declined', 'access_denied'],
    ['report', 'reported', 'access_denied'],
  ])('AP-6 %s is accepted while the account waits', async (decision, status, error) => {
    const { app, subject } = await LANES[lane]()
    const { device, shown_proof } = await shownTo(app)
    await enterWrong(app)
    await evictAccount({ subject })
    const { userCode } = device
    expect((await app.decide(userCode, { decision })).status, 'without the proof').toBe(429)
    expect((await app.decide(userCode, { decision, shown_proof })).body).toStrictEqual({ status })
    expect((await device.poll()).body.error).toBe(error)
    const again = await app.decide(userCode, { decision, shown_proof })
    expect([again.status, again.body.status], 'a lost answer').toStrictEqual([409, status])
  })

  it('AP-6 is not a guess if the decision comes too late', async () => {
    const person = await LANES[lane]()
    const { device, shown_proof } = await shownTo(person.app, 'short-tv')
    pass(2 * MINUTE)
    const answer = { decision: 'approve', shown_proof }
    expect((await person.app.decide(device.userCode, answer)).status).toBe(404)
    expect(await wrongCodesOf(person)).toBe(0)
  })

  it.each<ForgedProof>([...FORGED_PROOFS, ['that is no proof', () => '9'.repeat(128)]])(
    'AP-6 a proof %s is ignored',
    async (_, forge) => {
      const [{ app }, { app: other }] = [await LANES[lane](), await LANES[lane]()]
      const { device, shown_proof } = await shownTo(app)
      const { body } = await other.review(device.userCode)
      await enterWrong(app)
      const forged = { decision: 'approve', shown_proof: forge(shown_proof, body.shown_proof) }
      expect((await app.decide(device.userCode, forged)).status).toBe(429)
      expect((await device.poll()).body.error).toBe('authorization_pending')
    },
  )

  it('AP-6 a proof of another request is ignored', async () => {
    const { app } = await LANES[lane]()
    const { shown_proof } = await shownTo(app)
    await enterWrong(app)
    const device = await startDevice()
    const answer = { decision: 'approve', shown_proof }
    expect((await app.decide(device.userCode, answer)).status).toBe(429)
    expect((await device.poll()).body.error).toBe('authorization_pending')
  })

  it('AP-6 a proof is ignored once the code may be another device’s', async () => {
    const person = await LANES[lane]()
    const { device, shown_proof } = await shownTo(person.app, 'short-tv')
    const { expires_in } = device.answer
    pass(expires_in * SECOND + 5 * MINUTE)
    await enterWrong(person.app, 4)
    const answer = { decision: 'approve', shown_proof }
    expect((await person.app.decide(device.userCode, answer)).status).toBe(404)
    expect(await wrongCodesOf(person), 'it was a guess').toBe(5)
  })
})

it('AP-6 AP-10 a sign-in that is too old gets no proof, and cannot use one', async () => {
  const sub = crypto.randomUUID()
  const old = await appOf(sub, { auth_time: nowInSeconds() - 13 * (HOUR / SECOND) })
  const fresh = await appOf(sub)
  const { device, shown_proof } = await shownTo(fresh)
  const looked = await old.review(device.userCode)
  expect([looked.status, looked.body.shown_proof]).toStrictEqual([401, undefined])
  const answer = await old.decide(device.userCode, { decision: 'approve', shown_proof })
  expect([answer.status, answer.body.error]).toStrictEqual([
    401,
    'insufficient_user_authentication',
  ])
  expect((await device.poll()).body.error).toBe('authorization_pending')
})

it('AP-6 a code that an old sign-in has looked up makes the fresh one wait like any other', async () => {
  const sub = crypto.randomUUID()
  const old = await appOf(sub, { auth_time: nowInSeconds() - 13 * (HOUR / SECOND) })
  const fresh = await appOf(sub)
  const device = await startDevice()
  await enterWrong(fresh)
  for (const code of ['XXXX-XXXX', device.userCode]) {
    expect((await old.review(code)).status).toBe(401)
    expect((await fresh.review(code)).status).toBe(429)
    expect((await fresh.decide(code, { decision: 'approve' })).status).toBe(429)
  }
})
