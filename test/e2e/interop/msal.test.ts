// Microsoft's client, unmodified, against the running Worker. It requires https authorities,
// expects the device authorization endpoint at Microsoft's path, and calls the grant `device_code`.
// Its own hook for the network, `system.networkClient`, turns that into RFC 8628.
import {
  type AccountInfo,
  type AuthenticationResult,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
  ProtocolMode,
  PublicClientApplication,
} from '@azure/msal-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../../src/config/client-settings.ts'
import { CuttingProxy } from '../support/cutting-proxy.ts'
import { Person } from '../../support/person.ts'
import { type Server, startServer } from '../support/server.ts'
import { TEST_VARS } from '../../support/settings.ts'
import { allow } from '../support/signed-in-device.ts'

const ISSUER = 'https://login.test'
// It adds openid, profile and offline_access by itself.
const SCOPES = ['library:read']

let server: Server
/** The way to the server that counts what a client has heard. */
let proxy: CuttingProxy
let judge: Person

beforeAll(async () => {
  const { SCOPES: scopes, CLIENTS } = TEST_VARS
  server = await startServer({ ISSUER, SCOPES: scopes, CLIENTS })
  proxy = new CuttingProxy(server.origin)
  await proxy.start()
  judge = new Person(fetch, server.origin)
  await judge.createAccount('Judge Judy', 'judge@example.com')
})
afterAll(async () => {
  await proxy.close()
  await server.close()
})

type Shown = Parameters<
  Parameters<PublicClientApplication['acquireTokenByDeviceCode']>[0]['deviceCodeCallback']
>[0]

/** The way from its authority to the Worker on loopback. */
class Loopback implements INetworkModule {
  readonly asked: string[] = []
  readonly sendGetRequestAsync = <T>(address: string, options: NetworkRequestOptions = {}) =>
    this.#send<T>('GET', address, options)
  readonly sendPostRequestAsync = <T>(address: string, options: NetworkRequestOptions = {}) =>
    this.#send<T>('POST', address, options)

  async #send<T>(
    method: string,
    address: string,
    { headers = {}, body }: NetworkRequestOptions,
  ): Promise<NetworkResponse<T>> {
    const path = new URL(address).pathname.replace('/devicecode', '/device_authorization')
    this.asked.push(path)
    const response = await fetch(proxy.origin + path, {
      method,
      headers,
      body: body?.replace('=device_code&', `=${encodeURIComponent(DEVICE_CODE_GRANT)}&`) ?? null,
    })
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: (await response.json()) as T,
    }
  }
}

const applicationOf = (authority: string, networkClient = new Loopback()) =>
  new PublicClientApplication({
    auth: { clientId: 'default-tv', authority, knownAuthorities: [new URL(authority).host] },
    system: { protocolMode: ProtocolMode.OIDC, networkClient },
  })

/** Decides once it has waited out two whole holds. */
const signIn = async (
  application: PublicClientApplication,
  decide = (userCode: string): Promise<unknown> => allow(judge, userCode),
): Promise<AuthenticationResult> => {
  const shown = Promise.withResolvers<Shown>()
  const polled = application.acquireTokenByDeviceCode({
    scopes: SCOPES,
    deviceCodeCallback: shown.resolve,
  })
  const decideLater = async () => {
    const { deviceCode, userCode } = await shown.promise
    // Its first poll is immediate, and not held.
    await proxy.untilPending(deviceCode, 3)
    await decide(userCode)
  }
  const [result] = await Promise.all([polled, decideLater()])
  if (result === null) throw new Error('no tokens')
  return result
}

const refresh = (application: PublicClientApplication, account: AccountInfo) =>
  application.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true })

const claimsOf = async (accessToken: string) => {
  const headers = { Authorization: `Bearer ${accessToken}` }
  return (await fetch(`${server.origin}/userinfo`, { headers })).json()
}

describe('@azure/msal-node', () => {
  it.concurrent('HH-5 DC-17 signs in, and stores the account', async () => {
    const application = applicationOf(ISSUER)
    const result = await signIn(application)
    expect(result.idTokenClaims).toMatchObject({ iss: ISSUER, aud: 'default-tv' })
    expect(result.scopes).toEqual(expect.arrayContaining(['openid', 'offline_access', ...SCOPES]))
    expect(await claimsOf(result.accessToken)).toMatchObject({ name: 'Judge Judy' })
    const [account] = await application.getTokenCache().getAllAccounts()
    expect(account).toMatchObject({ environment: 'login.test' })
    expect(account?.idTokenClaims?.sub).toBe(result.uniqueId)
  })

  it.concurrent('RF-4 refreshes repeatedly', async () => {
    const application = applicationOf(ISSUER)
    const { account, accessToken } = await signIn(application)
    if (account === null) throw new Error('no account')
    const seen = new Set([accessToken])
    for (let turn = 0; turn < 3; turn += 1)
      seen.add((await refresh(application, account)).accessToken)
    expect(seen.size).toBe(4)
    expect(await claimsOf([...seen].at(-1) ?? '')).toMatchObject({ name: 'Judge Judy' })
  })

  it.concurrent('DC-11 is told that the person denied', async () => {
    const declined = signIn(applicationOf(ISSUER), async (userCode) => {
      const question = await judge.open(`/device?user_code=${userCode}`)
      return judge.decide(question, 'deny')
    })
    await expect(declined).rejects.toThrow('access_denied')
  })

  it('MD-1 refuses the metadata of another issuer', async () => {
    const way = new Loopback()
    const misled = signIn(applicationOf('https://elsewhere.test', way))
    await expect(misled).rejects.toMatchObject({ errorCode: 'endpoints_resolution_error' })
    expect(way.asked).toEqual(['/.well-known/openid-configuration'])
  })
})
