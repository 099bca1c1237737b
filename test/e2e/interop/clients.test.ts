// More of other people's clients, unmodified, against the running Worker: old ones and small ones,
// each with its own idea of what a server says.
import { type Server as HttpServer, createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { scheduler } from 'node:timers/promises'
import { OAuth2Client } from '@badgateway/oauth2-client'
import { Issuer, TokenSet } from 'openid-client-5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CuttingProxy } from '../support/cutting-proxy.ts'
import { DEVICE_CODE_GRANT } from '../../../src/config/client-settings.ts'
import type { Person } from '../../support/person.ts'
import { type Server, startServer } from '../support/server.ts'
import { ODD_ID, SECRET, TEST_VARS } from '../../support/settings.ts'
import { type Tokens, allow, forge, newPeople, signIn } from '../support/signed-in-device.ts'

// It ships its source too, which our compiler would check by our rules if this were an import.
const { OAuth }: CliAuth = createRequire(import.meta.url)('@vercel/cli-auth/oauth.js')

const SCOPE = 'openid profile offline_access library:read'

/** Polls that a client hears out before anything is decided: people take longer than one hold. */
const HOLDS = 2

let server: Server
/** The way to the server that counts what a client has heard. */
let proxy: CuttingProxy
let judge: () => Person

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  server = await startServer({ SCOPES, CLIENTS })
  proxy = new CuttingProxy(server.origin)
  await proxy.start()
  judge = await newPeople(server.origin)
})
afterAll(async () => {
  await proxy.close()
  await server.close()
})

/** Allows once the client, by its own clock and time-outs, has waited out whole holds. */
const allowLater = async ({ device_code, user_code }: Shown, holds = HOLDS) => {
  await proxy.untilPending(device_code, holds)
  await allow(judge(), user_code)
}

interface Shown {
  readonly device_code: string
  readonly user_code: string
}

const decline = async (userCode: string) => {
  const person = judge()
  const question = await person.open(`/device?user_code=${userCode}`)
  await person.decide(question, 'deny')
}

const publicClient = async (clientId: string) => {
  const issuer = await Issuer.discover(proxy.origin)
  return new issuer.Client({ client_id: clientId, token_endpoint_auth_method: 'none' })
}

describe('openid-client 5', () => {
  // Together, because each takes as long as a person. It gives a request 3.5 s, and then gives up.
  it.concurrent('LP-1 signs in, and asks for the claims of the ID token’s subject', async () => {
    const client = await publicClient('default-tv')
    const handle = await client.deviceAuthorization({ scope: SCOPE })
    const [tokens] = await Promise.all([handle.poll(), allowLater(handle)])
    expect(tokens.claims()).toMatchObject({ iss: proxy.origin, aud: 'default-tv' })
    expect(await client.userinfo(tokens)).toMatchObject({ name: 'Judge Judy' })
  })

  it.concurrent('is told that the person denied', async () => {
    const client = await publicClient('default-tv')
    const handle = await client.deviceAuthorization({ scope: SCOPE })
    const polled = handle.poll()
    await Promise.all([
      proxy.untilPending(handle.device_code, HOLDS).then(() => decline(handle.user_code)),
      expect(polled).rejects.toMatchObject({ error: 'access_denied' }),
    ])
  })

  it.concurrent('CA-2 refreshes, introspects and revokes as a confidential client', async () => {
    const issuer = await Issuer.discover(proxy.origin)
    const client = new issuer.Client({ client_id: ODD_ID, client_secret: SECRET })
    const handle = await client.deviceAuthorization({ scope: SCOPE })
    const [first] = await Promise.all([handle.poll(), allowLater(handle)])
    const second = await client.refresh(first)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    const token = second.access_token ?? ''
    expect(await client.introspect(token)).toMatchObject({ active: true, client_id: ODD_ID })
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
  deviceAuthorizationRequest(): Promise<Shown & { interval: number }>
  deviceAccessTokenRequest(deviceCode: string): Promise<[Error] | [null, Response]>
  processTokenResponse(response: Response): Promise<[Error] | [null, CliTokens]>
  refreshToken(token: string): Promise<CliTokens>
  revokeToken(token: string): Promise<Error | undefined>
  introspectToken(token: string): Promise<unknown>
}
type CliTokens = Partial<Tokens>

const discover = (clientId: string) =>
  OAuth({ issuer: new URL(proxy.origin), clientId, userAgent: 'interoperability' }).init()

const poll = async (client: CliClient, deviceCode: string) => {
  const [failure, response] = await client.deviceAccessTokenRequest(deviceCode)
  if (failure !== null) throw failure
  const [error, tokens] = await client.processTokenResponse(response)
  if (error !== null) throw error
  return tokens
}

describe('@vercel/cli-auth', () => {
  it('signs in, refreshes and revokes', async () => {
    const client = await discover('default-tv')
    const device = await client.deviceAuthorizationRequest()
    const pending = { code: 'authorization_pending' }
    // It leaves the waiting to its user. A poll before the code is shown is not held.
    for (let heard = 0; heard <= HOLDS; heard += 1) {
      await expect(poll(client, device.device_code)).rejects.toMatchObject(pending)
      await scheduler.wait(device.interval * 1000 - 1900)
    }
    await allowLater(device, HOLDS + 1)
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

const post = (path: string, fields: Readonly<Record<string, string>>, more: RequestInit = {}) =>
  fetch(proxy.origin + path, {
    ...more,
    method: 'POST',
    body: new URLSearchParams({ client_id: 'default-tv', ...fields }),
  })

/** Waits one interval before each poll, and gives each as long as this. */
const pollImpatiently = async (
  { device_code, interval }: Shown & { interval: number },
  timeoutMs: (intervalMs: number) => number,
): Promise<object> => {
  const intervalMs = interval * 1000
  for (;;) {
    await scheduler.wait(intervalMs)
    const signal = AbortSignal.timeout(timeoutMs(intervalMs))
    const fields = { grant_type: DEVICE_CODE_GRANT, device_code }
    const answer = (await (await post('/token', fields, { signal })).json()) as { error?: string }
    if (answer.error !== 'authorization_pending') return answer
  }
}

describe('a client that takes a time-out for the end', () => {
  it.concurrent.each([
    ['one interval, as zitadel/oidc does', (intervalMs: number) => intervalMs],
    ['2.5 s, as openid-client 3 does', () => 2500],
  ])('LP-1 signs in although it gives each poll %s', async (_, timeoutMs) => {
    const started = await post('/device_authorization', { scope: SCOPE })
    const device = (await started.json()) as Shown & { interval: number }
    const [answer] = await Promise.all([pollImpatiently(device, timeoutMs), allowLater(device)])
    expect(answer).toHaveProperty('access_token')
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
