// More of other people's clients, unmodified, against the running Worker: old ones and small ones,
// each with its own idea of what a server says.
import { type Server as HttpServer, createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { OAuth2Client } from '@badgateway/oauth2-client'
import { Issuer, TokenSet } from 'openid-client-5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Person } from '../../support/person.ts'
import { type Server, startServer } from '../support/server.ts'
import { SECRET, TEST_VARS } from '../../support/settings.ts'
import { type Tokens, allow, forge, newPeople, signIn } from '../support/signed-in-device.ts'

// It ships its source too, which our compiler would check by our rules if this were an import.
const { OAuth }: CliAuth = createRequire(import.meta.url)('@vercel/cli-auth/oauth.js')

const SCOPE = 'openid profile offline_access library:read'

let server: Server
let judge: () => Person

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  server = await startServer({ SCOPES, CLIENTS })
  judge = await newPeople(server.origin)
})
afterAll(() => server.close())

const decline = async (userCode: string) => {
  const person = judge()
  const question = await person.open(`/device?user_code=${userCode}`)
  await person.decide(question, 'deny')
}

const publicClient = async (clientId: string) => {
  const issuer = await Issuer.discover(server.origin)
  return new issuer.Client({ client_id: clientId, token_endpoint_auth_method: 'none' })
}

