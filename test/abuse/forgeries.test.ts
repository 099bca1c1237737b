// Every structured value that a stranger can make up: how it is authenticated, and that a well-formed
// forgery of it starts no object. Where that is inherent, because people type it, limited-forgeries.test.ts
// says which limit bounds it.
import { env } from 'cloudflare:workers'
import { generateKeyPair } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { randomBytes, sha256 } from '../../src/crypto.ts'
import { MINUTE } from '../../src/durations.ts'
import { mintClientId } from '../../src/tokens/client-id.ts'
import { issueNonce } from '../../src/http/dpop-nonce.ts'
import { accountOf } from '../../src/objects/index.ts'
import { costOf, countedWith, startCounting } from '../support/cost.ts'
import { newKeyHolder } from '../support/dpop.ts'
import { as } from '../support/grants.ts'
import { PUSH_VARS } from '../support/household.ts'
import { connectInternet } from '../support/internet.ts'
import { asKeyClient } from '../support/key-client.ts'
import { attemptCookie, resultCookie } from '../support/visitor.ts'
import { REGISTRATION } from '../support/registration.ts'
import { STRANGERS_SECRET, formRequest, serverSecret, url } from '../support/worker.ts'
import { Stranger, get, heardIn, open, poll, refresh, send, start } from './support/stranger.ts'
import { named } from '../support/named.ts'

type Forge = () => Request | Promise<Request>

const fetch = countedWith({
  ...PUSH_VARS,
  ...REGISTRATION,
  CLIENT_ID_METADATA_DOCUMENTS: 'on',
  IDENTITY_PROVIDERS: [
    { id: 'acme', name: 'Acme', issuer: 'https://acme.example', client_id: 'antenna' },
  ],
})

let by: Stranger

beforeAll(async () => {
  by = await Stranger.arrive()
  await startCounting()
})
beforeEach(async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  connectInternet()
  await by.look()
})
afterEach(() => void vi.restoreAllMocks())

const noncedProof = async (nonce: string) => (await newKeyHolder()).proof({ claims: { nonce } })

