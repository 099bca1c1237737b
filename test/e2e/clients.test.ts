// Other people's clients, unmodified, through the whole flow against the running Worker: the
// judges of whether the protocol is what it says it is.
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../src/config/client-settings.ts'
import { CuttingProxy } from './support/cutting-proxy.ts'
import { Person } from '../support/person.ts'
import { type Server, startServer } from './support/server.ts'
import { ODD_ID, SECRET, TEST_VARS } from '../support/settings.ts'

const LANES = 4
const SIGN_INS = 20
const SCOPE = 'openid profile email library:read'

/** Polls that a client hears out before it is approved: people take longer than one hold. */
const HOLDS = 2

let server: Server
/** The way to the server that counts what a client has heard. */
let proxy: CuttingProxy
let judge: Person
let people: Person[]

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  server = await startServer({ SCOPES, CLIENTS })
  proxy = new CuttingProxy(server.origin)
  await proxy.start()
  judge = new Person(fetch, server.origin)
  await judge.createAccount('Judge Judy', 'judge@example.com')
  people = Array.from(
    { length: 2 * LANES },
    (_, lane) => new Person(fetch, server.origin, { 'CF-Connecting-IP': `192.0.2.${lane}` }),
  )
  for (const [index, person] of people.entries())
    await person.createAccount('Somebody', `person${index}@example.com`)
})
afterAll(async () => {
  await proxy.close()
  await server.close()
})

const allow = async (userCode: string, person = judge) => {
  const question = await person.open(`/device?user_code=${userCode}`)
  const answer = await person.decide(question, 'allow')
  expect(answer.html).toContain('You’re connected')
}

interface Discovery {
  readonly authentication?: openid.ClientAuth
  readonly waitSeconds?: number
  readonly origin?: string
}

const discover = (
  clientId: string,
  { authentication = openid.None(), waitSeconds, origin = server.origin }: Discovery = {},
) =>
  openid.discovery(new URL(origin), clientId, undefined, authentication, {
    execute: [openid.allowInsecureRequests],
    ...(waitSeconds !== undefined && {
      [openid.customFetch]: (url: string, options: openid.CustomFetchOptions) => {
        const headers = { ...options.headers, prefer: `wait=${waitSeconds}` }
        return fetch(url, { ...options, headers })
      },
    }),
  })