describe('openid-client 5', () => {
  // Together, because it waits a second before its first poll.
  it.concurrent('signs in, and asks for the claims of the ID token’s subject', async () => {
    const client = await publicClient('held-tv')
    const handle = await client.deviceAuthorization({ scope: SCOPE })
    const polled = handle.poll()
    await allow(judge(), handle.user_code)
    const tokens = await polled
    expect(tokens.claims()).toMatchObject({ iss: server.origin, aud: 'held-tv' })
    expect(await client.userinfo(tokens)).toMatchObject({ name: 'Judge Judy' })
  })

  it.concurrent('is told that the person denied', async () => {
    const client = await publicClient('held-tv')
    const handle = await client.deviceAuthorization({ scope: SCOPE })
    const polled = handle.poll()
    await Promise.all([
      decline(handle.user_code),
      expect(polled).rejects.toMatchObject({ error: 'access_denied' }),
    ])
  })

  it.concurrent('CA-2 refreshes, introspects and revokes as a confidential client', async () => {
    const issuer = await Issuer.discover(server.origin)
    const client = new issuer.Client({ client_id: 'basic', client_secret: SECRET })
    const handle = await client.deviceAuthorization({ scope: SCOPE })
    const polled = handle.poll()
    await allow(judge(), handle.user_code)
    const first = await polled
    const second = await client.refresh(first)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    const token = second.access_token ?? ''
    expect(await client.introspect(token)).toMatchObject({ active: true, client_id: 'basic' })
    await client.revoke(second.refresh_token ?? '')
    expect(await client.introspect(token)).toEqual({ active: false })
    await expect(client.refresh(second)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  describe('with a forged answer', () => {
    let liar: HttpServer
    let lie: object

    beforeAll(async () => {
      liar = createServer((_, response) => {
        response.setHeader('Content-Type', 'application/json')
        response.end(JSON.stringify({ token_type: 'Bearer', ...lie }))
      })
      await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
    })
    afterAll(() => {
      liar.close()
    })

    const refreshAtLiar = async (told: Tokens) => {
      lie = told
      const { metadata } = await Issuer.discover(server.origin)
      const { port } = liar.address() as AddressInfo
      const issuer = new Issuer({ ...metadata, token_endpoint: `http://127.0.0.1:${port}/` })
      const client = new issuer.Client({ client_id: 'tv', token_endpoint_auth_method: 'none' })
      return client.refresh('whatever')
    }

    it('TK-7 TK-12 accepts it while it is unchanged', async () => {
      const told = await signIn(server.origin, judge(), { client_id: 'tv' }, SCOPE)
      expect(await refreshAtLiar(told)).toBeInstanceOf(TokenSet)
    })

    it.each<[string, RegExp, (own: Tokens, other: Tokens) => Partial<Tokens>]>([
      [
        'with changed claims',
        /failed to validate JWT signature/,
        (own) => ({ id_token: forge(own.id_token, { sub: 'somebody else' }) }),
      ],
      ['for another client', /aud mismatch/, (_, other) => ({ id_token: other.id_token })],
      [
        'beside another access token',
        /at_hash mismatch/,
        (_, other) => ({ access_token: other.access_token }),
      ],
    ])('TK-7 TK-11 TK-12 refuses an ID token %s', async (_, message, change) => {
      const [own, other] = await Promise.all(
        ['tv', 'other-tv'].map((id) => signIn(server.origin, judge(), { client_id: id }, SCOPE)),
      )
      if (own === undefined || other === undefined) throw new Error('not signed in')
      await expect(refreshAtLiar({ ...own, ...change(own, other) })).rejects.toThrow(message)
    })
  })
})

/** As much of it as is used here. */
interface CliAuth {
  readonly OAuth: (config: { issuer: URL; clientId: string; userAgent: string }) => {
    init(): Promise<CliClient>
  }
}
interface CliClient {
  deviceAuthorizationRequest(): Promise<{ device_code: string; user_code: string }>
  deviceAccessTokenRequest(deviceCode: string): Promise<[Error] | [null, Response]>
  processTokenResponse(response: Response): Promise<[Error] | [null, CliTokens]>
  refreshToken(token: string): Promise<CliTokens>
  revokeToken(token: string): Promise<Error | undefined>
  introspectToken(token: string): Promise<unknown>
}
type CliTokens = Partial<Tokens>

const discover = (clientId: string) =>
  OAuth({ issuer: new URL(server.origin), clientId, userAgent: 'interoperability' }).init()

const poll = async (client: CliClient, deviceCode: string) => {
  const [failure, response] = await client.deviceAccessTokenRequest(deviceCode)
  if (failure !== null) throw failure
  const [error, tokens] = await client.processTokenResponse(response)
  if (error !== null) throw error
  return tokens
}

describe('@vercel/cli-auth', () => {
  it('signs in, refreshes and revokes', async () => {
    const client = await discover('tv')
    const device = await client.deviceAuthorizationRequest()
    const early = poll(client, device.device_code)
    await expect(early).rejects.toMatchObject({ code: 'authorization_pending' })
    await allow(judge(), device.user_code)
    const first = await poll(client, device.device_code)
    const second = await client.refreshToken(first.refresh_token ?? '')
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(await client.revokeToken(second.refresh_token ?? '')).toBeUndefined()
    const dead = client.refreshToken(second.refresh_token ?? '')
    await expect(dead).rejects.toMatchObject({ code: 'invalid_grant' })
  })

  it('is told that the person denied', async () => {
    const client = await discover('held-tv')
    const device = await client.deviceAuthorizationRequest()
    await decline(device.user_code)
    const declined = poll(client, device.device_code)
    await expect(declined).rejects.toMatchObject({ code: 'access_denied' })
  })

  it('IN-1 gets no introspection without authentication', async () => {
    const client = await discover('tv')
    const { access_token } = await signIn(server.origin, judge(), { client_id: 'tv' }, SCOPE)
    const refused = client.introspectToken(access_token)
    await expect(refused).rejects.toMatchObject({ code: 'invalid_request' })
  })

  it('requires verification_uri_complete', async () => {
    const client = await discover('digits-tv')
    const refused = client.deviceAuthorizationRequest()
    await expect(refused).rejects.toThrow('verification_uri_complete')
  })
})

describe('@badgateway/oauth2-client', () => {
  it('CA-2 refreshes, introspects and revokes the tokens of a device', async () => {
    const client = new OAuth2Client({
      server: server.origin,
      clientId: 'basic',
      clientSecret: SECRET,
    })
    const credentials = { client_id: 'basic', client_secret: SECRET }
    const given = await signIn(server.origin, judge(), credentials, SCOPE)
    const { access_token: accessToken, refresh_token: refreshToken } = given
    const next = await client.refreshToken({ accessToken, refreshToken, expiresAt: null })
    expect(next.scope).toEqual(SCOPE.split(' '))
    expect(await client.introspect(next)).toMatchObject({ active: true, client_id: 'basic' })
    const forged = { ...next, accessToken: forge(next.accessToken, { client_id: 'tv' }) }
    expect(await client.introspect(forged)).toEqual({ active: false })
    await client.revoke(next, 'refresh_token')
    expect(await client.introspect(next)).toEqual({ active: false })
    const dead = client.refreshToken(next)
    await expect(dead).rejects.toMatchObject({ oauth2Code: 'invalid_grant' })
  })
})
