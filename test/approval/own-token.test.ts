// Our own access tokens that decide about devices: permission of the client, freshness, binding.
import type { Subject } from '../../src/ids.ts'
import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HOUR, SECOND } from '../../src/durations.ts'
import { accountOf } from '../../src/objects/index.ts'
import { ApprovalApp } from '../support/approval-app.ts'
import { type Answer, type Device, answerOf, startDevice } from '../support/device.ts'
import { newPerson } from '../support/member.ts'
import { type KeyHolder, newKeyHolder } from '../support/dpop.ts'
import { connectInternet } from '../support/internet.ts'
import { API, ISSUER, TEST_VARS } from '../support/settings.ts'
import { connectDevice } from '../support/tokens.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { type Fetch, formRequest, url, workerWith } from '../support/worker.ts'
import { named } from '../support/named.ts'

const SCOPE = 'openid profile offline_access device:approve'

const app = {
  client_id: 'app',
  client_name: 'The app',
  scope: SCOPE,
  dpop_bound_access_tokens: true,
  hold_seconds: 0,
}
const acme = new TrustedIssuer()
const settings = {
  CLIENTS: [...TEST_VARS.CLIENTS, app],
  APPROVAL_ISSUERS: [acme.entry()],
}
const fetch = workerWith(settings)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

interface SignedInApp {
  readonly holder: KeyHolder
  readonly subject: Subject
  readonly grantId: string
  readonly tokens: { readonly access_token: string; readonly refresh_token: string }
}

/** A person signs in at the app, which is a device like any other. */
const signIn = async (
  clientId = 'app',
  { by = fetch, ago = 0, fields = {} }: { by?: Fetch; ago?: number; fields?: object } = {},
): Promise<SignedInApp> => {
  const [subject, holder] = [(await newPerson()).subject, await newKeyHolder(by)]
  const approval = { subject, authTimeMs: Date.now() - ago }
  const options = { fetch: holder.fetch, approval, poll: { ...fields } }
  return { holder, subject, ...(await connectDevice(clientId, options)) }
}

const refresh = async ({ holder, tokens }: SignedInApp, fields: object = {}): Promise<Answer> =>
  answerOf(
    await holder.fetch(
      formRequest('/token', {
        grant_type: 'refresh_token',
        client_id: 'app',
        refresh_token: tokens.refresh_token,
        ...fields,
      }),
    ),
  )

const withTokens = (signedIn: SignedInApp, tokens: SignedInApp['tokens']): SignedInApp => ({
  ...signedIn,
  tokens,
})

const approveWith = ({ holder, tokens }: SignedInApp, device: Device): Promise<Answer> =>
  new ApprovalApp(holder.fetch, `DPoP ${tokens.access_token}`).decide(device.userCode, {
    decision: 'approve',
  })

const refuses = async (answer: Answer, device: Device, status: number, error: string) => {
  expect([answer.status, answer.body.error]).toStrictEqual([status, error])
  expect(answer.headers.get('WWW-Authenticate')).toContain(`error="${error}"`)
  expect((await device.poll()).body.error).toBe('authorization_pending')
}

describe('a client with device:approve', () => {
  it('AP-8 approves devices for its person, and passes the sign-in on to them', async () => {
    const ago = 2 * HOUR
    const signedIn = await signIn('app', { ago })
    const { subject } = signedIn
    const { auth_time: told, scope, aud } = decodeJwt(signedIn.tokens.access_token)
    expect([told, scope, aud]).toStrictEqual([
      Math.floor((Date.now() - ago) / SECOND),
      SCOPE,
      ISSUER,
    ])
    const device = await startDevice()
    expect((await approveWith(signedIn, device)).status).toBe(200)
    const claims = decodeJwt((await device.poll()).body.id_token)
    expect([claims.sub, claims['auth_time'], claims['amr']]).toStrictEqual([subject, told, ['pwd']])
  })

  it('AP-8 AP-10 approves until twelve hours after the sign-in, however often it refreshes', async () => {
    const signedIn = await signIn()
    later(12 * HOUR - 60 * SECOND)
    const first = await refresh(signedIn)
    const device = await startDevice()
    expect((await approveWith(withTokens(signedIn, first.body), device)).status).toBe(200)
    later(60 * SECOND)
    const second = await refresh(withTokens(signedIn, first.body))
    const other = await startDevice()
    const answer = await approveWith(withTokens(signedIn, second.body), other)
    await refuses(answer, other, 401, 'insufficient_user_authentication')
    expect(answer.headers.get('WWW-Authenticate')).toContain('max_age="43200"')
  })

  it('AP-8 cannot approve with a token that another API receives too', async () => {
    const by = workerWith({ ...settings, RESOURCE: API })
    const signedIn = await signIn('app', { by })
    expect(decodeJwt(signedIn.tokens.access_token)).toMatchObject({
      aud: [API, ISSUER],
      scope: 'openid profile offline_access',
    })
    const device = await startDevice()
    await refuses(await approveWith(signedIn, device), device, 403, 'insufficient_scope')
    // It asks for one that is for us alone.
    const { body } = await refresh(signedIn, { resource: ISSUER })
    expect(decodeJwt(body.access_token)).toMatchObject({ aud: ISSUER, scope: SCOPE })
    expect((await approveWith(withTokens(signedIn, body), device)).status).toBe(200)
    // A token for the API is refused here.
    const next = await refresh(withTokens(signedIn, body), { resource: API })
    const other = await startDevice()
    const answer = await approveWith(withTokens(signedIn, next.body), other)
    await refuses(answer, other, 401, 'invalid_token')
  })

  it('AP-8 cannot approve with a narrowed scope', async () => {
    const signedIn = await signIn()
    const { body } = await refresh(signedIn, { scope: 'openid' })
    expect(decodeJwt(body.access_token)['auth_time']).toBeUndefined()
    const device = await startDevice()
    const answer = await approveWith(withTokens(signedIn, body), device)
    await refuses(answer, device, 403, 'insufficient_scope')
  })
})

