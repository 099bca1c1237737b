// The description at /openapi.json: that it is what the schemas give, that it leaves no endpoint out,
// and that the endpoints answer as it says.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as z from 'zod/mini'
import { approvalRoutes } from '../src/approval/routes.ts'
import { parseConfig } from '../src/config/config.ts'
import { DEMO } from '../src/demo/worker/client.ts'
import { KNOWN_PARAMETERS } from '../src/http/protocol.ts'
import { oauthRoutes } from '../src/oauth/routes.ts'
import committed from '../src/assets/openapi.json'
import { openApiDocument } from '../src/openapi/document.ts'
import { FORMS } from '../src/openapi/parameters.ts'
import * as responses from '../src/openapi/responses.ts'
import { sha256 } from '../src/crypto.ts'
import { ApprovalApp } from './support/approval-app.ts'
import { answerOf, startDevice } from './support/device.ts'
import { connectInternet } from './support/internet.ts'
import { ISSUER, SECRET, TEST_VARS } from './support/settings.ts'
import { askUserinfo, connectDevice } from './support/tokens.ts'
import { TrustedIssuer } from './support/trusted-issuer.ts'
import { formRequest, freshAddress, url, workerWith } from './support/worker.ts'

const TOKEN = 'the-initial-access-token'
const acme = new TrustedIssuer()
const vars = {
  ...TEST_VARS,
  APPROVAL_ISSUERS: [acme.entry()],
  REGISTRATION_TOKEN_SHA256: Buffer.from(sha256(TOKEN), 'base64url').toString('hex'),
}
const fetch = workerWith(vars)

beforeEach(() => void connectInternet())
afterEach(() => vi.restoreAllMocks())

const sorted = (list: readonly string[]) =>
  [...new Set(list)].toSorted((a, b) => a.localeCompare(b))

describe('the description', () => {
  it('AP-17 is generated from the schemas by `npm run openapi`', () => {
    expect(committed).toStrictEqual(JSON.parse(JSON.stringify(openApiDocument())))
  })

  it('AP-17 is served with the address of this server', async () => {
    for (const [by, issuer] of [
      [fetch, ISSUER],
      [workerWith({ ...vars, ISSUER: `${ISSUER}/t1` }), `${ISSUER}/t1`],
    ] as const) {
      const request = new Request(`${issuer}/openapi.json`)
      const { status, headers, body } = await answerOf(await by(request))
      expect([status, headers.get('Content-Type')]).toStrictEqual([200, 'application/json'])
      expect(body).toStrictEqual({ ...committed, servers: [{ url: issuer }] })
    }
  })

  it('AP-17 has exactly the JSON endpoints and their methods', async () => {
    const config = parseConfig(vars, DEMO)
    const routes = [...oauthRoutes(config).routes, ...approvalRoutes(config).routes]
    const served: string[] = []
    for (const path of new Set(routes.map((route) => route.path))) {
      if (path.includes('/qr/') || path.endsWith('*')) continue
      const refusal = await fetch(new Request(url(path), { method: 'PROPFIND' }))
      const methods = refusal.headers.get('Allow')?.split(', ') ?? []
      const name = path.replace(':clientId', '{client_id}').replace(':userCode', '{user_code}')
      for (const method of methods.filter((one) => one !== 'OPTIONS'))
        served.push(`${method.toLowerCase()} ${name}`)
    }
    const described = Object.entries(committed.paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((member) => member !== 'parameters')
        .map((method) => `${method} ${path}`),
    )
    expect(described.length).toBeGreaterThan(10)
    expect(sorted(described)).toStrictEqual(sorted(served))
  })

  it('AP-17 has every parameter of every form', () => {
    const all = Object.values(FORMS).flatMap(({ required, optional }) => [...required, ...optional])
    expect(sorted(all)).toStrictEqual(sorted(KNOWN_PARAMETERS))
  })

  it('AP-17 has no dangling reference and no unused definition', () => {
    const names = [...JSON.stringify(committed).matchAll(/"#\/components\/schemas\/(\w+)"/g)]
    expect(sorted(names.map(([, name = '']) => name))).toStrictEqual(
      sorted(Object.keys(committed.components.schemas)),
    )
  })
})

/** Parsing leaves out what the schema does not have. */
const isDescribedBy = (schema: z.ZodMiniType, body: unknown): void => {
  const parsed = schema.safeParse(body)
  expect(parsed.error?.issues).toBeUndefined()
  expect(parsed.data).toStrictEqual(body)
}

const send = (path: string, init: RequestInit = {}) =>
  fetch(
    new Request(url(path), {
      ...init,
      headers: { 'CF-Connecting-IP': freshAddress(), ...(init.headers as object) },
    }),
  ).then(answerOf)

describe('answers', () => {
  it('AP-17 of the device and token endpoints are as described', async () => {
    const device = await startDevice('tv', { fetch })
    isDescribedBy(responses.deviceAuthorizationResponse, device.answer)
    isDescribedBy(responses.errorResponse, (await device.poll()).body)
    isDescribedBy(responses.errorResponse, (await device.poll()).body)
    const { tokens } = await connectDevice('tv', { fetch })
    isDescribedBy(responses.tokenResponse, tokens)
    isDescribedBy(
      responses.userinfoResponse,
      (await askUserinfo(tokens.access_token, { fetch })).body,
    )
    const credentials = { client_id: 'basic', client_secret: SECRET }
    const basic = await connectDevice('basic', {
      fetch,
      fields: credentials,
      poll: credentials,
    })
    for (const token of [basic.tokens.access_token, basic.tokens.refresh_token, 'nothing']) {
      const request = formRequest('/introspect', { ...credentials, token })
      const { status, body } = await answerOf(await fetch(request))
      expect([status, body.active]).toStrictEqual([200, token !== 'nothing'])
      isDescribedBy(responses.introspectionResponse, body)
    }
  })

  it('AP-17 of the public documents are as described', async () => {
    isDescribedBy(responses.keySet, (await send('/jwks.json')).body)
    for (const name of ['oauth-authorization-server', 'openid-configuration'])
      isDescribedBy(responses.serverMetadata, (await send(`/.well-known/${name}`)).body)
  })

  it('AP-17 of registration are as described', async () => {
    const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' }
    const body = JSON.stringify({
      client_name: 'Kitchen radio',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    })
    const registered = await send('/register', { method: 'POST', headers, body })
    expect(registered.status).toBe(201)
    isDescribedBy(responses.registrationResponse, registered.body)
    const { client_id: id, registration_access_token: token } = registered.body
    const read = await send(`/register/${id}`, { headers: { Authorization: `Bearer ${token}` } })
    isDescribedBy(responses.registrationResponse, read.body)
    const refused = await send('/register', { method: 'POST', headers, body: '[]' })
    isDescribedBy(responses.errorResponse, refused.body)
  })

  it('AP-17 of the approval API are as described', async () => {
    const app = new ApprovalApp(fetch, `Bearer ${await acme.token('ada')}`)
    const device = await startDevice('tv', { fetch })
    isDescribedBy(responses.reviewResponse, (await app.review(device.userCode)).body)
    const answers = []
    for (const decision of ['perhaps', 'approve', 'approve'])
      answers.push(await app.decide(device.userCode, { decision }))
    expect(answers.map(({ status }) => status)).toStrictEqual([400, 200, 409])
    const [unknown, taken, again] = answers
    isDescribedBy(responses.decisionResponse, taken?.body)
    for (const refusal of [unknown, again]) isDescribedBy(responses.errorResponse, refusal?.body)
    isDescribedBy(responses.reviewResponse, (await app.review(device.userCode)).body)
  })
})
