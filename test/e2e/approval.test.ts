// The service's own app and the pages side by side, with a foreign identity provider: npm's
// oidc-provider, which issues the JWT access tokens of the app.
import { exec } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PHONE, startBrowser } from './support/browser.ts'
import { Person } from '../support/person.ts'
import { RECIFE, TURKU, at } from '../support/places.ts'
import { RemoteDevice } from './support/remote-device.ts'
import { type Server, startServer } from './support/server.ts'
import { TEST_VARS } from '../support/settings.ts'
import { UpstreamApp } from './support/upstream-app.ts'
import {
  type Member,
  UPSTREAM_APP,
  UPSTREAM_SECRETS,
  type UpstreamProvider,
  fetchWithin,
  startUpstreamProvider,
} from './support/upstream-provider.ts'

const HOUR_SECONDS = 3600

let server: Server
let acme: UpstreamProvider
/** A running provider that is not trusted. */
let globex: UpstreamProvider
let browser: Browser

beforeAll(async () => {
  ;[acme, globex] = await Promise.all([startUpstreamProvider(), startUpstreamProvider()])
  const { SCOPES, CLIENTS } = TEST_VARS
  ;[server, browser] = await Promise.all([
    startServer({
      ...UPSTREAM_SECRETS,
      SCOPES,
      CLIENTS,
      IDENTITY_PROVIDERS: [acme.entry('acme', 'Acme')],
      APPROVAL_ISSUERS: [{ issuer: acme.issuer, audience: UPSTREAM_APP.resource }],
    }),
    startBrowser(),
  ])
  acme.serve(server.origin)
  globex.serve(server.origin)
})
afterAll(async () => {
  acme.close()
  globex.close()
  await Promise.all([server.close(), browser.close()])
})

let members = 0
const newMember = (): Member => {
  members += 1
  return { name: `Member ${members} of Acme`, email: `member${members}@example.com` }
}

const signInByBrowser = async (member: Member): Promise<Person> => {
  const send = fetchWithin(server.origin)
  const visitor = new Person(send, server.origin, at(TURKU))
  const leaving = await visitor.open('/device/sign-in/at/acme')
  const back = await acme.signIn(leaving.url, member)
  await visitor.open(back.href)
  return visitor
}

const subjectOf = (accessToken: string) => decodeJwt(accessToken).sub