describe('a token of ours', () => {
  it('AP-8 decides nothing for a client without device:approve', async () => {
    const signedIn = await signIn('tv')
    const device = await startDevice()
    await refuses(await approveWith(signedIn, device), device, 403, 'insufficient_scope')
  })

  it('AP-8 lacks device:approve if its client may not have it', async () => {
    const fields = { scope: 'openid device:approve' }
    const { tokens } = await connectDevice('tv', { fetch, fields })
    expect(decodeJwt(tokens.access_token)['scope']).toBe('openid')
  })

  it.each<[string, object[], number, string]>([
    ['is removed', TEST_VARS.CLIENTS, 403, 'insufficient_scope'],
    [
      'has lost device:approve',
      [{ ...app, scope: 'openid profile offline_access' }],
      403,
      'insufficient_scope',
    ],
  ])('AP-8 decides nothing once its client %s', async (_name, CLIENTS, status, error) => {
    const signedIn = await signIn()
    const device = await startDevice()
    const holder = signedIn.holder.at(workerWith({ CLIENTS }))
    const answer = await approveWith({ ...signedIn, holder }, device)
    await refuses(answer, device, status, error)
  })

  it.each<[string, (signedIn: SignedInApp) => Promise<unknown>]>([
    [
      'the device was removed',
      async ({ subject, grantId }) =>
        accountOf(env, subject)?.removeDevice(named(grantId), 'device_removed'),
    ],
    [
      'its person signed everything out',
      async ({ subject }) => accountOf(env, subject)?.signOutEverywhere({ withDevices: true }),
    ],
    ['the account was disabled', async ({ subject }) => accountOf(env, subject)?.disable(true)],
    [
      'it was revoked',
      ({ tokens }) =>
        fetch(formRequest('/revoke', { client_id: 'app', token: tokens.access_token })),
    ],
    [
      'its refresh token was revoked',
      ({ tokens }) =>
        fetch(formRequest('/revoke', { client_id: 'app', token: tokens.refresh_token })),
    ],
    ['it expired', async () => later(600 * SECOND)],
  ])('AP-8 decides nothing once %s', async (_name, happen) => {
    const signedIn = await signIn()
    expect((await approveWith(signedIn, await startDevice())).status, 'before').toBe(200)
    await happen(signedIn)
    const device = await startDevice()
    await refuses(await approveWith(signedIn, device), device, 401, 'invalid_token')
  })

  it('AP-8 is refused by another issuer on the same Worker', async () => {
    const other = workerWith({ ...settings, ISSUER: `${ISSUER}/other` })
    const { tokens } = await signIn()
    const answer = await answerOf(
      await other(
        new Request(url('/other/device/authorizations/ZZZZ-ZZZZ'), {
          headers: { Authorization: `Bearer ${tokens.access_token}` },
        }),
      ),
    )
    expect([answer.status, answer.body.error]).toStrictEqual([401, 'invalid_token'])
  })

  it('AP-8 counts as used even if the answer was lost', async () => {
    const holder = await newKeyHolder(fetch)
    const subject = (await newPerson()).subject
    const approval = { subject }
    const connected = await connectDevice('app', { fetch: holder.fetch, approval })
    const { device: itself } = connected
    await approveWith({ holder, subject, ...connected }, await startDevice())
    later(10 * SECOND)
    expect((await itself.poll()).body.error).toBe('invalid_grant')
  })
})
