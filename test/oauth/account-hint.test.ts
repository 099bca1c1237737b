// A device names its account (OpenID Connect Core §3.1.2.1), and learns nothing by it.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { SignJWT, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { DAY, MINUTE } from '../../src/durations.ts'
import { keyringOf } from '../../src/objects/index.ts'
import { type Answer, answerOf } from '../support/device.ts'
import {
  PUSH_VARS,
  Resident,
  Subscription,
  idTokenOf,
  pushWorker,
  start,
} from '../support/household.ts'
import { connectInternet } from '../support/internet.ts'
import { TURKU } from '../support/places.ts'
import { ISSUER, SECRET, TEST_VARS } from '../support/settings.ts'
import { connectDevice } from '../support/tokens.ts'
import { type Fetch, formRequest, worker, workerWith, sentFrom } from '../support/worker.ts'

type Fields = Readonly<Record<string, string>>

const SECRET_HEADERS = {
  Authorization: `Basic ${btoa(`basic:${encodeURIComponent(SECRET)}`)}`,
}

beforeEach(() => void connectInternet())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const ask = async (
  fields: Fields | string,
  clientId = 'tv',
  fetch: Fetch = pushWorker,
): Promise<Answer> => {
  const form = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString()
  const request = formRequest('/device_authorization', `client_id=${clientId}&${form}`)
  return answerOf(await sentFrom({ network: TURKU }, fetch)(request))
}

const household = async () => {
  const resident = await Resident.join()
  const subscription = await new Subscription().add(resident.browser)
  return { resident, host: subscription.host }
}

const withClaims = (token: string, claims: object): string => {
  const [header, payload = '', signature] = token.split('.')
  const all = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...claims }
  return [header, Buffer.from(JSON.stringify(all)).toString('base64url'), signature].join('.')
}

/** A token with the claims of ours, signed with a key that is not. */
const forge = async (kid: string, claims: object): Promise<string> => {
  const { privateKey } = await generateKeyPair('ES256')
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
    .sign(privateKey)
}

describe('a malformed hint', () => {
  const everybody = ['tv', 'mail-tv', 'quiet-tv']

  it.each<[string, Fields | string, readonly string[]]>([
    ['a text that is not a JWT', { id_token_hint: 'somebody' }, ['tv', 'mail-tv']],
    ['a JWT without a signature', { id_token_hint: 'e30.e30.' }, ['tv', 'mail-tv']],
    ['an encrypted one', { id_token_hint: 'e30.e30.e30.e30.e30' }, ['tv', 'mail-tv']],
    ['a very long one', { id_token_hint: `${'x'.repeat(4093)}.x.x` }, ['tv', 'mail-tv']],
    ['a very long address', { login_hint: `${'x'.repeat(243)}@example.com` }, ['mail-tv']],
    ['two ID tokens', 'id_token_hint=a.b.c&id_token_hint=a.b.c', everybody],
    ['two addresses', 'login_hint=a@example.com&login_hint=b@example.com', everybody],
  ])(
    'is refused if its client may name accounts, and ignored otherwise: %s',
    async (_, fields, refused) => {
      for (const client of everybody) {
        const { status, body } = await ask(fields, client)
        const expected = refused.includes(client) ? [400, 'invalid_request'] : [200, undefined]
        expect([status, body.error], client).toStrictEqual(expected)
      }
    },
  )

  it('is ignored while PUSH is off', async () => {
    const { status } = await ask({ id_token_hint: 'somebody' }, 'tv', worker)
    expect(status).toBe(200)
  })
})

describe('an invalid ID token sends no prompt', () => {
  const tokens: readonly [string, (resident: Resident) => Promise<string>][] = [
    ['of another client', (resident) => idTokenOf(resident, 'other-tv')],
    [
      'of another issuer',
      (resident) =>
        idTokenOf(resident, 'tv', workerWith({ ...PUSH_VARS, ISSUER: 'https://other.test' })),
    ],
    ['of another person', async () => idTokenOf(await Resident.join())],
    [
      'with changed claims',
      async (resident) =>
        withClaims(await idTokenOf(await Resident.join()), { sub: resident.subject }),
    ],
    [
      'signed by another key',
      async (resident) => {
        const keys = await keyringOf(env).keys()
        const { kid = '' } = keys.find(({ alg }) => alg === 'ES256') ?? {}
        const iat = Math.floor(Date.now() / 1000)
        return forge(kid, { iss: ISSUER, sub: resident.subject, aud: 'tv', iat, exp: iat + 600 })
      },
    ],
    ['with an unknown key', (resident) => forge('no such key', { sub: resident.subject })],
    [
      'that is an access token',
      async ({ subject }) => {
        const { tokens: issued } = await connectDevice('tv', {
          approval: { subject },
          fields: { scope: 'library:read' },
          fetch: pushWorker,
        })
        return issued.access_token
      },
    ],
  ]

  it.each(tokens)('%s', async (_, tokenFor) => {
    const { resident, host } = await household()
    const { status } = await ask({ id_token_hint: await tokenFor(resident) })
    expect(status).toBe(200)
    expect(host.asked).toBe(0)
    await start({ id_token_hint: await idTokenOf(resident) })
    expect(host.asked, 'and a good one is one').toBe(1)
  })
})

