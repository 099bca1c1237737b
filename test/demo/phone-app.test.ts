// The page that plays the service's own app: its address, its settings and its allowed sources.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { ISSUER, TEST_VARS } from '../support/settings.ts'
import { type Fetch, url, workerWith } from '../support/worker.ts'

const PROVIDER = 'http://127.0.0.1:8786'
const DEMO_VARS = { DEMO: 'on', DEMO_PROVIDER: PROVIDER }

const open = (path: string, fetch: Fetch = workerWith(DEMO_VARS)): Promise<Response> =>
  fetch(new Request(url(path)))

it('may connect to Antenna and its provider only, and runs nothing inline', async () => {
  const page = await open('/app')
  expect(page.headers.get('Content-Security-Policy')).toBe(
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; ` +
      `connect-src 'self' ${PROVIDER}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  expect(page.headers.get('Cache-Control')).toBe('no-store')
  const html = await page.text()
  expect(html).toContain(`data-issuer="${PROVIDER}"`)
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|style="| on\w+="/)
})

const MODULES = ['app-api.js', 'app-elements.js', 'app-session.js', 'app-words.js']

it.each(['', '/auth'])('works below the issuer’s path: %j', async (basePath) => {
  const fetch = workerWith({ ...DEMO_VARS, ISSUER: ISSUER + basePath })
  const html = await (await open(`${basePath}/app`, fetch)).text()
  expect(html).toContain(`data-base-path="${basePath}"`)
  const files = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, file]) => file)
  expect(files).toStrictEqual(['app.css', 'app.js'])
  for (const file of [...files, ...MODULES]) {
    const { status } = await open(`${basePath}/${file}`, fetch)
    expect([file, status]).toStrictEqual([file, 200])
  }
})

it.each([
  ['without the demo', { DEMO: 'off', DEMO_PROVIDER: PROVIDER }],
  ['without its provider', { DEMO: 'on' }],
])('is absent %s', async (_, vars) => {
  expect((await open('/app', workerWith(vars))).status).toBe(404)
})

describe('DEMO_PROVIDER', () => {
  const OWN = { id: 'own', name: 'Own', issuer: 'https://own.example', client_id: 'antenna' }
  const settings = {
    ...TEST_VARS,
    IDENTITY_PROVIDERS: [OWN],
    APPROVAL_ISSUERS: [{ issuer: OWN.issuer, audience: ISSUER }],
  }
  const issuersOf = (vars: object) => {
    const { identityProviders, approvalIssuers } = parseConfig({ ...settings, ...vars }, DEMO)
    return [identityProviders, approvalIssuers].map((list) => list.map(({ issuer }) => issuer))
  }

  it('is listed after the operator’s own providers', () => {
    const both = [OWN.issuer, PROVIDER]
    expect(issuersOf(DEMO_VARS)).toStrictEqual([both, both])
    // Parsing again adds it once, not twice.
    expect(issuersOf(DEMO_VARS)).toStrictEqual([both, both])
  })

  it('has no effect while the demo is off', () => {
    expect(issuersOf({ ...DEMO_VARS, DEMO: 'off' })).toStrictEqual([[OWN.issuer], [OWN.issuer]])
  })

  it.each(['nonsense', 'http://accounts.example'])(
    'is validated like any other issuer: %s',
    (issuer) => {
      expect(() => issuersOf({ DEMO: 'on', DEMO_PROVIDER: issuer })).toThrow(
        /must be an https|Invalid/,
      )
    },
  )
})