describe('an app of the service', () => {
  it('AP-3 shares one account and one list of devices with the browser', async () => {
    const member = newMember()
    const visitor = await signInByBrowser(member)
    const first = await RemoteDevice.start(server.origin, { name: 'Kitchen TV' })
    await visitor.decide(await visitor.open(`/device?user_code=${first.userCode}`), 'allow')

    const app = await UpstreamApp.signIn(acme, server.origin, member)
    expect(decodeProtectedHeader(app.accessToken)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' })
    const second = await RemoteDevice.start(server.origin, { name: 'Bedroom TV' })
    const question = await app.review(second.userCode)
    expect(question.body).toMatchObject({
      status: 'pending',
      client: { client_id: 'tv' },
      device: { name: 'Bedroom TV' },
    })
    const answer = await app.decide(second.userCode, { decision: 'approve' })
    expect([answer.status, answer.body]).toStrictEqual([200, { status: 'approved' }])

    const [kitchen, bedroom] = [await first.collect(), await second.collect()]
    expect(subjectOf(bedroom.access_token)).toBe(subjectOf(kitchen.access_token))
    // The claims from the browser were not overwritten by the token.
    const page = await browser.newContext(PHONE).then((context) => context.newPage())
    await page
      .context()
      .addCookies(
        [...visitor.cookies].map(([name, value]) => ({ name, value, url: server.origin })),
      )
    await page.goto(`${server.origin}/devices`)
    for (const name of ['Kitchen TV', 'Bedroom TV', member.name])
      await page.getByText(name).first().waitFor()
    await page.context().close()
  })

  it('AP-3 can create the account before the first sign-in by browser', async () => {
    const member = newMember()
    const app = await UpstreamApp.signIn(acme, server.origin, member)
    const device = await RemoteDevice.start(server.origin, { name: 'Den TV' })
    expect((await app.decide(device.userCode, { decision: 'approve' })).status).toBe(200)
    await device.collect()
    const visitor = await signInByBrowser(member)
    const { html } = await visitor.open('/devices')
    expect(html).toContain('Den TV')
    expect(html).toContain(member.name)
  })

  it('AP-9 binds its token to a key of its own, as openid-client does', async () => {
    const app = await UpstreamApp.signIn(acme, server.origin, newMember(), { isBound: true })
    expect(decodeJwt(app.accessToken)['cnf']).toHaveProperty('jkt')
    const device = await RemoteDevice.start(server.origin)
    // Told the nonce in between.
    expect((await app.review(device.userCode)).status).toBe(200)
    expect((await app.decide(device.userCode, { decision: 'approve' })).status).toBe(200)
    await device.collect()
    const stolen = await fetch(`${server.origin}/device/authorizations/${device.userCode}`, {
      headers: { Authorization: `Bearer ${app.accessToken}` },
    })
    expect(stolen.status).toBe(401)
  })

  it('AP-4 far from the device has the code entered, as on the page', async () => {
    const app = await UpstreamApp.signIn(acme, server.origin, newMember())
    const device = await RemoteDevice.start(server.origin, { place: at(RECIFE) })
    const { body } = await app.review(device.userCode)
    expect([body.policy, body.device.proximity.level]).toStrictEqual(['confirm', 'far'])
    const refused = await app.decide(device.userCode, { decision: 'approve' })
    expect([refused.status, refused.body.missing]).toStrictEqual([422, ['typed_code', 'in_front']])
    expect(await device.outcome()).toBe('authorization_pending')
  })

  it('AP-10 with an old sign-in is sent back to its provider', async () => {
    acme.misbehave({ signedInSecondsAgo: 13 * HOUR_SECONDS })
    const app = await UpstreamApp.signIn(acme, server.origin, newMember())
    acme.misbehave()
    const device = await RemoteDevice.start(server.origin)
    const { status, headers, body } = await app.decide(device.userCode, { decision: 'approve' })
    expect([status, body.error]).toStrictEqual([401, 'insufficient_user_authentication'])
    expect(headers.get('WWW-Authenticate')).toContain('max_age="43200"')
  })

  it('AP-7 without the scope decides nothing', async () => {
    const app = await UpstreamApp.signIn(acme, server.origin, newMember(), { scope: 'openid' })
    const device = await RemoteDevice.start(server.origin)
    const { status, body } = await app.decide(device.userCode, { decision: 'approve' })
    expect([status, body.error]).toStrictEqual([403, 'insufficient_scope'])
  })

  it('AP-7 of another provider decides nothing', async () => {
    const app = await UpstreamApp.signIn(globex, server.origin, newMember())
    const device = await RemoteDevice.start(server.origin)
    const { status, body } = await app.decide(device.userCode, { decision: 'approve' })
    expect([status, body.error]).toStrictEqual([401, 'invalid_token'])
  })
})

describe('the reference of the approval API', () => {
  const reference = new URL('../../src/approval/README.md', import.meta.url).pathname
  const section = /\n## Requests\n([^]*?)\n## /.exec(readFileSync(reference, 'utf8'))?.[1] ?? ''
  const lines = [...section.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block = '']) =>
    block.replaceAll('\\\n', '').trim().split('\n'),
  )

  it('AP-1 has a curl line for each call', () => {
    expect(lines).toHaveLength(3)
  })

  it.each(lines)('AP-1 has lines that work: %s', async (line) => {
    const { accessToken: token } = await UpstreamApp.signIn(acme, server.origin, newMember())
    // The device is on this machine, as curl is.
    const { userCode: code } = await RemoteDevice.start(server.origin, { place: {} })
    const command = line.replaceAll('http://localhost:8787', server.origin)
    const env = { ...process.env, token, code, typed: code }
    const { stdout } = await promisify(exec)(command, { env })
    expect(['pending', 'approved']).toContain(JSON.parse(stdout).status)
  })
})