it('an access token names no account, not even to a client in its audience', async () => {
  const { resident, host } = await household()
  const { tokens } = await connectDevice(ISSUER, {
    approval: { subject: resident.subject },
    fields: { scope: 'openid', resource: ISSUER },
    fetch: pushWorker,
  })
  await start({ id_token_hint: tokens.access_token }, { clientId: ISSUER })
  expect(host.asked).toBe(0)
  await start({ id_token_hint: tokens.id_token }, { clientId: ISSUER })
  expect(host.asked).toBe(1)
})

describe('an ID token', () => {
  it.each(['tv', 'es256-tv', 'mail-tv', 'basic'])('of %s names its account', async (clientId) => {
    const { resident, host } = await household()
    const secret: Fields = clientId === 'basic' ? SECRET_HEADERS : {}
    const device = await connectDevice(clientId, {
      approval: { subject: resident.subject },
      headers: secret,
      fetch: pushWorker,
    })
    const form = formRequest(
      '/device_authorization',
      { client_id: clientId, id_token_hint: device.tokens.id_token },
      secret,
    )
    expect((await sentFrom({ network: TURKU }, pushWorker)(form)).status).toBe(200)
    expect(host.asked).toBe(1)
  })

  it('of a client without push names no account', async () => {
    const { resident, host } = await household()
    const token = await idTokenOf(resident, 'quiet-tv')
    await start({ id_token_hint: token }, { clientId: 'quiet-tv' })
    expect(host.asked).toBe(0)
  })

  // Keys sign for a month, and are published for three hours more.
  it.each([
    [11 * MINUTE, 1],
    [100 * DAY, 1],
    [399 * DAY, 1],
    [401 * DAY, 0],
  ])('that is %i ms old names its account %i times', async (ageMs, times) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const resident = await Resident.join()
    const token = await idTokenOf(resident)
    const issuedAtMs = Date.now()
    // As the alarm does it, month by month.
    for (let day = 29; day * DAY < ageMs; day += 30) {
      vi.setSystemTime(issuedAtMs + day * DAY)
      await keyringOf(env).keys()
    }
    vi.setSystemTime(issuedAtMs + ageMs)
    await keyringOf(env).keys()
    const browser = await resident.elsewhere()
    const { host } = await new Subscription().add(browser)
    await start({ id_token_hint: token })
    expect(host.asked).toBe(times)
  })
})

describe('an address', () => {
  it.each([
    ['mail-tv', 1],
    ['tv', 0],
    ['quiet-tv', 0],
  ])('names an account if the client may use addresses: %s, %i times', async (clientId, times) => {
    const { resident, host } = await household()
    await start({ login_hint: resident.email }, { clientId })
    expect(host.asked).toBe(times)
  })

  it('is found in any spelling', async () => {
    const { resident, host } = await household()
    await start({ login_hint: ` ${resident.email.toUpperCase()} ` }, { clientId: 'mail-tv' })
    expect(host.asked).toBe(1)
  })

  it('names no account without built-in accounts', async () => {
    const { resident, host } = await household()
    const provider = {
      id: 'acme',
      name: 'Acme',
      issuer: 'https://acme.example',
      client_id: 'antenna',
    }
    const fetch = workerWith({
      ...PUSH_VARS,
      BUILT_IN_ACCOUNTS: 'off',
      IDENTITY_PROVIDERS: [provider],
    })
    await start({ login_hint: resident.email }, { clientId: 'mail-tv', fetch })
    expect(host.asked).toBe(0)
  })

  it('gives way to an ID token in the same request', async () => {
    const { host: byToken, resident: one } = await household()
    const { host: byAddress, resident: other } = await household()
    const both = { id_token_hint: await idTokenOf(one, 'mail-tv'), login_hint: other.email }
    await start(both, { clientId: 'mail-tv' })
    expect([byToken.asked, byAddress.asked]).toStrictEqual([1, 0])
  })
})

const shapeOf = ({ status, headers, body }: Answer) => ({
  status,
  headers: Object.fromEntries(headers),
  members: Object.entries(body).map(([name, value]) => [name, String(value).length]),
})

describe('the answer', () => {
  it('is the same with and without an account or a prompt', async () => {
    const { resident, host } = await household()
    const plain = shapeOf(await ask({}, 'mail-tv'))
    const hints: Fields[] = [
      { login_hint: resident.email },
      { login_hint: 'nobody@example.com' },
      { login_hint: 'no address' },
      { id_token_hint: await idTokenOf(resident, 'mail-tv') },
      { id_token_hint: 'a.b.c' },
    ]
    for (const hint of hints) expect(shapeOf(await ask(hint, 'mail-tv'))).toStrictEqual(plain)
    expect(host.asked).toBe(2)
  })

  it('does not wait for the prompt', async () => {
    const { resident, host } = await household()
    let isAnswered = false
    let wasAnswered: boolean | undefined
    host.answer = () => {
      wasAnswered = isAnswered
      return new Response(null, { status: 201 })
    }
    const context = createExecutionContext()
    const app = createApp(parseConfig({ ...TEST_VARS, ...PUSH_VARS }, DEMO))
    const fields = { client_id: 'mail-tv', login_hint: resident.email }
    const request = new Request(formRequest('/device_authorization', fields), { cf: { ...TURKU } })
    expect((await app.fetch(request, env, context)).status).toBe(200)
    isAnswered = true
    await waitOnExecutionContext(context)
    expect(wasAnswered).toBe(true)
  })
})