let turns = 0
/** People in turn: one may look up at most five codes a second. */
const nextPerson = (): Person => {
  turns += 1
  return people[turns % people.length] ?? judge
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** One sign-in, allowed after `delayMs`; the time from the tap on Allow to the token. */
const signIn = async (config: openid.Configuration, delayMs: number, person = judge) => {
  const device = await openid.initiateDeviceAuthorization(config, { scope: SCOPE })
  const polled = openid
    .pollDeviceAuthorizationGrant(config, device)
    .then((tokens) => ({ tokens, at: performance.now() }))
  await pause(delayMs)
  const question = await person.open(`/device?user_code=${device.user_code}`)
  const tappedAt = performance.now()
  await person.decide(question, 'allow')
  const { tokens, at } = await polled
  return { tokens, latencyMs: at - tappedAt }
}

/** One sign-in, allowed after two whole holds. */
const signInLater = async (config: openid.Configuration, person: Person, scope = SCOPE) => {
  const device = await openid.initiateDeviceAuthorization(config, { scope })
  const allowed = proxy
    .untilPending(device.device_code, HOLDS)
    .then(() => allow(device.user_code, person))
  const [tokens] = await Promise.all([openid.pollDeviceAuthorizationGrant(config, device), allowed])
  return tokens
}

/** The same without any waiting: a tap on Allow, and then one request for the token. */
const signInAtOnce = async (config: openid.Configuration, delayMs: number, person: Person) => {
  const device = await openid.initiateDeviceAuthorization(config, { scope: SCOPE })
  await pause(delayMs)
  const question = await person.open(`/device?user_code=${device.user_code}`)
  const tappedAt = performance.now()
  await person.decide(question, 'allow')
  const { device_code } = device
  await openid.genericGrantRequest(config, DEVICE_CODE_GRANT, { device_code })
  return { latencyMs: performance.now() - tappedAt }
}

type SignIn = (person: Person, delayMs: number) => Promise<{ readonly latencyMs: number }>

/**
 * Twenty sign-ins, four at a time, approved between `fromMs` and `untilMs` after the code was shown:
 * at a random moment of each twentieth of that time, so that luck does not move the mean.
 */
const signInOften = async (
  doSignIn: SignIn,
  persons: readonly Person[],
  [fromMs, untilMs]: readonly [number, number],
) => {
  const latencies: number[] = []
  let begun = 0
  const signInWhileThereAre = async (person: Person) => {
    while (begun < SIGN_INS) {
      const moment = (begun + Math.random()) / SIGN_INS
      begun += 1
      latencies.push((await doSignIn(person, fromMs + moment * (untilMs - fromMs))).latencyMs)
    }
  }
  await Promise.all(persons.map(signInWhileThereAre))
  const sorted = latencies.toSorted((a, b) => a - b)
  return {
    mean: latencies.reduce((sum, latency) => sum + latency, 0) / latencies.length,
    median: sorted[Math.floor(sorted.length / 2)] ?? Infinity,
    longest: sorted.at(-1) ?? Infinity,
  }
}

type Timing = Awaited<ReturnType<typeof signInOften>>

const inWords = ({ mean, median, longest }: Timing): string =>
  `mean ${mean.toFixed(0)}, median ${median.toFixed(0)}, longest ${longest.toFixed(0)} ms`

/** One way to sign in and its control, at the same time: what slows one down does so to the other. */
const compare = async (
  what: string,
  way: SignIn,
  control: SignIn,
  span: readonly [number, number],
): Promise<readonly [Timing, Timing]> => {
  const timings = await Promise.all([
    signInOften(way, people.slice(0, LANES), span),
    signInOften(control, people.slice(LANES), span),
  ])
  console.warn(`approval to token, ${what}: ${timings.map(inWords).join('; control: ')}`)
  return timings
}

describe('openid-client', () => {
  it.concurrent('LP-1 signs in, reads the ID token and the claims', async () => {
    const config = await discover('default-tv', { origin: proxy.origin })
    const tokens = await signInLater(config, judge)
    expect(tokens.scope).toBe(SCOPE)
    const subject = tokens.claims()?.sub ?? ''
    const claims = await openid.fetchUserInfo(config, tokens.access_token, subject)
    expect(claims).toMatchObject({ name: 'Judge Judy', email: 'judge@example.com' })
  })

  it.concurrent.each([
    [ODD_ID, openid.ClientSecretBasic(SECRET)],
    ['default-post', openid.ClientSecretPost(SECRET)],
  ])('LP-1 signs in as a confidential client: %s', async (clientId, authentication) => {
    const config = await discover(clientId, { authentication, origin: proxy.origin })
    const tokens = await signInLater(config, nextPerson())
    expect(tokens.access_token).not.toBe('')
  })

  it.concurrent('refreshes, introspects and revokes', async () => {
    const authentication = openid.ClientSecretBasic(SECRET)
    const config = await discover(ODD_ID, { authentication, origin: proxy.origin })
    const scope = 'openid offline_access library:read'
    const first = await signInLater(config, nextPerson(), scope)
    const second = await openid.refreshTokenGrant(config, first.refresh_token ?? '')
    expect(second.refresh_token).not.toBe(first.refresh_token)
    const seen = await openid.tokenIntrospection(config, second.access_token)
    expect(seen).toMatchObject({ active: true, client_id: ODD_ID, token_type: 'Bearer' })
    await openid.tokenRevocation(config, second.refresh_token ?? '')
    expect(await openid.tokenIntrospection(config, second.access_token)).toEqual({ active: false })
    const dead = openid.refreshTokenGrant(config, second.refresh_token ?? '')
    await expect(dead).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it.concurrent('is told that the person denied', async () => {
    const config = await discover('default-tv', { origin: proxy.origin })
    const device = await openid.initiateDeviceAuthorization(config, { scope: SCOPE })
    const person = nextPerson()
    const decline = async () => {
      await proxy.untilPending(device.device_code, HOLDS)
      const question = await person.open(`/device?user_code=${device.user_code}`)
      expect((await person.decide(question, 'deny')).html).toContain('Nothing was shared')
    }
    const polled = openid.pollDeviceAuthorizationGrant(config, device)
    await Promise.all([expect(polled).rejects.toMatchObject({ error: 'access_denied' }), decline()])
  })

  it('has its tokens long before a device that polls every five seconds, each time', async () => {
    const held = await discover('demo-tv')
    const polled = await discover('patient-tv')
    const [ours, control] = await compare(
      'plain',
      (person, delayMs) => signIn(held, delayMs, person),
      (person, delayMs) => signIn(polled, delayMs, person),
      [200, 6200],
    )
    expect(ours.mean / control.mean).toBeLessThan(1 / 3)
    expect(ours.longest / control.longest).toBeLessThan(1 / 2)
  })

  it('has its tokens at once if it prefers to wait', async () => {
    const waiting = await discover('demo-tv', { waitSeconds: 25 })
    const plain = await discover('tv')
    const [ours, control] = await compare(
      'wait=25',
      (person, delayMs) => signIn(waiting, delayMs, person),
      (person, delayMs) => signInAtOnce(plain, delayMs, person),
      // openid-client sends its first poll after a second.
      [1200, 3200],
    )
    expect(ours.median / control.median).toBeLessThan(2)
  })
})

describe('oauth4webapi', () => {
  const insecure = { [oauth.allowInsecureRequests]: true }

  it('LP-1 signs in with PKCE, and verifies the access token as a resource server', async () => {
    const issuer = new URL(proxy.origin)
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' }),
    )
    const client: oauth.Client = { client_id: 'default-tv' }
    const verifier = oauth.generateRandomCodeVerifier()
    const started = await oauth.deviceAuthorizationRequest(
      as,
      client,
      oauth.None(),
      {
        scope: SCOPE,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      },
      insecure,
    )
    const device = await oauth.processDeviceAuthorizationResponse(as, client, started)
    const poll = async () => {
      await pause(device.interval === undefined ? 5000 : device.interval * 1000)
      const answer = await oauth.deviceCodeGrantRequest(
        as,
        client,
        oauth.None(),
        device.device_code,
        { ...insecure, additionalParameters: { code_verifier: verifier } },
      )
      return oauth.processDeviceCodeResponse(as, client, answer)
    }
    // It leaves the waiting to its user.
    for (let heard = 0; heard < HOLDS; heard += 1)
      await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' })
    await allow(device.user_code)
    const tokens = await poll()
    const request = new Request(`${proxy.origin}/films`, {
      headers: { Authorization: `Bearer ${tokens.access_token}` },
    })
    const claims = await oauth.validateJwtAccessToken(as, request, proxy.origin, insecure)
    expect(claims).toMatchObject({ client_id: 'default-tv', scope: SCOPE })
    const subject = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? ''
    expect(claims.sub).toBe(subject)
    const userinfo = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
    expect(await oauth.processUserInfoResponse(as, client, subject, userinfo)).toMatchObject({
      name: 'Judge Judy',
    })
  })
})
