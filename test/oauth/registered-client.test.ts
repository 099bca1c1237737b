// A client that registered (RFC 7591), as a client: the whole flow, what people read of it, and what
// the operator decides meanwhile. Conformance RG-1, RG-3, CA-9, VP-16, XD-5.
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../src/config/client-settings.ts'
import { MINUTE } from '../../src/durations.ts'
import { mintClientId } from '../../src/tokens/client-id.ts'
import { clientRecordOf } from '../../src/objects/index.ts'
import { type Answer, startDevice } from '../support/device.ts'
import { introspect, refresh, refreshed } from '../support/grants.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { PUBLIC_KEYS } from '../support/key-pairs.ts'
import { Person } from '../support/person.ts'
import {
  RADIO,
  REGISTRATION,
  askForCode,
  connectRegistered,
  proofOf,
  register,
  registered,
  registrar,
} from '../support/registration.ts'
import {
  STRANGERS_SECRET,
  formRequest,
  freshAddress,
  serverSecret,
  workerWith,
} from '../support/worker.ts'
import { ISSUER } from '../support/settings.ts'
import { askUserinfo } from '../support/tokens.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** As it stands in a sentence, whichever way it is written (FIRST STRONG ISOLATE). */
const isolate = (name: string) => `\u2068${name}\u2069`

const keysElsewhere = new Host(() => Response.json(PUBLIC_KEYS))

describe('a registered client', () => {
  it.each<[string, object]>([
    ['is public', {}],
    ['has a secret for Basic', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['has a secret for the form', { token_endpoint_auth_method: 'client_secret_post' }],
    ['has keys', { token_endpoint_auth_method: 'private_key_jwt', jwks: PUBLIC_KEYS }],
    [
      'has keys elsewhere',
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: keysElsewhere.uri },
    ],
  ])('RG-1 that %s: completes the whole flow', async (_who, metadata) => {
    connectInternet()
    const client = await registered({ ...RADIO, ...metadata })
    const { tokens } = await connectRegistered(client)
    expect(tokens.scope).toBe('openid profile offline_access')
    expect((await askUserinfo(tokens.access_token, { fetch: registrar })).status).toBe(200)
    const seen = await introspect(tokens.access_token, { fetch: registrar })
    expect(seen).toMatchObject({ active: true, client_id: client.client_id })
    const { access_token: next } = await refreshed(tokens.refresh_token, {
      clientId: client.client_id,
      fields: await proofOf(client),
      fetch: registrar,
    })
    expect((await askUserinfo(next, { fetch: registrar })).status).toBe(200)
  })

  it('RG-1 with a secret can send it by Basic only, and must send it', async () => {
    const { client_id: id, client_secret: secret } = await registered({
      ...RADIO,
      application_type: 'web',
    })
    const headers = { Authorization: `Basic ${btoa(`${id}:${secret}`)}` }
    expect((await startDevice(id, { headers, fetch: registrar })).userCode).toBeTypeOf('string')
    const wrongs: Record<string, string>[] = [{}, { client_secret: `${secret}x` }]
    for (const wrong of wrongs) {
      const { status, body } = await askForCode({ client_id: id, ...wrong })
      expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
    }
  })

  it('RG-3 without grants can neither start nor refresh', async () => {
    const client = await registered({})
    expect(client.grant_types).toStrictEqual([])
    const answers = [
      await askForCode(await proofOf(client)),
      await refresh('x', {
        clientId: client.client_id,
        fields: await proofOf(client),
        fetch: registrar,
      }),
    ]
    for (const { status, body } of answers)
      expect([status, body.error]).toStrictEqual([400, 'unauthorized_client'])
  })

  it('RG-3 without the refresh grant gets no refresh token', async () => {
    const client = await registered({ ...RADIO, grant_types: [DEVICE_CODE_GRANT] })
    const { tokens } = await connectRegistered(client)
    expect(tokens.scope).toContain('offline_access')
    expect(tokens).not.toHaveProperty('refresh_token')
  })

  it('RG-1 has ID tokens and bound tokens as registered', async () => {
    const es256 = await registered({ ...RADIO, id_token_signed_response_alg: 'ES256' })
    const { tokens } = await connectRegistered(es256)
    const header = Buffer.from(tokens.id_token.split('.')[0], 'base64url').toString()
    expect(JSON.parse(header).alg).toBe('ES256')
    // DP-6
    const bound = await registered({ ...RADIO, dpop_bound_access_tokens: true })
    await expect(connectRegistered(bound)).rejects.toThrow(/^400 .*invalid_request/)
  })

  it.each([
    ['markup', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['an attribute', 'a" onclick="x()', 'a&quot; onclick=&quot;x()'],
    ['a right-to-left override', 'Radio \u202Eknab', 'Radio knab'],
    ['an isolate and line breaks', 'Kitchen\u2067\n\u0007 radio', 'Kitchen radio'],
    ['an overlong name', 'x'.repeat(1024), 'x'.repeat(64)],
  ])('VP-16 %s in client_name is shown as plain text', async (_what, name, shown) => {
    const html = await confirmPage(await registered({ ...RADIO, client_name: name }))
    expect(html).toContain(`<h1>Connect a device to ${isolate(shown)}?</h1>`)
    expect(html).not.toContain(name)
  })

  it('RG-1 without a name is shown by its id, and its client_uri is not shown', async () => {
    const client = await registered({
      grant_types: RADIO.grant_types,
      application_type: 'native',
      client_uri: 'https://somebody@radio.example:8443/about',
    })
    const html = await confirmPage(client)
    expect(html).toContain(`Connect a device to ${isolate(client.client_id)}?`)
    expect(html).not.toContain('radio.example')
  })
})

const confirmPage = async ({ client_id: clientId }: Answer['body']): Promise<string> => {
  const device = await startDevice(clientId, { fetch: registrar })
  const person = new Person(registrar, ISSUER, { 'CF-Connecting-IP': freshAddress() })
  await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
  return (await person.open(`/device?user_code=${device.userCode}`)).html
}

// An isolate may know a client for a minute (CLIENT_CACHE_MS).
const aMinuteLater = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + MINUTE })

