// A user code that too many people open (RFC 10027 §6.1.4): what is logged, and what the last one is
// told. Conformance XD-6, HH-15.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApprovalApp } from '../support/approval-app.ts'
import { startDevice } from '../support/device.ts'
import { connectInternet } from '../support/internet.ts'
import { freshAddress, sentFrom, workerWith } from '../support/worker.ts'
import { RECIFE, TURKU } from '../support/places.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'

const acme = new TrustedIssuer()
const worker = workerWith({ APPROVAL_ISSUERS: [acme.entry()] })

beforeEach(connectInternet)
afterEach(() => vi.restoreAllMocks())

const newPerson = async (network: typeof TURKU) => {
  const sub = crypto.randomUUID()
  const fetch = sentFrom({ network, address: freshAddress() }, worker)
  return { sub, app: new ApprovalApp(fetch, `Bearer ${await acme.token(sub)}`) }
}

it('XD-6 HH-15 a code that too many people open is logged once, without a code or a person', async () => {
  const logged = vi.spyOn(console, 'info').mockReturnValue()
  const device = await startDevice('tv', { fetch: worker })
  const anna = await newPerson(TURKU)
  const carl = await newPerson(RECIFE)
  expect((await anna.app.review(device.userCode)).status).toBe(200)
  logged.mockClear()

  const ended = await carl.app.review(device.userCode)
  const afterwards = await carl.app.review(device.userCode)
  const unknown = await carl.app.review('BCDF-GHJK')
  expect([ended.status, ended.body.error]).toStrictEqual([404, 'unknown_code'])
  expect(ended.body, 'told like a code that never was').toStrictEqual(unknown.body)
  expect(afterwards.body).toStrictEqual(unknown.body)

  expect(logged.mock.calls).toStrictEqual([
    [{ event: 'device_authorization.decided', clientId: 'tv', outcome: 'opened_by_many' }],
  ])
  const { userCode, deviceCode } = device
  for (const secret of [userCode, userCode.replace('-', ''), deviceCode, anna.sub, carl.sub])
    expect(JSON.stringify(logged.mock.calls)).not.toContain(secret)
})
