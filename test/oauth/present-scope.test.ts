// A scope that an operator takes from a client is taken from its devices, too: conformance DC-17, RF-7,
// RF-11. What the person allowed stays what it was, so a scope that is given back is there again.
import { decodeJwt } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { holdClock, passSeconds } from '../support/clock.ts'
import { type Answer, answerOf, approve, startDevice } from '../support/device.ts'
import { connectConfidential, introspect, refresh, refreshed } from '../support/grants.ts'
import { Host, connectInternet } from '../support/internet.ts'
import {
  RADIO,
  REGISTRATION,
  connectRegistered,
  proofOf,
  registered,
  replace,
} from '../support/registration.ts'
import { TEST_VARS } from '../support/settings.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { somebody } from '../support/member.ts'
import { type Fetch, formRequest, worker, workerWith } from '../support/worker.ts'

holdClock()
afterEach(() => void vi.restoreAllMocks())

const FULL_SCOPE = 'openid profile email offline_access library:read'

/** The Worker after the operator has changed a client. */
const workerWithClient = (id: string, more: object): Fetch =>
  workerWith({
    CLIENTS: TEST_VARS.CLIENTS.map((client) =>
      client.client_id === id ? { ...client, ...more } : client,
    ),
  })
const workerWithScope = (scope: string): Fetch => workerWithClient('tv', { scope })

/** Polls for a device that started before the operator changed its client. */
const redeem = async (fetch: Fetch): Promise<Answer> => {
  const device = await startDevice()
  await approve(device.userCode, { subject: (await somebody()).subject })
  const fields = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: 'tv',
    device_code: device.deviceCode,
  }
  return answerOf(await fetch(formRequest('/token', fields)))
}

const membersOf = ({ status, body }: Answer) => [
  status,
  body.error ?? body.scope,
  ...['refresh_token', 'id_token'].filter((name) => name in body),
]

describe('a redemption', () => {
  it.each<[string, string, unknown[]]>([
    ['all', FULL_SCOPE, [200, FULL_SCOPE, 'refresh_token', 'id_token']],
    [
      'some',
      'openid offline_access library:write',
      [200, 'openid offline_access', 'refresh_token', 'id_token'],
    ],
    [
      'no openid',
      'offline_access library:read',
      [200, 'offline_access library:read', 'refresh_token'],
    ],
    ['no offline_access', 'openid library:read', [200, 'openid library:read', 'id_token']],
    ['nothing', 'library:write', [400, 'invalid_grant']],
  ])('DC-17 RF-11 gets the scope that its client still has: %s', async (_name, scope, expected) => {
    const answer = await redeem(workerWithScope(scope))
    expect(membersOf(answer)).toStrictEqual(expected)
    if (answer.status === 200)
      expect(decodeJwt(answer.body.access_token)['scope']).toBe(answer.body.scope)
  })

  it('RF-11 gets no refresh token if its client has lost that grant', async () => {
    const grant_types = ['urn:ietf:params:oauth:grant-type:device_code']
    const answer = await redeem(workerWithClient('tv', { grant_types }))
    expect(membersOf(answer)).toStrictEqual([200, FULL_SCOPE, 'id_token'])
  })

  it('DC-6 DC-17 is repeated with no more than its client still has', async () => {
    const { device, tokens } = await connectDevice()
    passSeconds(1)
    const fetch = workerWithScope('openid offline_access')
    const fields = {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: 'tv',
      device_code: device.deviceCode,
    }
    const { body } = await answerOf(await fetch(formRequest('/token', fields)))
    expect([body.scope, body.refresh_token]).toStrictEqual([
      'openid offline_access',
      tokens.refresh_token,
    ])
    const [first, second] = [tokens, body].map(({ access_token: token }) => decodeJwt(token))
    expect(second?.jti, 'another token has another name').not.toBe(first?.jti)
  })
})