/** value, how it is authenticated, a forgery, what it is answered. */
const STARTS_NOTHING: [value: string, by: string, forge: Forge, answer: number | string][] = [
  [
    'device_code of a live code',
    'a seal',
    () => poll(by.forgedDeviceCode(MINUTE)),
    'invalid_grant',
  ],
  ['device_code, run out', 'a seal', () => poll(by.forgedDeviceCode(-MINUTE)), 'invalid_grant'],
  ['device_code, long run out', 'a seal', () => poll(by.forgedDeviceCode(-1e8)), 'invalid_grant'],
  ['refresh token', 'a seal', async () => refresh(await by.forgedRefreshToken()), 'invalid_grant'],
  [
    'refresh token, revoked',
    'a seal',
    async () => formRequest('/revoke', { client_id: 'tv', token: await by.forgedRefreshToken() }),
    200,
  ],
  [
    'refresh token, introspected',
    'a seal',
    async () => formRequest('/introspect', { ...as('post'), token: await by.forgedRefreshToken() }),
    200,
  ],
  [
    'access token',
    'a signature of ours',
    async () => get('/userinfo', { Authorization: `Bearer ${await by.forgedAccessToken()}` }),
    'invalid_token',
  ],
  [
    'access token, revoked',
    'a signature of ours',
    async () => formRequest('/revoke', { client_id: 'tv', token: await by.forgedAccessToken() }),
    200,
  ],
  [
    'access token, introspected',
    'a signature of ours',
    async () => formRequest('/introspect', { ...as('post'), token: await by.forgedAccessToken() }),
    200,
  ],
  [
    'access token that decides, and a user code in the path',
    'a signature of ours, or of an approval issuer',
    async () =>
      get(`/device/authorizations/${by.waiting}`, {
        Authorization: `Bearer ${await by.forgedAccessToken()}`,
      }),
    'invalid_token',
  ],
  [
    'user code in the path of the API',
    'the token beside it',
    () => get(`/device/authorizations/${by.waiting}`),
    401,
  ],
  ...['/device/sign-in', '/devices', '/device/confirm', '/device/result'].map(
    (path): [string, string, Forge, number] => [
      `session cookie, at ${path}`,
      'a seal',
      async () => {
        const result = resultCookie(await serverSecret(), { userCode: by.waiting })
        return open(path, { ...by.forgedSession(), user_code: by.waiting, result })
      },
      path === '/device/sign-in' || path === '/device/result' ? 200 : 303,
    ],
  ),
  [
    'session cookie, signed out',
    'a seal',
    () => send('/device/sign-out', {}, by.forgedSession()),
    303,
  ],
  [
    'passkey challenge',
    'a seal for one browser and purpose',
    () => by.signInWith(by.forgedChallenge()),
    403,
  ],
  [
    'passkey challenge of another browser',
    'a seal for one browser and purpose',
    async () => {
      const challenge = await by.challenge()
      by.visit = { visit: 'B'.repeat(43) }
      return by.signInWith(challenge)
    },
    403,
  ],
  [
    'userHandle of a passkey',
    'the platform, which seals ids',
    async () => by.signInWith(await by.challenge(), { subject: named('ab'.repeat(32)) }),
    403,
  ],
  [
    'DPoP nonce',
    'a seal',
    async () =>
      poll('nosuch', {
        DPoP: await noncedProof(issueNonce(STRANGERS_SECRET, Date.now())),
      }),
    'use_dpop_nonce',
  ],
  [
    'client assertion',
    'a signature of the client',
    async () => {
      const { privateKey: key } = await generateKeyPair('ES256')
      return start({ ...(await asKeyClient({ key })), client_id: 'key-tv' })
    },
    'invalid_client',
  ],
  ['client_id', 'the list of clients', () => start({ client_id: 'nosuch' }), 'invalid_client'],
  [
    'client_id of a registered client',
    'a seal',
    () => start({ client_id: mintClientId(STRANGERS_SECRET) }),
    'invalid_client',
  ],
  [
    'client_id of a registered client, managed',
    'a seal',
    () => get(`/register/${mintClientId(STRANGERS_SECRET)}`, { Authorization: 'Bearer x' }),
    'invalid_token',
  ],
  [
    'registration token',
    'a digest in the settings',
    () =>
      new Request(url('/register'), {
        method: 'POST',
        body: '{}',
        headers: { 'Content-Type': 'application/json', Authorization: 'Bearer x' },
      }),
    'invalid_token',
  ],
  [
    'client_id that is an address',
    'what its host publishes',
    () => start({ client_id: 'https://nobody.example/client.json' }),
    'invalid_client',
  ],
  [
    'user code in a link',
    'nothing: it is kept in a cookie',
    () => get(`/device?user_code=${by.waiting}`),
    303,
  ],
  [
    'user code, typed',
    'nothing: it is kept in a cookie',
    () => send('/device', { user_code: by.waiting }, by.visit),
    303,
  ],
  [
    'user code in a cookie',
    'the session beside it',
    () => open('/device/confirm', { user_code: by.waiting }),
    303,
  ],
  [
    'user code of a page that waits',
    'the session beside it',
    () => send('/device/confirm/decision', { user_code: by.waiting }, by.visit),
    403,
  ],
  [
    'result, in its cookie and its form',
    'a seal',
    () => {
      const result = resultCookie(STRANGERS_SECRET, { userCode: by.waiting })
      const fields = { decision: 'not-me', sure: 'yes', result }
      return send('/device/result', fields, { ...by.visit, result })
    },
    303,
  ],
  [
    'endpoint and user code of a notification',
    'the session beside it',
    () =>
      send(
        '/devices/prompts/not-me',
        { user_code: by.waiting, endpoint: 'https://push.example/x' },
        by.forgedSession(),
      ),
    403,
  ],
  [
    'state of a sign-in at a provider',
    'the cookie of the attempt',
    async () => {
      const upstream_s = attemptCookie(await serverSecret(), 's')
      return open('/device/sign-in/at/acme/callback?code=x&state=other', {
        ...by.visit,
        upstream_s,
      })
    },
    403,
  ],
  [
    'cookie of an attempt at a provider',
    'a seal',
    () => {
      const upstream_s = attemptCookie(STRANGERS_SECRET, 's')
      return open('/device/sign-in/at/acme/callback?code=x&state=s', { ...by.visit, upstream_s })
    },
    403,
  ],
  [
    'form token',
    'the digest of a cookie',
    () => send('/device/sign-in', { csrf: 'A'.repeat(43), email: 'a@example.com' }, by.visit),
    403,
  ],
  [
    'user code in the path of a picture',
    'nothing: it is drawn',
    () => get('/device/qr/BCDF-BCDF.svg'),
    200,
  ],
]

describe('a made-up value starts no object:', () => {
  it.each(STARTS_NOTHING)('%s (authenticated by %s)', async (_value, _by, forge, answer) => {
    const request = await forge()
    let heard: readonly (number | string)[] = []
    const cost = await costOf(async () => {
      heard = await heardIn(await fetch(request))
    })
    expect(heard).toContain(answer)
    expect(cost).toMatchObject({ objects: 0, writes: 0, alarms: 0 })
  })

  it('the id of a person: the platform accepts only ids that it issued', async () => {
    for (let tried = 0; tried < 1000; tried += 1)
      expect(accountOf(env, Buffer.from(randomBytes(32)).toString('hex'))).toBeUndefined()
    const { subject } = by.victim
    for (let at = 0; at < subject.length; at += 1) {
      const other = subject[at] === '0' ? '1' : '0'
      expect(
        accountOf(env, named(subject.slice(0, at) + other + subject.slice(at + 1))),
      ).toBeUndefined()
    }
    const otherKind = env.LOGIN.newUniqueId().toString()
    expect(accountOf(env, named(otherKind)), 'of another kind of object').toBeUndefined()
    expect(accountOf(env, subject)).toBeDefined()
  })
})

it('a forged code gets exactly the answer of an unknown one', async () => {
  const answers = await Promise.all(
    [by.forgedDeviceCode(MINUTE), by.forgedDeviceCode(-MINUTE), 'nosuch', sha256('x')].map(
      async (code) => {
        const response = await fetch(poll(code))
        return [response.status, await response.text(), [...response.headers]]
      },
    ),
  )
  for (const answer of answers) expect(answer).toStrictEqual(answers[0])
})
