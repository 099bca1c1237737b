// Sign-ins at a provider that end without a session, as an operator sees them: the log names the
// provider and no person.
import { SignJWT, generateKeyPair } from 'jose'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { HOUR, SECOND } from '../../src/durations.ts'
import { holdClock } from '../support/clock.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { freshAddress, workerWith } from '../support/worker.ts'

holdClock()
let lines: Readonly<Record<string, unknown>>[]
beforeEach(() => {
  connectInternet()
  lines = []
  for (const level of ['error', 'info', 'warn'] as const)
    vi.spyOn(console, level).mockImplementation((line: Record<string, unknown>) => {
      lines.push(line)
    })
})
afterEach(() => void vi.restoreAllMocks())

const { privateKey } = await generateKeyPair('RS256')
const issuer = 'https://acme-in-the-log.example'
// Metadata is cached by id, and test files share an isolate.
const acme = { id: 'acme-in-the-log', name: 'Acme', issuer, client_id: 'antenna' }

/** Comes back from a provider whose ID token has these claims, as often as it is sent there. */
const signIn = async (claims: object, answer?: () => Response) => {
  let nonce: string | null = null
  const tokens = async () => {
    const now = Math.floor(Date.now() / SECOND)
    const idToken = await new SignJWT({ nonce, ...claims })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(issuer)
      .setAudience(acme.client_id)
      .setSubject('ada-at-acme')
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .sign(privateKey)
    return Response.json({ access_token: 'a', token_type: 'Bearer', id_token: idToken })
  }
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
  }
  // oxlint-disable-next-line no-new
  new Host(
    (_, address) =>
      address.endsWith('/token') ? (answer?.() ?? tokens()) : Response.json(metadata),
    `${issuer}/`,
  )
  const fetch = workerWith({ IDENTITY_PROVIDERS: [acme] })
  const person = new Person(
    async (request) => (request.url.startsWith(issuer) ? new Response() : fetch(request)),
    ISSUER,
    { 'CF-Connecting-IP': freshAddress() },
  )
  let page = await person.open(`/device/sign-in/at/${acme.id}`)
  for (let turn = 0; turn < 3 && page.url.origin === issuer; turn += 1) {
    const { searchParams } = page.url
    nonce = searchParams.get('nonce')
    const answered = new URLSearchParams({ code: 'c', state: searchParams.get('state') ?? '' })
    page = await person.open(`/device/sign-in/at/${acme.id}/callback?${answered.toString()}`)
  }
  return page
}

it.each<[string, () => object, object]>([
  [
    'was too long ago',
    () => ({ auth_time: (Date.now() - 13 * HOUR) / SECOND }),
    { ageSeconds: 46_800 },
  ],
  ['is not told', () => ({}), {}],
])('SS-5 a sign-in whose time %s is in the log, without the person', async (_, claims, more) => {
  expect((await signIn({ ...claims(), name: 'Ada' })).status).toBe(403)
  expect(lines).toStrictEqual([
    { event: 'identity_provider.sign_in_not_fresh', provider: acme.id, ...more },
  ])
})

it('a failure of a provider shows the request id that the log has', async () => {
  const page = await signIn({}, () =>
    Response.json({ error: 'invalid_client', error_description: 'secret words' }, { status: 401 }),
  )
  expect(page.status).toBe(502)
  expect(lines).toHaveLength(1)
  expect(page.html).toContain(`dir="ltr">${String(lines[0]?.['requestId'])}</code>`)
  const error = String(lines[0]?.['error'])
  expect(error).toContain('at the identity provider acme-in-the-log: ')
  expect(error).toContain('invalid_client')
  expect(error).not.toContain('secret words')
})
