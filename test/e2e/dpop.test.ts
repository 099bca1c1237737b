// DPoP (RFC 9449) as other people's clients do it, unmodified, through the whole flow against the
// running Worker: DP-1, DP-4, DP-5, DP-7, RF-8, IN-5.
import * as jose from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Person } from '../support/person.ts'
import { type Server, startServer } from './support/server.ts'
import { SECRET, TEST_VARS } from '../support/settings.ts'

const SCOPE = 'openid profile offline_access library:read'
const insecure = { [oauth.allowInsecureRequests]: true }

let server: Server
let judge: Person

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  server = await startServer({ SCOPES, CLIENTS })
  judge = new Person(fetch, server.origin)
  await judge.createAccount('Judge Judy', 'judge@example.com')
})
afterAll(() => server.close())

const allow = async (userCode: string) => {
  const question = await judge.open(`/device?user_code=${userCode}`)
  const answer = await judge.decide(question, 'allow')
  expect(answer.html).toContain('You’re connected')
}

const newKeyPair = (alg: string) => openid.randomDPoPKeyPair(alg)
const jktOf = async ({ publicKey }: { publicKey: jose.CryptoKey }) =>
  jose.calculateJwkThumbprint(await jose.exportJWK(publicKey))

/** Asks once more, as its documentation says, where the server wants a nonce. */
const insist = async <T>(ask: () => Promise<T>): Promise<{ answer: T; asked: number }> => {
  try {
    return { answer: await ask(), asked: 1 }
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return { answer: await ask(), asked: 2 }
  }
}

describe('oauth4webapi', () => {
  it('DP-1 DP-5 DP-7 RF-8 signs in, asks for the claims and refreshes, after fetching one nonce', async () => {
    const issuer = new URL(server.origin)
    const found = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' })
    const as = await oauth.processDiscoveryResponse(issuer, found)
    expect(as.dpop_signing_alg_values_supported).toContain('ES256')
    const client: oauth.Client = { client_id: 'dpop-tv' }
    const pair = await oauth.generateKeyPair('ES256')
    const options = { ...insecure, DPoP: oauth.DPoP(client, pair) }

    const device = await oauth.processDeviceAuthorizationResponse(
      as,
      client,
      await oauth.deviceAuthorizationRequest(as, client, oauth.None(), { scope: SCOPE }, insecure),
    )
    await allow(device.user_code)
    const polled = await insist(async () =>
      oauth.processDeviceCodeResponse(
        as,
        client,
        await oauth.deviceCodeGrantRequest(as, client, oauth.None(), device.device_code, options),
      ),
    )
    expect(polled.asked, 'the first time it has no nonce').toBe(2)
    const tokens = polled.answer
    expect(tokens.token_type).toBe('dpop')
    expect(jose.decodeJwt(tokens.access_token)['cnf']).toEqual({ jkt: await jktOf(pair) })

    const subject = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? ''
    const claims = await insist(async () =>
      oauth.processUserInfoResponse(
        as,
        client,
        subject,
        await oauth.userInfoRequest(as, client, tokens.access_token, options),
      ),
    )
    expect(claims).toMatchObject({ asked: 1, answer: { sub: subject, name: 'Judge Judy' } })

    const refreshed = await insist(async () =>
      oauth.processRefreshTokenResponse(
        as,
        client,
        await oauth.refreshTokenGrantRequest(
          as,
          client,
          oauth.None(),
          tokens.refresh_token ?? '',
          options,
        ),
      ),
    )
    expect(refreshed).toMatchObject({ asked: 1, answer: { token_type: 'dpop' } })
  })

  it('DP-7 verifies the bound token as a resource server does', async () => {
    const issuer = new URL(server.origin)
    const found = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' })
    const as = await oauth.processDiscoveryResponse(issuer, found)
    const client: oauth.Client = { client_id: 'held-tv' }
    const config = await discover('held-tv')
    const handle = openid.getDPoPHandle(config, await newKeyPair('ES256'))
    const tokens = await signIn(config, handle)
    const address = new URL('/films', server.origin)
    let request: Request | undefined
    await oauth.protectedResourceRequest(
      tokens.access_token,
      'GET',
      address,
      undefined,
      undefined,
      {
        ...insecure,
        DPoP: handle,
        [oauth.customFetch]: async (url: string, init: RequestInit) => {
          request = new Request(url, init)
          return Response.json({})
        },
      },
    )
    if (request === undefined) throw new Error('nothing was asked')
    const checks = { ...insecure, requireDPoP: true }
    const claims = await oauth.validateJwtAccessToken(as, request, server.origin, checks)
    expect(claims).toMatchObject({ client_id: client.client_id })
  })
})

const discover = (clientId: string, authentication: openid.ClientAuth = openid.None()) =>
  openid.discovery(new URL(server.origin), clientId, undefined, authentication, {
    execute: [openid.allowInsecureRequests],
  })

const signIn = async (config: openid.Configuration, DPoP: openid.DPoPHandle) => {
  const device = await openid.initiateDeviceAuthorization(config, { scope: SCOPE })
  const polled = openid.pollDeviceAuthorizationGrant(config, device, undefined, { DPoP })
  await allow(device.user_code)
  return polled
}

describe('openid-client', () => {
  it.each(['ES256', 'ES384', 'PS256', 'RS256', 'Ed25519'])(
    'DP-1 DP-7 RF-8 signs in, asks for the claims and refreshes with %s',
    async (alg) => {
      const config = await discover('dpop-tv')
      const pair = await newKeyPair(alg)
      const DPoP = openid.getDPoPHandle(config, pair)
      const tokens = await signIn(config, DPoP)
      expect(tokens.token_type).toBe('dpop')
      const subject = tokens.claims()?.sub ?? ''
      const claims = await openid.fetchUserInfo(config, tokens.access_token, subject, { DPoP })
      expect(claims.name).toBe('Judge Judy')
      const token = tokens.refresh_token ?? ''
      const next = await openid.refreshTokenGrant(config, token, undefined, { DPoP })
      expect(jose.decodeJwt(next.access_token)['cnf']).toEqual({ jkt: await jktOf(pair) })
      await openid.fetchUserInfo(config, next.access_token, subject, { DPoP })
    },
  )

  it('RF-8 DP-7 is refused with the tokens of another key', async () => {
    const config = await discover('held-tv')
    const tokens = await signIn(config, openid.getDPoPHandle(config, await newKeyPair('ES256')))
    const thief = { DPoP: openid.getDPoPHandle(config, await newKeyPair('ES256')) }
    const token = tokens.refresh_token ?? ''
    for (const options of [undefined, thief]) {
      const stolen = openid.refreshTokenGrant(config, token, undefined, options)
      await expect(stolen).rejects.toMatchObject({ error: 'invalid_grant' })
      const subject = tokens.claims()?.sub ?? ''
      const claims = openid.fetchUserInfo(config, tokens.access_token, subject, options)
      await expect(claims).rejects.toMatchObject({ status: 401 })
    }
  })

  it('IN-5 RF-8 introspects as a confidential client, and may change its key', async () => {
    const config = await discover('basic', openid.ClientSecretBasic(SECRET))
    const first = openid.getDPoPHandle(config, await newKeyPair('ES256'))
    const tokens = await signIn(config, first)
    const pair = await newKeyPair('Ed25519')
    const DPoP = openid.getDPoPHandle(config, pair)
    const token = tokens.refresh_token ?? ''
    const next = await openid.refreshTokenGrant(config, token, undefined, { DPoP })
    expect(await openid.tokenIntrospection(config, next.access_token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: await jktOf(pair) },
    })
  })
})
