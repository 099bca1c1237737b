// The account that an access token of a trusted issuer opens, and its claims.
import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { upstreamAccount } from '../../src/identity/upstream.ts'
import { accountOf } from '../../src/objects/index.ts'
import { ApprovalApp } from '../support/approval-app.ts'
import { type Answer, type Device, startDevice } from '../support/device.ts'
import { connectInternet } from '../support/internet.ts'
import { askUserinfo } from '../support/tokens.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { workerWith } from '../support/worker.ts'

const acme = new TrustedIssuer()
const patient = new TrustedIssuer()
const fetch = workerWith({ APPROVAL_ISSUERS: [acme.entry(), patient.entry()] })

beforeEach(() => void connectInternet())
afterEach(() => vi.restoreAllMocks())

let people = 0
const newSub = () => `member-${(people += 1)}`

const approveWith = (token: string, device: Device): Promise<Answer> =>
  new ApprovalApp(fetch, `Bearer ${token}`).decide(device.userCode, { decision: 'approve' })

const refuses = (answer: Answer, status: number, error: string): void => {
  expect([answer.status, answer.body.error]).toStrictEqual([status, error])
}

const isWaiting = async (device: Device): Promise<boolean> =>
  (await device.poll()).body.error === 'authorization_pending'

/** The claims that a device approved with this token gets. */
const claimsBehind = async (token: string) => {
  const device = await startDevice()
  expect((await approveWith(token, device)).status).toBe(200)
  const { body } = await device.poll()
  return (await askUserinfo(body.access_token)).body
}

describe('the person behind a token', () => {
  const ada = { name: 'Ada', email: 'ada@example.com', email_verified: true }

  it('AP-3 has the account of their sign-in at that issuer, created if needed', async () => {
    const sub = newSub()
    const { sub: subject, ...claims } = await claimsBehind(await acme.token(sub, { claims: ada }))
    expect(claims).toStrictEqual(ada)
    expect(subject).toBe(await upstreamAccount(env, acme.issuer, sub, ''))
    expect(await claimsBehind(await acme.token(sub))).toStrictEqual({ sub: subject, ...ada })
  })

  it('AP-3 is named by their subject if the token has no name, and is not renamed by a token', async () => {
    const sub = newSub()
    const first = await claimsBehind(await acme.token(sub))
    expect(first.name).toBe(sub)
    const { body } = { body: await claimsBehind(await acme.token(sub, { claims: ada })) }
    expect(body).toStrictEqual(first)
  })

  it('AP-3 is a different person at another issuer, even with the same subject', async () => {
    const sub = newSub()
    const here = await claimsBehind(await acme.token(sub))
    const there = await claimsBehind(await patient.token(sub))
    expect(here.sub).not.toBe(there.sub)
  })

  it('AP-3 cannot decide a request that another person opened', async () => {
    const [ours, theirs] = [await acme.token(newSub()), await acme.token(newSub())]
    const device = await startDevice()
    expect((await approveWith(ours, device)).status).toBe(200)
    const stolen = await approveWith(theirs, device)
    expect([stolen.status, stolen.body.error]).toStrictEqual([404, 'unknown_code'])
    const { body } = await device.poll()
    expect(decodeJwt(body.access_token).sub).toBe(
      await upstreamAccount(env, acme.issuer, String(decodeJwt(ours).sub), ''),
    )
  })

  it('AP-3 decides nothing while the account is disabled', async () => {
    const sub = newSub()
    const token = await acme.token(sub)
    const device = await startDevice()
    expect((await approveWith(token, await startDevice())).status).toBe(200)
    const account = accountOf(env, await upstreamAccount(env, acme.issuer, sub, ''))
    await account?.disable(true)
    refuses(await approveWith(token, device), 401, 'invalid_token')
    expect(await isWaiting(device)).toBe(true)
    await account?.disable(false)
    expect((await approveWith(token, device)).status).toBe(200)
  })
})
