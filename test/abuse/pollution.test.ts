// Names with a meaning in JavaScript, and repeated or misplaced parameters, gain no more than
// leaving them out.
import { describe, expect, it } from 'vitest'
import { DEVICE_CODE_GRANT, answerOf, startDevice } from '../support/device.ts'
import { everything } from './support/machine-requests.ts'
import { Person } from '../support/person.ts'
import { RADIO, register, replace } from '../support/registration.ts'
import { ISSUER } from '../support/settings.ts'
import { visitorAt } from '../support/visitor.ts'
import { formRequest, freshAddress, url, worker } from '../support/worker.ts'

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']

const expectClean = () => {
  const plain: Record<string, unknown> = {}
  expect(plain['polluted']).toBeUndefined()
  expect(Object.keys(Object.prototype)).toStrictEqual([])
  expect(Object.prototype.toString.call({})).toBe('[object Object]')
}

const ask = async (path: string, fields: string, headers = {}) =>
  answerOf(await worker(formRequest(path, fields, headers)))

describe.each(NAMES)('%s', (name) => {
  it('is ignored as any unknown parameter', async () => {
    const fields = `${name}=x&${name}[polluted]=1&${name}.polluted=1&client_id=tv`
    expect((await ask('/device_authorization', fields)).status).toBe(200)
    expectClean()
  })

  it.each([
    ['a client', 401, 'invalid_client', (text: string) => `client_id=${text}`],
    ['a grant', 400, 'unsupported_grant_type', (text: string) => `client_id=tv&grant_type=${text}`],
  ])('does not name %s', async (_what, status, error, fields) => {
    const answer = await ask('/token', fields(name))
    expect([answer.status, answer.body.error]).toStrictEqual([status, error])
  })

  it('is not a scope', async () => {
    const { body } = await ask('/device_authorization', `client_id=tv&scope=${name}`)
    expect(body.error).toBe('invalid_scope')
  })

  it('is not a member of a client’s metadata', async () => {
    const json = `{"client_name":"Radio","application_type":"native",
      "${name}":{"polluted":1,"scope":"library:write","token_endpoint_auth_method":"none"}}`
    const { status, body } = await register(json)
    expect(status).toBe(201)
    expect(Object.keys(body)).not.toContain(name)
    expect(body.scope).not.toContain('library:write')
    expect(body.polluted).toBeUndefined()
    expectClean()
  })

  it('in a key changes no prototype', async () => {
    const key = `{"kty":"EC","crv":"P-256","x":"a","y":"b","${name}":"polluted"}`
    await register(`{"jwks":{"keys":[${key}]}}`)
    expectClean()
  })

  it('opens no page, file or brand', async () => {
    const person = new Person(everything, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    for (const path of [
      `/device?${name}=1&ui_locales=${name}&user_code=${name}`,
      `/device/sign-in/at/${name}`,
      `/device/sign-in/at/${name}/callback?state=x`,
      `/device/style.css?client_id=${name}`,
      `/devices?done=${name}`,
      `/register/${name}`,
    ])
      expect((await person.open(path)).status).toBeLessThan(500)
    expectClean()
  })

  it('in a cookie is not a session, a result or an attempt', async () => {
    const person = new Person(everything, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    const json = encodeURIComponent(`{"${name}":{"outcome":"connected","polluted":1}}`)
    for (const cookie of ['session', 'result', 'upstream_x', 'language', '__proto__'])
      person.cookies.set(`__Host-${cookie}`, cookie === 'session' ? name : json)
    for (const path of ['/device/result', '/devices', '/device/sign-in/at/acme/callback?state=x'])
      expect((await person.open(path)).status).toBeLessThan(500)
    expectClean()
  })
})

it('a client that replaces itself changes no protected member through a prototype', async () => {
  const { body: client } = await register(RADIO)
  const { body } = await replace(client, {
    ...RADIO,
    ...JSON.parse('{"__proto__":{"client_secret_expires_at":1},"constructor":{"x":1}}'),
  })
  expect(body.client_id).toBe(client.client_id)
  expectClean()
})

describe('a repeated or misplaced parameter', () => {
  const good = `grant_type=${DEVICE_CODE_GRANT}&client_id=tv`

  it.each([
    ['twice in the form', (code: string) => [`${good}&device_code=${code}&device_code=${code}`]],
    ['as a list', (code: string) => [`${good}&device_code[]=${code}`]],
    ['in the query alone', (code: string) => [good, `?device_code=${code}`]],
    ['behind a semicolon', (code: string) => [`${good};device_code=${code}`]],
    ['in capitals', (code: string) => [`${good}&DEVICE_CODE=${code}`]],
    ['with a space in its name', (code: string) => [`${good}&device_code+=${code}`]],
  ])('is refused: %s', async (_, make) => {
    const { deviceCode } = await startDevice()
    const [fields = '', query = ''] = make(deviceCode)
    const { body } = await ask(`/token${query}`, fields)
    expect(['invalid_request', 'invalid_client']).toContain(body.error)
  })

  it('in the query has no effect beside the form', async () => {
    const { deviceCode } = await startDevice()
    const query = '?client_id=other-tv&grant_type=refresh_token&device_code=x'
    const { body } = await ask(`/token${query}`, `${good}&device_code=${deviceCode}`)
    expect(body.error).toBe('authorization_pending')
  })

  it('in a form of a page is read by its first value, the token too', async () => {
    const device = await startDevice()
    const person = await visitorAt(worker)
    const page = await person.open(`/device?user_code=${device.userCode}`)
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const send = async (body: string) => {
      const headers = { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' }
      return (await worker(formRequest('/device/confirm', body, headers))).status
    }
    expect(await send(`csrf=x&csrf=${csrf}&decision=allow&user_code=${device.userCode}`)).toBe(403)
    expect(await send(`decision=allow&csrf[]=${csrf}&user_code=${device.userCode}`)).toBe(403)
    expect((await device.poll()).body.error).toBe('authorization_pending')
    expect(
      await send(`csrf=${csrf}&decision=deny&decision=allow&user_code=${device.userCode}`),
    ).toBe(303)
    expect((await device.poll()).body.error).toBe('access_denied')
  })

  it('as a second credential in a header authenticates nothing', async () => {
    const request = formRequest('/token', good)
    request.headers.append('Authorization', `Basic ${btoa('basic:x')}`)
    request.headers.append('Authorization', `Basic ${btoa('tv:')}`)
    expect((await worker(request)).status).toBe(401)
    const userinfo = new Request(url('/userinfo'))
    userinfo.headers.append('Authorization', 'Bearer a')
    userinfo.headers.append('Authorization', 'Bearer b')
    expect((await worker(userinfo)).status).toBe(401)
  })
})
