// Access tokens that are bound to a key (RFC 9449 §7), from any issuer: without the key they decide
// nothing.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApprovalApp } from '../support/approval-app.ts'
import { type Answer, type Device, startDevice } from '../support/device.ts'
import { type KeyHolder, type ProofOptions, newKeyHolder } from '../support/dpop.ts'
import { connectInternet } from '../support/internet.ts'
import { TEST_VARS } from '../support/settings.ts'
import { connectDevice } from '../support/tokens.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { type Fetch, url, workerWith } from '../support/worker.ts'

const acme = new TrustedIssuer()
const app = {
  client_id: 'app',
  client_name: 'The app',
  scope: 'openid device:approve',
  dpop_bound_access_tokens: true,
  hold_seconds: 0,
}
const fetch = workerWith({
  CLIENTS: [...TEST_VARS.CLIENTS, app],
  APPROVAL_ISSUERS: [acme.entry()],
})

beforeEach(() => void connectInternet())
afterEach(() => vi.restoreAllMocks())

/** A token of ours, bound to the key of `by`. */
const newToken = async (by: Fetch): Promise<string> =>
  (await connectDevice('app', { fetch: by })).tokens.access_token

const refuses = async (answer: Answer, device: Device, status: number, error: string) => {
  expect([answer.status, answer.body.error]).toStrictEqual([status, error])
  expect(answer.headers.get('WWW-Authenticate')).toContain(`error="${error}"`)
  expect((await device.poll()).body.error).toBe('authorization_pending')
}

describe.each<[string, (holder: KeyHolder) => Promise<string>]>([
  ['a bound token of ours', (holder) => newToken(holder.fetchOnlyAt('/token'))],
  [
    'a bound token of a trusted issuer',
    (holder) => acme.token(crypto.randomUUID(), { claims: { cnf: { jkt: holder.jkt } } }),
  ],
])('%s', (_name, bind) => {
  const PATH = '/device/authorizations'
  const decideWith = async (
    device: Device,
    holder: KeyHolder,
    token: string,
    more: { readonly scheme?: string; readonly proof?: ProofOptions | undefined } = {},
  ): Promise<Answer> => {
    const { scheme, proof } = { scheme: 'DPoP', proof: {}, ...more }
    const address = url(`${PATH}/${device.userCode}/decision`)
    return new ApprovalApp(fetch, `${scheme} ${token}`).decide(
      device.userCode,
      { decision: 'approve' },
      proof === undefined ? {} : { DPoP: await holder.proof({ address, token, ...proof }) },
    )
  }
  const ready = async () => {
    const holder = await newKeyHolder(fetch)
    const token = await bind(holder)
    await holder.learnNonce()
    return { holder, token, device: await startDevice() }
  }

  it('AP-9 decides with its key', async () => {
    const { holder, token, device } = await ready()
    const answer = await decideWith(device, holder, token)
    expect([answer.status, answer.body.status]).toStrictEqual([200, 'approved'])
  })

  it.each<[string, string, string, { scheme?: string; proof?: ProofOptions | undefined }]>([
    ['as a bearer token', 'Bearer', 'invalid_token', { scheme: 'Bearer', proof: undefined }],
    ['as a bearer token with its proof', 'Bearer', 'invalid_token', { scheme: 'Bearer' }],
    ['without a proof', 'DPoP', 'invalid_dpop_proof', { proof: undefined }],
    ['with a proof for no token', 'DPoP', 'invalid_dpop_proof', { proof: { token: undefined } }],
    ['with a proof for another token', 'DPoP', 'invalid_dpop_proof', { proof: { token: 'x' } }],
    ['with a proof for GET', 'DPoP', 'invalid_dpop_proof', { proof: { method: 'GET' } }],
    [
      'with a proof for another code',
      'DPoP',
      'invalid_dpop_proof',
      { proof: { address: url(`${PATH}/ZZZZ-ZZZZ/decision`) } },
    ],
    [
      'with a proof without a nonce',
      'DPoP',
      'use_dpop_nonce',
      { proof: { claims: { nonce: undefined } } },
    ],
  ])('AP-9 decides nothing %s', async (_row, scheme, error, more) => {
    const { holder, token, device } = await ready()
    const answer = await decideWith(device, holder, token, more)
    await refuses(answer, device, 401, error)
    expect(answer.headers.get('WWW-Authenticate')).toMatch(new RegExp(`^${scheme} `))
    expect(answer.headers.has('DPoP-Nonce')).toBe(error === 'use_dpop_nonce')
  })

  it('AP-9 decides nothing with another key', async () => {
    const { token, device } = await ready()
    const other = await newKeyHolder(fetch)
    await other.learnNonce()
    await refuses(await decideWith(device, other, token), device, 401, 'invalid_token')
  })

  it('AP-9 decides nothing with a used proof', async () => {
    const { holder, token, device } = await ready()
    const options = { proof: { claims: { jti: crypto.randomUUID() } } }
    expect((await decideWith(device, holder, token, options)).status).toBe(200)
    const again = await decideWith(device, holder, token, options)
    expect([again.status, again.body.error]).toStrictEqual([401, 'invalid_dpop_proof'])
  })
})

it('AP-9 an unbound token is refused with the scheme DPoP', async () => {
  const holder = await newKeyHolder(fetch)
  await holder.learnNonce()
  const token = await acme.token('somebody')
  const device = await startDevice()
  const address = url(`/device/authorizations/${device.userCode}/decision`)
  const answer = await new ApprovalApp(fetch, `DPoP ${token}`).decide(
    device.userCode,
    { decision: 'approve' },
    { DPoP: await holder.proof({ address, token }) },
  )
  await refuses(answer, device, 401, 'invalid_token')
})