describe('a refresh', () => {
  it.each<[string, string, string | undefined, unknown[]]>([
    [
      'some',
      'openid offline_access library:write',
      undefined,
      [200, 'openid offline_access', 'refresh_token', 'id_token'],
    ],
    [
      'part of what it asks for',
      'openid offline_access',
      'openid library:read',
      [200, 'openid', 'refresh_token', 'id_token'],
    ],
    [
      'nothing of what it asks for',
      'openid offline_access',
      'library:read',
      [400, 'invalid_scope'],
    ],
    ['no offline_access', 'openid library:read', undefined, [400, 'invalid_grant']],
    ['nothing', 'library:write', undefined, [400, 'invalid_grant']],
  ])(
    'RF-7 RF-11 gets the scope that its client still has: %s',
    async (_name, scope, asked, expected) => {
      const { tokens } = await connectDevice()
      const answer = await refresh(tokens.refresh_token, {
        fetch: workerWithScope(scope),
        fields: asked === undefined ? {} : { scope: asked },
      })
      expect(membersOf(answer)).toStrictEqual(expected)
      const again = await refreshed(answer.body.refresh_token ?? tokens.refresh_token)
      expect(again.scope, 'and all of it where that is given back').toBe(FULL_SCOPE)
    },
  )

  it('RF-7 gives at UserInfo no more than its client still has', async () => {
    const { tokens } = await connectDevice()
    const fetch = workerWithScope('openid offline_access')
    const { access_token: token } = await refreshed(tokens.refresh_token, { fetch })
    expect((await askUserinfo(token)).body).toStrictEqual({ sub: (await somebody()).subject })
  })

  it('IN-4 is introspected by its client with the scope of its next answer', async () => {
    const { tokens } = await connectConfidential()
    const seen = async (fetch: Fetch) =>
      (await introspect(tokens.refresh_token, { clientId: 'post', fetch })).scope ?? 'inactive'
    expect(await seen(worker)).toBe(FULL_SCOPE)
    const withScope = (scope: string) => seen(workerWithClient('post', { scope }))
    expect(await withScope('openid offline_access')).toBe('openid offline_access')
    expect(await withScope('openid')).toBe('inactive')
  })
})

describe('an unlisted client', () => {
  it('RF-7 that registered has the scope that the operator still grants', async () => {
    const client = await registered()
    const { tokens } = await connectRegistered(client)
    expect(tokens.scope).toBe('openid profile offline_access')
    passSeconds(61)
    const fetch = workerWith({ ...REGISTRATION, UNLISTED_CLIENT_SCOPE: 'openid offline_access' })
    const options = { clientId: client.client_id, fields: await proofOf(client), fetch }
    expect((await refreshed(tokens.refresh_token, options)).scope).toBe('openid offline_access')
  })

  it('RF-7 that registered has the scope that it still requests', async () => {
    const client = await registered()
    const { tokens } = await connectRegistered(client)
    await replace(client, { ...RADIO, scope: 'openid offline_access' })
    passSeconds(61)
    const fetch = workerWith(REGISTRATION)
    const options = { clientId: client.client_id, fields: await proofOf(client), fetch }
    expect((await refreshed(tokens.refresh_token, options)).scope).toBe('openid offline_access')
  })

  it('RF-7 with a metadata document has the scope that the document still requests', async () => {
    connectInternet()
    let scope = 'openid profile offline_access'
    const host: Host = new Host(() =>
      Response.json(
        { ...RADIO, client_id: host.uri, scope },
        { headers: { 'Cache-Control': 'max-age=60' } },
      ),
    )
    const fetch = workerWith({ CLIENT_ID_METADATA_DOCUMENTS: 'on' })
    const { tokens } = await connectDevice(host.uri, { fetch })
    expect(tokens.scope).toBe(scope)
    scope = 'openid offline_access'
    passSeconds(61)
    const options = { clientId: host.uri, fetch }
    expect((await refreshed(tokens.refresh_token, options)).scope).toBe(scope)
  })
})