const withScope = (scope: string) => workerWith({ ...REGISTRATION, UNLISTED_CLIENT_SCOPE: scope })

describe('when the operator gives unlisted clients', () => {
  it('XD-5 less scope, an earlier registration has less too', async () => {
    const client = await registered({ ...RADIO, scope: 'openid profile' })
    expect((await connectRegistered(client)).tokens.scope).toBe('openid profile')
    aMinuteLater()
    const narrow = await connectRegistered(client, { fetch: withScope('openid') })
    expect(narrow.tokens.scope).toBe('openid')
  })

  it.each<Record<string, string>>([{}, { scope: 'openid' }])(
    'XD-5 DA-10 none of its scope, an earlier registration can start nothing: requested %j',
    async (fields) => {
      const client = await registered({ ...RADIO, scope: 'openid' })
      const answer = await askForCode(
        { ...(await proofOf(client)), ...fields },
        withScope('profile'),
      )
      expect([answer.status, answer.body.error]).toStrictEqual([400, 'invalid_scope'])
    },
  )

  it('XD-5 more scope, an earlier registration keeps what it had', async () => {
    const { body: client } = await register(RADIO, { fetch: withScope('openid') })
    const { tokens } = await connectRegistered(client, { fetch: withScope('openid profile') })
    expect(tokens.scope).toBe('openid')
  })
})

it('RG-1 a listed client takes precedence over a registered one with the same id', async () => {
  const { client_id: clientId } = await registered()
  const listed = { client_id: clientId, client_name: 'Listed', scope: 'library:read' }
  const fetch = workerWith({ ...REGISTRATION, CLIENTS: [listed] })
  const { tokens } = await connectRegistered({ client_id: clientId }, { fetch })
  expect(tokens.scope).toBe('library:read')
})

it('RG-4 an isolate caches a client for a minute, a removed one too, but its tokens end at once', async () => {
  const client = await registered()
  const { tokens } = await connectRegistered(client)
  await clientRecordOf(env, client.client_id).remove()
  expect((await askForCode(await proofOf(client))).status).toBe(200)
  expect((await askUserinfo(tokens.access_token, { fetch: registrar })).status).toBe(401)
  expect(await introspect(tokens.access_token, { fetch: registrar })).toEqual({ active: false })
  aMinuteLater()
  const { status, body } = await askForCode(await proofOf(client))
  expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
})

describe('an unregistered id', () => {
  it.each([
    ['well formed', mintClientId(STRANGERS_SECRET)],
    ['too short', mintClientId(STRANGERS_SECRET).slice(0, -1)],
    ['too long', `${mintClientId(STRANGERS_SECRET)}A`],
    ['bare', 'registered-'],
    ['capital', mintClientId(STRANGERS_SECRET).toUpperCase()],
  ])('CA-1 (%s) is not a client', async (_how, clientId) => {
    const { status, headers, body } = await askForCode({ client_id: clientId })
    expect([status, body.error]).toStrictEqual([401, 'invalid_client'])
    expect(headers.get('WWW-Authenticate')).toMatch(/^Basic realm=/)
  })

  it('CA-9 that is tried repeatedly from one network is limited', async () => {
    const clientId = mintClientId(STRANGERS_SECRET)
    const headers = { 'CF-Connecting-IP': freshAddress() }
    // Twice the limit and more, because its minute may turn in between.
    const answers = await Promise.all(
      Array.from({ length: 82 }, async () =>
        registrar(formRequest('/device_authorization', { client_id: clientId }, headers)),
      ),
    )
    const limited = answers.filter(({ status }) => status === 429)
    expect(limited.length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status === 401).length).toBe(82 - limited.length)
    expect(Number(limited[0]?.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect((await askForCode({ client_id: clientId })).status, 'another network').toBe(401)
  })

  it('CA-9 starts no object once a network has tried too many ids', async () => {
    const [known, unknown] = [await registered(), await registered()]
    await connectRegistered(known)
    vi.spyOn(env.TOKEN_LIMIT, 'limit').mockResolvedValue({ success: false })
    const records = vi.spyOn(env.CLIENT_RECORD, 'getByName')
    for (const clientId of [mintClientId(await serverSecret()), unknown.client_id]) {
      const { status, body } = await askForCode({ client_id: clientId })
      expect([status, body.error]).toStrictEqual([429, 'temporarily_unavailable'])
    }
    expect(records).not.toHaveBeenCalled()
    for (const clientId of [known.client_id, 'tv'])
      expect((await askForCode({ client_id: clientId })).status).toBe(200)
  })
})
