// The keys of a trusted issuer: their address, and how long they are cached.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApprovalApp } from '../support/approval-app.ts'
import { type Answer, startDevice } from '../support/device.ts'
import { connectInternet } from '../support/internet.ts'
import { publicKeyOf } from '../support/key-pairs.ts'
import { useUp, workerWith } from '../support/worker.ts'
import { type IssuedToken, TrustedIssuer } from '../support/trusted-issuer.ts'

const HOUR = 3600

const acme = new TrustedIssuer()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

const refuses = (answer: Answer, status: number, error: string): void => {
  expect([answer.status, answer.body.error]).toStrictEqual([status, error])
}

const workerOf = (issuer: TrustedIssuer) => workerWith({ APPROVAL_ISSUERS: [issuer.entry()] })
const ask = async (issuer: TrustedIssuer, more: IssuedToken = {}): Promise<Answer> =>
  new ApprovalApp(workerOf(issuer), `Bearer ${await issuer.token('somebody', more)}`).review(
    (await startDevice()).userCode,
  )
const cannotBeHad = (answer: Answer): void => {
  expect([answer.status, answer.body.error]).toStrictEqual([503, 'temporarily_unavailable'])
  expect(answer.headers.get('Retry-After')).toBe('5')
}

describe('the keys of an issuer', () => {
  it.each([
    ['OpenID Connect Discovery', '', '/.well-known/openid-configuration'],
    ['OpenID Connect Discovery', '/t1', '/t1/.well-known/openid-configuration'],
    ['OpenID Connect Discovery', '/t1/', '/t1/.well-known/openid-configuration'],
    ['RFC 8414', '', '/.well-known/oauth-authorization-server'],
    ['RFC 8414', '/t1', '/.well-known/oauth-authorization-server/t1'],
  ])('AP-14 are found by %s, path %s', async (_name, path, where) => {
    const issuer = new TrustedIssuer(path)
    issuer.path = where
    expect((await ask(issuer)).status).toBe(200)
    expect(issuer.paths.slice(-2)).toStrictEqual([where, '/keys'])
  })

  it('AP-14 are fetched once, and their address once an hour', async () => {
    const issuer = new TrustedIssuer()
    for (let times = 0; times < 3; times += 1) expect((await ask(issuer)).status).toBe(200)
    expect(issuer.paths).toHaveLength(2)
    later(HOUR - 1)
    expect((await ask(issuer)).status).toBe(200)
    expect(issuer.paths).toHaveLength(3)
    later(1)
    expect((await ask(issuer)).status).toBe(200)
    expect(issuer.paths, 'and no keys, which are a second old').toHaveLength(4)
  })

  it('AP-14 may change: a withdrawn key is refused within ten minutes', async () => {
    const issuer = new TrustedIssuer()
    expect((await ask(issuer)).status).toBe(200)
    issuer.keys = [publicKeyOf('RS256')]
    later(600)
    refuses(await ask(issuer), 401, 'invalid_token')
    expect((await ask(issuer, { alg: 'RS256' })).status).toBe(200)
  })

  it.each<[string, (issuer: TrustedIssuer) => object]>([
    ['another issuer', ({ metadata }) => ({ ...metadata, issuer: acme.issuer })],
    ['no issuer', ({ metadata }) => ({ ...metadata, issuer: undefined })],
    ['no address of keys', ({ metadata }) => ({ ...metadata, jwks_uri: undefined })],
    ['an invalid address', ({ metadata }) => ({ ...metadata, jwks_uri: 'keys' })],
    [
      'an address in the clear',
      ({ metadata }) => ({ ...metadata, jwks_uri: 'http://keys.example/' }),
    ],
    ['nothing', () => []],
  ])('AP-14 are not trusted if the metadata has %s', async (_name, metadata) => {
    const issuer = new TrustedIssuer()
    const good = issuer.metadata
    issuer.metadata = metadata(issuer) as Record<string, unknown>
    cannotBeHad(await ask(issuer))
    issuer.metadata = good
    expect((await ask(issuer)).status, 'and are asked for again').toBe(200)
  })

  it.each([
    ['no JSON', 'keys'],
    ['no key set', '{"keys":"none"}'],
    [
      'a key that is not on its curve',
      JSON.stringify({ keys: [{ ...publicKeyOf('ES256'), y: publicKeyOf('ES256').x }] }),
    ],
  ])('AP-14 are unavailable if they are %s, and the token is not blamed', async (_, keySet) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const issuer = new TrustedIssuer()
    issuer.keySet = keySet
    cannotBeHad(await ask(issuer))
    expect(log).toHaveBeenCalledOnce()
  })

  it('AP-14 are unavailable if the issuer was never reached', async () => {
    const issuer = new TrustedIssuer()
    issuer.isAway = true
    cannotBeHad(await ask(issuer))
    issuer.isAway = false
    expect((await ask(issuer)).status).toBe(200)
  })

  it('AP-14 stay valid for twelve hours while the issuer is unreachable', async () => {
    const issuer = new TrustedIssuer()
    expect((await ask(issuer)).status).toBe(200)
    issuer.isAway = true
    later(12 * HOUR - 1)
    expect((await ask(issuer)).status).toBe(200)
    later(60)
    cannotBeHad(await ask(issuer))
  })

  it.each<[string, (issuer: TrustedIssuer) => void]>([
    ['no metadata', (issuer) => (issuer.path = '/nowhere')],
    ['the metadata of another', (issuer) => (issuer.metadata = acme.metadata)],
    ['no key set', (issuer) => (issuer.keySet = '<html></html>')],
  ])('AP-14 become invalid once the issuer answers with %s', async (_, change) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const issuer = new TrustedIssuer()
    expect((await ask(issuer)).status).toBe(200)
    change(issuer)
    later(HOUR)
    cannotBeHad(await ask(issuer))
    issuer.isAway = true
    cannotBeHad(await ask(issuer))
  })

  it('AP-14 are not fetched if the limit of the host is reached', async () => {
    const issuer = new TrustedIssuer()
    useUp(env.OUTBOUND_LIMIT, `trusted ${new URL(issuer.issuer).hostname}`)
    cannotBeHad(await ask(issuer))
    expect(issuer.paths).toStrictEqual([])
  })

  it('AP-14 are fetched however often clients name addresses at that host', async () => {
    const issuer = new TrustedIssuer()
    useUp(env.OUTBOUND_LIMIT, new URL(issuer.issuer).hostname)
    expect((await ask(issuer)).status).toBe(200)
  })
})
