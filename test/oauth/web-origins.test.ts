// Which web pages may start a device authorization: a page runs where its visitor is, and could carry
// the codes away.
import { beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { NOTHING, costOf, fetch as counted, startCounting } from '../support/cost.ts'
import { type Answer, DEVICE_CODE_GRANT, answerOf } from '../support/device.ts'
import { problemsOf } from '../config/setting-problems.ts'
import { ISSUER, TEST_VARS } from '../support/settings.ts'
import { type Fetch, formRequest, workerWith } from '../support/worker.ts'

type Fields = Readonly<Record<string, string>>

const client = (id: string, web_origins?: readonly string[]) => ({
  ...TEST_VARS.CLIENTS[0],
  client_id: id,
  client_name: `The ${id}`,
  web_origins,
})
const CLIENTS = [
  client('hosted', ['https://tv.example', 'https://tv.example:8443']),
  client('packaged', ['null', 'file://']),
  client('native'),
]
const fetch = workerWith({ CLIENTS })

const start = async (clientId: string, headers: Fields, by: Fetch = fetch): Promise<Answer> =>
  answerOf(await by(formRequest('/device_authorization', { client_id: clientId }, headers)))

const refuses = ({ status, headers, body }: Answer): void => {
  expect([status, body.error]).toStrictEqual([403, 'unauthorized_client'])
  expect(body.error_description).toContain('web_origins')
  expect(body.error_description).toContain('only for clients listed in CLIENTS')
  expect(body).not.toHaveProperty('device_code')
  // Its developer must be able to read that.
  expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
}

describe('a device authorization request', () => {
  it.each<[string, string, Fields]>([
    ['a native app', 'native', {}],
    ['a native app of a client with pages', 'hosted', {}],
    ['an empty Origin', 'native', { Origin: '' }],
    ['a library that copies a browser', 'native', { 'Sec-Fetch-Site': 'none' }],
    ['a page that is named', 'hosted', { Origin: 'https://tv.example' }],
    ['another port that is named', 'hosted', { Origin: 'https://tv.example:8443' }],
    ['a packaged app', 'packaged', { Origin: 'null' }],
    ['a packaged app of another television', 'packaged', { Origin: 'file://' }],
    ['a page of ours', 'native', { Origin: ISSUER, 'Sec-Fetch-Site': 'same-origin' }],
  ])('DA-19 is answered: %s', async (_row, clientId, headers) => {
    const { status, body } = await start(clientId, headers)
    expect([status, typeof body.device_code]).toStrictEqual([200, 'string'])
  })

  it.each<[string, string, Fields]>([
    ['a foreign page', 'native', { Origin: 'https://evil.example' }],
    ['a foreign page, of a client with pages', 'hosted', { Origin: 'https://evil.example' }],
    ['a foreign page that hides its origin', 'hosted', { Origin: 'null' }],
    ['a foreign page in a file', 'hosted', { Origin: 'file://' }],
    ['a page of another client', 'native', { Origin: 'https://tv.example' }],
    ['another port', 'hosted', { Origin: 'https://tv.example:444' }],
    ['plain http', 'hosted', { Origin: 'http://tv.example' }],
    ['a host that begins with it', 'hosted', { Origin: 'https://tv.example.evil.example' }],
    ['a host below it', 'hosted', { Origin: 'https://evil.tv.example' }],
    ['other letters', 'hosted', { Origin: 'https://TV.example' }],
    ['more than one', 'hosted', { Origin: 'https://tv.example https://evil.example' }],
    ['a page beside ours', 'native', { Origin: `${ISSUER}:8443` }],
    ['no origin, from another site', 'hosted', { 'Sec-Fetch-Site': 'cross-site' }],
    ['no origin, from a sibling', 'hosted', { 'Sec-Fetch-Site': 'same-site' }],
    ['a form of a foreign page', 'native', { Origin: 'https://evil.example', Accept: 'text/html' }],
    ['a client that is not listed', 'registered-AAAAAAAAAAAAAAAAAAAAAA', { Origin: 'https://a.b' }],
  ])('DA-19 is refused with the name of the setting: %s', async (_row, clientId, headers) => {
    refuses(await start(clientId, headers))
  })

  it('DA-19 is accepted from a page below the issuer’s path', async () => {
    const by = workerWith({ CLIENTS, ISSUER: `${ISSUER}/auth` })
    const form = { client_id: 'native' }
    const { status } = await by(formRequest('/auth/device_authorization', form, { Origin: ISSUER }))
    expect(status).toBe(200)
  })

  it('DA-19 HH-11 is the only endpoint closed to foreign pages', async () => {
    const fields = { client_id: 'native', grant_type: DEVICE_CODE_GRANT, device_code: 'x' }
    const headers = { Origin: 'https://evil.example' }
    const { status, body } = await answerOf(await fetch(formRequest('/token', fields, headers)))
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
  })
})

describe('a foreign page', () => {
  beforeAll(startCounting)

  it.each(['tv', 'key-tv', 'registered-AAAAAAAAAAAAAAAAAAAAAA'])(
    'DA-19 calls no object with the client %s',
    async (clientId) => {
      const headers = { Origin: 'https://evil.example' }
      expect(await costOf(async () => refuses(await start(clientId, headers, counted)))).toEqual(
        NOTHING,
      )
    },
  )
})

const parsed = (web_origins?: unknown) =>
  parseConfig(
    { CLIENTS: [{ client_id: 'a', client_name: 'A', scope: 'openid', web_origins }] },
    DEMO,
  ).clients.get('a')?.webOrigins

describe('web_origins', () => {
  it.each([
    'https://tv.example',
    'https://tv.example:8443',
    'http://localhost:3000',
    'app://tv.example',
    'null',
    'file://',
  ])('DA-19 may list %s', (origin) => {
    expect(parsed([origin])).toStrictEqual([origin])
  })

  it('DA-19 is empty by default', () => {
    expect(parsed()).toStrictEqual([])
  })

  it.each([
    '*',
    '',
    'undefined',
    'NULL',
    'tv.example',
    'https://tv.example/',
    'https://tv.example/path',
    'https://TV.example',
    'https://*.example',
    'https://tv.example:443',
    'https://user@tv.example',
    'http://tv.example',
    'file:///app/index.html',
    null,
  ])('DA-19 cannot list %s', (origin) => {
    const entry = { client_id: 'a', client_name: 'A', scope: 'openid', web_origins: [origin] }
    expect(problemsOf({ CLIENTS: [entry] })).toContain('CLIENTS[0].web_origins[0]: ')
  })
})
